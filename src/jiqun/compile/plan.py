"""The plan of a run: named selects, each materialised before the next one reads it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True)
class Step:
    """A temp table `name` that holds the rows of `select`."""

    name: str
    select: exp.Expr
