"""Measures and parameters that need themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from jiqun.check.formulas import of_measure, of_parameter, reached
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, finding
from jiqun.model.order import Stuck, rounds
from jiqun.model.package import Package


def cyclic_measure(package: Package) -> Iterator[Finding]:
    """Measures whose amounts wait for one another, on some day on which they are in force together."""
    if not _typed(package):
        return
    for measures in _in_force(package):
        try:
            rounds(package, measures)
        except Stuck as cause:
            ring = _ring(package, cause.measures)
            at = package.places.at("measures", ring[0], "amount")
            for placed in of_measure(package.measures[ring[0]]):
                node = next((n for n in placed.tree.walk() if not list(n.parts()) and ring[1] in _used(n, package)), None)
                at = placed.at(node) if node is not None else at
            yield finding("cyclic-measure", at, ring=" → ".join(ring))
            return


def _typed(package: Package) -> bool:
    """Whether every formula the order depends on could be read."""
    every = [c.expr for m in package.measures.values() for c in m.conditions.values()]
    every += [e.when for m in package.measures.values() for c in m.conditions.values() for e in c.exceptions]
    every += [e.when for p in package.parameters.values() for e in p.exceptions]
    every += [v.expr for v in package.variables.values()]
    for measure in package.measures.values():
        every += [f for f in (measure.cap, None if measure.decided else measure.amount) if f is not None]
        every += [part.when for part in measure.instalments if part.when is not None]
        every += [measure.budget.order_by] if measure.budget is not None and measure.budget.order_by is not None else []
    return all(formula.tree is not None for formula in every)


def _in_force(package: Package) -> Iterator[tuple[str, ...]]:
    """Yield the measures in force together: none, if all of them at once can be ordered."""
    try:
        rounds(package, tuple(package.measures))
    except Stuck:
        yield from dict.fromkeys(tuple(m.id for m in package.measures.values() if m.in_force(day)) for day in package.days())
        if not package.days():
            yield tuple(package.measures)


def _used(tree: t.Node, package: Package) -> frozenset[str]:
    found = (n for n in reached(tree, package) if isinstance(n, t.MoneyOf) and n.which != "paid")
    return frozenset(n.measure for n in found)


def _ring(package: Package, stuck: Collection[str]) -> tuple[str, ...]:
    """Return a ring among measures that wait for one another, its first measure again at its end."""
    uses = {m: {u for p in of_measure(package.measures[m]) for u in _used(p.tree, package)} & set(stuck) for m in stuck}
    groups = [set(g.measures) for g in package.stacking.values()]
    for pool in package.pools:
        groups.append({m for m in stuck if (b := package.measures[m].budget) is not None and b.pool == pool})
    waits = {m: uses[m] | {other for g in groups if m in g for other in g & set(stuck)} - {m} for m in stuck}
    for first in stuck:
        for second in sorted(uses[first]):
            way = _way(second, first, waits)
            if way is not None:
                return (first, *way)
    return tuple(stuck)


def _way(start: str, end: str, steps: Mapping[str, Collection[str]]) -> tuple[str, ...] | None:
    """Return the shortest way from one measure to another."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    todo = [start]
    for here in todo:
        if here == end:
            return ways[here]
        for step in sorted(steps[here]):
            if step not in ways:
                ways[step] = (*ways[here], step)
                todo.append(step)
    return None


def cyclic_exception(package: Package) -> Iterator[Finding]:
    """A parameter whose exceptions ask for the parameter itself."""
    for parameter in package.parameters.values():
        for placed in of_parameter(parameter):
            for node in placed.tree.walk():
                inner = (n for n in reached(node, package) if isinstance(n, t.ParameterOf)) if not list(node.parts()) else iter(())
                if any(n.name == parameter.id for n in inner):
                    yield placed.fault("cyclic-exception", node, name=parameter.id)


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (cyclic_measure, cyclic_exception)
