"""Explanations: every measure in both languages, the nearest change re-checked, questions in the order of money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun import cases
from jiqun.check import accept
from jiqun.explain import Explanation, explain, load_records, load_results, questions, render, render_questions
from jiqun.explain import as_json as plain
from jiqun.explain.change import fewest, nearest_changes
from jiqun.explain.texts import TEXTS
from jiqun.interpret import entitle
from jiqun.model.package import Package
from jiqun.records import Here, Records
from jiqun.register.store import open_register
from jiqun.register.synthesize import synthesize
from jiqun.simulate import Choice, simulate, write

POLICIES = Path(__file__).parents[2] / "policies"
NAMES = ("yunzhou", "shenzhen-20-8")


@cache
def package(name: str) -> Package:
    return accept(POLICIES / name)


def read(name: str, path: Path) -> tuple[cases.Case, Records]:
    case, found = cases.read(package(name), path)
    assert case is not None, found
    tables = {e: {(str(r["id"]), int(r["year"])): r for r in rows} for e, rows in case.rows.items()}
    parents = {e.id: e.parent for e in package(name).entities.values()}
    return case, Records(tables, parents, cases.first_year(case), case.payments)


def explained(name: str, path: Path) -> tuple[Explanation, ...]:
    case, records = read(name, path)
    root = package(name).root.id
    enterprise = next(iter(unit for unit, _ in records.tables.get(root, {("none", 0): {}})))
    measures = tuple(dict.fromkeys(e.measure for e in case.file.expect))
    return explain(package(name), records, enterprise, case.file.on, case.file.year, measures=measures)


def test_every_text_has_both_languages_and_the_same_fields() -> None:
    for key, (zh, en) in TEXTS.items():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
        assert zh and en, key
        assert fields[0] == fields[1], key


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_is_explained_in_both_languages(name: str) -> None:
    seen: set[str] = set()
    for path in cases.find(POLICIES / name):
        for one in explained(name, path):
            seen.add(one.measure)
            zh, en = render(one, "zh"), render(one, "en")
            assert one.title.zh in zh
            assert one.title.en in en
            assert len(zh.splitlines()) == len(en.splitlines())
            assert plain(one)["text"] == {"zh": zh, "en": en}
    assert seen == set(package(name).measures)


@pytest.mark.parametrize("name", NAMES)
def test_the_nearest_change_turns_the_answer_and_one_step_less_does_not(name: str) -> None:
    checked = 0
    for path in cases.find(POLICIES / name):
        case, records = read(name, path)
        for expected in case.file.expect:
            measure = package(name).measures[expected.measure]
            here = Here(package(name), records, measure.entity, expected.unit, case.file.year, case.file.on, None)
            if entitle(measure, here).status != "no":
                continue
            for change in nearest_changes(measure, here):
                checked += 1
                assert change.status in ("yes", "decision")
                after, before = change.after.value, change.before.value
                if isinstance(after, Decimal) and isinstance(before, Decimal):
                    column = package(name).entities[change.cell.entity].columns[change.cell.column]
                    assert column.actionable is not None
                    step = column.actionable.step.typed.value  # type: ignore[attr-defined]
                    less = after - step if after > before else after + step
                    assert _status(measure, here, change.cell, less) not in ("yes", "decision") or less == before
    assert checked > 3


def _status(measure, here, cell, value) -> str:
    tables = {e: dict(rows) for e, rows in here.records.tables.items()}
    tables[cell.entity][cell.unit, cell.year] = {**tables[cell.entity][cell.unit, cell.year], cell.column: value}
    old = here.records
    records = Records(tables, old.parents, old.first_year, old.payments, old.awards)
    made = entitle(measure, Here(here.package, records, here.entity, here.unit, here.year, here.day, None))
    return made.status if made.status != "yes" or made.amount else "no"


@given(st.integers(1, 1_000_000))
def test_fewest_finds_the_first_that_passes(least: int) -> None:
    assert fewest(lambda steps: steps >= least) == least


def test_fewest_gives_up() -> None:
    assert fewest(lambda steps: False) is None


def test_unknown_is_never_told_as_refused_and_names_what_is_missing() -> None:
    for name in NAMES:
        for path in cases.find(POLICIES / name):
            for one in explained(name, path):
                if one.status == "unknown":
                    assert "does not qualify" not in render(one, "en")
                    assert not one.changes
                if one.status == "no":
                    assert one.missing == ()


def test_questions_come_in_the_order_of_the_money_they_decide() -> None:
    asked = [q for name in NAMES for path in cases.find(POLICIES / name) for q in [questions(explained(name, path))]]
    some = [each for each in asked if len(each) > 1]
    assert some
    for each in asked:
        bounded = [q.bounded for q in each if q.decides is not None]
        assert bounded == sorted(bounded, reverse=True)
        unbounded = [q.decides is None for q in each]
        assert unbounded == sorted(unbounded, reverse=True)
        assert len(render_questions(each, "en").splitlines()) == len(each)


def test_stages_of_a_run_are_explained(tmp_path: Path) -> None:
    """A pool that does not suffice: the explanation names it, its share and the money before and after."""
    policy = package("shenzhen-20-8")
    synthesize(policy.entities, tmp_path / "register", enterprises=1500)
    register = open_register(tmp_path / "register", policy.entities.values())
    day = dt.date(2026, 2, 20)
    ran = simulate(policy, register, Choice(day, 2025))
    write(ran, register, tmp_path / "results")
    cut = [r for r in ran.rows("outcome") if r["pool"] and r["award"] and r["award"] < r["claim"] and r["place"] is None]
    assert cut
    row = cut[0]
    records = load_records(policy, register, str(row["enterprise"]), 2025)
    results = load_results(tmp_path / "results", str(row["enterprise"]))
    made = explain(policy, records, str(row["enterprise"]), day, 2025, results, measures=[str(row["measure"])])
    one = next(e for e in made if e.unit == row["unit"])
    assert one.award == row["award"]
    assert "pro rata" in render(one, "en")
    assert "按比例" in render(one, "zh")
    assert [(s.before, s.after) for s in one.stages] == [(row["claim"], row["granted"])]
