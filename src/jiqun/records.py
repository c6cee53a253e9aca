"""What is known of some units: their rows and payments, where an expression is read, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from jiqun.model.package import Package

Reason = Literal[
    "missing", "no_record", "undefined", "out_of_range", "no_band", "not_listed", "before_first", "no_table", "conflict", "decision"
]
Known = Decimal | bool | date | str


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """An input that is missing: a column of a unit in a year."""

    entity: str
    unit: str
    year: int
    column: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value: why, and which inputs would give one."""

    why: frozenset[str]
    needs: frozenset[Need] = frozenset()

    def __or__(self, other: object) -> Unknown:
        return Unknown(self.why | other.why, self.needs | other.needs) if isinstance(other, Unknown) else self


Value = Known | Unknown


def unknown(why: Reason, *needs: Need) -> Unknown:
    return Unknown(frozenset((why,)), frozenset(needs))


@dataclass(frozen=True)
class Payment:
    """A payment made before the run."""

    measure: str
    unit: str
    enterprise: str
    object: str | None
    day: date
    amount: Decimal


@dataclass(frozen=True)
class Records:
    """The rows of some units, as the interpreter reads them.

    Args:
        tables: entity → (id, year) → column → value; a table not here is not in the register.
        parents: entity → name of its parent entity.
        first_year: the earliest year of the register.
        payments: None where the register has no payments table.
        awards: awards of measures already allocated, by (measure, unit); None is not known.
    """

    tables: Mapping[str, Mapping[tuple[str, int], Mapping[str, Known | None]]]
    parents: Mapping[str, str | None]
    first_year: int
    payments: tuple[Payment, ...] | None = None
    awards: Mapping[tuple[str, str], Decimal | None] = field(default_factory=dict)

    def row(self, entity: str, unit: str, year: int) -> Mapping[str, Known | None] | None:
        return self.tables.get(entity, {}).get((unit, year))

    @cached_property
    def _children(self) -> Mapping[tuple[str, str, int], tuple[str, ...]]:
        made: dict[tuple[str, str, int], list[str]] = {}
        for entity, rows in self.tables.items():
            parent = self.parents.get(entity)
            if parent is not None:
                for (unit, year), row in rows.items():
                    made.setdefault((entity, str(row[parent]), year), []).append(unit)
        return {key: tuple(sorted(units)) for key, units in made.items()}

    def children(self, entity: str, parent: str, year: int) -> tuple[str, ...] | None:
        return self._children.get((entity, parent, year), ()) if entity in self.tables else None


@dataclass(frozen=True)
class Here:
    """Where an expression is read: a unit in a year, and the day parameters are read on."""

    package: Package
    records: Records
    entity: str
    unit: str
    year: int
    day: date
    as_of: date | None

    @property
    def row(self) -> Mapping[str, Known | None] | None:
        return self.records.row(self.entity, self.unit, self.year)

    def parent(self) -> Here | None:
        name = self.records.parents[self.entity]
        row = self.row
        unit = row.get(name) if row is not None and name is not None else None
        return replace(self, entity=name, unit=unit) if isinstance(unit, str) and name is not None else None

    def root(self) -> Here | None:
        here: Here | None = self
        while here is not None and self.records.parents[here.entity] is not None:
            here = here.parent()
        return here
