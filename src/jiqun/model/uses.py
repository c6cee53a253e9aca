"""What a measure's formulas use: other measures, parameters with exceptions, columns."""

from __future__ import annotations

from collections.abc import Iterator

from jiqun.language import tree as t
from jiqun.model.measure import Measure
from jiqun.model.package import Package


def amount_limit(scale: int) -> int:
    """An amount of this many yuan or more is unknown (`out_of_range`): no award is as large, and it keeps sums exact."""
    return int(10 ** (17 - scale))


def formulas(measure: Measure) -> tuple[t.Node, ...]:
    """Return the typed trees a measure's entitlement depends on."""
    made = [c.expr.typed for c in measure.conditions.values()]
    made += [e.when.typed for c in measure.conditions.values() for e in c.exceptions]
    if not measure.decided:
        made.append(measure.amount.typed)
    if measure.cap is not None:
        made.append(measure.cap.typed)
    return tuple(made)


def all_formulas(measure: Measure) -> tuple[t.Node, ...]:
    """Return every typed tree of a measure: its entitlement's, its order key and the conditions of its instalments."""
    more = [part.when.typed for part in measure.instalments if part.when is not None]
    if measure.budget is not None and measure.budget.order_by is not None:
        more.append(measure.budget.order_by.typed)
    return (*formulas(measure), *more)


def expanded(tree: t.Node, package: Package, closed: bool = True) -> Iterator[t.Node]:
    """Yield every node of a tree with the variables it uses opened.

    Args:
        tree: the expression.
        package: whose variables it may use.
        closed: leave other years and children closed.
    """
    yield tree
    if isinstance(tree, t.VariableOf):
        yield from expanded(package.variables[tree.entity, tree.name].expr.typed, package, closed)
    elif not (closed and isinstance(tree, t.Prior | t.HighestBefore | t.YearsInARow | t.Total)):
        for part in tree.parts():
            yield from expanded(part, package, closed)


def needed(measure: Measure, package: Package, which: str) -> frozenset[str]:
    """Return the measures whose `raw` or `awarded` amount this one uses, through variables and exceptions too."""
    found: set[str] = set()
    for tree in all_formulas(measure):
        for node in expanded(tree, package, closed=False):
            if isinstance(node, t.MoneyOf) and node.which == which:
                found.add(node.measure)
            elif isinstance(node, t.ParameterOf):
                for exception in package.parameters[node.name].exceptions:
                    inner = expanded(exception.when.typed, package, closed=False)
                    found |= {x.measure for x in inner if isinstance(x, t.MoneyOf) and x.which == which}
    return frozenset(found)
