"""Red lines of the fair-competition review: naming one enterprise, or treating firms by where they are registered or who owns them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jiqun.check.formulas import Placed, columns, of_measure, of_package
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding
from jiqun.model.entity import Column
from jiqun.model.package import Package

LINES = {"registration": ("注册地", "where a firm is registered or located"), "ownership": ("所有制", "who owns a firm")}


def single_enterprise(package: Package) -> Iterator[Finding]:
    """A rule that compares what names one enterprise with a written value."""
    for placed in of_package(package):
        for node in placed.tree.walk():
            sides: tuple[t.Node, ...] = ()
            if isinstance(node, t.Compare):
                sides = (node.left, node.right)
            elif isinstance(node, t.Among):
                sides = (node.of, *node.items)
            elif isinstance(node, t.TextTest):
                sides = (node.of, t.Literal(node.of.type, node.end, node.end, node.text))
            name = next((n for side in sides if (n := _identity(side, package)) is not None), None)
            if name is not None and any(isinstance(side, t.Literal) for side in sides):
                yield placed.fault("single-enterprise", node, column=name)


def _identity(side: t.Node, package: Package) -> str | None:
    """Return the column that names an enterprise, or a unit of one, if a side of a comparison is such a column."""
    while isinstance(side, t.OfParent):
        side = side.of
    if not isinstance(side, t.Column):
        return None
    column = package.entities[side.entity].columns.get(side.name)
    return side.name if side.name == "id" or (column is not None and column.identifies) else None


def unequal_treatment(package: Package) -> Iterator[Finding]:
    """A condition or amount that depends on a protected column, by itself or through a variable or a parameter's exception."""
    for measure in package.measures.values():
        for placed in of_measure(measure):
            yield from _depends(package, placed)


def _depends(package: Package, placed: Placed) -> Iterator[Finding]:
    """Yield a finding for each protected column a formula depends on, at the first place."""
    seen: set[tuple[str, str]] = set()
    for node in placed.tree.walk():
        if list(node.parts()):
            continue
        for entity, name in sorted(columns(node, package) - seen):
            seen.add((entity, name))
            column = package.entities[entity].columns.get(name)
            if column is not None and column.protected is not None:
                zh, en = LINES[column.protected]
                yield placed.fault("unequal-treatment", node, column=name, **_titles(column), line_zh=zh, line_en=en)


def _titles(column: Column) -> dict[str, str]:
    return {"title_zh": column.title.zh, "title_en": column.title.en}


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (single_enterprise, unequal_treatment)
