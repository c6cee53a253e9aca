"""Typed tree → SQL over a sheet. The null rules stand here, one small function a node.

`jiqun.interpret` says what each node means; this says the same in SQL, where
`LEAST(x, NULL)` would pay x and an unknown test would take the else branch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce

from sqlglot import exp

from jiqun.compile import number as n
from jiqun.compile.number import Sql
from jiqun.compile.plan import Step
from jiqun.compile.sheet import Plan, Sheet, number_column
from jiqun.language import tree as t
from jiqun.language.types import Type
from jiqun.model.parameter import DatedValue, Parameter


@dataclass(frozen=True)
class Scope:
    """Where an expression is lowered: the sheet, the alias of the unit's row, and the day parameters are read on."""

    sheet: Sheet
    alias: str
    day: date
    as_of: date | exp.Expr

    @property
    def plan(self) -> Plan:
        return self.sheet.plan

    @property
    def entity(self) -> str:
        return self.sheet.aliases[self.alias].entity

    @property
    def year(self) -> int:
        return self.sheet.aliases[self.alias].year

    def back(self, years: int) -> Scope:
        return replace(self, alias=self.sheet.earlier(self.alias, years))

    def later(self, years: int) -> Scope:
        return replace(self, alias=self.sheet.earlier(self.alias, -years))

    def keep(self, made: Sql) -> Sql:
        return self.sheet.keep(made)

    def exists(self) -> exp.Expr:
        """Whether the unit has a row in this scope's year."""
        return exp.Not(this=n.is_null(self.sheet.leaf(self.alias, "id")))


def lower(node: t.Node, scope: Scope) -> Sql:
    """Return the SQL of an expression read at a scope."""
    return _RULES[type(node)](node, scope)


# --- leaves ----------------------------------------------------------------------------------------------------------


def _day(value: date) -> exp.Expr:
    return n.cast(exp.Literal.string(value.isoformat()), n.plain_type("DATE"))


def constant(value: Decimal | str | bool | date) -> Sql:
    if isinstance(value, bool):
        return Sql(exp.true() if value else exp.false())
    if isinstance(value, Decimal):
        return n.literal(value)
    return Sql(_day(value)) if isinstance(value, date) else Sql(exp.Literal.string(value))


def _literal(node: t.Literal, scope: Scope) -> Sql:
    return constant(node.value)


def _column(node: t.Column, scope: Scope) -> Sql:
    if node.name == "year":
        return Sql(n.cast(exp.Literal.number(scope.year), n.decimal_type(4, 0)), 4, 0)
    if node.name != "id" and not scope.plan.source.has(scope.entity, node.name):
        return n.null(node.type)
    leaf = scope.sheet.leaf(scope.alias, node.name)
    if not node.type.is_number:
        return Sql(leaf)
    column = scope.plan.package.entities[scope.entity].columns[node.name]
    return number_column(leaf, column.type, column.kept)


def _variable(node: t.VariableOf, scope: Scope) -> Sql:
    key = (scope.alias, node, scope.as_of if isinstance(scope.as_of, date) else None)
    if key not in scope.sheet.variables or not isinstance(scope.as_of, date):
        scope.sheet.variables[key] = scope.keep(lower(scope.plan.package.variables[node.entity, node.name].expr.typed, scope))
    return scope.sheet.variables[key]


def _as_of(node: t.AsOf, scope: Scope) -> Sql:
    return Sql(_day(scope.as_of) if isinstance(scope.as_of, date) else scope.as_of.copy())


def _of_parent(node: t.OfParent, scope: Scope) -> Sql:
    above = scope.sheet.above(scope.alias)
    if above is None:
        return n.null(node.type)
    at = replace(scope, alias=above)
    made = lower(node.of, at)
    return Sql(n.case((at.exists(), made.expr)), made.digits, made.scale)


def by_day(values: Iterable[DatedValue], scope: Scope, make: Callable[[DatedValue], Sql], kind: Type) -> Sql:
    """Return what `make` makes of the value in force: chosen now, or by row where the day is a column."""
    dated = sorted(values, key=lambda v: v.from_, reverse=True)
    if isinstance(scope.as_of, date):
        return next((make(v) for v in dated if v.from_ <= scope.as_of), n.null(kind))
    made = [(exp.GTE(this=scope.as_of.copy(), expression=_day(v.from_)), make(v)) for v in dated]
    return _joined([m for _, m in made], lambda parts: n.case(*((test, part) for (test, _), part in zip(made, parts, strict=True))))


def _joined(parts: list[Sql], build: Callable[[list[exp.Expr]], exp.Expr]) -> Sql:
    """Build one value of several: as many digits and decimals as the widest has."""
    return Sql(build([p.expr for p in parts]), max(p.digits for p in parts), max(p.scale for p in parts))


def _value(formula: object) -> Decimal:
    tree = getattr(formula, "typed")  # noqa: B009
    assert isinstance(tree, t.Literal) and isinstance(tree.value, Decimal)
    return tree.value


def exceptional(parameter: Parameter, scope: Scope) -> Scope | None:
    """Return the scope a parameter's exceptions are read at; None where the register has no such table."""
    at = scope
    while parameter.entity is not None and at.entity != parameter.entity:
        above = at.sheet.above(at.alias)
        if above is None:
            return None
        at = replace(at, alias=above)
    return at


def _parameter(node: t.ParameterOf, scope: Scope) -> Sql:
    parameter = scope.plan.package.parameters[node.name]
    base = by_day(parameter.values, scope, lambda v: n.literal(_value(v.value)), node.type)
    if not parameter.exceptions:
        return base
    at = exceptional(parameter, scope)
    if at is None:
        return n.null(node.type)
    whens = [n.paren(at.keep(lower(e.when.typed, at)).expr) for e in parameter.exceptions]
    values = [n.literal(_value(e.value)) for e in parameter.exceptions]
    open_ = n.any_of([n.is_null(w) for w in whens] + ([exp.Not(this=at.exists())] if at.alias != "u" else []))
    several = exp.GT(this=count_true(whens), expression=n.number(1))

    def build(parts: list[exp.Expr]) -> exp.Expr:
        branches = [(open_, exp.Null()), (several, exp.Null()), *zip(whens, parts[1:], strict=True)]
        return n.case(*branches, default=parts[0])

    return _joined([base, *values], build)


def count_true(tests: list[exp.Expr]) -> exp.Expr:
    """Return how many tests are true."""
    ones = [n.case((test, n.number(1)), default=n.number(0)) for test in tests]
    return exp.Paren(this=reduce(lambda a, b: exp.Add(this=a, expression=b), ones))


# --- truth -----------------------------------------------------------------------------------------------------------


def _not(node: t.Not, scope: Scope) -> Sql:
    return Sql(exp.Paren(this=exp.Not(this=exp.Paren(this=lower(node.of, scope).expr))))


def _both(node: t.Both | t.Either, scope: Scope) -> Sql:
    join = exp.And if isinstance(node, t.Both) else exp.Or
    left, right = lower(node.left, scope).expr, lower(node.right, scope).expr
    return Sql(exp.Paren(this=join(this=n.paren(left), expression=n.paren(right))))


_COMPARE = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_MIRROR = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compare(node: t.Compare, scope: Scope) -> Sql:
    for run, other, op in ((node.left, node.right, node.op), (node.right, node.left, _MIRROR[node.op])):
        if isinstance(run, t.YearsInARow):
            return _compare_run(run, other, op, scope)
    return Sql(_test(node.op, lower(node.left, scope).expr, lower(node.right, scope).expr))


def _test(op: str, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Paren(this=_COMPARE[op](this=n.paren(left), expression=n.paren(right)))


def _among(node: t.Among, scope: Scope) -> Sql:
    of = lower(node.of, scope).expr
    return Sql(n.any_of([_test("=", of.copy(), lower(item, scope).expr) for item in node.items]))


def _known(node: t.Known, scope: Scope) -> Sql:
    return Sql(exp.Paren(this=exp.Not(this=n.is_null(lower(node.of, scope).expr))))


def _text_test(node: t.TextTest, scope: Scope) -> Sql:
    return Sql(exp.Anonymous(this=node.which, expressions=[lower(node.of, scope).expr, exp.Literal.string(node.text)]))


# --- numbers ---------------------------------------------------------------------------------------------------------


def _arithmetic(node: t.Arithmetic, scope: Scope) -> Sql:
    left, right = lower(node.left, scope), lower(node.right, scope)
    if node.op == "*":
        return n.multiply(left, right, node.type, scope.keep)
    if node.op == "/":
        return n.divide(left, right, node.type, scope.keep)
    return n.add(node.op, left, right, node.type, scope.keep)


def _choose(node: t.Choose, scope: Scope) -> Sql:
    tests = [scope.keep(lower(test, scope)).expr for test, _ in node.branches]
    values = [lower(value, scope) for _, value in node.branches]

    def build(parts: list[exp.Expr]) -> exp.Expr:
        branches: list[tuple[exp.Expr, exp.Expr]] = []
        for test, value in zip(tests, parts[:-1], strict=True):
            branches += [(n.is_null(test), exp.Null()), (test.copy(), value)]
        return n.case(*branches, default=parts[-1])

    return _joined([*values, lower(node.otherwise, scope)], build)


def _extreme(node: t.Extreme, scope: Scope) -> Sql:
    op = "<" if node.which == "least" else ">"

    def pick(left: exp.Expr, right: exp.Expr) -> exp.Expr:
        unknown = n.any_of([n.is_null(left.copy()), n.is_null(right.copy())])
        return n.case((unknown, exp.Null()), (_test(op, left.copy(), right.copy()), left), default=right)

    made = scope.keep(lower(node.items[0], scope))
    for item in node.items[1:]:
        made = scope.keep(_joined([made, scope.keep(lower(item, scope))], lambda parts: pick(*parts)))
    return made


def _coalesce(node: t.Coalesce, scope: Scope) -> Sql:
    return _joined([lower(item, scope) for item in node.items], lambda parts: exp.Coalesce(this=parts[0], expressions=parts[1:]))


def _round(node: t.Round, scope: Scope) -> Sql:
    return n.to_multiple(lower(node.of, scope), node.unit, node.mode, node.type, scope.keep)


def _banded(node: t.Banded, scope: Scope) -> Sql:
    parameter, of = scope.plan.package.parameters[node.parameter], scope.keep(lower(node.of, scope))
    if node.which == "steps":
        return by_day(parameter.values, scope, lambda v: _steps(parameter, v, of), node.type)
    return by_day(parameter.values, scope, lambda v: _brackets(v, of, node.type, scope), node.type)


def _pairs(tests: list[exp.Expr], values: list[exp.Expr]) -> list[tuple[exp.Expr, exp.Expr]]:
    return list(zip(tests, values, strict=True))


def _steps(parameter: Parameter, value: DatedValue, of: Sql) -> Sql:
    above, below = (">=", "<") if parameter.edge == "at_least" else (">", "<=")
    bands = value.bands or ()
    tests: list[exp.Expr] = []
    for band in bands:
        test = _test(above, of.expr.copy(), n.literal(_value(band.from_)).expr)
        if band.to is not None:
            test = exp.And(this=test, expression=_test(below, of.expr.copy(), n.literal(_value(band.to)).expr))
        tests.append(test)
    return _joined([n.literal(_value(b.value)) for b in bands], lambda parts: n.case(*_pairs(tests, parts)))


def _brackets(value: DatedValue, of: Sql, kind: Type, scope: Scope) -> Sql:
    """Add up rate × part of the base inside each band; the sum keeps all its decimals until it is rounded once."""
    parts: list[Sql] = []
    for band in value.bands or ():
        low, rate = n.literal(_value(band.from_)), n.literal(_value(band.value))
        top: Sql = of
        if band.to is not None:
            high = n.literal(_value(band.to))
            inside = _test("<", of.expr.copy(), high.expr)
            top = Sql(n.case((inside, of.expr.copy()), default=high.expr.copy()), max(of.digits, high.digits), max(of.scale, high.scale))
        width = n.add_exactly("-", top, low)
        above = _test(">", of.expr.copy(), low.expr.copy())
        part = n.cast(n.case((above, width.expr), default=n.number(0)), n.decimal_type(width.digits, width.scale))
        parts.append(n.multiply_exactly(Sql(part, width.digits, width.scale), rate))
    total = reduce(lambda a, b: n.add_exactly("+", a, b), parts)
    known = n.case((n.is_null(of.expr.copy()), exp.Null()), default=total.expr)
    return n.bring(Sql(known, min(total.digits, n.WIDEST - total.scale), total.scale), kind, scope.keep)


def _lookup(node: t.Lookup, scope: Scope) -> Sql:
    parameter = scope.plan.package.parameters[node.parameter]
    codes = scope.plan.package.row_keys(parameter)
    keys = [scope.keep(lower(key, scope)).expr for key in node.keys]

    def make(value: DatedValue) -> Sql:
        tests: list[exp.Expr] = []
        for row in value.rows or ():
            parts = [
                _test("=", key.copy(), exp.Literal.string(codes(place, text)))
                for place, (key, text) in enumerate(zip(keys, row.key, strict=True))
            ]
            tests.append(exp.and_(*parts))
        values = [n.literal(_value(row.value)) for row in value.rows or ()]
        return _joined(values, lambda parts: n.case(*_pairs(tests, parts)))

    return by_day(parameter.values, scope, make, node.type)


def _elapsed(node: t.Elapsed, scope: Scope) -> Sql:
    """Completed months by the calendar; see `jiqun.exact.months_between`."""
    since, until = (n.paren(scope.keep(lower(part, scope)).expr) for part in (node.since, node.until))
    forward, backward = _months(since, until), exp.Neg(this=exp.Paren(this=_months(until, since)))
    months: exp.Expr = n.case(
        (n.any_of([n.is_null(since.copy()), n.is_null(until.copy())]), exp.Null()),
        (_test("<", until.copy(), since.copy()), backward),
        default=forward,
    )
    if node.which == "years":
        months = scope.keep(Sql(months)).expr
        sign = n.case((exp.LT(this=months, expression=n.number(0)), n.number(-1)), default=n.number(1))
        whole = exp.IntDiv(this=exp.Abs(this=months.copy()), expression=n.number(12))
        months = exp.Mul(this=exp.Paren(this=whole), expression=sign)
    return Sql(n.cast(exp.Paren(this=months), n.decimal_type(6, 0)), 6, 0)


def _months(since: exp.Expr, until: exp.Expr) -> exp.Expr:
    def part(which: str, of: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this=which, expressions=[of.copy()])

    years = exp.Paren(this=exp.Sub(this=part("year", until), expression=part("year", since)))
    months = exp.Add(
        this=exp.Mul(this=years, expression=n.number(12)),
        expression=exp.Paren(this=exp.Sub(this=part("month", until), expression=part("month", since))),
    )
    last = exp.EQ(this=part("day", until), expression=part("day", exp.Anonymous(this="last_day", expressions=[until.copy()])))
    short = exp.And(this=exp.LT(this=part("day", until), expression=part("day", since)), expression=exp.Not(this=exp.Paren(this=last)))
    return exp.Paren(this=exp.Sub(this=months, expression=n.case((short, n.number(1)), default=n.number(0))))


# --- history and children --------------------------------------------------------------------------------------------


def _prior(node: t.Prior, scope: Scope) -> Sql:
    at = scope.back(node.years)
    made = lower(node.of, at)
    return Sql(n.case((at.exists(), made.expr)), made.digits, made.scale)


def _earlier(scope: Scope) -> list[Scope]:
    return [scope.back(years) for years in range(1, scope.year - scope.plan.source.first_year + 1)]


def _highest_before(node: t.HighestBefore, scope: Scope) -> Sql:
    scopes = _earlier(scope)
    if not scopes:
        return n.null(node.type)
    values = [scope.keep(lower(node.of, at)) for at in scopes]

    def build(parts: list[exp.Expr]) -> exp.Expr:
        unknown: list[exp.Expr] = [exp.And(this=at.exists(), expression=n.is_null(p.copy())) for at, p in zip(scopes, parts, strict=True)]
        recorded = [n.case((at.exists(), p.copy())) for at, p in zip(scopes, parts, strict=True)]
        return n.case((n.any_of(unknown), exp.Null()), default=exp.Greatest(this=recorded[0], expressions=recorded[1:], ignore_nulls=True))

    # a year without a record gives NULL, which GREATEST passes over; a record without a value was caught before
    return _joined(values, build)


def _run(node: t.YearsInARow, scope: Scope) -> tuple[exp.Expr, exp.Expr]:
    """Return how many years running the condition surely held, and whether a false year ended the run."""
    scopes = [scope, *_earlier(scope)]
    held = [n.paren(scope.keep(lower(node.of, at)).expr) for at in scopes]
    sure = [held[0]] + [exp.Paren(this=exp.And(this=at.exists(), expression=h)) for at, h in zip(scopes[1:], held[1:], strict=True)]
    lengths = [
        (exp.Not(this=exp.Paren(this=exp.Coalesce(this=h.copy(), expressions=[exp.false()]))), n.number(i)) for i, h in enumerate(sure)
    ]
    length = n.case(*lengths, default=n.number(len(sure)))
    ended = []
    for i, (at, h) in enumerate(zip(scopes, held, strict=True)):
        false = exp.Coalesce(this=exp.Paren(this=exp.Not(this=h.copy())), expressions=[exp.false()])
        record: exp.Expr = false if i == 0 else exp.Paren(this=exp.And(this=at.exists(), expression=false))
        ended.append((lengths[i][0].copy(), record))
    return scope.keep(Sql(length)).expr, scope.keep(Sql(n.case(*ended, default=exp.false()))).expr


def _years_in_a_row(node: t.YearsInARow, scope: Scope) -> Sql:
    length, ended = _run(node, scope)
    return Sql(n.cast(n.case((ended, length)), n.decimal_type(4, 0)), 4, 0)


def _compare_run(node: t.YearsInARow, other: t.Node, op: str, scope: Scope) -> Sql:
    length, ended = _run(node, scope)
    limit = n.paren(scope.keep(lower(other, scope)).expr)
    decided: list[tuple[exp.Expr, exp.Expr]] = [
        (n.is_null(limit), exp.Null()),
        (ended, _test(op, length, limit.copy())),
    ]
    if op in (">=", ">"):
        decided.append((_test(op, length.copy(), limit.copy()), exp.true()))
    else:
        bound = ">=" if op == "<" else ">"
        decided.append((_test(bound, length.copy(), limit.copy()), exp.true() if op == "!=" else exp.false()))
    return Sql(exp.Paren(this=n.case(*decided)))


def _total(node: t.Total, scope: Scope) -> Sql:
    if not scope.plan.source.has(node.entity):
        return n.null(node.type)
    table = _child_sum(node, scope)
    name = scope.sheet.beside(scope.alias, table)
    counted, missing = scope.sheet.leaf(name, "total"), scope.sheet.leaf(name, "missing")
    digits = n.WIDEST - node.type.scale
    value = n.case((n.is_null(missing), n.number(0)), (exp.EQ(this=missing.copy(), expression=n.number(0)), counted))
    return n.bring(Sql(n.cast(value, n.decimal_type(digits, node.type.scale)), digits, node.type.scale), node.type, scope.keep)


def _child_sum(node: t.Total, scope: Scope) -> str:
    """Return the table of sums over the children of one entity in one year, made once."""
    assert isinstance(scope.as_of, date), "a sum over children cannot read parameters by row; check 'dated-total' refuses it"
    key = (node, scope.year, scope.as_of, scope.entity)
    if key in scope.plan.sums:
        return scope.plan.sums[key]
    table = f"sum{len(scope.plan.sums)}_{node.entity}"
    scope.plan.sums[key] = table
    sheet = Sheet(scope.plan, node.entity, scope.year, f"{table}_rows")
    at = Scope(sheet, "u", scope.day, scope.as_of)
    where = at.keep(lower(node.where, at)).expr if node.where is not None else exp.true()
    of = at.keep(lower(node.of, at)) if node.of is not None else Sql(n.number(1), 1, 0)
    wide = n.decimal_type(n.WIDEST - of.scale, of.scale)
    wanted = exp.Paren(this=n.paren(where))
    missing = n.case(
        (n.is_null(wanted), n.number(1)),
        (exp.And(this=wanted.copy(), expression=n.is_null(of.expr.copy())), n.number(1)),
        default=n.number(0),
    )
    value = n.case((wanted.copy(), of.expr), default=n.number(0))
    parent = exp.column(f"u__{scope.entity}")
    total = exp.Sum(this=n.cast(value, wide))
    select = exp.select(parent.as_("unit"), total.as_("total"), exp.Sum(this=missing).as_("missing"))
    scope.plan.steps.append(Step(table, select.from_(sheet.select().subquery("children")).group_by(parent.copy())))
    return table


def _money_of(node: t.MoneyOf, scope: Scope) -> Sql:
    digits, scale = 16, scope.plan.package.heading.money_scale
    if node.which == "paid":
        if not scope.plan.source.has("payments"):
            return n.null(node.type)
        table = _paid(node, scope)
        leaf = scope.sheet.leaf(scope.sheet.beside(scope.alias, table), "amount")
        paid = exp.Coalesce(this=leaf, expressions=[n.number(0)])
        return n.bring(Sql(n.cast(paid, n.decimal_type(36, 2)), 36, 2), node.type, scope.keep)
    if not scope.plan.package.measures[node.measure].in_force(scope.day):
        return n.literal(Decimal(0))
    name = scope.sheet.beside(scope.alias, f"{node.which}_{node.measure}")
    found, amount = scope.sheet.leaf(name, "unit"), scope.sheet.leaf(name, "amount")
    made = n.case((n.is_null(found), n.number(0)), default=amount)
    return Sql(n.cast(made, n.decimal_type(digits, scale)), digits, scale)


def _paid(node: t.MoneyOf, scope: Scope) -> str:
    key = ("paid", node.measure)
    if key not in scope.plan.sums:
        table = f"paid_{node.measure}"
        scope.plan.sums[key] = table
        columns = [exp.column("unit"), exp.Sum(this=exp.column("amount")).as_("amount")]
        test = exp.EQ(this=exp.column("measure"), expression=exp.Literal.string(node.measure))
        scope.plan.add(table, exp.select(*columns).from_("payments_before").where(test).group_by("unit"))
    return scope.plan.sums[key]


_RULES: dict[type[t.Node], Callable[..., Sql]] = {
    t.Literal: _literal,
    t.Column: _column,
    t.VariableOf: _variable,
    t.AsOf: _as_of,
    t.OfParent: _of_parent,
    t.ParameterOf: _parameter,
    t.Not: _not,
    t.Both: _both,
    t.Either: _both,
    t.Compare: _compare,
    t.Among: _among,
    t.Known: _known,
    t.TextTest: _text_test,
    t.Arithmetic: _arithmetic,
    t.Choose: _choose,
    t.Extreme: _extreme,
    t.Coalesce: _coalesce,
    t.Round: _round,
    t.Banded: _banded,
    t.Lookup: _lookup,
    t.Elapsed: _elapsed,
    t.Prior: _prior,
    t.HighestBefore: _highest_before,
    t.YearsInARow: _years_in_a_row,
    t.Total: _total,
    t.MoneyOf: _money_of,
}
