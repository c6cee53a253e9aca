"""What the parser gives: expressions as written, names not yet looked up. Offsets count characters of the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Syntax:
    """A part of an expression from `start` to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number(Syntax):
    """A number in base units, with the dimension its unit gave it; `plain` if no unit was written."""

    value: Decimal
    dims: tuple[tuple[str, int], ...]
    unit: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Text(Syntax):
    """A quoted text."""

    value: str


@dataclass(frozen=True, slots=True)
class Truth(Syntax):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Day(Syntax):
    """`date '2026-01-01'`."""

    value: date


@dataclass(frozen=True, slots=True)
class Name(Syntax):
    """A name, or `entity.name`."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unary(Syntax):
    """`not x` or `-x`."""

    op: str
    of: Syntax


@dataclass(frozen=True, slots=True)
class Binary(Syntax):
    """Two operands of `and or = != < <= > >= + - * /`."""

    op: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Between(Syntax):
    """`x between low and high`."""

    of: Syntax
    low: Syntax
    high: Syntax
    negated: bool


@dataclass(frozen=True, slots=True)
class Among(Syntax):
    """`x in (a, b)`."""

    of: Syntax
    items: tuple[Syntax, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Case(Syntax):
    """`case when c then a … else z end`, and `if(c, a, z)`."""

    branches: tuple[tuple[Syntax, Syntax], ...]
    otherwise: Syntax


@dataclass(frozen=True, slots=True)
class Call(Syntax):
    """A function with its arguments."""

    name: str
    name_end: int
    args: tuple[Syntax, ...]


def parts(node: Syntax) -> Iterator[Syntax]:
    """Yield the syntax directly inside a part."""
    for spec in fields(node):
        yield from _syntaxes(getattr(node, spec.name))


def _syntaxes(value: object) -> Iterator[Syntax]:
    if isinstance(value, Syntax):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _syntaxes(item)
