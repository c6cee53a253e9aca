"""Runs over a register: the folder of results, its manifest, what is run and what is not."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jiqun.check import accept
from jiqun.language.diagnostics import Rejected
from jiqun.model.package import Package
from jiqun.register.store import Register, open_register
from jiqun.register.synthesize import synthesize
from jiqun.simulate import Choice, Ran, simulate, write

POLICIES = Path(__file__).parents[2] / "policies"
CHOICE = Choice(dt.date(2026, 2, 20), 2025)


@pytest.fixture(scope="module")
def package() -> Package:
    return accept(POLICIES / "shenzhen-20-8")


@pytest.fixture(scope="module")
def register(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Register:
    path = tmp_path_factory.mktemp("synthetic") / "register"
    synthesize(package.entities, path, enterprises=600)
    return open_register(path, package.entities.values())


@pytest.fixture(scope="module")
def ran(package: Package, register: Register) -> Ran:
    return simulate(package, register, CHOICE)


def test_two_runs_write_the_same_bytes(package: Package, register: Register, tmp_path: Path) -> None:
    for name in ("first", "second"):
        write(simulate(package, register, CHOICE), register, tmp_path / name)
    files = sorted(f.name for f in (tmp_path / "first").iterdir())
    assert files == ["awards.parquet", "manifest.json", "outcome.parquet", "payments.parquet", "summary.json"]
    for name in files:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name


def test_the_manifest_names_policy_data_engine_day_and_synthetic(ran: Ran, register: Register, tmp_path: Path) -> None:
    write(ran, register, tmp_path / "results")
    manifest = json.loads((tmp_path / "results" / "manifest.json").read_text("utf-8"))
    assert manifest["package"]["digest"] == ran.package.digest
    assert manifest["register"] == {"digest": register.digest, "synthetic": True, "seed": register.manifest.seed}
    assert manifest["day"] == "2026-02-20"
    assert len(manifest["engine"]["digest"]) == 64


def test_every_unit_has_one_row_a_measure(ran: Ran, register: Register) -> None:
    outcome = ran.rows("outcome")
    assert len({(r["measure"], r["unit"]) for r in outcome}) == len(outcome)
    for measure in ran.program.measures:
        entity = ran.package.measures[measure].entity
        table = register.table(entity)
        assert table is not None
        units = {r["id"] for r in pq.read_table(table, columns=["id", "year"]).to_pylist() if r["year"] == 2025}
        assert {r["unit"] for r in outcome if r["measure"] == measure} == units


def test_only_yes_is_paid_and_ceilings_stand_apart(ran: Ran, register: Register, tmp_path: Path) -> None:
    summary = write(ran, register, tmp_path / "results")
    outcome = ran.rows("outcome")
    for row in outcome:
        assert (row["award"] is None) == (row["status"] not in ("yes", "no"))
        assert row["status"] != "no" or row["award"] == 0
    firm = sum((r["weight"] * r["award"] for r in outcome if r["award"] and not r["at_most"]), Decimal(0))
    most = sum((r["weight"] * r["award"] for r in outcome if r["award"] and r["at_most"]), Decimal(0))
    assert (firm, most) == (Decimal(summary["totals"]["firm"]), Decimal(summary["totals"]["at_most"]))  # type: ignore[index]
    assert most > 0 < firm


def test_pools_are_never_overspent(ran: Ran) -> None:
    pools = [row for row in ran.rows("pools") if row["pot"] is not None]
    assert pools
    for row in pools:
        assert row["given"] <= row["pot"]
        assert row["given"] + row["residue"] == row["pot"]


def test_payments_add_up_to_the_award(ran: Ran) -> None:
    awards = {(r["measure"], r["unit"]): r["award"] for r in ran.rows("outcome") if r["award"]}
    paid: dict[tuple[object, object], Decimal] = {}
    for row in ran.rows("payments_due"):
        key = (row["measure"], row["unit"])
        paid[key] = paid.get(key, Decimal(0)) + row["amount"]
    assert paid == awards


def test_what_is_not_run_says_why(ran: Ran, register: Register, tmp_path: Path) -> None:
    summary = write(ran, register, tmp_path / "results")
    reasons = {row["measure"]: row["reason"] for row in summary["not_run"]}  # type: ignore[union-attr, index, call-overload]
    assert reasons["sz_ai_model_voucher"] == "not_yet"
    assert reasons["sz_output_milestone_draft"] == "draft_consultation"
    assert reasons["lg_rd_tier_multiplier"] == "needs:lg_rd_tier"
    assert set(reasons) | set(ran.program.measures) == set(ran.package.measures)


def test_a_year_the_register_lacks_is_refused(package: Package, register: Register) -> None:
    with pytest.raises(Rejected) as cause:
        simulate(package, register, Choice(dt.date(2026, 2, 20), 2019))
    assert [f.code for f in cause.value.findings] == ["no-such-year"]


def test_a_day_before_everything_is_refused(package: Package, register: Register) -> None:
    with pytest.raises(Rejected) as cause:
        simulate(package, register, Choice(dt.date(1999, 1, 1), 2025, statuses=("unclear",)))
    assert [f.code for f in cause.value.findings] == ["nothing-in-force"]


def test_a_folder_that_is_no_result_is_not_overwritten(ran: Ran, register: Register, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(Rejected):
        write(ran, register, tmp_path)
    assert (tmp_path / "mine.txt").read_text("utf-8") == "keep"


def test_an_interrupted_write_leaves_nothing(ran: Ran, register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jiqun.simulate.summarise", stop)
    with pytest.raises(KeyboardInterrupt):
        write(ran, register, tmp_path / "results")
    assert list(tmp_path.iterdir()) == []
