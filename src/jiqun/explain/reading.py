"""What an expression read at a unit: cells of the register, values of the policy, assumptions; and what decided it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from jiqun.explain.facts import Input, Limit, Missing, Said, Shown, Source
from jiqun.explain.texts import label
from jiqun.interpret import Here, Need, Unknown, Value, as_of, evaluate, exceptional, in_force
from jiqun.language import tree as t
from jiqun.language.types import COUNT, DATE
from jiqun.model.package import Package
from jiqun.model.uses import formulas
from jiqun.model.words import Citation, Words

Place = tuple[t.Node, Here]
BUILT_IN = ("id", "year")


def source(package: Package, cite: Citation) -> Source:
    """Return a citation with its document's title."""
    document = package.documents.get(cite.document)
    if document is None:
        return Source(cite.document, Words(zh=cite.document, en=cite.document), None, cite.article)
    return Source(document.id, document.title, document.number, cite.article)


# --- walking an expression where it is read ----------------------------------------------------------------------------


def inside(node: t.Node, here: Here) -> Iterator[Place]:
    """Yield the nodes directly inside one, each with the unit, year and day it is read at; variables are opened."""
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
    return replace(here, year=here.year - years)


def cells(node: t.Node, here: Here) -> Iterator[Need]:
    """Yield each cell of the register an expression may read, those of the exceptions of its parameters too."""
    for part, there in walk(node, here):
        if isinstance(part, t.Column) and part.name not in BUILT_IN:
            yield Need(there.entity, there.unit, there.year, part.name)
        elif isinstance(part, t.ParameterOf):
            parameter = there.package.parameters[part.name]
            at = exceptional(parameter, there) if parameter.exceptions else None
            for exception in parameter.exceptions if at is not None else ():
                assert at is not None
                yield from cells(exception.when.typed, at)


# --- values of the applicant -------------------------------------------------------------------------------------------


def title_of(package: Package, cell: Need) -> Words:
    """Return a column's title, its year with it where that is not the year of the run."""
    return package.entities[cell.entity].columns[cell.column].title


def missing_of(package: Package, needs: Iterable[Need]) -> tuple[Missing, ...]:
    """Return the missing cells in a stable order."""
    return tuple(Missing(n, title_of(package, n), package.entities[n.entity].title) for n in sorted(set(needs)))


def name_of(node: t.Node, package: Package) -> Words:
    """Name an expression by what it reads: a column's or variable's title, or several."""
    match node:
        case t.Column() if node.name in BUILT_IN:
            return label("input." + node.name)
        case t.Column():
            return package.entities[node.entity].columns[node.name].title
        case t.VariableOf():
            return package.variables[node.entity, node.name].title
        case t.ParameterOf():
            return package.parameters[node.name].title
        case t.Banded() | t.Lookup():
            return package.parameters[node.parameter].title
        case t.AsOf():
            return label("input.as_of")
        case t.MoneyOf():
            return label(f"input.{node.which}", measure=package.measures[node.measure].title)
        case t.Total(of=None):
            return label("input.count", entity=package.entities[node.entity].title)
        case t.Total():
            assert node.of is not None
            return label("input.total", of=name_of(node.of, package), entity=package.entities[node.entity].title)
        case t.HighestBefore():
            return label("input.highest_before", of=name_of(node.of, package))
        case t.YearsInARow():
            return label("input.years_in_a_row", of=name_of(node.of, package))
        case t.Elapsed():
            return label(f"input.{node.which}_since", since=name_of(node.since, package), until=name_of(node.until, package))
        case _:
            return _joined(dict.fromkeys(name_of(part, package) for part in node.parts() if not isinstance(part, t.Literal)))


def _joined(names: Iterable[Words]) -> Words:
    listed = [n for n in names if n.en]
    return Words(zh="、".join(n.zh for n in listed) or "—", en=", ".join(n.en for n in listed) or "—")


def inputs(node: t.Node, here: Here) -> tuple[Input, ...]:
    """Return what an expression reads of the applicant, each once, in the order it is written."""
    return tuple(dict.fromkeys(_inputs(node, here)))


def _inputs(node: t.Node, here: Here) -> Iterator[Input]:
    match node:
        case t.Column() if node.name not in BUILT_IN:
            cell = Need(here.entity, here.unit, here.year, node.name)
            yield Input(_dated(name_of(node, here.package), here), Shown(evaluate(node, here), node.type), cell)
        case t.VariableOf():
            parts = inputs(here.package.variables[node.entity, node.name].expr.typed, here)
            yield _computed(node, here, parts)
        case t.Elapsed() | t.MoneyOf() | t.HighestBefore() | t.Total() | t.AsOf():
            parts = tuple(x for part in (node.since, node.until) for x in inputs(part, here)) if isinstance(node, t.Elapsed) else ()
            yield _computed(node, here, parts)
        case t.YearsInARow():
            yield _run(node, here)
        case t.Compare():
            for side in (node.left, node.right):
                parts = inputs(side, here)
                yield from ((_computed(side, here, parts, "input.computed"),) if isinstance(side, t.Arithmetic) and parts else parts)
        case t.OfParent() | t.Prior():
            for part, there in inside(node, here):
                yield from _inputs(part, there)
        case _:
            for part in node.parts():
                yield from _inputs(part, here)


def _computed(node: t.Node, here: Here, parts: tuple[Input, ...], key: str | None = None) -> Input:
    title = label(key) if key is not None else _dated(name_of(node, here.package), here)
    return Input(title, Shown(evaluate(node, here), node.type), None, parts)


def _run(node: t.YearsInARow, here: Here) -> Input:
    """Show how many years running a condition surely held, and what it read in them and in the year it ended."""
    length, parts = 0, list[Input]()
    while here.year - length >= here.records.first_year:
        before = back(here, length)
        parts += inputs(node.of, before)
        if before.row is None or evaluate(node.of, before) is not True:
            break
        length += 1
    return Input(name_of(node, here.package), Shown(Decimal(length), COUNT), None, tuple(parts))


def _dated(title: Words, here: Here) -> Words:
    """Mark the name of a value of another year than that of the run, which the day of the records' use does not tell."""
    return title if here.year == here_year(here) else label("input.of_year", of=title, year=str(here.year))


def here_year(here: Here) -> int:
    """The year of the run: explanations set it in the records' place of reading."""
    return getattr(here, "run_year", here.year)
