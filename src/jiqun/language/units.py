"""Units a text may state: their dimension and exact factor to the base unit.

A dimension is a mapping of base unit to power: money is {CNY: 1}, a price per
square metre {CNY: 1, m²: -1}. Money's base unit is the yuan.

>>> unit("万元").factor
Decimal('10000')
>>> unit("个月").dims == unit("年").dims
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Dims = tuple[tuple[str, int], ...]
CURRENCIES = ("CNY", "USD", "HKD", "EUR")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `name` as written, its dimension, and how many base units it is."""

    name: str
    dims: Dims
    factor: Decimal


def _table() -> dict[str, Unit]:
    made: dict[str, Unit] = {}

    def add(base: str | None, **names: str) -> None:
        for name, factor in names.items():
            made[name] = Unit(name, ((base, 1),) if base else (), Decimal(factor))

    for suffix, currency in (("元", "CNY"), ("美元", "USD"), ("港元", "HKD"), ("欧元", "EUR")):
        for prefix, factor in (
            ("", "1"),
            ("千", "1000"),
            ("万", "10000"),
            ("百万", "1000000"),
            ("亿", "100000000"),
            ("万亿", "1000000000000"),
        ):
            made[prefix + suffix] = Unit(prefix + suffix, ((currency, 1),), Decimal(factor))
    for currency in CURRENCIES:
        made[currency] = Unit(currency, ((currency, 1),), Decimal(1))
    made["角"], made["分"] = Unit("角", (("CNY", 1),), Decimal("0.1")), Unit("分", (("CNY", 1),), Decimal("0.01"))
    for name in ("人", "家", "个", "件", "项", "套", "次", "架次", "条", "班次", "辆", "台", "名", "户", "款"):
        made[name] = Unit(name, (), Decimal(1))
    for name in ("万人", "万家", "万个", "万件", "万次", "万架次", "万台"):
        made[name] = Unit(name, (), Decimal(10000))
    made["%"], made["‰"] = Unit("%", (), Decimal("0.01")), Unit("‰", (), Decimal("0.001"))
    add("month", 个月="1", 月="1", months="1", 年="12", years="12")
    add("day", 天="1", 日="1", days="1")
    add("m²", **{"m²": "1", "平方米": "1", "万平方米": "10000", "sqm": "1"})
    add("W", **{"W": "1", "kW": "1000", "千瓦": "1000", "MW": "1000000", "兆瓦": "1000000"})
    add("Wh", **{"kWh": "1000", "千瓦时": "1000", "MWh": "1000000", "兆瓦时": "1000000", "万千瓦时": "10000000"})
    add("P", **{"P": "1", "PFLOPS": "1"})
    add("GB", **{"GB": "1", "TB": "1000"})
    add("m", **{"m": "1", "米": "1", "km": "1000", "公里": "1000"})
    add("nm", **{"nm": "1", "纳米": "1"})
    add("kg", **{"kg": "1", "公斤": "1", "t": "1000", "吨": "1000"})
    return made


UNITS: Mapping[str, Unit] = _table()


def unit(name: str) -> Unit | None:
    """Return the unit called `name`, or None."""
    return UNITS.get(name)


def is_money(dims: Dims) -> bool:
    """Whether `dims` is an amount of one currency."""
    return len(dims) == 1 and dims[0][0] in CURRENCIES and dims[0][1] == 1


def combine(left: Dims, right: Dims, sign: int) -> Dims:
    """Multiply (sign 1) or divide (sign -1) two dimensions."""
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((b, p) for b, p in powers.items() if p))
