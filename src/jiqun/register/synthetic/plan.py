"""How a synthetic register is divided: into kinds of enterprise that make the cited counts come out, and into chunks.

Enterprises that a cited figure counts (little giants, champions, AI enterprises above designated size) are drawn apart, with
weights that add up to the figure exactly. The others stand for the rest of the population. Each chunk holds its share of
every kind and of every amount, so one chunk is in memory at a time and no chunk needs to know another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from jiqun.register.calibration import figures
from jiqun.register.synthetic.assumptions import assumptions

CHUNK = 100_000
FEWEST = 200
MOST = 10_000_000
ONE_EACH = 4_500
"""From this size each enterprise a figure counts stands for itself alone."""


class Kind(IntEnum):
    """Disjoint kinds of enterprise; all but OTHER are counted by a cited figure."""

    GIANT_AI = 0
    GIANT = 1
    CHAMPION = 2
    CHAMPION_GIANT = 3
    AI = 4
    OTHER = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes of a register: rows of each kind, and how many enterprises those rows stand for."""

    enterprises: int
    years: tuple[int, ...]
    seed: int
    rows: tuple[int, ...]
    stands_for: tuple[int, ...]

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """Divide the enterprises into chunks of nearly equal size."""
        number = -(-self.enterprises // CHUNK)
        edges = [self.enterprises * k // number for k in range(number + 1)]
        return tuple(Chunk(self, k, edges[k], edges[k + 1]) for k in range(number))


@dataclass(frozen=True, slots=True)
class Chunk:
    """Enterprises `start` to `stop` (exclusive) of a plan, with random streams of their own."""

    plan: Plan
    number: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start

    @property
    def share(self) -> float:
        """Return the part of every cited amount that this chunk makes up."""
        return self.size / self.plan.enterprises

    def stream(self, name: str, year: int = 0) -> np.random.Generator:
        """Return the random stream of a name in a year (0: a trait that lasts); no stream depends on the columns beside it."""
        return np.random.default_rng(np.random.SeedSequence((self.plan.seed, self.number, crc32(name.encode()), year)))

    def span(self, kind: Kind) -> tuple[int, int]:
        """Return which rows of a kind are in this chunk, as a range over all rows of that kind."""
        if kind is Kind.OTHER:
            return self._others_before(self.start), self._others_before(self.stop)
        return self._before(kind, self.start), self._before(kind, self.stop)

    def kinds_and_weights(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the kind and the weight of each enterprise, in a random order."""
        spans = {kind: self.span(kind) for kind in Kind}
        kinds = np.concatenate([np.full(stop - start, kind, np.int64) for kind, (start, stop) in spans.items()])
        weights = np.concatenate([self._weights(kind, *span) for kind, span in spans.items()])
        order = self.stream("order").permutation(self.size)
        return kinds[order], weights[order]

    def _before(self, kind: Kind, edge: int) -> int:
        return self.plan.rows[kind] * edge // self.plan.enterprises

    def _others_before(self, edge: int) -> int:
        return edge - sum(self._before(kind, edge) for kind in Kind if kind is not Kind.OTHER)

    def _weights(self, kind: Kind, start: int, stop: int) -> NDArray[np.int64]:
        """Spread what the kind stands for evenly over its rows: whole numbers that add up exactly."""
        edges = np.arange(start, stop + 1, dtype=np.int64) * self.plan.stands_for[kind] // self.plan.rows[kind]
        return np.diff(edges)


def plan(enterprises: int, years: Sequence[int], seed: int) -> Plan:
    """Decide how many rows of each kind a register has, and what they stand for.

    >>> sum(plan(20_000, (2025,), 1).rows), plan(20_000, (2025,), 1).stands_for
    (20000, (220, 1053, 57, 60, 2381, 196229))
    """
    if not FEWEST <= enterprises <= MOST:
        raise ValueError(f"a synthetic register has {FEWEST:,} to {MOST:,} enterprises, not {enterprises:,}")
    if not years or list(years) != list(range(years[0], years[0] + len(years))):
        raise ValueError(f"years follow one another: not {tuple(years)}")
    if seed < 0:
        raise ValueError("a seed is zero or a positive whole number")
    counted = _counted()
    rows = counted if enterprises >= ONE_EACH else tuple(max(1, n * enterprises // (2 * sum(counted))) for n in counted)
    others = enterprises - sum(rows)
    rest = max(others, assumptions().population - sum(counted))
    return Plan(enterprises, tuple(years), seed, (*rows, others), (*counted, rest))


def _counted() -> tuple[int, ...]:
    """Return how many enterprises of each counted kind make the three cited counts."""
    giants, champions, ai = (figures().target(name).smallest for name in ("little_giants", "champions", "ai_above_scale"))
    both_ai, both = assumptions().little_giants_in_ai, assumptions().champions_little
    return both_ai, giants - both_ai - both, champions - both, both, ai - both_ai
