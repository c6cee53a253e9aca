"""How close a synthetic register comes to cited city figures.

The figures, their bounds and the source of each stand in `data/calibration.yaml`. What was reached is counted from the rows as
written, with their weights, in the last year of the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import yaml
from pydantic import Field

from jiqun.model.entity import Entity
from jiqun.model.words import Fact, Truth, Words

TOLERANCE = Decimal("0.01")
HEADINGS: Mapping[str, Words] = {
    "title": Words(zh="指标", en="figure"),
    "target": Words(zh="目标", en="target"),
    "bound": Words(zh="口径", en="bound"),
    "reached": Words(zh="合成企业库", en="synthetic register"),
    "deviation": Words(zh="偏差", en="deviation"),
    "source": Words(zh="来源", en="source"),
}
BOUNDS: Mapping[str, Words] = {
    "equal": Words(zh="等于", en="equal"),
    "above": Words(zh="超过", en="above"),
    "about": Words(zh="约", en="about"),
}


class Source(Fact):
    """Where the figures were read."""

    id: str
    title: Words
    publisher: Words
    date: str
    note: Words

    def say(self, lang: str) -> str:
        return f"{self.publisher.say(lang)}, {self.date}" if lang == "en" else f"{self.publisher.say(lang)}，{self.date}"


class Target(Fact):
    """One cited figure and how a register's rows are counted towards it."""

    id: str
    title: Words
    measure: Literal["count", "total", "share"]
    column: str | None = None
    where: Annotated[dict[str, Truth | tuple[str, ...]], Field(default_factory=dict)]
    value: Decimal
    bound: Literal["equal", "above", "about"]
    unit: Words | None = None

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self.where) | ({self.column} if self.column else set())

    @property
    def smallest(self) -> int:
        """Return the smallest whole number that meets the figure."""
        return int(self.value) + (self.bound == "above")


class Figures(Fact):
    """All cited figures of `data/calibration.yaml`, with their source."""

    source: Source
    targets: tuple[Target, ...]

    def target(self, target_id: str) -> Target:
        return next(target for target in self.targets if target.id == target_id)

    def measurable(self, entity: Entity) -> tuple[Target, ...]:
        """Return the figures whose columns the entity declares."""
        return tuple(target for target in self.targets if target.columns <= entity.columns.keys())


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """A figure and what the register holds."""

    target: Target
    source: Source
    reached: Decimal

    @property
    def deviation(self) -> Decimal:
        """Return the distance to the figure as a share of it."""
        return self.reached / self.target.value - 1

    @property
    def met(self) -> bool:
        """Whether the figure is met: counts exactly, or above it where the source says so; amounts and shares within 1 %."""
        if self.target.bound == "above":
            return self.reached > self.target.value
        if self.target.measure == "count":
            return self.reached == self.target.value
        return abs(self.deviation) <= TOLERANCE

    def cells(self, lang: str) -> tuple[str, ...]:
        unit = self.target.unit.say(lang) if self.target.unit else ""
        return (
            self.target.title.say(lang),
            _shown(self.target, self.target.value, unit),
            BOUNDS[self.target.bound].say(lang),
            _shown(self.target, self.reached, unit),
            f"{self.deviation:+.3%}",
            self.source.say(lang),
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Every figure that could be measured; empty if the package declares none of the columns."""

    rows: tuple[CalibrationRow, ...]

    @property
    def met(self) -> bool:
        return all(row.met for row in self.rows)

    def table(self, lang: str) -> tuple[tuple[str, ...], ...]:
        """Return the headings and a line for each figure, as text."""
        return (tuple(words.say(lang) for words in HEADINGS.values()), *(row.cells(lang) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Tally:
    """What the rows seen so far add up to: for each figure the part that counts, and the whole it is a share of."""

    counted: Mapping[str, Decimal] = field(default_factory=dict)
    whole: Mapping[str, Decimal] = field(default_factory=dict)

    def plus(self, other: Tally) -> Tally:
        return Tally(_added(self.counted, other.counted), _added(self.whole, other.whole))


@cache
def figures() -> Figures:
    """Return the cited figures.

    >>> figures().target("ai_above_scale").smallest
    2601
    """
    text = (files("jiqun.register") / "data" / "calibration.yaml").read_text(encoding="utf-8")
    return Figures.model_validate(yaml.safe_load(text))


def tally(rows: pa.Table, targets: Iterable[Target]) -> Tally:
    """Count rows of the root entity, all of one year, towards each figure."""
    pairs = {target.id: (_sum(target, _chosen(target, rows)), _sum(target, rows)) for target in targets}
    return Tally({key: part for key, (part, _) in pairs.items()}, {key: whole for key, (_, whole) in pairs.items()})


def calibrated(counted: Tally, targets: Iterable[Target], source: Source) -> Calibration:
    """Compare what was counted with the figures."""
    return Calibration(tuple(CalibrationRow(target, source, _reached(target, counted)) for target in targets))


def _reached(target: Target, counted: Tally) -> Decimal:
    part, whole = counted.counted.get(target.id, Decimal(0)), counted.whole.get(target.id, Decimal(0))
    if target.measure != "share":
        return part
    return part / whole if whole else Decimal(0)


def _chosen(target: Target, rows: pa.Table) -> pa.Table:
    for column, value in target.where.items():
        rows = rows.filter(pc.field(column).isin([value] if isinstance(value, bool) else list(value)))
    return rows


def _sum(target: Target, rows: pa.Table) -> Decimal:
    """Return the weighted count or, exactly, the weighted total of the rows."""
    weights = rows.column("weight").cast(pa.decimal128(19, 0))
    terms: pa.ChunkedArray[Any] = weights if target.column is None else pc.multiply(rows.column(target.column), weights)
    return Decimal(pc.sum(terms).as_py() or 0)


def _added(left: Mapping[str, Decimal], right: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return {key: left.get(key, Decimal(0)) + right.get(key, Decimal(0)) for key in {**left, **right}}


def _shown(target: Target, value: Decimal, unit: str) -> str:
    if target.measure == "share":
        return f"{value:.2%}"
    return f"{value:,.0f} {unit}".strip()
