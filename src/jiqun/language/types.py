"""Types of values: numbers with a dimension and a scale, truth, days, texts and enums.

Every number is exact: money has 4 decimals, a ratio 10, a count none, another
quantity 4. A result is brought to the scale of its type, half away from zero,
and a number of 10^18 or more is unknown (`out_of_range`).
"""

from __future__ import annotations

from dataclasses import dataclass

from jiqun.language.units import Dims, combine, is_money

MONEY_SCALE = 4
RATIO_SCALE = 10
QUANTITY_SCALE = 4
LIMIT_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Type:
    """What kind of value an expression gives.

    >>> str(money("CNY")), str(RATIO)
    ('money (CNY)', 'ratio')
    """

    kind: str  # number bool date text enum
    dims: Dims = ()
    scale: int = 0
    values: tuple[tuple[str, str, str], ...] = ()  # enum: (code, zh, en)

    def __str__(self) -> str:
        return self.say("en")

    def say(self, lang: str) -> str:
        """Name the type for a reader."""
        zh, en = self._names()
        return zh if lang == "zh" else en

    def _names(self) -> tuple[str, str]:
        if self.kind != "number":
            return {"bool": ("是否", "true/false"), "date": ("日期", "date"), "text": ("文本", "text"), "enum": ("枚举", "enum")}[self.kind]
        if not self.dims:
            return ("个数", "count") if self.scale == 0 else ("比率", "ratio")
        unit = "·".join(base if power == 1 else f"{base}^{power}" for base, power in self.dims)
        return (f"金额（{unit}）", f"money ({unit})") if is_money(self.dims) else (f"数量（{unit}）", f"quantity ({unit})")

    @property
    def is_number(self) -> bool:
        return self.kind == "number"

    @property
    def is_money(self) -> bool:
        return self.is_number and is_money(self.dims)

    def code(self, text: str) -> str | None:
        """Return the enum code written as `text` (the code or its Chinese label), or None."""
        return next((c for c, zh, _ in self.values if text in (c, zh)), None)


BOOL = Type("bool")
DATE = Type("date")
TEXT = Type("text")
COUNT = Type("number", (), 0)
RATIO = Type("number", (), RATIO_SCALE)


def money(currency: str) -> Type:
    return Type("number", ((currency, 1),), MONEY_SCALE)


def quantity(dims: Dims) -> Type:
    """Return the number type of a dimension; money, ratio and quantity each have their scale."""
    if not dims or any(power < 0 for _, power in dims):
        return Type("number", dims, RATIO_SCALE)
    return Type("number", dims, MONEY_SCALE if is_money(dims) else QUANTITY_SCALE)


def product(left: Type, right: Type) -> Type:
    """Return the type of left × right: a count leaves the other's type, dimensions add up."""
    if left == COUNT:
        return right
    return left if right == COUNT else quantity(combine(left.dims, right.dims, 1))


def quotient(left: Type, right: Type) -> Type:
    """Return the type of left / right."""
    return quantity(combine(left.dims, right.dims, -1))


def common(left: Type, right: Type) -> Type | None:
    """Return the type two values share so that they can be compared or added, or None."""
    if left.is_number and right.is_number:
        return Type("number", left.dims, max(left.scale, right.scale)) if left.dims == right.dims else None
    if {left.kind, right.kind} == {"text", "enum"}:
        return TEXT
    if left.kind != right.kind or (left.kind == "enum" and left.values != right.values):
        return None
    return left
