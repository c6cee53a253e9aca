"""Pools, budgets, caps and stacking groups must say what their rule needs, and nothing it has no use for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from jiqun.check.formulas import of_measure, reached, reads_unit
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, finding
from jiqun.model.measure import Budget, Measure
from jiqun.model.package import Package
from jiqun.model.uses import amount_limit
from jiqun.model.words import Formula

NEEDS = {"pro_rata": ("pool",), "ranked": ("order_by",), "first_come": ("order_by",), "lottery": ("seed",)}
USES = {
    "pro_rata": {"pool"},
    "ranked": {"pool", "quota", "order_by", "direction", "partial"},
    "first_come": {"pool", "quota", "order_by", "direction", "partial"},
    "lottery": {"pool", "quota", "partial", "seed"},
}
ORDER = {"ranked": ("number", "一个数（分数）", "a number, the score"), "first_come": ("date", "一个日期", "a date")}


def _budgets(package: Package) -> Iterator[tuple[Measure, Budget]]:
    for measure in package.measures.values():
        if measure.budget is not None:
            yield measure, measure.budget


def needs_budget_part(package: Package) -> Iterator[Finding]:
    """A budget whose rule lacks what it goes by: an order, a seed, a pool to share."""
    for measure, budget in _budgets(package):
        for key in NEEDS[budget.rule]:
            if getattr(budget, key) is None:
                yield finding("needs-budget-part", package.places.at("measures", measure.id, "budget"), rule=budget.rule, key=key)


def budget_extra(package: Package) -> Iterator[Finding]:
    """A setting the budget's rule has no use for."""
    for measure, budget in _budgets(package):
        for key in sorted(budget.model_fields_set - USES[budget.rule] - {"rule"}):
            if getattr(budget, key) is not None:
                yield finding("budget-extra", package.places.at("measures", measure.id, "budget", key), rule=budget.rule, key=key)


def needs_pool(package: Package) -> Iterator[Finding]:
    """A queue or a draw with neither money nor places that could run out."""
    for measure, budget in _budgets(package):
        if budget.pool is None and budget.quota is None and budget.rule != "pro_rata":
            yield finding("needs-pool", package.places.at("measures", measure.id, "budget"), rule=budget.rule)


def wrong_order(package: Package) -> Iterator[Finding]:
    """A queue ordered by something that gives no order: `ranked` goes by a number, `first_come` by a day."""
    for measure, budget in _budgets(package):
        if budget.rule in ORDER and budget.order_by is not None and budget.order_by.tree is not None:
            kind, zh, en = ORDER[budget.rule]
            given = budget.order_by.tree.type
            if given.kind != kind:
                at = package.places.at("measures", measure.id, "budget", "order_by")
                said = {"needed_zh": zh, "needed_en": en, "given_zh": given.say("zh"), "given_en": given.say("en")}
                yield finding("wrong-order", at, rule=budget.rule, **said)


def bad_quota(package: Package) -> Iterator[Finding]:
    """A quota that differs from unit to unit, or is no whole number of winners."""
    for measure, budget in _budgets(package):
        if budget.quota is None or budget.quota.tree is None:
            continue
        for placed in of_measure(measure):
            if placed.path == ("budget", "quota"):
                if reads_unit(placed.tree, package):
                    yield placed.fault("quota-not-constant", placed.tree)
                elif any(n % 1 or n < 0 for n in _numbers(placed.tree, package)):
                    yield placed.fault("quota-not-whole", placed.tree)


def _numbers(tree: t.Node, package: Package) -> Iterator[Decimal]:
    """Yield the number a quota is, or those its parameter has had; of a computed quota nothing is known here."""
    if isinstance(tree, t.Literal) and isinstance(tree.value, Decimal):
        yield tree.value
    elif isinstance(tree, t.ParameterOf):
        for value in package.parameters[tree.name].values:
            written = value.value.tree if value.value is not None else None
            if isinstance(written, t.Literal) and isinstance(written.value, Decimal):
                yield written.value


def pool_rules_differ(package: Package) -> Iterator[Finding]:
    """Measures that share a pool and state different rules: there is one queue, or one share."""
    first: dict[str, tuple[Measure, Budget]] = {}
    for measure, budget in _budgets(package):
        if budget.pool is None:
            continue
        other, stated = first.setdefault(budget.pool, (measure, budget))
        for key in ("rule", "quota", "direction", "partial", "seed"):
            if _said(getattr(budget, key)) != _said(getattr(stated, key)):
                at = package.places.at("measures", measure.id, "budget", key)
                yield finding("pool-rules-differ", at, pool=budget.pool, first=other.id, key=key)
                break


def _said(value: object) -> object:
    return value.tree if isinstance(value, Formula) and value.tree is not None else value


def mixed_units(package: Package) -> Iterator[Finding]:
    """A cap or group by unit over measures about different things: their units are never the same one."""
    bounds = [("caps", c.id, c.by, package.capped(c)) for c in package.caps.values()]
    bounds += [("stacking", g.id, g.by, g.measures) for g in package.stacking.values()]
    for section, key, by, listed in bounds:
        about = {package.measures[m].entity: m for m in reversed(listed) if m in package.measures}
        if by == "unit" and len(about) > 1:
            yield finding("mixed-units", package.places.at(section, key, "measures"), entities=", ".join(reversed(about)))


def group_limit(package: Package) -> Iterator[Finding]:
    """The limit of a corporate group that is read at one of its enterprises."""
    for cap in package.caps.values():
        if cap.by not in ("enterprise", "unit") and cap.limit.tree is not None and reads_unit(cap.limit.tree, package):
            yield finding("group-limit", package.places.at("caps", cap.id, "limit"), by=cap.by)


def money_in_limit(package: Package) -> Iterator[Finding]:
    """A cap's limit that uses the amount of a measure: limits are read before anything is allocated."""
    for cap in package.caps.values():
        for node in reached(cap.limit.tree, package) if cap.limit.tree is not None else ():
            if isinstance(node, t.MoneyOf) and node.which != "paid":
                at = package.places.at("caps", cap.id, "limit")
                yield finding("money-in-limit", at, name=node.which, measure=node.measure)
                break


def beyond_money(package: Package) -> Iterator[Finding]:
    """A sum of money so large that no award can be as large."""
    most = amount_limit(package.heading.money_scale)
    for section, key, path, formula in _written_sums(package):
        tree = formula.tree
        if isinstance(tree, t.Literal) and isinstance(tree.value, Decimal) and tree.type.is_money and not -most < tree.value < most:
            yield finding("beyond-money", package.places.at(section, key, *path), number=formula.source)


def _written_sums(package: Package) -> Iterator[tuple[str, str, tuple[str | int, ...], Formula]]:
    for pool in package.pools.values():
        for place, dated in enumerate(pool.values):
            yield "pools", pool.id, ("values", place, "value"), dated.value
    for cap in package.caps.values():
        yield "caps", cap.id, ("limit",), cap.limit
    for parameter in package.parameters.values():
        for place, value in enumerate(parameter.values):
            if value.value is not None:
                yield "parameters", parameter.id, ("values", place, "value"), value.value
    for measure in package.measures.values():
        yield "measures", measure.id, ("amount",), measure.amount
        if measure.cap is not None:
            yield "measures", measure.id, ("cap",), measure.cap


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (
    needs_budget_part,
    budget_extra,
    needs_pool,
    wrong_order,
    bad_quota,
    pool_rules_differ,
    mixed_units,
    group_limit,
    money_in_limit,
    beyond_money,
)
