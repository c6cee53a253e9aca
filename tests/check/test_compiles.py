"""What passed the checks can be compiled: every package on every day on which a value changes, however deep its expressions are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from jiqun.check import accept, inspect
from jiqun.compile.entitle import Run
from jiqun.compile.program import Program, compile_run
from jiqun.compile.sheet import Source
from jiqun.engines.duckdb import DuckDB
from jiqun.model.package import Package
from jiqun.simulate import Choice, constant

TESTS = Path(__file__).parents[1]
POLICIES = TESTS.parent / "policies"
DAY = date(2025, 6, 30)
BUILT_IN = {"id", "year"}
WRONG = sorted(f for f in (TESTS / "wrong").iterdir() if f.is_dir() and f.name not in ("base", "__pycache__"))


def full(package: Package) -> Source:
    """Return a register that has every column of every entity."""
    columns = {e.id: frozenset({*e.columns, *BUILT_IN, e.parent or "weight"}) for e in package.entities.values()}
    columns["payments"] = frozenset({"measure", "unit", "enterprise", "object", "date", "amount"})
    return Source(columns, year=2025, first_year=2021)


def compiled(package: Package, source: Source) -> Iterator[Program]:
    days = [d for day in package.days() for d in (day - timedelta(days=1), day, day + timedelta(days=1))]
    for day in days or [DAY]:
        measures = [m for m in package.measures.values() if m.in_force(day)]
        if measures:
            yield compile_run(package, source, measures, Run(day, refused=True), partial(constant, package, Choice(day, source.year)))


@pytest.mark.parametrize("name", ["yunzhou", "shenzhen-20-8"])
def test_a_real_package_compiles_on_every_day_on_which_a_value_changes(name: str) -> None:
    package = accept(POLICIES / name)
    runs = 0
    for program in compiled(package, full(package)):
        runs += 1
        assert all(step.select.sql("duckdb") for step in program.steps[-3:])
    assert runs > 5


@pytest.mark.parametrize("name", ["yunzhou", "shenzhen-20-8"])
def test_a_real_package_compiles_for_a_register_with_nothing_but_enterprises(name: str) -> None:
    package = accept(POLICIES / name)
    assert list(compiled(package, Source({package.root.id: frozenset(BUILT_IN)}, year=2025, first_year=2025)))


def laid(folder: Path, target: Path) -> Path:
    for source in (TESTS / "wrong" / "base", folder):
        for file in source.glob("*.yaml"):
            target.mkdir(exist_ok=True)
            shutil.copy(file, target / file.name)
    return target


def test_a_package_with_nothing_but_warnings_compiles(tmp_path: Path) -> None:
    seen = 0
    for folder in WRONG:
        package, found = inspect(laid(folder, tmp_path / folder.name))
        if package is not None and all(f.severity == "warning" for f in found):
            seen += sum(1 for _ in compiled(package, full(package)))
    assert seen > 10


CHAINS = {
    "sum": ("rd_spend", "({} + revenue)"),
    "product": ("rd_spend", "({} * rate)"),
    "quotient": ("rd_spend", "({} / rate)"),
    "least": ("rd_spend", "least({}, revenue)"),
    "if": ("rd_spend", "if(startup, {}, revenue)"),
    "round": ("rd_spend", "round({}, 1元)"),
    "coalesce": ("rd_spend", "coalesce({}, revenue)"),
    "steps": ("rd_spend", "steps(tiers, {})"),
    "brackets": ("rd_spend", "brackets(scale, {})"),
    "minus": ("rd_spend", "-({})"),
}


def measured(tmp_path: Path, amount: str, variables: str = "") -> Path:
    folder = laid(TESTS / "wrong" / "uncapped-promise", tmp_path / "package")
    text = (folder / "wrong.yaml").read_text("utf-8")
    assert "rate * rd_spend" in text
    (folder / "wrong.yaml").write_text(variables + text.replace("rate * rd_spend", amount), "utf-8")
    return folder


@pytest.mark.parametrize("name", CHAINS)
def test_the_deepest_expression_runs(name: str, tmp_path: Path) -> None:
    """What is not refused as too deep can be compiled, printed and run."""
    text, wrap = CHAINS[name]
    deepest = None
    for _ in range(70):
        text = wrap.format(text)
        package, found = inspect(measured(tmp_path, f"'{text}'"))
        if any(f.severity == "error" for f in found):
            assert {f.code for f in found if f.severity == "error"} <= {"too-deep", "too-long"}
            break
        deepest = package
    assert deepest is not None
    runs(deepest)


def test_the_deepest_variables_run(tmp_path: Path) -> None:
    """Variables one inside the next, as many as are allowed, each an expression of its own."""
    rows, deepest = ["variables:"], None
    for place in range(60):
        inner = f"v{place - 1}" if place else "rd_spend"
        rows.append(f"- {{id: v{place}, entity: enterprise, title: {{zh: 变量, en: variable}}, cite: {{document: doc}}, expr: '")
        rows[-1] += f"if(startup, least({inner}, revenue), {inner} + revenue)'}}"
        package, found = inspect(measured(tmp_path, f"v{place}", "\n".join(rows) + "\n"))
        if any(f.severity == "error" for f in found):
            assert {f.code for f in found if f.severity == "error"} == {"too-large"}
            break
        deepest = package
    assert deepest is not None and place > 5
    runs(deepest)


def runs(package: Package) -> None:
    """Run a package over an empty register."""
    engine = DuckDB()
    names = {"money": "DECIMAL(18, 2)", "count": "BIGINT", "bool": "BOOLEAN", "date": "DATE", "quantity": "DECIMAL(18, 4)"}
    for entity in package.entities.values():
        columns = {"id": "VARCHAR", "year": "INT", entity.parent or "weight": "VARCHAR" if entity.parent else "BIGINT"}
        columns |= {name: names.get(c.type, "VARCHAR") for name, c in entity.columns.items()}
        engine.connection.execute(f'CREATE TABLE "{entity.id}" ({", ".join(f"{chr(34)}{n}{chr(34)} {k}" for n, k in columns.items())})')
    source = Source({e.id: frozenset(engine.columns(e.id)) for e in package.entities.values()}, year=2025, first_year=2025)
    program = compile_run(package, source, list(package.measures.values()), Run(DAY), partial(constant, package, Choice(DAY, source.year)))
    for step in program.steps:
        engine.run(step.name, step.select)
    engine.close()
