"""Size classes by 统计上大中小微型企业划分办法（2017）: large, medium, small or micro, from industry, employees, revenue and assets.

A large, medium or small enterprise meets the lower bounds of every indicator of its scope, otherwise it falls to the next class; a
micro enterprise falls below the lowest bound of one of them. So the class is the lowest that any single indicator gives, and
one indicator below its lowest bound settles it whatever the others are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from jiqun.language.units import unit
from jiqun.model.words import Words
from jiqun.register.industry import check, industries, lookup, rows

Size = Literal["micro", "small", "medium", "large", "not_applicable", "unknown"]
SIZES: tuple[Size, ...] = ("micro", "small", "medium", "large")
NAMES: Mapping[str, Words] = {
    "micro": Words(zh="微型", en="micro"),
    "small": Words(zh="小型", en="small"),
    "medium": Words(zh="中型", en="medium"),
    "large": Words(zh="大型", en="large"),
    "not_applicable": Words(zh="不适用", en="not applicable"),
    "unknown": Words(zh="无法判定", en="unknown"),
}
INDICATORS: Mapping[str, Words] = {
    "industry": Words(zh="行业代码", en="industry code"),
    "employees": Words(zh="从业人员", en="employees"),
    "revenue": Words(zh="营业收入", en="revenue"),
    "assets": Words(zh="资产总额", en="assets"),
}


@dataclass(frozen=True, slots=True)
class Bound:
    """The lower bounds of one indicator, in persons or in yuan, from small to large."""

    indicator: str
    unit: str
    minima: tuple[Decimal, Decimal, Decimal]

    def level(self, value: Decimal) -> int:
        """Return the highest class the value reaches: 0 micro to 3 large."""
        return sum(value >= minimum for minimum in self.minima)


@dataclass(frozen=True, slots=True)
class Scope:
    """The industries that share bounds."""

    name: str
    codes: tuple[str, ...]
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A size class with its reason; if unknown, the classes still possible and the indicators needed."""

    size: Size
    reason: Words
    possible: tuple[Size, ...] = ()
    needs: tuple[str, ...] = ()
    scope: str | None = None


@cache
def scopes() -> tuple[Scope, ...]:
    """Return the scopes of the 2017 rule."""
    listed = rows("size_class_2017.csv")
    names = dict.fromkeys((r["scope"], r["codes_gbt4754_2017"]) for r in listed)
    return tuple(Scope(name, tuple(codes.split("|")), tuple(_bound(r) for r in listed if r["scope"] == name)) for name, codes in names)


def _bound(row: Mapping[str, str]) -> Bound:
    measured = unit(row["unit"])
    assert measured is not None, row
    small, medium, large = (Decimal(row[key]) * measured.factor for key in ("small_min", "medium_min", "large_min"))
    return Bound(row["indicator"], row["unit"], (small, medium, large))


def scope_of(code: str) -> Scope | None:
    """Return the scope with the longest prefix of an industry's code, or None where the rule does not reach.

    The rule does not say how its lists nest; the longest prefix puts 591 with transport, not storage, and leaves 704 out.

    >>> scope_of("5910").name, scope_of("592").name, scope_of("7040"), scope_of("3963").name
    ('交通运输业', '仓储业', None, '工业')
    """
    entry = lookup(code)
    if entry is None:
        return None
    fits = [
        (len(prefix), scope) for scope in scopes() for prefix in scope.codes if entry.section == prefix or entry.code.startswith(prefix)
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def classify(
    industry: str | None,
    employees: int | None = None,
    revenue: Decimal | None = None,
    assets: Decimal | None = None,
) -> Verdict:
    """Return the size class of an enterprise; money is in yuan, None is unknown.

    >>> classify("3963", employees=300, revenue=Decimal(20_000_000)).size
    'medium'
    >>> classify("3963", employees=19).size
    'micro'
    >>> verdict = classify("3963", employees=300)
    >>> verdict.size, verdict.possible, verdict.needs
    ('unknown', ('micro', 'small', 'medium'), ('revenue',))
    """
    if industry is None or not industry.strip():
        return Verdict("unknown", Words(zh="缺少行业代码", en="the industry code is missing"), SIZES, ("industry",))
    entry = lookup(industry)
    if entry is None:
        return Verdict("unknown", check(industry).text, SIZES, ("industry",))
    scope = scope_of(industry)
    if scope is None:
        return _outside(entry.code, entry.name)
    values = {"employees": None if employees is None else Decimal(employees), "revenue": revenue, "assets": assets}
    return _within(scope, values)


def _outside(code: str, name: str) -> Verdict:
    """A code that covers industries of several scopes is too coarse; one that covers none is outside the rule."""
    if any(scope_of(below) for below in industries() if below != code and lookup(below) and _below(below, code)):
        text = Words(
            zh=f"{code} {name} 下各行业的标准不同，要更细的行业代码",
            en=f"the industries of {code} {name} have different bounds; a finer code is needed",
        )
        return Verdict("unknown", text, SIZES, ("industry",))
    text = Words(zh=f"《划分办法（2017）》不适用于 {code} {name}", en=f"the 2017 rule does not apply to {code} {name}")
    return Verdict("not_applicable", text)


def _below(code: str, above: str) -> bool:
    return industries()[code].section == above or code.startswith(above)


def _within(scope: Scope, values: Mapping[str, Decimal | None]) -> Verdict:
    known = {bound: value for bound in scope.bounds if (value := values[bound.indicator]) is not None}
    missing = tuple(bound.indicator for bound in scope.bounds if bound not in known)
    top = min((bound.level(value) for bound, value in known.items()), default=len(SIZES) - 1)
    if missing and top > 0:
        return Verdict("unknown", _undecided(missing, top), SIZES[: top + 1], missing, scope.name)
    deciding = min(known, key=lambda bound: bound.level(known[bound]))
    return Verdict(SIZES[top], _decided(scope, deciding, known[deciding], top), (SIZES[top],), (), scope.name)


def _undecided(missing: tuple[str, ...], top: int) -> Words:
    possible = SIZES[: top + 1]
    return Words(
        zh=f"缺少{'、'.join(INDICATORS[m].zh for m in missing)}；可能是{'、'.join(NAMES[s].zh for s in possible)}",
        en=f"{' and '.join(INDICATORS[m].en for m in missing)} missing; it may be {', '.join(NAMES[s].en for s in possible)}",
    )


def _decided(scope: Scope, bound: Bound, value: Decimal, level: int) -> Words:
    words, size = INDICATORS[bound.indicator], NAMES[SIZES[level]]
    if level == len(SIZES) - 1:
        zh, en = f"各项指标均达到{size.zh}下限", f"every indicator reaches the bound of {size.en}"
    else:
        missed, above = _shown(bound, bound.minima[level]), NAMES[SIZES[level + 1]]
        zh = f"{words.zh} {_shown(bound, value)} 未达到{above.zh}下限 {missed}"
        en = f"{words.en} {_shown(bound, value)} is below the bound of {above.en}, {missed}"
    return Words(zh=f"{scope.name}：{zh}，为{size.zh}", en=f"{scope.name}: {en}; {size.en}")


def _shown(bound: Bound, value: Decimal) -> str:
    measured = unit(bound.unit)
    assert measured is not None
    return f"{(value / measured.factor).normalize():,f}{bound.unit}"
