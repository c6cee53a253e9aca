"""A measure's amount, dates and instalments: what contradicts itself, and what no run could compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from jiqun.check.formulas import HISTORY, of_measure, of_package, reached
from jiqun.check.values import number_of
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, finding
from jiqun.model.package import Package

FIXED_DAYS = ("day", "year_end")


def bad_share(package: Package) -> Iterator[Finding]:
    """Instalments that do not add up to the award, or one that pays nothing."""
    for measure in package.measures.values():
        shares = [number_of(part.share) for part in measure.instalments]
        known = [share for share in shares if share is not None]
        if not shares or len(known) < len(shares):
            continue
        total, at = sum(known, Decimal(0)), package.places.at("measures", measure.id, "instalments")
        small = next((place for place, share in enumerate(known) if share <= 0), None)
        if small is not None:
            place = package.places.at("measures", measure.id, "instalments", small, "share")
            yield finding("small-share", place, share=measure.instalments[small].share)
        elif total != 1:
            yield finding("bad-share", at, total=f"{(total * 100).normalize():f}%")


def bad_rounding(package: Package) -> Iterator[Finding]:
    """A rounding unit of nothing."""
    for measure in package.measures.values():
        unit = number_of(measure.rounding.unit) if measure.rounding is not None else None
        if unit is not None and unit <= 0:
            yield finding("bad-rounding", package.places.at("measures", measure.id, "rounding", "unit"))


def needs_cap(package: Package) -> Iterator[Finding]:
    """A panel's decision without a maximum, and without a word that there is none."""
    for measure in package.measures.values():
        if measure.decided and measure.cap is None and measure.notes is None:
            yield finding("needs-cap", package.places.at("measures", measure.id, "amount"))


def decision_extra(package: Package) -> Iterator[Finding]:
    """A setting that works on a computed amount, where a panel decides it."""
    for measure in package.measures.values():
        for key in ("rounding", "instalments"):
            if measure.decided and getattr(measure, key):
                yield finding("decision-extra", package.places.at("measures", measure.id, key), key=key)


def reversed_validity(package: Package) -> Iterator[Finding]:
    """A measure that ends before it begins."""
    for measure in package.measures.values():
        start, end = measure.valid.from_, measure.valid.to
        if start is not None and end is not None and end < start:
            yield finding("reversed-validity", package.places.at("measures", measure.id, "valid", "to"), start=start, to=end)


def ceiling_lost(package: Package) -> Iterator[Finding]:
    """An amount made from an upper bound that is not called one."""
    for measure in package.measures.values():
        for placed in of_measure(measure) if not measure.ceiling else ():
            if placed.path != ("amount",) or measure.decided:
                continue
            for node in placed.tree.walk():
                used = next((m for m in _amounts(node, package) if package.measures[m].ceiling), None)
                if used is not None and not list(node.parts()):
                    yield placed.fault("ceiling-lost", node, measure=used)


def _amounts(tree: t.Node, package: Package) -> Iterator[str]:
    """Yield the measures whose raw amount or award a formula reads."""
    found = (n for n in reached(tree, package) if isinstance(n, t.MoneyOf) and n.which != "paid")
    yield from (n.measure for n in found if n.measure in package.measures)


def dated_total(package: Package) -> Iterator[Finding]:
    """A sum over children in a measure whose parameters are read on a day of each unit: the children have no such day."""
    for measure in package.measures.values():
        for placed in of_measure(measure) if measure.as_of not in FIXED_DAYS else ():
            for node in placed.tree.walk():
                opened = isinstance(node, t.Total | t.VariableOf | t.ParameterOf)
                if opened and any(isinstance(n, t.Total) for n in reached(node, package)):
                    yield placed.fault("dated-total", node, as_of=measure.as_of)


def money_in_history(package: Package) -> Iterator[Finding]:
    """Another measure's amount in another year: amounts are computed for the year of the run only."""
    for placed in of_package(package):
        for node in placed.tree.walk():
            if isinstance(node, HISTORY):
                yield from _misplaced(package, placed.fault, node.of)
    for measure in package.measures.values():
        for placed in of_measure(measure):
            if placed.part == "instalments" and measure.instalments[int(placed.path[1])].year:
                yield from _misplaced(package, placed.fault, placed.tree)


def _misplaced(package: Package, fault: Callable[..., Finding], tree: t.Node) -> Iterator[Finding]:
    money = next((n for n in reached(tree, package) if isinstance(n, t.MoneyOf)), None)
    if money is not None:
        yield fault("money-in-history", money if money in tuple(tree.walk()) else tree, name=money.which, measure=money.measure)


def money_in_exception(package: Package) -> Iterator[Finding]:
    """Another measure's amount in the exceptions of a parameter: the parameter could need itself, and no order would be right."""
    for placed in of_package(package):
        for node in placed.tree.walk() if placed.section == "parameters" else ():
            if isinstance(node, t.MoneyOf | t.VariableOf | t.ParameterOf):
                money = next((n for n in reached(node, package) if isinstance(n, t.MoneyOf) and n.which != "paid"), None)
                if money is not None:
                    yield placed.fault("money-in-exception", node, name=money.which, measure=money.measure)


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (
    bad_share,
    bad_rounding,
    needs_cap,
    decision_extra,
    reversed_validity,
    ceiling_lost,
    dated_total,
    money_in_history,
    money_in_exception,
)
