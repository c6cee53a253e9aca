"""The formulas of a package with their places, and everything a formula reads.

A package with errors is checked too, so a formula may have no tree here: it is passed over, its fault was found before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, Span, finding
from jiqun.language.source import Located
from jiqun.model.measure import Measure
from jiqun.model.package import Package
from jiqun.model.parameter import Parameter
from jiqun.model.words import Formula

Step = str | int
HISTORY = (t.Prior, t.HighestBefore, t.YearsInARow)


@dataclass(frozen=True)
class Placed:
    """One formula that could be typed: where it is written and what it says."""

    section: str
    key: str
    path: tuple[Step, ...]
    source: Located
    tree: t.Node

    @property
    def part(self) -> str:
        """Which part of its entry it is: `conditions`, `amount`, `cap`, …"""
        return str(self.path[0])

    def at(self, node: t.Node) -> Span:
        """Return where a part of the formula stands."""
        return self.source.place(node.start, node.end)

    def fault(self, code: str, node: t.Node, **args: object) -> Finding:
        return finding(code, self.at(node), **args)


def _placed(section: str, key: str, formula: Formula | None, *path: Step) -> Iterator[Placed]:
    if formula is not None and formula.tree is not None:
        yield Placed(section, key, path, formula.source, formula.tree)


def of_measure(measure: Measure) -> Iterator[Placed]:
    """Yield each typed formula of a measure."""
    key = measure.id
    for name, condition in measure.conditions.items():
        yield from _placed("measures", key, condition.expr, "conditions", name, "expr")
        for place, exception in enumerate(condition.exceptions):
            yield from _placed("measures", key, exception.when, "conditions", name, "exceptions", place, "when")
    yield from _placed("measures", key, measure.amount, "amount")
    yield from _placed("measures", key, measure.cap, "cap")
    if measure.budget is not None:
        yield from _placed("measures", key, measure.budget.quota, "budget", "quota")
        yield from _placed("measures", key, measure.budget.order_by, "budget", "order_by")
    for place, part in enumerate(measure.instalments):
        yield from _placed("measures", key, part.when, "instalments", place, "when")


def of_parameter(parameter: Parameter) -> Iterator[Placed]:
    """Yield the conditions of a parameter's exceptions."""
    for place, exception in enumerate(parameter.exceptions):
        yield from _placed("parameters", parameter.id, exception.when, "exceptions", place, "when")


def of_package(package: Package) -> Iterator[Placed]:
    """Yield every typed formula of a package but the written values of parameters, pools and columns."""
    for (entity, name), variable in package.variables.items():
        yield from _placed("variables", f"{entity}.{name}", variable.expr, "expr")
    for parameter in package.parameters.values():
        yield from of_parameter(parameter)
    for measure in package.measures.values():
        yield from of_measure(measure)
    for cap in package.caps.values():
        yield from _placed("caps", cap.id, cap.limit, "limit")


def reached(tree: t.Node, package: Package) -> tuple[t.Node, ...]:
    """Return every node a formula reads, the variables and the parameters' exceptions it uses opened once each."""
    made: list[t.Node] = []
    seen: set[object] = set()
    todo = [tree]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        made.append(node)
        todo.extend(node.parts())
        todo.extend(_opened(node, package))
    return tuple(made)


def _opened(node: t.Node, package: Package) -> Iterator[t.Node]:
    if isinstance(node, t.VariableOf):
        variable = package.variables.get((node.entity, node.name))
        if variable is not None and variable.expr.tree is not None:
            yield variable.expr.tree
    elif isinstance(node, t.ParameterOf):
        for exception in package.parameters[node.name].exceptions:
            if exception.when.tree is not None:
                yield exception.when.tree


def columns(tree: t.Node, package: Package) -> frozenset[tuple[str, str]]:
    """Return the columns a formula reads, as (entity, column)."""
    return frozenset((n.entity, n.name) for n in reached(tree, package) if isinstance(n, t.Column))


def reads_unit(tree: t.Node, package: Package) -> bool:
    """Whether a formula reads anything of a unit, so that it is no constant of the day."""
    kinds = (t.Column, t.OfParent, t.Total, t.MoneyOf, *HISTORY)
    return any(
        isinstance(n, kinds) or (isinstance(n, t.ParameterOf) and package.parameters[n.name].exceptions) for n in reached(tree, package)
    )
