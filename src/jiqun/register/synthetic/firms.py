"""The lasting traits of a chunk's enterprises: sector, size and growth, R&D, titles; scaled to the chunk's share of the cited amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from jiqun.register.calibration import figures
from jiqun.register.synthetic.assumptions import Sector, assumptions
from jiqun.register.synthetic.plan import Chunk, Kind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 9999
_GIANTS = (Kind.GIANT_AI, Kind.GIANT, Kind.CHAMPION_GIANT)
_CHAMPIONS = (Kind.CHAMPION, Kind.CHAMPION_GIANT)
_BIG_AI = (Kind.GIANT_AI, Kind.AI)
_SIZES: Mapping[Kind, tuple[float, float, float, float]] = {
    Kind.GIANT_AI: (6e7, 1.3, 1e6, 5e9),
    Kind.AI: (6e7, 1.3, 1e6, 5e9),
    Kind.GIANT: (2.5e8, 0.9, 2e7, 5e9),
    Kind.CHAMPION: (1.5e9, 0.9, 4e8, 2e10),
    Kind.CHAMPION_GIANT: (6e8, 0.7, 2e8, 5e9),
}
"""Median, spread, least and most revenue in yuan; for AI enterprises of what lies above the designated size."""


@dataclass(frozen=True, slots=True)
class Firms:
    """Traits of the enterprises of one chunk, one entry each; a panel has a column for each year."""

    chunk: Chunk
    kind: Ints
    weight: Ints
    sector: Ints
    industry: Ints
    emerging: Bools
    ai: Bools
    ai_share: Floats
    added_rate: Floats
    founded: Ints
    researches: Bools
    revenue: Floats
    rd: Floats
    employees: Ints
    since: Mapping[str, Ints]

    @property
    def numbers(self) -> Ints:
        return np.arange(self.chunk.start, self.chunk.stop, dtype=np.int64)

    def in_sector(self, *names: str) -> Bools:
        order = list(assumptions().sectors)
        return np.isin(self.sector, [order.index(name) for name in names])

    def is_kind(self, *kinds: Kind) -> Bools:
        return np.isin(self.kind, kinds)

    @property
    def giant(self) -> Bools:
        return self.is_kind(*_GIANTS)


@dataclass(frozen=True, slots=True)
class _Makeup:
    """What the size of an enterprise depends on."""

    chunk: Chunk
    kind: Ints
    weight: Ints
    ai: Bools
    ai_share: Floats
    emerging: Bools
    added_rate: Floats


def draw_firms(chunk: Chunk) -> Firms:
    """Draw a chunk's enterprises; the same plan and chunk always give the same ones."""
    kind, weight = chunk.kinds_and_weights()
    big_ai = np.isin(kind, _BIG_AI)
    ai = big_ai | ((kind == Kind.OTHER) & (chunk.stream("small_ai").random(chunk.size) < assumptions().small_ai))
    sector = _sectors(chunk, kind, ai)
    emerging = ai | (chunk.stream("emerging").random(chunk.size) < _of("emerging")[sector])
    added_rate = np.clip(_of("added")[sector] * np.exp(0.2 * chunk.stream("added_rate").standard_normal(chunk.size)), 0.02, 0.85)
    ai_share = np.where(ai, 0.3 + 0.6 * chunk.stream("ai_share").random(chunk.size), 0.0)
    founded = _founded(chunk, kind, ai)
    revenue = _panel(chunk, sector, _last_revenue(_Makeup(chunk, kind, weight, ai, ai_share, emerging, added_rate)))
    researches = np.isin(kind, (*_GIANTS, *_CHAMPIONS)) | (chunk.stream("researches").random(chunk.size) < _of("doing_rd")[sector])
    return Firms(
        chunk=chunk,
        kind=kind,
        weight=weight,
        sector=sector,
        industry=_industries(chunk, sector),
        emerging=emerging,
        ai=ai,
        ai_share=ai_share,
        added_rate=added_rate,
        founded=founded,
        researches=researches,
        revenue=revenue,
        rd=_rd(chunk, kind, sector, researches, revenue),
        employees=_employees(chunk, sector, revenue),
        since=_titles(chunk, kind, ai, researches, founded),
    )


@cache
def industry_codes() -> tuple[str, ...]:
    """Return the industry codes that `Firms.industry` counts through, sector after sector."""
    return tuple(code for sector in assumptions().sectors.values() for code in sector.industry_codes)


def _sector_list() -> tuple[Sector, ...]:
    return tuple(assumptions().sectors.values())


def _of(name: str) -> Floats:
    """Return one assumption for every sector."""
    return np.array([float(getattr(sector, name)) for sector in _sector_list()])


def _sectors(chunk: Chunk, kind: Ints, ai: Bools) -> Ints:
    """Draw sectors by the mix of the kind: plain, AI, little giant or champion."""
    mixes = np.array([sector.mix for sector in _sector_list()], dtype=np.float64).T
    edges = np.cumsum(mixes, axis=1) / mixes.sum(axis=1, keepdims=True)
    column = np.select([ai, np.isin(kind, _CHAMPIONS), kind == Kind.GIANT], [1, 3, 2], 0)
    drawn = chunk.stream("sector").random(chunk.size)
    sector = np.zeros(chunk.size, np.int64)
    for number, edge in enumerate(edges):
        mine = column == number
        sector[mine] = np.searchsorted(edge, drawn[mine], side="right")
    return sector


def _industries(chunk: Chunk, sector: Ints) -> Ints:
    sizes = np.array([len(entry.industry_codes) for entry in _sector_list()])
    first = np.cumsum(sizes) - sizes
    within = np.floor(chunk.stream("industry").random(chunk.size) * sizes[sector]).astype(np.int64)
    return np.asarray(first[sector] + within)


def _founded(chunk: Chunk, kind: Ints, ai: Bools) -> Ints:
    """Draw days of foundation (days since 1970): titled enterprises are older, nobody is founded after the last year."""
    end = int((np.datetime64(f"{chunk.plan.years[-1] + 1}-01-01") - np.datetime64("1970-01-01")).astype(np.int64))
    stream = chunk.stream("founded")
    age = np.select([kind != Kind.OTHER, ai], [4 + stream.gamma(2.5, 4.0, chunk.size), stream.gamma(1.5, 3.0, chunk.size)])
    age = np.where(age > 0, age, stream.gamma(2.0, 6.0, chunk.size))
    return np.maximum(end - 1 - np.floor(np.minimum(age, 44) * 365.25).astype(np.int64), 0)


def _last_revenue(made: _Makeup) -> Floats:
    """Draw the last year's revenues so that the chunk holds its share of the cited amounts.

    First the AI enterprises' excess over the designated size is scaled to the AI core revenue; then all enterprises that no
    figure counts are scaled so that value added, theirs and the others', is that of the city.
    """
    floor, share = assumptions().above_scale, made.chunk.share
    revenue = _base_revenue(made.chunk, made.kind, made.ai)
    big_ai = np.isin(made.kind, _BIG_AI)
    core = made.weight * made.ai_share
    wanted = float(figures().target("ai_core_revenue").value) * share - (core * revenue)[made.ai & ~big_ai].sum()
    revenue[big_ai] = floor + revenue[big_ai] * _factor(wanted - floor * core[big_ai].sum(), (core * revenue)[big_ai].sum())
    plain = (made.kind == Kind.OTHER) & ~made.ai
    for is_emerging, amount in _value_added():
        group = made.emerging == is_emerging
        added = made.weight * made.added_rate * revenue
        fixed = added[group & ~plain].sum()
        revenue[group & plain] *= _factor(amount * share - fixed, added[group & plain].sum())
    return revenue


def _value_added() -> tuple[tuple[bool, float], ...]:
    """Return the value added of emerging industries and of all others, the latter from the cited share."""
    emerging, share = (float(figures().target(name).value) for name in ("emerging_value_added", "emerging_share"))
    return (True, emerging), (False, emerging / share - emerging)


def _factor(wanted: float, drawn: float) -> float:
    return max(wanted, 0.0) / drawn if drawn > 0 else 0.0


def _base_revenue(chunk: Chunk, kind: Ints, ai: Bools) -> Floats:
    """Draw revenues before scaling: lognormal, with a Pareto tail and some enterprises without any among the plain ones."""
    z = chunk.stream("revenue").standard_normal(chunk.size)
    tail = chunk.stream("revenue_tail")
    plain = np.exp(2.1 * z) * np.where(tail.random(chunk.size) < 0.01, np.minimum(1 + tail.pareto(1.3, chunk.size), 200.0), 1.0)
    plain[tail.random(chunk.size) < 0.03] = 0.0
    revenue = np.minimum(plain, np.exp(2.1 * 4)) * 4e6
    for one, (median, spread, least, most) in _SIZES.items():
        mine = kind == one
        revenue[mine] = np.clip(median * np.exp(spread * z[mine]), least, most)
    small = ai & (kind == Kind.OTHER)
    revenue[small] = np.clip(4e6 * np.exp(z[small]), 1e5, 0.95 * assumptions().above_scale)
    return np.asarray(revenue)


def _panel(chunk: Chunk, sector: Ints, last: Floats) -> Floats:
    """Go back from the last year by each enterprise's growth, which has a lasting part and remembers half of the year before."""
    lasting = _of("growth")[sector] + 0.06 * chunk.stream("growth").standard_normal(chunk.size)
    panel, shock = [last], np.zeros(chunk.size)
    for year in reversed(chunk.plan.years[1:]):
        shock = 0.5 * shock + 0.12 * chunk.stream("growth", year).standard_normal(chunk.size)
        panel.insert(0, panel[0] * np.exp(-np.clip(lasting + shock, -0.9, 0.9)))
    return np.stack(panel, axis=1)


def _rd(chunk: Chunk, kind: Ints, sector: Ints, researches: Bools, revenue: Floats) -> Floats:
    """R&D spend: a lasting intensity that wobbles; those without revenue spend a little all the same."""
    more = np.where(kind != Kind.OTHER, 1.25, 1.0)
    rate = np.minimum(_of("rd")[sector] * more * np.exp(0.45 * chunk.stream("rd").standard_normal(chunk.size)), 0.7)
    wobble = np.exp(0.1 * np.stack([chunk.stream("rd", year).standard_normal(chunk.size) for year in chunk.plan.years], axis=1))
    least = 2e5 * np.exp(0.7 * chunk.stream("rd_least").standard_normal(chunk.size))
    spend = np.maximum(rate[:, None] * revenue * wobble, np.where(revenue < 1e6, least[:, None], 0.0))
    return np.where(researches[:, None], spend, 0.0)


def _employees(chunk: Chunk, sector: Ints, revenue: Floats) -> Ints:
    per_head = _of("per_head")[sector] * np.exp(0.4 * chunk.stream("employees").standard_normal(chunk.size))
    return np.maximum(1, np.rint(revenue / per_head[:, None])).astype(np.int64)


def _titles(chunk: Chunk, kind: Ints, ai: Bools, researches: Bools, founded: Ints) -> Mapping[str, Ints]:
    """Draw the year each title was first held: a high-tech certificate, then the provincial title, then the little giant's."""
    n, last, stream = chunk.size, chunk.plan.years[-1], chunk.stream("titles")
    giant, big = np.isin(kind, _GIANTS), kind != Kind.OTHER
    little = np.where(giant, last - np.minimum(stream.geometric(0.35, n) - 1, 6), NEVER)
    key = np.where(giant & (stream.random(n) < 0.12), np.minimum(little + stream.integers(0, 3, n), last), NEVER)
    high = giant | (researches & (stream.random(n) < np.select([big, ai], [0.85, 0.35], 0.45)))
    high_since = np.where(high, np.minimum(little - 2, last) - stream.integers(0, 8, n), NEVER)
    high_since = np.where(high, np.maximum(high_since, 1971 + founded // 365), NEVER)
    high_since = np.where(giant, np.minimum(high_since, little), high_since)
    srdi = giant | ((high_since <= last) & (stream.random(n) < np.where(big, 0.6, 0.3)))
    later = np.where(srdi, np.minimum(high_since + stream.integers(0, 4, n), last), NEVER)
    srdi_since = np.where(giant, np.minimum(little, high_since + 1), later)
    champion = np.where(np.isin(kind, _CHAMPIONS), last - stream.integers(0, 6, n), NEVER)
    return {"high_tech": high_since, "srdi": srdi_since, "little_giant": little, "key_little_giant": key, "champion": champion}
