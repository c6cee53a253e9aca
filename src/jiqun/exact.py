"""Exact arithmetic as the language means it; what the SQL must reproduce."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from typing import Literal

from jiqun.language.types import LIMIT_DIGITS, Type

LIMIT = Decimal(10) ** LIMIT_DIGITS
_CONTEXT = Context(prec=80)
MODES = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
Mode = Literal["half_up", "down", "up"]


def bring(value: Decimal, kind: Type) -> Decimal | None:
    """Bring an exact result to the scale of its type; None where it is out of range.

    >>> from jiqun.language.types import RATIO
    >>> bring(Decimal("0.00000000005"), RATIO)
    Decimal('1E-10')
    """
    made = to_scale(value, kind.scale)
    return made if abs(made) < LIMIT else None


def to_scale(value: Decimal, scale: int, mode: Mode = "half_up") -> Decimal:
    """Round to `scale` decimals; half_up is half away from zero."""
    return value.quantize(Decimal(1).scaleb(-scale), rounding=MODES[mode], context=_CONTEXT)


def to_multiple(value: Decimal, unit: Decimal, mode: Mode) -> Decimal:
    """Round to whole multiples of `unit`.

    >>> to_multiple(Decimal("25000"), Decimal("10000"), "half_up")
    Decimal('30000')
    """
    whole, rest = divmod(abs(value), unit)
    if rest and (mode == "up" or (mode == "half_up" and rest * 2 >= unit)):
        whole += 1
    return whole * unit if value >= 0 else -(whole * unit)


def add(left: Decimal, right: Decimal) -> Decimal:
    return _CONTEXT.add(left, right)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    return _CONTEXT.multiply(left, right)


def divide(left: Decimal, right: Decimal, scale: int) -> Decimal:
    """Divide exactly and round once, half away from zero, at `scale` decimals.

    >>> divide(Decimal(1), Decimal(6), 10)
    Decimal('0.1666666667')
    """
    top, bottom = left.as_integer_ratio(), right.as_integer_ratio()
    above, below = top[0] * bottom[1] * 10**scale, top[1] * bottom[0]
    whole, rest = divmod(abs(above), abs(below))
    whole += 1 if rest * 2 >= abs(below) else 0
    signed = whole if (above < 0) == (below < 0) else -whole
    return _CONTEXT.scaleb(Decimal(signed), -scale)


def months_between(since: date, until: date) -> int:
    """Completed months; where the day of the month does not exist, its last day counts.

    >>> months_between(date(2024, 1, 31), date(2024, 2, 29)), months_between(date(2024, 1, 31), date(2024, 2, 28))
    (1, 0)
    """
    if until < since:
        return -months_between(until, since)
    made = (until.year - since.year) * 12 + until.month - since.month
    last = (until + timedelta(days=1)).month != until.month
    return made - (until.day < since.day and not last)


def years_between(since: date, until: date) -> int:
    """Completed years, by the same rule."""
    return int(months_between(since, until) / 12)
