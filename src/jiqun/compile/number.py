"""Exact numbers in SQL: every expression carries how many digits it can have, so that casts stand only where the meaning needs them.

A number is `DECIMAL(digits + scale, scale)`. Results are brought to the scale
of their type and kept under 10^18, as `jiqun.exact` does; the narrowest form
that is exact is used, because a cast after every operator costs six times the
arithmetic itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from sqlglot import exp

from jiqun.language.types import LIMIT_DIGITS, Type

WIDEST = 38
BIGINT_DIGITS = 18


@dataclass(frozen=True)
class Sql:
    """A lowered value. For a number: at most `digits` before the point and `scale` after it."""

    expr: exp.Expr
    digits: int = 0
    scale: int = 0


Keep = Callable[[Sql], Sql]
"""Names a value that is read more than once, so that the SQL computes and prints it once."""


@cache
def decimal_type(digits: int, scale: int) -> exp.DataType:
    return exp.DataType.build(f"DECIMAL({max(1, digits + scale)}, {scale})", dialect="duckdb")


@cache
def plain_type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")


def cast(of: exp.Expr, to: exp.DataType) -> exp.Expr:
    return exp.Cast(this=of, to=to.copy())


def literal(value: Decimal) -> Sql:
    """Write a number as it is."""
    sign, figures, exponent = value.normalize().as_tuple()
    scale = max(0, -int(exponent))
    digits = max(1, len(figures) + int(exponent)) if value else 1
    written: exp.Expr = exp.Literal.number(f"{abs(value):.{scale}f}")
    made = cast(written, decimal_type(digits, scale))
    return Sql(exp.Paren(this=exp.Neg(this=made)) if sign else made, digits, scale)


def number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def null(kind: Type) -> Sql:
    """Return a typed null."""
    if kind.is_number:
        return Sql(cast(exp.Null(), decimal_type(1, 0)), 1, 0)
    names = {"bool": "BOOLEAN", "date": "DATE", "text": "VARCHAR", "enum": "VARCHAR"}
    return Sql(cast(exp.Null(), plain_type(names[kind.kind])))


def paren(of: exp.Expr) -> exp.Expr:
    return (
        of
        if isinstance(of, exp.Paren | exp.Column | exp.Literal | exp.Case | exp.Cast | exp.Func | exp.Null | exp.Boolean)
        else exp.Paren(this=of)
    )


def case(*branches: tuple[exp.Expr, exp.Expr], default: exp.Expr | None = None) -> exp.Expr:
    """CASE WHEN …; without a default the rest is NULL."""
    return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in branches], default=default)


def is_null(of: exp.Expr) -> exp.Expr:
    return exp.Is(this=paren(of), expression=exp.Null())


def any_of(tests: list[exp.Expr]) -> exp.Expr:
    made = exp.or_(*tests) if len(tests) > 1 else tests[0]
    return exp.Paren(this=made)


def bring(of: Sql, kind: Type, keep: Keep) -> Sql:
    """Bring a number to the scale of its type, and make it unknown where it is out of range."""
    made = of
    if of.scale > kind.scale:
        digits = min(of.digits + 1, WIDEST - kind.scale)
        made = Sql(cast(of.expr, decimal_type(digits, kind.scale)), digits, kind.scale)
        if of.digits <= LIMIT_DIGITS - 1:
            return made
    if made.digits <= LIMIT_DIGITS:
        return made
    made = keep(made)
    limit = cast(exp.Literal.number(10**LIMIT_DIGITS), decimal_type(LIMIT_DIGITS + 1, 0))
    inside = exp.And(
        this=exp.LT(this=paren(made.expr), expression=limit), expression=exp.GT(this=paren(made.expr), expression=exp.Neg(this=limit))
    )
    return Sql(cast(case((inside, made.expr)), decimal_type(LIMIT_DIGITS, made.scale)), LIMIT_DIGITS, made.scale)


def roomy(left: Sql, right: Sql, digits: int) -> exp.Expr:
    """Return the left operand, widened where the result needs more than 64 bits: DuckDB would keep to the operands' 64."""
    if digits > BIGINT_DIGITS and max(left.digits + left.scale, right.digits + right.scale) <= BIGINT_DIGITS:
        return cast(left.expr, decimal_type(BIGINT_DIGITS + 1 - left.scale, left.scale))
    return paren(left.expr)


def add_exactly(op: str, left: Sql, right: Sql) -> Sql:
    """Add or subtract without bringing the result to a scale."""
    node = exp.Add if op == "+" else exp.Sub
    digits, scale = max(left.digits, right.digits) + 1, max(left.scale, right.scale)
    return Sql(exp.Paren(this=node(this=roomy(left, right, digits + scale), expression=paren(right.expr))), digits, scale)


def multiply_exactly(left: Sql, right: Sql) -> Sql:
    """Multiply without bringing to a scale; a product that needs more than 38 digits is out of range: TRY makes it NULL."""
    digits, scale = left.digits + right.digits, left.scale + right.scale
    made: exp.Expr = exp.Paren(this=exp.Mul(this=roomy(left, right, digits + scale), expression=paren(right.expr)))
    if digits + scale > WIDEST:
        made, digits = exp.Anonymous(this="TRY", expressions=[made]), WIDEST - scale
    return Sql(made, digits, scale)


def add(op: str, left: Sql, right: Sql, kind: Type, keep: Keep) -> Sql:
    return bring(add_exactly(op, left, right), kind, keep)


def multiply(left: Sql, right: Sql, kind: Type, keep: Keep) -> Sql:
    return bring(multiply_exactly(left, right), kind, keep)


def whole(of: Sql, scale: int) -> exp.Expr:
    """Return the number × 10^scale as a HUGEINT; `scale` is at least the number's own."""
    wide = cast(of.expr, decimal_type(WIDEST - of.scale, of.scale))
    own = cast(exp.Mul(this=wide, expression=number(10**of.scale)) if of.scale else wide, plain_type("HUGEINT"))
    if scale == of.scale:
        return own
    return exp.Paren(this=exp.Mul(this=own, expression=cast(exp.Literal.number(10 ** (scale - of.scale)), plain_type("HUGEINT"))))


def from_whole(of: exp.Expr, scale: int, keep: Keep) -> Sql:
    """Return a HUGEINT as a number of `scale` decimals, unknown at 10^18 and above."""
    of = keep(Sql(of)).expr
    limit = cast(exp.Literal.string(str(10 ** (LIMIT_DIGITS + scale))), plain_type("HUGEINT"))
    inside = exp.LT(this=exp.Abs(this=of), expression=limit)
    units = cast(case((inside, of)), decimal_type(LIMIT_DIGITS + scale, 0))
    if not scale:
        return Sql(units, LIMIT_DIGITS, 0)
    step = cast(exp.Literal.number(f"{Decimal(1).scaleb(-scale):f}"), decimal_type(0, scale))
    made = exp.Mul(this=units, expression=step)
    return Sql(cast(made, decimal_type(LIMIT_DIGITS, scale)), LIMIT_DIGITS, scale)


def divide(left: Sql, right: Sql, kind: Type, keep: Keep) -> Sql:
    """Divide exactly in whole numbers, rounded once, half away from zero; by zero is unknown."""
    shift = kind.scale + right.scale - left.scale
    top = keep(Sql(whole(left, left.scale + max(0, shift)))).expr
    bottom = keep(Sql(whole(right, right.scale + max(0, -shift)))).expr
    quotient = exp.Paren(this=exp.IntDiv(this=top, expression=bottom))
    rest = exp.Paren(this=exp.Mod(this=top, expression=bottom))
    up = exp.GTE(this=exp.Mul(this=number(2), expression=exp.Abs(this=rest)), expression=exp.Abs(this=bottom))
    same = exp.EQ(
        this=exp.Paren(this=exp.LT(this=top, expression=number(0))), expression=exp.Paren(this=exp.LT(this=bottom, expression=number(0)))
    )
    step = case((exp.Not(this=exp.Paren(this=up)), number(0)), (same, number(1)), default=number(-1))
    nonzero = exp.NEQ(this=bottom, expression=number(0))
    made = case((nonzero, exp.Add(this=quotient, expression=step)))
    return from_whole(made, kind.scale, keep)


def to_multiple(of: Sql, unit: Decimal, mode: str, kind: Type, keep: Keep) -> Sql:
    """Round to whole multiples of a unit."""
    by = literal(unit)
    scale = max(of.scale, by.scale)
    value, size = keep(Sql(whole(of, scale))).expr, cast(exp.Literal.number(int(unit.scaleb(scale))), plain_type("HUGEINT"))
    down = exp.Paren(this=exp.IntDiv(this=exp.Abs(this=value), expression=size))
    rest = exp.Paren(this=exp.Mod(this=exp.Abs(this=value), expression=size))
    tests = {
        "down": exp.false(),
        "up": exp.GT(this=rest, expression=number(0)),
        "half_up": exp.GTE(this=exp.Mul(this=number(2), expression=rest), expression=size),
    }
    count = exp.Paren(this=exp.Add(this=down, expression=case((tests[mode], number(1)), default=number(0))))
    sign = case((exp.LT(this=value, expression=number(0)), number(-1)), default=number(1))
    made = exp.Mul(this=exp.Mul(this=count, expression=size), expression=sign)
    return bring(from_whole(made, scale, keep), kind, keep)
