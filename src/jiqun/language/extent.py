"""How high and how large an expression is once its variables are opened: a few short variables can make a huge one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jiqun.language import tree as t

MAX_HEIGHT = 100
MAX_SIZE = 5_000


@dataclass(frozen=True, slots=True)
class Extent:
    """The longest way down a tree, and how many nodes it has, each counted as often as it is read.

    A division, a rounding and a scale count as three levels: each becomes several layers of SQL.
    """

    height: int = 0
    size: int = 0

    @property
    def excessive(self) -> bool:
        return self.height > MAX_HEIGHT or self.size > MAX_SIZE


def extent(tree: t.Node, variables: Mapping[tuple[str, str], Extent]) -> Extent:
    """Return the extent of a tree; a node that stands in several places is measured once and counted in each.

    >>> from jiqun.language.types import RATIO
    >>> one = t.Column(RATIO, 0, 1, "enterprise", "a")
    >>> extent(t.Arithmetic(RATIO, 0, 5, "+", one, one), {})
    Extent(height=2, size=3)
    """
    made: dict[int, Extent] = {}
    todo = [tree]
    while todo:
        node = todo[-1]
        parts = list(node.parts())
        missing = [part for part in parts if id(part) not in made]
        if missing:
            todo.extend(missing)
            continue
        todo.pop()
        inner = [made[id(part)] for part in parts]
        if isinstance(node, t.VariableOf):
            inner.append(variables.get((node.entity, node.name), Extent()))
        made[id(node)] = Extent(_levels(node) + max((e.height for e in inner), default=0), 1 + sum(e.size for e in inner))
    return made[id(tree)]


def _levels(node: t.Node) -> int:
    divides = isinstance(node, t.Arithmetic) and node.op == "/"
    return 3 if divides or isinstance(node, t.Round | t.Banded) else 1
