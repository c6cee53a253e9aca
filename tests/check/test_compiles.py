"""What passed the checks can be compiled: every package on every day on which a value changes, however deep its expressions are."""

from __future__ import annotations

import shutil
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from jiqun.check import accept, inspect
from jiqun.check.formulas import of_measure, reached
from jiqun.compile.entitle import Run
from jiqun.compile.program import Program, compile_run
from jiqun.compile.sheet import Source
from jiqun.engines.duckdb import DuckDB
from jiqun.model.package import Package
from jiqun.simulate import Choice, chosen, constant

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


def program(package: Package, source: Source, day: date, only: tuple[str, ...] = ()) -> Program | None:
    choice = Choice(day, source.year, statuses=tuple({m.status for m in package.measures.values()}), only=only)
    measures = chosen(package, choice)
    return compile_run(package, source, measures, Run(day, refused=True), partial(constant, package, choice)) if measures else None


def touched(package: Package, day: date) -> tuple[str, ...]:
    """Return the measures for which something changes on a day, or the first in force if none."""
    parameters = {p.id for p in package.parameters.values() if day in {v.from_ for v in p.values}}
    pools = {p.id for p in package.pools.values() if day in {v.from_ for v in p.values}}
    found = []
    for measure in package.measures.values():
        names = {getattr(n, "parameter", getattr(n, "name", "")) for f in of_measure(measure) for n in reached(f.tree, package)}
        pool = measure.budget.pool if measure.budget is not None else None
        if names & parameters or pool in pools or day in (measure.valid.from_, measure.valid.to):
            found.append(measure.id)
    return tuple(found) or tuple(m.id for m in package.measures.values() if m.in_force(day))[:1]


@pytest.mark.parametrize("name", ["yunzhou", "shenzhen-20-8"])
def test_a_real_package_compiles_on_every_day_on_which_a_value_changes(name: str) -> None:
    package = accept(POLICIES / name)
    days = package.days()
    for day in days:
        made = program(package, full(package), day, touched(package, day))
        assert made is None or all(step.select.sql("duckdb") for step in made.steps[-3:])
    assert program(package, full(package), days[-1]) is not None


def test_a_package_compiles_for_a_register_with_nothing_but_enterprises() -> None:
    package = accept(POLICIES / "yunzhou")
    assert program(package, Source({package.root.id: frozenset(BUILT_IN)}, year=2025, first_year=2025), DAY) is not None


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
            seen += program(package, full(package), DAY) is not None
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
        if text.count("(") < 15:  # the shallow ones run anyhow
            continue
        package, found = inspect(measured(tmp_path, f"'{text}'"))
        if any(f.severity == "error" for f in found):
            assert {f.code for f in found if f.severity == "error"} <= {"too-deep", "too-long", "too-large"}
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


def runs(package: Package, day: date = DAY) -> None:
    """Run a package over an empty register."""
    engine = DuckDB()
    names = {"count": "BIGINT", "bool": "BOOLEAN", "date": "DATE", "text": "VARCHAR", "enum": "VARCHAR"}
    for entity in package.entities.values():
        columns = {"id": "VARCHAR", "year": "INT", entity.parent or "weight": "VARCHAR" if entity.parent else "BIGINT"}
        columns |= {name: names.get(c.type, f"DECIMAL(18, {c.kept})") for name, c in entity.columns.items()}
        engine.connection.execute(f'CREATE TABLE "{entity.id}" ({", ".join(f"{chr(34)}{n}{chr(34)} {k}" for n, k in columns.items())})')
    source = Source({e.id: frozenset(engine.columns(e.id)) for e in package.entities.values()}, year=2025, first_year=2025)
    made = program(package, source, day)
    for step in made.steps if made is not None else ():
        engine.run(step.name, step.select)
    engine.close()
