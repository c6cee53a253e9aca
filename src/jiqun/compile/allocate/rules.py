"""What binds several awards together, as plain facts: no expressions, only ids, amounts and names of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol, TypeVar


class Joint(Protocol):
    """A rule over the rows of several measures."""

    @property
    def measures(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class OnceRule:
    """An object (the row's `object`) pays once under `measure`."""

    measure: str


@dataclass(frozen=True)
class StackRule:
    """Measures that do not add up for one enterprise or unit.

    `choice_table` (key, chosen) has one row per enterprise, or per unit if `by` is `unit`; only `exclusive` reads it.
    """

    id: str
    rule: Literal["highest_of", "priority", "exclusive"]
    by: Literal["enterprise", "unit"]
    measures: tuple[str, ...]
    choice_table: str | None = None


@dataclass(frozen=True)
class CapRule:
    """A bound on the sum of several awards of one enterprise, unit or corporate group.

    The limit is `limit`, or that of the row of `limit_table` (key, limit_) whose key is the enterprise, unit or group; an enterprise
    without a group is looked up by its own id. Neither given: not known. `group_table` (enterprise, key) is given when `by` is
    neither `enterprise` nor `unit`. A key has one row at most in each table. `day` is the day of the run: `period: year` counts the
    payments of its calendar year.
    """

    id: str
    measures: tuple[str, ...]
    by: str
    period: Literal["year", "lifetime"]
    at: Literal["claim", "award"]
    limit: Decimal | None
    limit_table: str | None
    group_table: str | None
    day: date


@dataclass(frozen=True)
class BudgetRule:
    """How the money (`pot`) or the places (`quota`) that several measures share are given out; None: without limit."""

    id: str
    measures: tuple[str, ...]
    rule: str
    pot: Decimal | None = None
    quota: int | None = None
    descending: bool = False
    partial: bool = False
    seed: str = ""


@dataclass(frozen=True)
class AllocationRules:
    """Every rule of a run, in the listed order. A measure draws on one budget at most."""

    once: tuple[OnceRule, ...] = ()
    stacking: tuple[StackRule, ...] = ()
    caps: tuple[CapRule, ...] = ()
    budgets: tuple[BudgetRule, ...] = ()


J = TypeVar("J", bound=Joint)


def batches(rules: Sequence[J]) -> tuple[tuple[J, ...], ...]:
    """Group rules that can be applied in one pass, keeping the listed order where it matters.

    Two rules without a common measure cannot see each other's work, so a rule goes right after the last earlier one it shares a
    measure with.

    >>> def stack(id, *measures): return StackRule(id, "priority", "enterprise", measures)
    >>> [[r.id for r in batch] for batch in batches([stack("x", "a", "b"), stack("y", "c", "d"), stack("z", "b", "c")])]
    [['x', 'y'], ['z']]
    """
    found: list[list[J]] = []
    for rule in rules:
        mine = set(rule.measures)
        at = 1 + max((n for n, batch in enumerate(found) if any(mine & set(r.measures) for r in batch)), default=-1)
        if at == len(found):
            found.append([])
        found[at].append(rule)
    return tuple(tuple(batch) for batch in found)
