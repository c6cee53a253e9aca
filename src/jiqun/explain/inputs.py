"""What an expression read of the applicant, by the names people know; what decided it; what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from jiqun.explain.facts import Input, Missing, Shown, Source
from jiqun.explain.texts import label
from jiqun.explain.walk import BUILT_IN, back, inside
from jiqun.interpret import evaluate
from jiqun.language import tree as t
from jiqun.language.types import BOOL, COUNT
from jiqun.model.package import Package
from jiqun.model.words import Citation, Words
from jiqun.records import Here, Need, Unknown


def source(package: Package, cite: Citation) -> Source:
    """Return a citation with its document's title."""
    document = package.documents.get(cite.document)
    if document is None:
        return Source(cite.document, Words(zh=cite.document, en=cite.document), None, cite.article)
    return Source(document.id, document.title, document.number, cite.article)


def missing_of(package: Package, needs: Iterable[Need]) -> tuple[Missing, ...]:
    """Return missing cells with the titles people know, in a stable order."""
    return tuple(
        Missing(n, package.entities[n.entity].columns[n.column].title, package.entities[n.entity].title) for n in sorted(set(needs))
    )


# --- names -------------------------------------------------------------------------------------------------------------


def name_of(node: t.Node, package: Package) -> Words:
    """Name an expression by what it reads: a column's, variable's or parameter's title, or several."""
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
        case t.Total(of=t.Node() as of):
            return label("input.total", of=name_of(of, package), entity=package.entities[node.entity].title)
        case t.Prior():
            return label("input.earlier", of=name_of(node.of, package), years=str(node.years))
        case t.HighestBefore():
            return label("input.highest_before", of=name_of(node.of, package))
        case t.YearsInARow():
            return label("input.years_in_a_row", of=name_of(node.of, package))
        case t.Elapsed():
            return label(f"input.{node.which}_between", since=name_of(node.since, package), until=name_of(node.until, package))
        case _:
            return _joined(dict.fromkeys(name_of(part, package) for part in node.parts() if not isinstance(part, t.Literal)))


def _joined(names: Iterable[Words]) -> Words:
    listed = tuple(names)
    return Words(zh="、".join(n.zh for n in listed) or "—", en=", ".join(n.en for n in listed) or "—")


# --- values ------------------------------------------------------------------------------------------------------------


def inputs(node: t.Node, here: Here, now: int | None = None) -> tuple[Input, ...]:
    """Return what an expression reads of the applicant, each once, in the order it is written.

    Args:
        node: the expression.
        here: where it is read.
        now: the year of the run; values of other years are named with theirs.
    """
    return tuple(dict.fromkeys(_inputs(node, here, here.year if now is None else now)))


def _inputs(node: t.Node, here: Here, now: int) -> Iterator[Input]:
    match node:
        case t.Column() if node.name not in BUILT_IN:
            cell = Need(here.entity, here.unit, here.year, node.name)
            yield Input(_dated(name_of(node, here.package), here, now), Shown(evaluate(node, here), node.type), cell)
        case t.VariableOf():
            opened = here.package.variables[node.entity, node.name].expr.typed
            yield _computed(node, here, now, inputs(opened, here, now))
        case t.Elapsed():
            yield _computed(node, here, now, (*inputs(node.since, here, now), *inputs(node.until, here, now)))
        case t.MoneyOf() | t.Total() | t.HighestBefore() | t.AsOf():
            yield _computed(node, here, now, ())
        case t.YearsInARow():
            yield _run(node, here, now)
        case t.Compare():
            yield from _side(node.left, here, now)
            yield from _side(node.right, here, now)
        case t.OfParent() | t.Prior():
            for part, there in inside(node, here):
                yield from _inputs(part, there, now)
        case _:
            for part in node.parts():
                yield from _inputs(part, here, now)


def _computed(node: t.Node, here: Here, now: int, parts: tuple[Input, ...]) -> Input:
    return Input(_dated(name_of(node, here.package), here, now), Shown(evaluate(node, here), node.type), None, parts)


def _side(node: t.Node, here: Here, now: int) -> Iterator[Input]:
    """Yield what one side of a comparison reads; where that is computed on the spot, its result first."""
    parts = inputs(node, here, now)
    if isinstance(node, t.Arithmetic | t.Choose | t.Extreme) and parts:
        yield Input(label("input.computed"), Shown(evaluate(node, here), node.type), None, parts)
    else:
        yield from parts


def _run(node: t.YearsInARow, here: Here, now: int) -> Input:
    """Show how many years running a condition surely held, and what it read in them and in the year it ended."""
    length, parts = 0, list[Input]()
    while here.year - length >= here.records.first_year:
        before = back(here, length)
        parts += inputs(node.of, before, now)
        if before.row is None or evaluate(node.of, before) is not True:
            break
        length += 1
    return Input(name_of(node, here.package), Shown(Decimal(length), COUNT), None, tuple(parts))


def _dated(title: Words, here: Here, now: int) -> Words:
    return title if here.year == now else label("input.of_year", of=title, year=str(here.year))


# --- what decided ------------------------------------------------------------------------------------------------------


def yours(node: t.Node, here: Here) -> tuple[Input, ...]:
    """Return what a condition reads, marking what decided it."""
    made: dict[tuple[str, Need | None], Input] = {}
    for atom, there, decides in _atoms(node, here, True):
        for item in inputs(atom, there, here.year):
            before = made.get((item.title.en, item.cell))
            made[item.title.en, item.cell] = replace(item, decides=decides or (before is not None and before.decides))
    return tuple(made.values())


def _atoms(node: t.Node, here: Here, decides: bool) -> Iterator[tuple[t.Node, Here, bool]]:
    """Yield the comparisons a condition is made of, and whether its outcome would have differed with them.

    One false side decides an `and`, one true side an `or`; where neither does, the unknown sides do.
    """
    match node:
        case t.Both() | t.Either():
            stop = isinstance(node, t.Either)
            whole = evaluate(node, here)
            for side in (node.left, node.right):
                value = evaluate(side, here)
                open_ = isinstance(value, Unknown) or not isinstance(whole, Unknown)
                carries = value is stop if whole is stop else open_
                yield from _atoms(side, here, decides and carries)
        case t.Not():
            yield from _atoms(node.of, here, decides)
        case t.OfParent() if node.type == BOOL:
            for part, there in inside(node, here):
                yield from _atoms(part, there, decides)
        case _:
            yield node, here, decides
