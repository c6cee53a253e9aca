"""A chunk's rows, table by table and year by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jiqun.model.entity import Column, Entity
from jiqun.register.store import PAYMENTS_SCHEMA, schema
from jiqun.register.synthetic.arrow import DIGITS, Array, Values, array, decimal, joined, text
from jiqun.register.synthetic.assumptions import assumptions
from jiqun.register.synthetic.child_columns import CHILDREN, expected_units
from jiqun.register.synthetic.draws import default
from jiqun.register.synthetic.enterprise_columns import ENTERPRISE
from jiqun.register.synthetic.firms import Bools, Firms, Ints, draw_firms
from jiqun.register.synthetic.plan import Chunk
from jiqun.register.synthetic.view import Draw, View, days

MOST_UNITS = 9
ROOT_PREFIX = "E"
_PAID = 0.004


@dataclass(frozen=True, slots=True)
class Units:
    """Units of a child entity in a chunk: whose they are, which of its owner's, and the years they are in the register."""

    firm: Ints
    ordinal: Ints
    first: Ints
    after: Ints


def chunk_tables(entities: Mapping[str, Entity], chunk: Chunk) -> Iterator[tuple[str, pa.Table]]:
    """Yield an entity's id and its rows of one year, for every entity and year of the chunk.

    What is drawn depends on the plan, the chunk and the names of the columns only, so a chunk can be made alone.
    """
    firms = draw_firms(chunk)
    root = next(entity for entity in entities.values() if entity.parent is None)
    below = {entity.id: (entity, _units(entity.id, firms)) for entity in entities.values() if entity.parent == root.id}
    for position, year in enumerate(chunk.plan.years):
        view = _root_view(root, firms, position)
        exists = firms.founded < days(year + 1)
        yield root.id, _root_table(root, view, exists)
        for entity, units in below.values():
            yield entity.id, _child_table(entity, view, units, exists)


def payment_table(chunk: Chunk, measures: tuple[str, ...]) -> pa.Table:
    """Return an invented payment history: a few enterprises were paid a little by each measure, once, before the last year ended."""
    parts = [_payments(chunk, measure) for measure in measures]
    return pa.concat_tables(parts) if parts else PAYMENTS_SCHEMA.empty_table()


def _payments(chunk: Chunk, measure: str) -> pa.Table:
    stream = chunk.stream(f"payments.{measure}")
    chosen = np.flatnonzero(stream.random(chunk.size) < _PAID)
    first, last = days(chunk.plan.years[0]), days(chunk.plan.years[-1])
    day = first + np.floor(stream.random(len(chosen)) * max(last - first, 1)).astype(np.int32)
    fen = np.rint(np.exp(12.2 + stream.standard_normal(len(chosen)))).astype(np.int64) * 100
    ids = _root_ids(chunk.start + chosen)
    columns = {
        "measure": text(Values(np.zeros(len(chosen), np.int64), labels=(measure,))),
        "unit": ids,
        "enterprise": ids,
        "object": pa.nulls(len(chosen), pa.string()),
        "date": pa.array(day.astype(np.int32)).cast(pa.date32()),
        "amount": decimal(fen, None, 2),
    }
    return pa.table(columns, schema=PAYMENTS_SCHEMA)


def _known(entity: str, column: str, root: str) -> Draw | None:
    return ENTERPRISE.get(column) if entity == root else CHILDREN.get(entity, {}).get(column)


def _root_view(root: Entity, firms: Firms, position: int) -> View:
    everyone = np.arange(firms.chunk.size, dtype=np.int64)
    return View(root.id, firms, position, len(everyone), everyone, everyone, firms.numbers, lambda e, c: _known(e, c, root.id))


def _units(entity: str, firms: Firms) -> Units:
    """Draw how many units each enterprise has, and which years each is in the register: one, two or three on end."""
    stream, years = firms.chunk.stream(f"{entity}.units"), len(firms.chunk.plan.years)
    counts = np.minimum(stream.poisson(expected_units(entity, firms)), MOST_UNITS)
    firm = np.repeat(np.arange(firms.chunk.size, dtype=np.int64), counts)
    ordinal = np.arange(len(firm)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    first = np.maximum(stream.integers(-1, years, len(firm)), 0)
    return Units(firm, ordinal, first, first + stream.integers(1, 4, len(firm)))


def _root_table(root: Entity, view: View, exists: Bools) -> pa.Table:
    rows = np.flatnonzero(exists)
    built = {
        "id": _root_ids(view.number[rows]),
        "year": pa.array(np.full(len(rows), view.year, np.int32)),
        "weight": pa.array(view.firms.weight[rows]),
    }
    return _table(root, view, built, rows)


def _child_table(entity: Entity, parent: View, units: Units, exists: Bools) -> pa.Table:
    active = (units.first <= parent.position) & (parent.position < units.after) & exists[units.firm]
    at = np.flatnonzero(active)
    firm = units.firm[at]
    number = (parent.firms.chunk.start + firm) * 10 + units.ordinal[at]
    view = View(entity.id, parent.firms, parent.position, len(units.firm), at, firm, number, parent.known, parent)
    built = {
        "id": text(Values(joined(f"{entity.id}-", number, DIGITS + 1))),
        "year": pa.array(np.full(len(at), parent.year, np.int32)),
        str(entity.parent): _root_ids(number // 10),
    }
    return _table(entity, view, built, None)


def _table(entity: Entity, view: View, built: Mapping[str, Array], rows: Ints | None) -> pa.Table:
    drawn = {name: _column(name, column, view, rows) for name, column in entity.columns.items()}
    return pa.table({**built, **drawn}, schema=schema(entity, entity.parent is None))


def _column(name: str, column: Column, view: View, rows: Ints | None) -> Array:
    """Draw a column, take values out at its missing rate, and keep the wanted rows; one not yet collected is unknown throughout."""
    values = _drawn(name, column, view)
    rate = assumptions().missing_rate(name) if column.collected else 1.0
    if rate:
        values = values.without(view.firms.chunk.stream(f"{view.entity}.{name}.missing", view.year).random(view.units)[view.at] < rate)
    return array(column, values if rows is None else values.at(rows))


def _drawn(name: str, column: Column, view: View) -> Values:
    """Return the column's own draw if it has one and that gives what the package declares, else a draw by type."""
    if view.known(view.entity, name) is not None and _fits(column, known := view.values(name)):
        return known
    return default(column)(view, name)


def _fits(column: Column, values: Values) -> bool:
    kind = values.data.dtype.kind
    if column.type == "enum":
        return bool(values.labels) and set(values.labels) <= set(column.values or {})
    if column.type == "text":
        return bool(values.labels or values.prefix or values.data.ndim == 2)
    expected = {"bool": "b", "count": "i", "date": "i"}.get(column.type, "fi")
    return kind in expected and not values.labels and not values.prefix and values.data.ndim == 1


def _root_ids(numbers: Ints) -> Array:
    return text(Values(numbers, prefix=ROOT_PREFIX))
