"""One year of one chunk's units, as the generators of columns see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jiqun.register.synthetic.arrow import Values
from jiqun.register.synthetic.firms import Bools, Firms, Floats, Ints

Draw = Callable[["View", str], Values]
Among = Callable[["View"], Bools]


@dataclass(frozen=True)
class View:
    """Units of one entity in one year.

    `units` are all units of the chunk, `at` those in the register this year; a trait that lasts is drawn for all of them, so that
    a unit keeps it from year to year. `firm` is the enterprise of each row, as its place in `firms`.
    """

    entity: str
    firms: Firms
    position: int
    units: int
    at: Ints
    firm: Ints
    number: Ints
    known: Callable[[str, str], Draw | None]
    parent: View | None = None
    drawn: dict[str, Values] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.at)

    @property
    def year(self) -> int:
        return self.firms.chunk.plan.years[self.position]

    @property
    def last_day(self) -> int:
        """Return 31 December of the year, in days since 1970."""
        return days(self.year + 1) - 1

    @property
    def end(self) -> int:
        """Return 31 December of the register's last year."""
        return days(self.firms.chunk.plan.years[-1] + 1) - 1

    def lasting(self, name: str) -> Floats:
        """Return a number between 0 and 1 for each row, the same every year."""
        return self.firms.chunk.stream(f"{self.entity}.{name}").random(self.units)[self.at]

    def lasting_normal(self, name: str) -> Floats:
        return self.firms.chunk.stream(f"{self.entity}.{name}.z").standard_normal(self.units)[self.at]

    def yearly(self, name: str) -> Floats:
        """Return a number between 0 and 1 for each row, drawn anew every year."""
        return self.firms.chunk.stream(f"{self.entity}.{name}", self.year).random(self.units)[self.at]

    def yearly_normal(self, name: str) -> Floats:
        return self.firms.chunk.stream(f"{self.entity}.{name}.z", self.year).standard_normal(self.units)[self.at]

    def values(self, column: str) -> Values:
        """Return a column a generator is registered for, before values go missing."""
        if column not in self.drawn:
            draw = self.known(self.entity, column)
            assert draw is not None, f"no generator for {self.entity}.{column}"
            self.drawn[column] = draw(self, column)
        return self.drawn[column]

    def value(self, column: str) -> NDArray[np.generic]:
        return self.values(column).data

    def money(self, column: str) -> Floats:
        return self.value(column).astype(np.float64)

    def whole(self, column: str) -> Ints:
        return self.value(column).astype(np.int64)

    def flag(self, column: str) -> Bools:
        return self.value(column).astype(np.bool_)

    def label(self, column: str, *labels: str) -> Bools:
        """Return which rows hold one of the labels."""
        values = self.values(column)
        return np.isin(values.data, [values.labels.index(label) for label in labels]) & ~_absent(values)

    def enterprise(self, column: str) -> NDArray[np.generic]:
        """Return the enterprise's value of a column."""
        root = self
        while root.parent is not None:
            root = root.parent
        return root.value(column)[self.firm] if root is not self else self.value(column)


def days(year: int) -> int:
    """Return 1 January of a year in days since 1970."""
    return int((np.datetime64(f"{year}-01-01") - np.datetime64("1970-01-01")).astype(np.int64))


def _absent(values: Values) -> Bools:
    return np.zeros(len(values.data), np.bool_) if values.absent is None else values.absent
