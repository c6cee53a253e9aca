"""The package's pools, caps and stacking groups as allocation rules, with the side tables they read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

from jiqun.compile import number as n
from jiqun.compile.allocate import AllocationRules, BudgetRule, CapRule, OnceRule, StackRule
from jiqun.compile.instalments import InstalmentRule
from jiqun.compile.lower import Scope, lower
from jiqun.compile.sheet import ROOT, Plan, Sheet
from jiqun.language import tree as t
from jiqun.model.limits import Cap, Stacking
from jiqun.model.measure import Budget, Measure
from jiqun.model.uses import expanded


@dataclass(frozen=True)
class Bound:
    """The rules of a set of measures, and the pools and caps of which the sum is not known on the day."""

    rules: AllocationRules
    instalments: tuple[InstalmentRule, ...]
    open: tuple[str, ...]


def by_unit(tree: t.Node, plan: Plan) -> bool:
    """Whether an expression reads anything of the unit."""
    for node in expanded(tree, plan.package, closed=False):
        if isinstance(node, t.Column | t.OfParent | t.Total | t.MoneyOf | t.Prior | t.HighestBefore | t.YearsInARow):
            return True
        if isinstance(node, t.ParameterOf) and plan.package.parameters[node.name].exceptions:
            return True
    return False


def bind(plan: Plan, measures: Collection[str], day: date, prefix: str) -> Bound:
    """Return the allocation rules among `measures`, adding the steps of the tables they read."""
    package = plan.package
    mine = [package.measures[m] for m in package.measures if m in measures]
    once = tuple(OnceRule(m.id) for m in mine if m.once_per is not None)
    stacking = []
    for group in package.stacking.values():
        listed = tuple(m for m in group.measures if m in measures)
        if len(listed) > 1:
            table = _choices(plan, group, f"{prefix}_choice_{group.id}") if group.rule == "exclusive" else None
            stacking.append(StackRule(group.id, group.rule, group.by, listed, table))
    caps = [cap for c in package.caps.values() if (cap := _cap(plan, c, measures, day, prefix)) is not None]
    budgets, open_pools = _budgets(plan, mine, day)
    unknown = tuple(c.id for c in caps if c.limit is None and c.limit_table is None)
    rules = AllocationRules(once=once, stacking=tuple(stacking), caps=tuple(caps), budgets=budgets)
    instalments = tuple(
        InstalmentRule(m.id, tuple(_share(p.share.typed) for p in m.instalments), tuple(p.year for p in m.instalments))
        for m in mine
        if m.instalments
    )
    return Bound(rules, instalments, (*open_pools, *unknown))


def _share(tree: t.Node) -> Decimal:
    assert isinstance(tree, t.Literal) and isinstance(tree.value, Decimal)
    return tree.value


def _choices(plan: Plan, group: Stacking, name: str) -> str | None:
    """Add a table of what each enterprise, or each unit, has chosen."""
    entity = plan.package.root.id if group.by == "enterprise" else plan.package.measures[group.measures[0]].entity
    return _column_table(plan, entity, group.choice, name, ("key", "chosen")) if group.choice is not None else None


def _column_table(plan: Plan, entity: str, column: str, name: str, into: tuple[str, str]) -> str:
    """Add a table of one text column of an entity, by id."""
    known = plan.source.has(entity, column)
    value = exp.column(column) if known else n.cast(exp.Null(), n.plain_type("VARCHAR"))
    rows = exp.select(exp.column("id").as_(into[0]), value.as_(into[1])).from_(entity if plan.source.has(entity) else _nobody())
    return plan.add(name, rows.where(f"year = {plan.source.year}", dialect="duckdb"))


def _nobody() -> exp.Subquery:
    """An entity's table where the register has none."""
    return exp.select(n.cast(exp.Null(), n.plain_type("VARCHAR")).as_("id"), n.number(0).as_("year")).where(exp.false()).subquery("nobody")


def _cap(plan: Plan, cap: Cap, measures: Collection[str], day: date, prefix: str) -> CapRule | None:
    mine = tuple(m for m in plan.package.capped(cap) if m in measures)
    if not mine:
        return None
    groups = None
    if cap.by not in ("enterprise", "unit"):
        groups = _column_table(plan, plan.package.root.id, cap.by, f"{prefix}_group_{cap.id}", ("enterprise", "key"))
    limit, table = None, None
    if by_unit(cap.limit.typed, plan):
        table = _limits(plan, cap, mine, day, f"{prefix}_limit_{cap.id}")
    else:
        limit = plan.constant(cap.limit.typed)
        scale = plan.package.heading.money_scale
        limit = max(limit.quantize(Decimal(1).scaleb(-scale)), Decimal(0)) if limit is not None else None
    return CapRule(cap.id, plan.package.capped(cap), cap.by, cap.period, cap.at, limit, table, groups, day)


def _limits(plan: Plan, cap: Cap, mine: tuple[str, ...], day: date, name: str) -> str:
    """Add a table of each unit's or enterprise's own limit."""
    scale = plan.package.heading.money_scale
    entity = plan.package.measures[mine[0]].entity if cap.by == "unit" else plan.package.root.id
    sheet = Sheet(plan, entity, plan.source.year, name)
    limit = n.paren(Scope(sheet, ROOT, day, day).keep(lower(cap.limit.typed, Scope(sheet, ROOT, day, day))).expr)
    low = n.case((exp.LT(this=limit, expression=n.number(0)), n.number(0)), default=limit.copy())
    sane = exp.LT(this=limit.copy(), expression=n.number(10 ** (17 - scale)))
    value = n.cast(n.case((sane, low)), n.decimal_type(18 - scale, scale))
    select = exp.select(exp.column(f"{ROOT}__id").as_("key"), value.as_("limit_"))
    return plan.add(name, select.from_(sheet.select().subquery("sheet")))


def _budgets(plan: Plan, mine: list[Measure], day: date) -> tuple[tuple[BudgetRule, ...], tuple[str, ...]]:
    """Return one rule for each pool, and for each measure with a quota of its own; and the pools without a value on the day."""
    pools: dict[str, list[Measure]] = {}
    for measure in mine:
        if measure.budget is not None:
            pools.setdefault(measure.budget.pool or measure.id, []).append(measure)
    made, unknown = [], []
    for key, members in pools.items():
        budget = members[0].budget
        assert budget is not None
        pot = _pot(plan, budget.pool, day)
        if budget.pool is not None and pot is None:
            unknown.append(budget.pool)
        made.append(_budget(plan, key, members, budget, pot, day))
    return tuple(made), tuple(unknown)


def _pot(plan: Plan, pool: str | None, day: date) -> Decimal | None:
    values = plan.package.pools[pool].values if pool is not None else ()
    value = max((v for v in values if v.from_ <= day), key=lambda v: v.from_, default=None)
    return _share(value.value.typed) if value is not None else None


def _budget(plan: Plan, key: str, members: list[Measure], budget: Budget, pot: Decimal | None, day: date) -> BudgetRule:
    quota = plan.constant(budget.quota.typed) if budget.quota is not None else None
    descending = budget.direction == "descending" if budget.direction else budget.rule == "ranked"
    return BudgetRule(
        key,
        tuple(m.id for m in members),
        budget.rule,
        pot=pot,
        quota=int(quota) if quota is not None else None,
        descending=descending,
        partial=budget.partial,
        seed=budget.seed or "",
    )
