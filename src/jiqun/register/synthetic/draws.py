"""Ways to draw a column: for columns with a generator of their own and, by type, for every other one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jiqun.language.units import unit
from jiqun.model.entity import Column
from jiqun.register.synthetic.arrow import Values
from jiqun.register.synthetic.firms import Bools
from jiqun.register.synthetic.view import Among, Draw, View

_TYPICAL: Mapping[str, float] = {
    "month": 14.0,
    "day": 120.0,
    "m²": 1500.0,
    "P": 60.0,
    "GB": 5000.0,
    "W": 4e6,
    "Wh": 5e8,
    "m": 40000.0,
    "kg": 50000.0,
    "nm": 40.0,
}
"""Typical quantities in the base unit of their dimension."""
_EMPTY = ("none", "other")


def chance(probability: float, among: Among | None = None) -> Draw:
    """A fact that is true with a probability, and lasts; false outside `among`."""

    def draw(view: View, column: str) -> Values:
        true = view.lasting(column) < probability
        return Values(true if among is None else true & among(view))

    return draw


def fact(among: Among) -> Draw:
    """A fact that follows from others."""
    return lambda view, _: Values(among(view))


def sector(*names: str) -> Among:
    return lambda view: view.firms.in_sector(*names)[view.firm]


def flag(*columns: str) -> Among:
    """Enterprises of which one of the columns is true."""
    return lambda view: np.logical_or.reduce([view.enterprise(column).astype(np.bool_) for column in columns])


def own(*columns: str) -> Among:
    """Units of which one of their own columns is true."""
    return lambda view: np.logical_or.reduce([view.flag(column) for column in columns])


def labelled(column: str, *labels: str) -> Among:
    return lambda view: view.label(column, *labels)


def having(column: str) -> Among:
    """Units whose amount or number in the column is above zero."""
    return lambda view: view.money(column) > 0


def either(*tests: Among) -> Among:
    return lambda view: np.logical_or.reduce([test(view) for test in tests])


def every(*tests: Among) -> Among:
    return lambda view: np.logical_and.reduce([test(view) for test in tests])


def nobody(test: Among) -> Among:
    return lambda view: ~test(view)


def everyone(view: View) -> Bools:
    return np.ones(view.rows, np.bool_)


def spend(typical: float, probability: float = 1.0, among: Among = everyone, spread: float = 1.0) -> Draw:
    """An amount some of `among` have, larger for larger enterprises; zero for all others."""

    def draw(view: View, column: str) -> Values:
        size = np.clip(np.sqrt(view.firms.revenue[view.firm, view.position] / 5e7), 0.3, 12.0)
        amount = typical * size * np.exp(spread * (0.85 * view.lasting_normal(column) + 0.5 * view.yearly_normal(column)))
        return Values(np.where(among(view) & (view.lasting(column) < probability), amount, 0.0))

    return draw


def part(column: str, low: float, high: float, among: Among = everyone) -> Draw:
    """A share of another column of the same unit."""
    return lambda view, name: Values(np.where(among(view), view.money(column) * (low + (high - low) * view.yearly(name)), 0.0))


def number(typical: float, spread: float = 0.8, least: int = 0, most: int = 1_000_000_000, among: Among = everyone) -> Draw:
    """A whole number, lognormal around the typical one; zero outside `among`."""

    def draw(view: View, column: str) -> Values:
        drawn = typical * np.exp(spread * (0.9 * view.lasting_normal(column) + 0.4 * view.yearly_normal(column)))
        return Values(np.where(among(view), np.clip(np.floor(drawn), least, most), 0).astype(np.int64))

    return draw


def between(low: float, high: float, decimals: int = 4) -> Draw:
    return lambda view, column: Values(np.round(low + (high - low) * view.lasting(column), decimals))


def choice(shares: Mapping[str, float], among: Among | None = None) -> Draw:
    """One of several labels by their shares, lasting; outside `among` the last label."""
    labels = tuple(shares)
    edges = np.cumsum(list(shares.values())) / sum(shares.values())

    def draw(view: View, column: str) -> Values:
        code = np.minimum(np.searchsorted(edges, view.lasting(column), side="right"), len(labels) - 1)
        return Values(code if among is None else np.where(among(view), code, len(labels) - 1), labels=labels)

    return draw


def recent(years: float = 5.0, among: Among = everyone) -> Draw:
    """A day in the years before the register's last one ended; unknown before it comes, outside `among`, and before foundation."""

    def draw(view: View, column: str) -> Values:
        first = view.firms.founded[view.firm]
        day = np.maximum(view.end - np.floor(years * 365 * view.lasting(column)).astype(np.int64), first)
        return Values(day, absent=~among(view) | (day > view.last_day))

    return draw


def this_year(among: Among = everyone) -> Draw:
    """A day of the row's own year."""
    return lambda view, column: Values(
        view.last_day - np.floor(364 * view.yearly(column)).astype(np.int64), absent=~among(view)
    )


def unit_name(prefix: str) -> Draw:
    """A clearly invented name: the prefix and the unit's number."""
    return lambda view, _: Values(view.number, prefix=prefix)


def default(column: Column) -> Draw:
    """How a column without a generator of its own is drawn: by its type, plausible and not more."""
    if column.type == "enum":
        return _any_label(tuple(column.values or {}))
    if column.type == "quantity":
        return _typical(column.unit)
    return {
        "money": spend(2e5, 0.15),
        "ratio": between(0.05, 0.95),
        "count": number(3.0),
        "bool": chance(0.3),
        "date": recent(),
        "text": unit_name(f"合成{column.title.zh}"),
    }[column.type]


def _any_label(labels: tuple[str, ...]) -> Draw:
    """Every label is as likely as another, but four in five have none where there is such a label."""
    last = tuple(label for label in labels if label in _EMPTY)[:1]
    others = tuple(label for label in labels if label not in last)
    weight = 4.0 * max(len(others), 1)
    return choice({**dict.fromkeys(others, 1.0), **dict.fromkeys(last, weight)})


def _typical(name: str | None) -> Draw:
    """A quantity in the base unit of its dimension, which is what a register stores."""
    stated = unit(name) if name else None
    base = stated.dims[0][0] if stated and len(stated.dims) == 1 else ""
    centre = _TYPICAL.get(base, 10.0)

    def draw(view: View, column: str) -> Values:
        return Values(np.maximum(np.round(centre * np.exp(0.7 * view.lasting_normal(column)), 1), 1.0))

    return draw
