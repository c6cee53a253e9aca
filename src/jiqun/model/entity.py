"""Who a register is about: entities and their columns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jiqun.model.words import Fact, Formula, Identifier, Key, Truth, Words

ColumnKind = Literal["money", "ratio", "count", "bool", "date", "text", "enum", "quantity"]


class Actionable(Fact):
    """What an enterprise can move, which way, and in what steps; "nearest change" searches along it."""

    direction: Literal["up", "down"]
    step: Formula


class Column(Fact):
    """A column of the register."""

    type: Annotated[ColumnKind, Field(description="kind of value")]
    title: Words
    unit: Annotated[str | None, Field(description="unit of the files people hold (money) or of the value (quantity)")] = None
    currency: Annotated[str | None, Field(description="another currency than the package's")] = None
    alias: Annotated[str | None, Field(description="a Chinese name usable wherever the ASCII name is")] = None
    values: Annotated[dict[Key, Words] | None, Field(description="the codes an enum may hold")] = None
    decimals: Annotated[int | None, Field(ge=0, le=10, description="decimals kept: 2 money, 4 quantity, 10 ratio unless said")] = None
    collected: Annotated[Truth, Field(description="false: declared, but no register has it yet")] = True
    identifies: Annotated[Truth, Field(description="true: names one enterprise")] = False
    protected: Annotated[Literal["registration", "ownership"] | None, Field(description="a fair-competition red line")] = None
    actionable: Actionable | None = None
    note: Words | None = None

    @property
    def kept(self) -> int:
        """How many decimals the register keeps."""
        return {"money": 2, "quantity": 4, "ratio": 10}.get(self.type, 0) if self.decimals is None else self.decimals


class Entity(Fact):
    """A kind of unit: the enterprise, or something it has (a project, a loan, a person)."""

    id: Identifier
    title: Words
    parent: Annotated[Identifier | None, Field(description="the entity each unit belongs to")] = None
    columns: dict[Identifier, Column]
