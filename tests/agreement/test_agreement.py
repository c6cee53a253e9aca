"""The interpreter and the SQL agree on random packages and units: any difference fails.

Run one seed alone with `pytest tests/agreement -k 'agree[17]'`.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from agreement.drawing import YEARS, Drawing

from jiqun.cases import disagreements
from jiqun.check import accept
from jiqun.engines.duckdb import DuckDB
from jiqun.interpret import entitle
from jiqun.records import Here, Payment, Records
from jiqun.register.store import PAYMENTS_SCHEMA, arrow_table
from jiqun.simulate import Choice, run

SEEDS, MEASURES, UNITS = 60, 10, 50
LEAST_ROWS, LEAST_WITHOUT_LOANS = 380, 220
assert (SEEDS - SEEDS // 5) * LEAST_ROWS + SEEDS // 5 * LEAST_WITHOUT_LOANS >= 20_000
DAY = dt.date(2025, 6, 30)


def compared(folder: Path, seed: int) -> tuple[int, list[object]]:
    """Draw a package and a register, run both evaluators, and return how many rows were compared and each difference."""
    drawing = Drawing(seed)
    (folder / "drawn.yaml").write_text(drawing.package(MEASURES), "utf-8")
    package = accept(folder)
    tables = drawing.rows(UNITS)
    paid = drawing.paid(tables) if seed % 4 else None
    if seed % 5 == 0:
        del tables["loan"]
    engine = DuckDB()
    for name, rows in tables.items():
        engine.hold(name, arrow_table(package.entities[name], rows))
    if paid is not None:
        engine.hold("payments", PAYMENTS_SCHEMA.empty_table().from_pylist(paid, schema=PAYMENTS_SCHEMA))
    ran = run(package, engine, [*tables, *(["payments"] if paid is not None else [])], YEARS[0], Choice(DAY, YEARS[-1]))
    outcome = {(str(r["measure"]), str(r["unit"])): r for r in ran.rows("outcome")}
    engine.close()
    payments = None if paid is None else tuple(Payment(p["measure"], p["unit"], p["enterprise"], p["object"], p["date"], p["amount"]) for p in paid)
    keyed = {name: {(r["id"], r["year"]): r for r in rows} for name, rows in tables.items()}
    awards = {key: r["award"] for key, r in outcome.items() if r["status"] != "no"}
    records = Records(keyed, {e.id: e.parent for e in package.entities.values()}, YEARS[0], payments, awards)
    expected = {(m.id, row["id"]) for m in package.measures.values() for row in tables.get(m.entity, []) if row["year"] == YEARS[-1]}
    assert set(outcome) == expected
    differences: list[object] = []
    for (measure, unit), row in outcome.items():
        here = Here(package, records, package.measures[measure].entity, unit, YEARS[-1], DAY, None)
        differences += disagreements(entitle(package.measures[measure], here), row)
    return len(outcome), differences


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_interpreter_and_the_sql_agree(seed: int, tmp_path: Path) -> None:
    rows, differences = compared(tmp_path, seed)
    assert rows >= (LEAST_ROWS if seed % 5 else LEAST_WITHOUT_LOANS)
    assert differences == []
