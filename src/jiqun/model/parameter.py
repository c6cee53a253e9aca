"""Dated values with the citation that set each: numbers, bands, scales and tables."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from jiqun.model.words import Citation, Fact, Formula, Identifier, Words

ValueKind = Literal["number", "money", "ratio", "quantity"]


class Band(Fact):
    """One band of a scale or of steps; `to` is left out in the last."""

    from_: Annotated[Formula, Field(alias="from")]
    to: Formula | None = None
    value: Formula


class Row(Fact):
    """One row of a table: one or two keys and the value."""

    key: tuple[str, ...]
    value: Formula


class DatedValue(Fact):
    """A value, or bands, or rows, that hold from a day until the next one begins."""

    from_: Annotated[date, Field(alias="from")]
    value: Formula | None = None
    bands: tuple[Band, ...] | None = None
    rows: tuple[Row, ...] | None = None
    cite: Citation


class ExceptionalValue(Fact):
    """A value that replaces the dated one for the units it names."""

    when: Formula
    value: Formula
    cite: Citation


class Parameter(Fact):
    """A dated value of the policy."""

    id: Identifier
    title: Words
    alias: str | None = None
    type: Literal["number", "money", "ratio", "quantity", "steps", "scale", "table"]
    unit: Annotated[str | None, Field(description="unit of a quantity")] = None
    of: Annotated[ValueKind | None, Field(description="type of the argument of steps or a scale")] = None
    of_unit: str | None = None
    gives: Annotated[ValueKind | None, Field(description="type of the result of steps, a scale or a table")] = None
    gives_unit: str | None = None
    edge: Annotated[Literal["at_least", "above"], Field(description="at_least: from ≤ x < to; above: from < x ≤ to")] = "at_least"
    keys: Annotated[tuple[str, ...] | None, Field(min_length=1, max_length=2, description="columns of `entity` a table is read by")] = None
    entity: Annotated[Identifier | None, Field(description="where exceptions are read and table keys are declared")] = None
    values: Annotated[tuple[DatedValue, ...], Field(min_length=1)]
    exceptions: tuple[ExceptionalValue, ...] = ()
    note: Words | None = None


class Variable(Fact):
    """A derived column: an expression with a name."""

    id: Identifier
    entity: Identifier
    title: Words
    alias: str | None = None
    expr: Formula
    cite: Citation
