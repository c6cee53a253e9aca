"""The nearest change: the smallest move of one input that would turn a refusal, found and checked on the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from jiqun.declare import column_type
from jiqun.explain.facts import Change, Shown
from jiqun.explain.walk import cells
from jiqun.interpret import Entitlement, as_of, entitle
from jiqun.language import tree as t
from jiqun.model.entity import Column
from jiqun.model.measure import Measure
from jiqun.model.uses import formulas
from jiqun.records import Here, Known, Need, Records

MOST_STEPS = 1_000_000


def nearest_changes(measure: Measure, here: Here) -> tuple[Change, ...]:
    """Return, for each actionable input, the fewest steps that make a refused unit qualify; the cheapest first.

    A money input's cost is the difference; others come after, by the number of steps.
    """
    there = replace(here, as_of=as_of(measure, here))
    seen = dict.fromkeys(need for tree in formulas(measure) for need in cells(tree, there))
    made = [(change, steps) for need in seen if (found := _search(measure, here, need)) is not None for change, steps in (found,)]
    return tuple(change for change, _ in sorted(made, key=_cost))


def _cost(found: tuple[Change, int]) -> tuple[bool, Decimal, str]:
    change, steps = found
    money = change.difference.type.is_money
    value = change.difference.value
    return (not money, abs(value) if money and isinstance(value, Decimal) else Decimal(steps), change.cell.column)


def _search(measure: Measure, here: Here, need: Need) -> tuple[Change, int] | None:
    column = here.package.entities[need.entity].columns[need.column]
    row = here.records.row(need.entity, need.unit, need.year)
    value = row.get(need.column) if row is not None else None
    if column.actionable is None or value is None or need.year != here.year:
        return None
    if isinstance(value, bool):
        return _flip(measure, here, need, column, value)
    if not isinstance(value, Decimal):
        return None
    step = column.actionable.step.typed
    assert isinstance(step, t.Literal) and isinstance(step.value, Decimal)
    size = step.value if column.actionable.direction == "up" else -step.value

    def passes(steps: int) -> bool:
        return _pays(_moved(measure, here, need, value + size * steps))

    steps = fewest(passes)
    if steps is None:
        return None
    return _change(measure, here, need, column, value, value + size * steps), steps


def fewest(passes: Callable[[int], bool]) -> int | None:
    """Return the least number of steps that passes, by doubling and halving; None within a million.

    >>> fewest(lambda steps: steps >= 37)
    37
    """
    high = 1
    while not passes(high):
        if high >= MOST_STEPS:
            return None
        high = min(high * 2, MOST_STEPS)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return high


def _flip(measure: Measure, here: Here, need: Need, column: Column, value: bool) -> tuple[Change, int] | None:
    wanted = column.actionable is not None and column.actionable.direction == "up"
    if value is wanted or not _pays(_moved(measure, here, need, wanted)):
        return None
    return _change(measure, here, need, column, value, wanted), 1


def _pays(made: Entitlement) -> bool:
    return made.status == "decision" or (made.status == "yes" and bool(made.amount))


def _moved(measure: Measure, here: Here, need: Need, value: Known) -> Entitlement:
    """Return the entitlement with one cell changed."""
    tables = dict(here.records.tables)
    rows = dict(tables[need.entity])
    rows[need.unit, need.year] = {**rows[need.unit, need.year], need.column: value}
    tables[need.entity] = rows
    old = here.records
    return entitle(measure, replace(here, records=Records(tables, old.parents, old.first_year, old.payments, old.awards)))


def _change(measure: Measure, here: Here, need: Need, column: Column, before: Known, after: Known) -> Change:
    kind = column_type(here.package.heading, column)
    assert kind is not None
    made = _moved(measure, here, need, after)
    difference = after - before if isinstance(after, Decimal) and isinstance(before, Decimal) and not isinstance(after, bool) else after
    shown = (Shown(before, kind), Shown(after, kind), Shown(difference, kind))
    return Change(need, column.title, *shown, made.status, made.amount, made.bound)


def actionable(measure: Measure, here: Here) -> Iterator[Need]:
    """Yield the inputs of a measure that can be moved."""
    there = replace(here, as_of=as_of(measure, here))
    for need in dict.fromkeys(n for tree in formulas(measure) for n in cells(tree, there)):
        if here.package.entities[need.entity].columns[need.column].actionable is not None:
            yield need
