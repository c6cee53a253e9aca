"""Sums of money and counts as people read them: 万 and 亿 in Chinese, m and bn in English."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_STEPS = {
    "zh": ((Decimal(10**12), "万亿"), (Decimal(10**8), "亿"), (Decimal(10**4), "万")),
    "en": ((Decimal(10**9), " bn"), (Decimal(10**6), " m")),
}
NOTHING = "–"


def short(value: object, lang: str) -> str:
    """Return an amount, large ones to two decimals of 万/亿 or m/bn; exact amounts stand in the result files.

    >>> short("3866432325.85", "zh"), short("3866432325.85", "en"), short("12345.60", "en"), short("0.00", "en"), short(None, "zh")
    ('38.66亿', '3.87 bn', '12,345.6', '–', '–')
    """
    if value is None:
        return NOTHING
    amount = Decimal(str(value))
    if not amount:
        return NOTHING
    for step, name in _STEPS[lang]:
        scaled = (amount / step).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        if abs(scaled) >= 1:
            return f"{_trimmed(scaled)}{name}"
    return _trimmed(amount)


def exact(value: object) -> str:
    """Return an amount in full, grouped.

    >>> exact("100000000.00"), exact(Decimal("0.57"))
    ('100,000,000', '0.57')
    """
    return _trimmed(Decimal(str(value)))


def count(value: object) -> str:
    """Return a whole number, grouped; none is a dash.

    >>> count(200000), count(0)
    ('200,000', '–')
    """
    return f"{int(str(value)):,}" if int(str(value or 0)) else NOTHING


def share(part: object, whole: object) -> str:
    """Return how much of a whole a part is, in percent.

    >>> share("219415753.60", "100000000"), share("1", None)
    ('219%', '–')
    """
    if part is None or whole is None or not Decimal(str(whole)):
        return NOTHING
    return f"{Decimal(str(part)) / Decimal(str(whole)):.0%}"


def _trimmed(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
