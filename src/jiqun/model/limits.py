"""What bounds several awards together: pools, caps and stacking groups."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from jiqun.model.words import Citation, Fact, Formula, Identifier, Words


class PoolValue(Fact):
    """The money of a pool from a day on."""

    from_: Annotated[date, Field(alias="from")]
    value: Formula
    cite: Citation


class Pool(Fact):
    """A dated sum of money that one or several measures draw on."""

    id: Identifier
    title: Words
    values: Annotated[tuple[PoolValue, ...], Field(min_length=1)]
    note: Words | None = None


class OfDocument(Fact):
    """Every measure of one document."""

    document: str


def _listed(value: object) -> object:
    return value if value != "all" else ("*",)


class Cap(Fact):
    """A bound on the sum of several awards of one enterprise, group or unit."""

    id: Identifier
    title: Words
    measures: Annotated[tuple[str, ...] | OfDocument, BeforeValidator(_listed), Field(description="ids, {document: id} or all")]
    by: Annotated[str, Field(description="enterprise, unit, or a text column of the root entity")]
    period: Literal["year", "lifetime"] = "year"
    at: Literal["claim", "award"]
    limit: Formula
    cite: Citation


class Stacking(Fact):
    """Measures that do not add up: the highest, the first listed, or the one chosen counts."""

    id: Identifier
    title: Words
    rule: Literal["highest_of", "priority", "exclusive"]
    by: Literal["enterprise", "unit"]
    measures: Annotated[tuple[Identifier, ...], Field(min_length=2)]
    choice: Annotated[str | None, Field(description="exclusive: a text column that names the measure chosen")] = None
    cite: Citation
