"""What a register holds: rows by table, and of each column how much is known and where its values lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jiqun.engines.duckdb import DuckDB
from jiqun.language.units import unit
from jiqun.model.entity import Column, Entity
from jiqun.model.words import Words
from jiqun.register.bind import PAYMENTS_ENTITY
from jiqun.register.store import PAYMENTS, Register, builtin

Ordered = Decimal | int | date | None
_ORDERED = frozenset(("money", "ratio", "quantity", "count", "date"))


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """One column: rows with a value, and the least, middle and greatest (numbers and dates), or how many differ (texts and enums).

    `present` is False where the table lacks the column: it is then unknown for every row.
    """

    name: str
    title: Words
    type: str
    unit: str | None
    present: bool
    known: int
    least: Ordered = None
    median: Ordered = None
    greatest: Ordered = None
    distinct: int | None = None
    true: int | None = None


@dataclass(frozen=True, slots=True)
class TableSummary:
    """One table; `represents` is the number of enterprises its rows stand for (the sum of the weights of the root's table)."""

    entity: str
    title: Words
    rows: int
    represents: int | None
    by_year: Mapping[int, int]
    columns: tuple[ColumnSummary, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """A register as a whole."""

    synthetic: bool
    seed: int | None
    source: str
    years: tuple[int, ...]
    digest: str
    tables: tuple[TableSummary, ...]


def describe(register: Register, entities: Iterable[Entity]) -> Description:
    """Summarise the tables of a register that belong to the entities, and its payments."""
    manifest, engine = register.manifest, DuckDB()
    try:
        listed = [entity for entity in (*entities, PAYMENTS_ENTITY) if register.table(entity.id) is not None]
        tables = tuple(_table(engine, register, entity) for entity in listed)
    finally:
        engine.close()
    return Description(manifest.synthetic, manifest.seed, manifest.source, manifest.years, manifest.digest, tables)


def _table(engine: DuckDB, register: Register, entity: Entity) -> TableSummary:
    path, have = register.table(entity.id), register.columns(entity.id)
    assert path is not None
    engine.attach(entity.id, path)
    columns = tuple(_column(engine, entity, name, column, name in have) for name, column in entity.columns.items())
    represents, by_year = None, {}
    if entity.id != PAYMENTS:
        counted = engine.connection.execute(f'SELECT year, count(*) FROM "{entity.id}" GROUP BY year ORDER BY year').fetchall()
        by_year = {year: count for year, count in counted if year is not None}
    if "weight" in have and "weight" in builtin(entity, entity.parent is None).names:
        represents = _row(engine, f'SELECT coalesce(sum(weight), 0)::BIGINT FROM "{entity.id}"')[0]
    return TableSummary(entity.id, entity.title, register.rows(entity.id), represents, by_year, columns)


def _column(engine: DuckDB, entity: Entity, name: str, column: Column, present: bool) -> ColumnSummary:
    about = (name, column.title, column.type, _stored_unit(column), present)
    if not present:
        return ColumnSummary(*about, known=0)
    if column.type in _ORDERED:
        known, least, median, greatest = _row(
            engine, f'SELECT count("{name}"), min("{name}"), quantile_disc("{name}", 0.5), max("{name}") FROM "{entity.id}"'
        )
        return ColumnSummary(*about, known, least, median, greatest)
    if column.type == "bool":
        known, true = _row(engine, f'SELECT count("{name}"), count(*) FILTER ("{name}") FROM "{entity.id}"')
        return ColumnSummary(*about, known, true=true)
    known, distinct = _row(engine, f'SELECT count("{name}"), count(DISTINCT "{name}") FROM "{entity.id}"')
    return ColumnSummary(*about, known, distinct=distinct)


def _stored_unit(column: Column) -> str | None:
    """Return what the register counts in: yuan for money, the base unit for a quantity."""
    if column.type == "money":
        return column.currency or "CNY"
    declared = unit(column.unit) if column.type == "quantity" and column.unit else None
    return declared.dims[0][0] if declared and declared.dims else None


def _row(engine: DuckDB, query: str) -> tuple:  # type: ignore[type-arg]  # the columns differ by query
    return engine.connection.execute(query).fetchall()[0]
