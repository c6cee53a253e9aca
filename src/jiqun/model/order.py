"""In which order measures can be entitled and allocated, when some use the raw amount or the award of others.

Measures that share a pool or a stacking group are allocated together. A measure
can be entitled once the raw amounts it uses are there and the measures whose
awards it uses are allocated. A cap whose measures fall into two rounds is used
up by the earlier round first: an award that another measure builds on is final.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from jiqun.model.package import Package
from jiqun.model.uses import needed


@dataclass(frozen=True)
class Round:
    """What one round does: entitle these, batch after batch, then allocate those."""

    entitled: tuple[tuple[str, ...], ...]
    allocated: tuple[str, ...]


class Stuck(Exception):
    """Measures that wait for one another."""

    def __init__(self, measures: Iterable[str]) -> None:
        self.measures = tuple(measures)
        super().__init__(", ".join(self.measures))


def rounds(package: Package, measures: Collection[str]) -> tuple[Round, ...]:
    """Return the rounds for the measures in force; raise `Stuck` with those in a ring."""
    together = dict(_components(package, measures))
    raw = {m: needed(package.measures[m], package, "raw") & set(measures) for m in measures}
    awarded = {m: needed(package.measures[m], package, "awarded") & set(measures) for m in measures}
    entitled: set[str] = set()
    allocated: set[str] = set()
    made: list[Round] = []
    while len(allocated) < len(measures):
        batches: list[tuple[str, ...]] = []
        while ready := tuple(m for m in measures if m not in entitled and raw[m] <= entitled and awarded[m] <= allocated):
            batches.append(ready)
            entitled |= set(ready)
        done = tuple(m for m in measures if m not in allocated and together[m] <= entitled)
        if not done:
            raise Stuck(m for m in measures if m not in allocated)
        allocated |= set(done)
        made.append(Round(tuple(batches), done))
    return tuple(made)


def _components(package: Package, measures: Collection[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each measure with those it is allocated together with."""
    groups = [set(s.measures) for s in package.stacking.values()]
    pools: dict[str, set[str]] = {}
    for m in measures:
        budget = package.measures[m].budget
        if budget is not None and budget.pool is not None:
            pools.setdefault(budget.pool, set()).add(m)
    merged: dict[str, set[str]] = {m: {m} for m in measures}
    for group in (*groups, *pools.values()):
        joined = set().union(*(merged[m] for m in group if m in merged)) if any(m in merged for m in group) else set()
        for m in joined:
            merged[m] = joined
    for m in measures:
        yield m, frozenset(merged[m])
