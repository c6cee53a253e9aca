"""Values as people read them: 万元 and 亿元 in Chinese, grouped yuan in English; percent, days, yes and no."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jiqun.explain.facts import Piece, Shown, Source
from jiqun.explain.texts import TEXTS
from jiqun.language.types import Type
from jiqun.model.words import Words
from jiqun.records import Unknown

_STEPS = ((Decimal(10**8), "亿"), (Decimal(10**4), "万"))


def plain(value: Decimal) -> str:
    """Write a number without needless zeros, grouped.

    >>> plain(Decimal("1234567.8900"))
    '1,234,567.89'
    """
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal, lang: str, currency: str = "CNY") -> str:
    """Write an amount: exactly, in 万 or 亿 where that loses nothing worth saying.

    >>> money(Decimal("12500000"), "zh"), money(Decimal("12500000"), "en"), money(Decimal("532.50"), "zh")
    ('1,250万元', '12,500,000 yuan', '532.5元')
    """
    unit = {"CNY": ("元", " yuan"), "USD": ("美元", " US dollars"), "HKD": ("港元", " HK dollars"), "EUR": ("欧元", " euros")}[currency]
    if lang == "en":
        return plain(value) + unit[1]
    for step, name in _STEPS:
        scaled = value / step
        if abs(scaled) >= 1 and scaled == scaled.quantize(Decimal("0.0001")):
            return f"{plain(scaled)}{name}{unit[0]}"
    return plain(value) + unit[0]


def shown(given: Shown, lang: str) -> str:
    """Write a value by its type."""
    value, kind = given.value, given.type
    if isinstance(value, Unknown):
        return _text("value.unknown", lang)
    if isinstance(value, bool):
        return _text("value.true" if value else "value.false", lang)
    if isinstance(value, Decimal):
        return number(value, kind, lang)
    if kind.kind == "enum":
        return next((zh if lang == "zh" else en for code, zh, en in kind.values if code == value), str(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def number(value: Decimal, kind: Type, lang: str) -> str:
    if kind.is_money:
        return money(value, lang, kind.dims[0][0])
    if not kind.dims:
        return plain(value) if kind.scale == 0 else plain((value * 100).quantize(Decimal("0.0001"))) + "%"
    return f"{plain(value)} {'·'.join(base if power == 1 else f'{base}^{power}' for base, power in kind.dims)}"


def piece(value: Piece, lang: str) -> str:
    """Write anything a sentence may hold."""
    if isinstance(value, Words):
        return value.say(lang)
    if isinstance(value, Shown):
        return shown(value, lang)
    if isinstance(value, Source):
        return cited(value, lang)
    if isinstance(value, Decimal):
        return money(value, lang)
    return value.isoformat() if isinstance(value, date) else str(value)


def cited(source: Source, lang: str) -> str:
    """Write a citation.

    >>> cited(Source("d", Words(zh="办法", en="Rules"), None, "3"), "zh"), cited(Source("d", Words(zh="办法", en="Rules"), None, "3"), "en")
    ('《办法》第 3 条', 'Rules, art. 3')
    """
    if lang == "zh":
        return f"《{source.title.zh}》" + (f"第 {source.article} 条" if source.article else "")
    return source.title.en + (f", art. {source.article}" if source.article else "")


def _text(key: str, lang: str) -> str:
    return TEXTS[key][0 if lang == "zh" else 1]
