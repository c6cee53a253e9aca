"""Typed expressions: about twenty nodes, every name looked up, every type known.

Two readers walk this tree: the interpreter and the compiler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Literal as Choice

from jiqun.language.types import Type


@dataclass(frozen=True, slots=True)
class Node:
    """A typed part of an expression; `start` and `end` count characters of its own text.

    Two nodes are equal when they say the same, wherever they stand.
    """

    type: Type
    start: int = field(compare=False)
    end: int = field(compare=False)

    def parts(self) -> Iterator[Node]:
        """Yield the nodes directly inside this one."""
        for spec in fields(self):
            yield from _nodes(getattr(self, spec.name))

    def walk(self) -> Iterator[Node]:
        """Yield this node and every node inside it."""
        yield self
        for part in self.parts():
            yield from part.walk()


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written in the expression, in base units; `written` is how."""

    value: Decimal | str | bool | date
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A column of the unit."""

    entity: str
    name: str


@dataclass(frozen=True, slots=True)
class VariableOf(Node):
    """A derived column of the unit."""

    entity: str
    name: str


@dataclass(frozen=True, slots=True)
class ParameterOf(Node):
    """The dated value of a parameter of one number."""

    name: str


@dataclass(frozen=True, slots=True)
class AsOf(Node):
    """The day parameters are read on."""


@dataclass(frozen=True, slots=True)
class OfParent(Node):
    """A value read at the unit's parent."""

    entity: str
    of: Node


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Kleene's not."""

    of: Node


@dataclass(frozen=True, slots=True)
class Both(Node):
    """Kleene's and."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Either(Node):
    """Kleene's or."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """= != < <= > >="""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Among(Node):
    """Whether a value is one of several."""

    of: Node
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """+ - * /"""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """The value of the first branch whose test is true; an unknown test gives unknown."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    """The least or greatest of several; any unknown gives unknown."""

    which: Choice["least", "greatest"]
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Coalesce(Node):
    """The first known value: an assumption, and reported as one."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Known(Node):
    """Whether a value is known: an assumption, and reported as one."""

    of: Node


@dataclass(frozen=True, slots=True)
class Round(Node):
    """Rounded to whole multiples of a unit."""

    of: Node
    unit: Decimal
    mode: Choice["half_up", "down", "up"]


@dataclass(frozen=True, slots=True)
class Banded(Node):
    """`brackets` (marginal) or `steps` (whole amount by band) of a parameter."""

    which: Choice["brackets", "steps"]
    parameter: str
    of: Node


@dataclass(frozen=True, slots=True)
class Lookup(Node):
    """A value of a table by one or two keys."""

    parameter: str
    keys: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Elapsed(Node):
    """Completed years or months from one day to another."""

    which: Choice["years", "months"]
    since: Node
    until: Node


@dataclass(frozen=True, slots=True)
class TextTest(Node):
    """Whether a text contains, or starts with, another."""

    which: Choice["contains", "starts_with"]
    of: Node
    text: str


@dataclass(frozen=True, slots=True)
class Prior(Node):
    """A value n years earlier; no record then gives unknown."""

    of: Node
    years: int


@dataclass(frozen=True, slots=True)
class HighestBefore(Node):
    """The highest value of the earlier years on record."""

    of: Node


@dataclass(frozen=True, slots=True)
class YearsInARow(Node):
    """In how many years running, up to this one, a condition held."""

    of: Node


@dataclass(frozen=True, slots=True)
class Total(Node):
    """The sum over the unit's children (`of`), or their number (`of` is None), where `where` holds."""

    entity: str
    of: Node | None
    where: Node | None


@dataclass(frozen=True, slots=True)
class MoneyOf(Node):
    """The raw amount, the award, or the payments so far, of a measure for this unit."""

    which: Choice["raw", "awarded", "paid"]
    measure: str
    entity: str
