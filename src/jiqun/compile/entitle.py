"""Conditions, raw amounts and caps of many measures for every unit: stages 1 to 3, one wide step a block, then long rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from jiqun.compile import number as n
from jiqun.compile.lower import Scope, count_true, exceptional, lower
from jiqun.compile.number import Sql
from jiqun.compile.sheet import ROOT, Plan, Sheet, letters
from jiqun.language import tree as t
from jiqun.language.types import DATE
from jiqun.model.measure import Condition, Measure
from jiqun.model.package import Package
from jiqun.model.uses import amount_limit, expanded, formulas

BLOCK = 24
"""Measures in one select: planning grows with the square of their number (DESIGN §10)."""


@dataclass(frozen=True)
class Run:
    """What a compilation is for: the day of the run and whether refused rows are kept."""

    day: date
    refused: bool = False


CLAIM_COLUMNS = (
    *("measure", "unit", "enterprise", "weight", "object", "status", "at_most", "amount", "bound", "rank_number", "rank_day"),
    *("instalments", "clauses", "would_be", "cap"),
)


def claims(plan: Plan, measures: Sequence[Measure], run: Run, name: str) -> str:
    """Add the steps that give table `name`: a row for each measure and unit that is not refused."""
    branches: list[exp.Expr] = []
    for entity in plan.package.entities:
        mine = [m for m in measures if m.entity == entity]
        if not plan.source.has(entity):
            continue
        for at in range(0, len(mine), BLOCK):
            branches += _block(plan, mine[at : at + BLOCK], run, f"{name}_{entity}_{at // BLOCK}")
    made: exp.Expr = branches[0] if branches else _nothing(plan.package)
    for branch in branches[1:]:
        made = exp.union(made, branch, distinct=False, copy=False)
    return plan.add(name, made)


def _nothing(package: Package) -> exp.Expr:
    kinds = dict.fromkeys(CLAIM_COLUMNS, "VARCHAR") | dict.fromkeys(
        ("amount", "bound", "would_be", "cap"), f"DECIMAL(18, {package.heading.money_scale})"
    )
    kinds |= {"weight": "BIGINT", "at_most": "BOOLEAN", "rank_number": "DECIMAL(38, 10)", "rank_day": "DATE"}
    return exp.select(*(n.cast(exp.Null(), n.plain_type(k)).as_(c) for c, k in kinds.items())).where(exp.false())


def _block(plan: Plan, measures: Sequence[Measure], run: Run, name: str) -> list[exp.Expr]:
    """Return one long select a measure over one wide step of them all."""
    sheet = Sheet(plan, measures[0].entity, plan.source.year, name)
    root, key = sheet.root()
    enterprise = sheet.leaf(root, key)
    weight = _weight(sheet)
    columns = [exp.column(f"{ROOT}__id").as_("unit"), enterprise.as_("enterprise"), weight.as_("weight")]
    per_measure = [_columns(sheet, measure, run) for measure in measures]
    for place, made in enumerate(per_measure):
        columns += [exp.alias_(of, f"{column}_{place}", copy=False) for column, of in made.items() if _varies(of)]
    wide = exp.select(*columns, copy=False).from_(sheet.select().subquery("sheet", copy=False), copy=False)
    if not run.refused:
        open_ = [exp.NEQ(this=_status_of(made, place), expression=exp.Literal.string("no")) for place, made in enumerate(per_measure)]
        wide = exp.select("*").from_(wide.subquery("wide", copy=False), copy=False).where(exp.or_(*open_, copy=False), copy=False)
    plan.add(name, wide)
    branches: list[exp.Expr] = []
    for place, measure in enumerate(measures):
        listed: list[exp.Expr] = [
            exp.Literal.string(measure.id).as_("measure"),
            *map(exp.column, ("unit", "enterprise", "weight")),
        ]
        for column, of in per_measure[place].items():
            listed.append((exp.column(f"{column}_{place}") if _varies(of) else of).as_(column))
        branch = exp.select(*listed).from_(name)
        if not run.refused:
            branch = branch.where(exp.NEQ(this=_status_of(per_measure[place], place), expression=exp.Literal.string("no")))
        branches.append(branch)
    return branches


def _status_of(made: dict[str, exp.Expr], place: int) -> exp.Expr:
    return exp.column(f"status_{place}") if _varies(made["status"]) else made["status"].copy()


def _varies(of: exp.Expr) -> bool:
    """Whether a column differs by row; what does not is written where it is read, not stored a million times."""
    return any(True for _ in of.find_all(exp.Column))


def _weight(sheet: Sheet) -> exp.Expr:
    """Return how many enterprises the unit's enterprise stands for."""
    alias: str | None = ROOT
    while alias is not None and sheet.plan.package.entities[sheet.aliases[alias].entity].parent is not None:
        alias = sheet.above(alias)
    known = alias is not None and sheet.plan.source.has(sheet.aliases[alias].entity, "weight")
    weight = sheet.leaf(alias, "weight") if known and alias is not None else n.number(1)
    return n.cast(exp.Coalesce(this=weight, expressions=[n.number(1)]), n.plain_type("BIGINT"))


def scope_of(sheet: Sheet, measure: Measure, run: Run) -> Scope:
    """Return the scope a measure is read at, with the day of its parameters."""
    if measure.as_of == "day":
        return Scope(sheet, ROOT, run.day, run.day)
    if measure.as_of == "year_end":
        return Scope(sheet, ROOT, run.day, date(sheet.year, 12, 31))
    column = lower(t.Column(DATE, 0, 0, measure.entity, measure.as_of), Scope(sheet, ROOT, run.day, run.day))
    return Scope(sheet, ROOT, run.day, column.expr)


def _columns(sheet: Sheet, measure: Measure, run: Run) -> dict[str, exp.Expr]:
    """Return a measure's columns: status, clauses, amounts, order keys."""
    scope = scope_of(sheet, measure, run)
    money = n.decimal_type(18 - sheet.plan.package.heading.money_scale, sheet.plan.package.heading.money_scale)
    clauses = [scope.keep(Sql(condition(c, scope))).expr for c in measure.conditions.values()]
    item = _object(measure, scope)
    if measure.once_per is not None:
        clauses.append(scope.keep(Sql(_not_paid_before(measure, scope, item))).expr)
    raw = n.cast(exp.Null(), money) if measure.decided else _raw(measure, scope)
    cap = _amount(lower(measure.cap.typed, scope), scope) if measure.cap is not None else n.cast(exp.Null(), money)
    amount, bound = _capped(measure, raw, cap, scope)
    return {
        "object": item,
        "status": _status(measure, clauses, amount, scope),
        "at_most": exp.true() if measure.ceiling else exp.false(),
        "amount": n.case((_all(clauses), amount)),
        "bound": bound,
        **_order(measure, scope),
        "instalments": _instalments(measure, scope),
        "clauses": letters(c.copy() for c in clauses),
        "would_be": raw,
        "cap": cap,
    }


def _all(clauses: Iterable[exp.Expr]) -> exp.Expr:
    return exp.Paren(this=exp.and_(*(n.paren(c.copy()) for c in clauses)))


def condition(given: Condition, scope: Scope) -> exp.Expr:
    """Return a condition's outcome, its exceptions applied; see `jiqun.interpret.condition`."""
    base = n.paren(scope.keep(lower(given.expr.typed, scope)).expr)
    if not given.exceptions:
        return base
    whens = [n.paren(scope.keep(lower(e.when.typed, scope)).expr) for e in given.exceptions]
    values = [exp.true() if e.value else exp.false() for e in given.exceptions]
    trues, open_ = count_true(whens), count_true([n.is_null(w) for w in whens])
    branches: list[tuple[exp.Expr, exp.Expr]] = [(exp.GT(this=trues, expression=n.number(1)), exp.Null())]
    no_open = exp.EQ(this=open_, expression=n.number(0))
    for when, value in zip(whens, values, strict=True):
        branches.append((exp.And(this=when.copy(), expression=no_open.copy()), value))
    none_true = exp.EQ(this=trues.copy(), expression=n.number(0))
    branches.append((exp.And(this=none_true, expression=no_open.copy()), base))
    alone = exp.And(this=none_true.copy(), expression=exp.EQ(this=open_.copy(), expression=n.number(1)))
    for when, value in zip(whens, values, strict=True):
        same = exp.EQ(this=base.copy(), expression=value.copy())
        branches.append((exp.and_(alone.copy(), n.is_null(when.copy()), exp.Paren(this=same)), base.copy()))
    return n.case(*branches)


def _amount(of: Sql, scope: Scope) -> exp.Expr:
    """Bring a sum of money to the package's scale: never below zero, unknown beyond what any award could be."""
    scale = scope.plan.package.heading.money_scale
    of = scope.keep(of)
    limit = n.cast(exp.Literal.number(amount_limit(scale)), n.decimal_type(19, 0))
    negative = exp.LTE(this=n.paren(of.expr), expression=n.number(0))
    inside = exp.LT(this=n.paren(of.expr.copy()), expression=limit)
    return n.cast(n.case((negative, n.number(0)), (inside, of.expr.copy())), n.decimal_type(18 - scale, scale))


def _raw(measure: Measure, scope: Scope) -> exp.Expr:
    made = lower(measure.amount.typed, scope)
    if measure.rounding is not None:
        unit = measure.rounding.unit.typed
        assert isinstance(unit, t.Literal)
        made = n.to_multiple(made, unit.value, measure.rounding.mode, measure.amount.typed.type, scope.keep)  # type: ignore[arg-type]
    return scope.keep(Sql(_amount(made, scope))).expr


def _capped(measure: Measure, raw: exp.Expr, cap: exp.Expr, scope: Scope) -> tuple[exp.Expr, exp.Expr]:
    """Return the amount after the cap per unit, and the most it could become."""
    if measure.decided or measure.cap is None:
        return raw, (cap if measure.decided else raw.copy())
    cap = scope.keep(Sql(cap)).expr
    unknown = n.any_of([n.is_null(raw.copy()), n.is_null(cap.copy())])
    above = exp.GT(this=raw.copy(), expression=cap.copy())
    amount = scope.keep(Sql(n.case((unknown, exp.Null()), (above, cap.copy()), default=raw.copy()))).expr
    return amount, exp.Coalesce(this=amount.copy(), expressions=[cap.copy()])


def _status(measure: Measure, clauses: Sequence[exp.Expr], amount: exp.Expr, scope: Scope) -> exp.Expr:
    false = n.any_of([exp.Not(this=n.paren(c.copy())) for c in clauses])
    met = _all(clauses)
    if not measure.decided:
        met = exp.And(this=met, expression=exp.Not(this=n.is_null(amount.copy())))
    branches: list[tuple[exp.Expr, exp.Expr]] = [
        (false, exp.Literal.string("no")),
        (met, exp.Literal.string("decision" if measure.decided else "yes")),
    ]
    conflicts = _conflicts(measure, scope)
    if conflicts:
        branches.append((n.any_of(conflicts), exp.Literal.string("conflict")))
    return n.case(*branches, default=exp.Literal.string("unknown"))


def _conflicts(measure: Measure, scope: Scope) -> list[exp.Expr]:
    """Return a test for each set of exceptions of which two may apply; see `jiqun.interpret.entitle`."""
    package = scope.plan.package
    sets = [(c.exceptions, scope) for c in measure.conditions.values() if len(c.exceptions) > 1]
    for name in dict.fromkeys(x.name for tree in formulas(measure) for x in expanded(tree, package) if isinstance(x, t.ParameterOf)):
        parameter = package.parameters[name]
        at = exceptional(parameter, scope) if len(parameter.exceptions) > 1 else None
        if at is not None:
            sets.append((parameter.exceptions, at))  # type: ignore[arg-type]
    tests: list[exp.Expr] = []
    for exceptions, at in sets:
        whens = [n.paren(at.keep(lower(e.when.typed, at)).expr) for e in exceptions]
        tests.append(exp.GT(this=count_true(whens), expression=n.number(1)))
    return tests


def _object(measure: Measure, scope: Scope) -> exp.Expr:
    if measure.once_per is None or measure.once_per.object == "unit":
        return exp.column(f"{ROOT}__id") if measure.once_per else n.cast(exp.Null(), n.plain_type("VARCHAR"))
    column = measure.once_per.object
    known = scope.plan.source.has(measure.entity, column)
    return scope.sheet.leaf(ROOT, column) if known else n.cast(exp.Null(), n.plain_type("VARCHAR"))


def _not_paid_before(measure: Measure, scope: Scope, item: exp.Expr) -> exp.Expr:
    """Whether the object was not yet paid for; see `jiqun.interpret.entitle`."""
    assert measure.once_per is not None
    unknown = n.is_null(item.copy())
    if not scope.plan.source.has("payments"):
        return n.case((unknown, exp.Null()), default=exp.true())
    by_unit = measure.once_per.object == "unit"
    keys = ("unit",) if by_unit else ("enterprise", "object")
    tests = [f"measure = '{measure.id}'"] + ([f"year(day) = {scope.day.year}"] if measure.once_per.period == "year" else [])
    table = scope.plan.add(f"once_{measure.id}", exp.select(*keys).distinct().from_("payments_before").where(*tests, dialect="duckdb"))
    name = f"u_{table}"
    if by_unit:
        on = f"{name}.unit = u.id"
    else:
        root, key = scope.sheet.root()
        on = f"{name}.enterprise = {root}.{key} AND {name}.object = u.{measure.once_per.object}"
    scope.sheet.join(name, table, on)
    paid = exp.Not(this=n.is_null(scope.sheet.leaf(name, keys[0])))
    return n.case((unknown, exp.Null()), (paid, exp.false()), default=exp.true())


def _order(measure: Measure, scope: Scope) -> dict[str, exp.Expr]:
    """Return the key that ranks the unit: a number or a day."""
    key = measure.budget.order_by.typed if measure.budget and measure.budget.order_by else None
    number: exp.Expr = exp.Null()
    day: exp.Expr = exp.Null()
    if key is not None and key.type.is_number:
        number = lower(key, scope).expr
    elif key is not None:
        day = lower(key, scope).expr
    return {"rank_number": n.cast(number, n.plain_type("DECIMAL(38, 10)")), "rank_day": n.cast(day, n.plain_type("DATE"))}


def _instalments(measure: Measure, scope: Scope) -> exp.Expr:
    """Return a letter for each instalment: whether its condition holds in the year it falls in."""
    if not measure.instalments:
        return n.cast(exp.Null(), n.plain_type("VARCHAR"))
    tests: list[exp.Expr] = []
    for part in measure.instalments:
        if part.when is None:
            tests.append(exp.true())
            continue
        at = scope.later(part.year) if part.year else scope
        held = n.paren(lower(part.when.typed, at).expr)
        tests.append(scope.keep(Sql(held if not part.year else n.case((at.exists(), held)))).expr)
    return letters(tests)
