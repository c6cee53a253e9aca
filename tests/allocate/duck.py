"""Runs the steps on DuckDB: small tables in, rows as dictionaries out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import duckdb
from allocate.reference import Row, Tables
from sqlglot import exp

from jiqun.compile.allocate import AllocationRules, allocate
from jiqun.compile.plan import Step

ROW = """(measure VARCHAR, unit VARCHAR, enterprise VARCHAR, weight BIGINT, object VARCHAR, status VARCHAR, at_most BOOLEAN,
  amount DECIMAL(18, {s}), bound DECIMAL(18, {s}), rank_number DECIMAL(38, 10), rank_day DATE, instalments VARCHAR)"""


@dataclass(frozen=True)
class Same:
    """A tree that equals only itself."""

    tree: exp.Expression

    def __hash__(self) -> int:
        return id(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.tree is other.tree


NO_TABLES = Tables()
PAYMENT = "(measure VARCHAR, unit VARCHAR, enterprise VARCHAR, object VARCHAR, day DATE, amount DECIMAL(18, 2))"


def money(coins: int | None, scale: int) -> Decimal | None:
    return None if coins is None else Decimal(coins).scaleb(-scale)


def coins(value: Decimal | None, scale: int) -> int | None:
    return None if value is None else int(value.scaleb(scale))


def table(db: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    db.execute(f"CREATE OR REPLACE TEMP TABLE {name} {columns}")
    rows = list(rows)
    if rows:
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        db.execute(f"INSERT INTO {name} VALUES {marks}", [value for row in rows for value in row])


def load(db: duckdb.DuckDBPyConnection, rows: Sequence[Row], tables: Tables, scale: int) -> None:
    arriving = [
        (
            *(r.measure, r.unit, r.enterprise, r.weight, r.object, r.status, r.at_most, money(r.amount, scale), money(r.bound, scale)),
            *(r.rank_number, r.rank_day, r.instalments),
        )
        for r in rows
    ]
    table(db, "open_rows", ROW.format(s=scale), arriving)
    table(db, "payments_before", PAYMENT, [(p.measure, p.unit, p.enterprise, None, p.day, p.amount) for p in tables.payments])
    for name, chosen in tables.choices.items():
        table(db, name, "(key VARCHAR, chosen VARCHAR)", chosen.items())
    for name, limits in tables.limits.items():
        found = [(key, money(limit, scale)) for key, limit in limits.items()]
        table(db, name, f"(key VARCHAR, limit_ DECIMAL(18, {scale}))", found)
    for name, groups in tables.groups.items():
        table(db, name, "(enterprise VARCHAR, key VARCHAR)", groups.items())


def fetch(db: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, object]]:
    cursor = db.execute(f"SELECT * FROM {name} ORDER BY ALL")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def run(db: duckdb.DuckDBPyConnection, steps: Iterable[Step]) -> None:
    for step in steps:
        db.execute(f"CREATE OR REPLACE TEMP TABLE {step.name} AS {printed(step.select)}")


@lru_cache(maxsize=1024)
def _printed(tree: Same) -> str:
    return tree.tree.sql("duckdb")


def printed(tree: exp.Expression) -> str:
    """The tree as SQL; trees of equal steps are the same object, and printing takes longer than running on small tables."""
    return _printed(Same(tree))


def awards(
    db: duckdb.DuckDBPyConnection, rows: Sequence[Row], rules: AllocationRules, tables: Tables = NO_TABLES, scale: int = 2
) -> dict[tuple[str, str], dict[str, object]]:
    """The award rows by measure and unit."""
    load(db, rows, tables, scale)
    run(db, allocate("open_rows", rules, "run", scale))
    return {(row["measure"], row["unit"]): row for row in fetch(db, "run_awards")}
