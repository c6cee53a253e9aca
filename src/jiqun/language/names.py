"""What an expression may name: columns, variables, parameters and measures, each with its type and where it was declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jiqun.language.diagnostics import Finding, Span
from jiqun.language.extent import Extent
from jiqun.language.source import Located
from jiqun.language.tree import Node
from jiqun.language.types import Type


@dataclass(frozen=True, slots=True)
class Symbol:
    """A column or variable of an entity. A variable's type is found when first needed."""

    kind: Literal["column", "variable"]
    id: str
    at: Span
    type: Type | None = None
    expr: Located | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A parameter as an expression sees it."""

    id: str
    kind: Literal["value", "steps", "scale", "table"]
    at: Span
    type: Type
    of: Type | None = None
    keys: tuple[Type, ...] = ()
    listed: tuple[frozenset[str], ...] = ()
    entity: str | None = None

    @property
    def use(self) -> str:
        """How an expression reads it."""
        of = {"steps": "steps({}, …)", "scale": "brackets({}, …)", "table": "lookup({}, …)", "value": "{}"}
        return of[self.kind].format(self.id)


@dataclass(frozen=True, slots=True)
class EntityNames:
    """The names of one entity, ASCII and Chinese alike."""

    id: str
    parent: str | None
    symbols: Mapping[str, Symbol]


@dataclass
class Names:
    """Every name of a package, and what resolving its variables has found so far.

    `broken` are the names of entries whose shape is wrong: that was said once, and using them says nothing new.
    """

    entities: Mapping[str, EntityNames]
    parameters: Mapping[str, Shape]
    measures: Mapping[str, str]
    money: Type
    found: list[Finding] = field(default_factory=list)
    variables: dict[tuple[str, str], Node | None] = field(default_factory=dict)
    extents: dict[tuple[str, str], Extent] = field(default_factory=dict)
    underway: list[tuple[str, str]] = field(default_factory=list)
    broken: frozenset[str] = frozenset()

    def above(self, entity: str) -> tuple[str, ...]:
        """Return the ancestors of an entity, nearest first."""
        made: list[str] = []
        parent = self.entities[entity].parent
        while parent is not None and parent in self.entities and parent not in made:
            made.append(parent)
            parent = self.entities[parent].parent
        return tuple(made)

    def children(self, entity: str) -> tuple[str, ...]:
        return tuple(e.id for e in self.entities.values() if e.parent == entity)

    def visible(self, entity: str) -> tuple[str, ...]:
        """Return every name an expression of `entity` may use as it stands."""
        return (*self.entities[entity].symbols, *self.parameters, "as_of")
