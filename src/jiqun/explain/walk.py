"""An expression opened where it is read: through variables, to the parent, to other years and children, into other measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jiqun.interpret import as_of, exceptional
from jiqun.language import tree as t
from jiqun.model.uses import formulas
from jiqun.records import Here, Need

Place = tuple[t.Node, Here]
BUILT_IN = ("id", "year")


def inside(node: t.Node, here: Here) -> Iterator[Place]:
    """Yield the nodes directly inside one, each with the unit, year and day it is read at."""
    match node:
        case t.VariableOf():
            yield here.package.variables[node.entity, node.name].expr.typed, here
        case t.OfParent():
            above = here.parent()
            if above is not None:
                yield node.of, above
        case t.Prior():
            yield node.of, back(here, node.years)
        case t.HighestBefore():
            yield from ((node.of, back(here, n)) for n in range(1, here.year - here.records.first_year + 1))
        case t.YearsInARow():
            yield from ((node.of, back(here, n)) for n in range(here.year - here.records.first_year + 1))
        case t.Total():
            for unit in here.records.children(node.entity, here.unit, here.year) or ():
                yield from ((part, replace(here, entity=node.entity, unit=unit)) for part in node.parts())
        case t.MoneyOf(which="raw"):
            measure = here.package.measures[node.measure]
            there = replace(here, as_of=as_of(measure, here))
            yield from ((tree, there) for tree in formulas(measure))
        case _:
            yield from ((part, here) for part in node.parts())


def walk(node: t.Node, here: Here) -> Iterator[Place]:
    """Yield a node and every node inside it, each where it is read."""
    yield node, here
    for part, there in inside(node, here):
        yield from walk(part, there)


def back(here: Here, years: int) -> Here:
    """Return the same unit so many years earlier."""
    return replace(here, year=here.year - years)


def cells(node: t.Node, here: Here) -> Iterator[Need]:
    """Yield each cell of the register an expression may read, those of the exceptions of its parameters too."""
    for part, there in walk(node, here):
        if isinstance(part, t.Column) and part.name not in BUILT_IN:
            yield Need(there.entity, there.unit, there.year, part.name)
        elif isinstance(part, t.ParameterOf):
            parameter = there.package.parameters[part.name]
            at = exceptional(parameter, there) if parameter.exceptions else None
            if at is not None:
                for exception in parameter.exceptions:
                    yield from cells(exception.when.typed, at)
