"""What a drafter should look at: warnings. None of them stops a run; all of them are shown beside its result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from jiqun.check.formulas import columns, of_package
from jiqun.check.values import number_of
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, finding
from jiqun.model.measure import Measure
from jiqun.model.package import Package
from jiqun.model.parameter import Band, Parameter

ONE = re.compile(r"1[^0-9.]*")
"""One of a unit, by which a quantity is divided to take the unit off: `power / 1kW`."""


def no_sunset(package: Package) -> Iterator[Finding]:
    """A measure that names no last day."""
    for measure in package.measures.values():
        if measure.valid.to is None:
            yield finding("no-sunset", package.places.at("measures", measure.id, "valid"), id=measure.id)


def no_start(package: Package) -> Iterator[Finding]:
    """A measure that names no first day."""
    for measure in package.measures.values():
        if measure.valid.from_ is None:
            yield finding("no-start", package.places.at("measures", measure.id, "valid"), id=measure.id)


def unverified(package: Package) -> Iterator[Finding]:
    """A measure whose figures were not read in a source one may rely on."""
    for measure in package.measures.values():
        if not measure.verified:
            yield finding("unverified", package.places.at("measures", measure.id, "verified"), id=measure.id)


def uncapped_promise(package: Package) -> Iterator[Finding]:
    """An amount that grows with the applicant's figures, with no cap, no pool and no limit above it."""
    capped = {m for cap in package.caps.values() for m in package.capped(cap)}
    for measure in package.measures.values():
        pooled = measure.budget is not None and measure.budget.pool is not None
        if measure.decided or measure.cap is not None or pooled or measure.id in capped or measure.amount.tree is None:
            continue
        if not _bounded(measure.amount.tree, package, frozenset({measure.id})):
            yield finding("uncapped-promise", package.places.at("measures", measure.id, "amount"), id=measure.id)


def _bounded(tree: t.Node, package: Package, asked: frozenset[str]) -> bool:
    """Whether a value cannot exceed what the policy itself states: figures, tables, bands, and the least of one of them and anything."""
    match tree:
        case t.Literal() | t.ParameterOf() | t.Lookup():
            return True
        case t.Banded(which="steps"):
            return True
        case t.Banded(parameter=name, of=of):
            ends = [band.to for value in package.parameters[name].values for band in value.bands or ()]
            return all(end is not None for end in ends) or _bounded(of, package, asked)
        case t.Extreme(which="least", items=items):
            return any(_bounded(item, package, asked) for item in items)
        case t.Extreme(items=items) | t.Coalesce(items=items):
            return all(_bounded(item, package, asked) for item in items)
        case t.Choose(branches=branches, otherwise=otherwise):
            return all(_bounded(value, package, asked) for value in (*(v for _, v in branches), otherwise))
        case t.Arithmetic(op="-", left=left, right=right):
            return _bounded(left, package, asked) and (_bounded(right, package, asked) or not _can_be_negative(right))
        case t.Arithmetic(op="/", left=left, right=t.Literal() | t.ParameterOf()):
            return _bounded(left, package, asked)
        case t.Arithmetic(op="+" | "*", left=left, right=right):
            return _bounded(left, package, asked) and _bounded(right, package, asked)
        case t.Round(of=of) | t.OfParent(of=of) | t.Prior(of=of) | t.HighestBefore(of=of):
            return _bounded(of, package, asked)
        case t.VariableOf(entity=entity, name=name):
            inner = package.variables[entity, name].expr.tree
            return inner is not None and _bounded(inner, package, asked)
        case t.MoneyOf(measure=used) if used in package.measures and used not in asked:
            return _bounded_measure(package.measures[used], package, asked | {used})
    return False


def _bounded_measure(measure: Measure, package: Package, asked: frozenset[str]) -> bool:
    return measure.cap is not None or (measure.amount.tree is not None and _bounded(measure.amount.tree, package, asked))


def _can_be_negative(tree: t.Node) -> bool:
    """Whether what is subtracted could be below zero and so raise the amount; a column is taken to hold what its name says."""
    return not isinstance(tree, t.Column | t.MoneyOf | t.Total)


def bare_number(package: Package) -> Iterator[Finding]:
    """A figure written into a formula, where a dated and cited parameter belongs."""
    for placed in of_package(package):
        if placed.section == "caps" or placed.part == "budget":
            continue
        for node, divisor in _literals(placed.tree, False):
            value = node.value
            plain = isinstance(value, Decimal) and (value == 0 or (abs(value) == 1 and not node.type.dims))
            if isinstance(value, Decimal) and not plain and not (divisor and ONE.fullmatch(node.written)):
                yield placed.fault("bare-number", node, number=node.written)


def _literals(tree: t.Node, divisor: bool) -> Iterator[tuple[t.Literal, bool]]:
    """Yield the literals of a formula, and whether each is what something is divided by: `area / 1m²` only takes the unit off."""
    if isinstance(tree, t.Literal):
        yield tree, divisor
    for part in tree.parts():
        yield from _literals(part, isinstance(tree, t.Arithmetic) and tree.op == "/" and part is tree.right)


def unanswerable(package: Package) -> Iterator[Finding]:
    """A condition that no register can answer: nothing it asks for is collected."""
    for measure in package.measures.values():
        for name, condition in measure.conditions.items():
            read = columns(condition.expr.tree, package) if condition.expr.tree is not None else frozenset()
            known = [package.entities[e].columns.get(c) for e, c in sorted(read)]
            if known and all(column is not None and not column.collected for column in known):
                at = package.places.at("measures", measure.id, "conditions", name, "expr")
                yield finding("unanswerable", at, columns=", ".join(dict.fromkeys(c for _, c in sorted(read))))


# --- bands -----------------------------------------------------------------------------------------------------------


def _sorted_bands(package: Package) -> Iterator[tuple[Parameter, int, list[tuple[int, Band, Decimal, Decimal | None]]]]:
    """Yield the bands of each date in their order, with their place in the list and their ends; those with a fault are left out."""
    for p in package.parameters.values():
        for place, value in enumerate(p.values):
            rows = [(i, b, number_of(b.from_), number_of(b.to)) for i, b in enumerate(value.bands or ())]
            made = [(i, b, low, high) for i, b, low, high in rows if low is not None and _upright(b, low, high)]
            if len(made) == len(rows) > 0:
                yield p, place, sorted(made, key=lambda row: row[2])


def _upright(band: Band, low: Decimal, high: Decimal | None) -> bool:
    return band.to is None or (high is not None and high > low)


def overlapping_bands(package: Package) -> Iterator[Finding]:
    """Two bands that share values: for these the first listed counts in steps, and both in a scale."""
    for p, place, bands in _sorted_bands(package):
        for (_, lower, _, end), (number, band, low, _) in pairwise(bands):
            if end is None or low < end:
                at = package.places.at("parameters", p.id, "values", place, "bands", number, "from")
                yield finding("overlapping-bands", at, name=p.id, first=_shown(lower), second=_shown(band))


def gapped_bands(package: Package) -> Iterator[Finding]:
    """A hole between two bands, or at the very edge where `above` leaves zero out: values in it are unknown, or pay nothing."""
    for p, place, bands in _sorted_bands(package):
        for (_, lower, _, end), (number, band, low, _) in pairwise(bands):
            if end is not None and low > end:
                at = package.places.at("parameters", p.id, "values", place, "bands", number, "from")
                hole = {"hole_zh": f"{lower.to} 至 {band.from_}", "hole_en": f"{lower.to} to {band.from_}"}
                yield finding("gapped-bands", at, name=p.id, **hole)
        number, band, low, _ = bands[0]
        if p.type == "steps" and p.edge == "above" and low == 0:
            at = package.places.at("parameters", p.id, "values", place, "bands", number, "from")
            yield finding("gapped-bands", at, name=p.id, hole_zh=f"恰好 {band.from_}", hole_en=f"{band.from_} itself")


def _shown(band: Band) -> str:
    return f"{band.from_}–{band.to}" if band.to is not None else f"{band.from_}–"


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (
    no_sunset,
    no_start,
    unverified,
    uncapped_promise,
    bare_number,
    unanswerable,
    overlapping_bands,
    gapped_bands,
)
