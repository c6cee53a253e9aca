"""Dates as people write them: 2024年3月5日, 二〇二四年三月五日, 2024/3/5, 20240305, and the day numbers of spreadsheets."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from jiqun.register.faults import BadValue

_TIME = r"(?:\s*T?\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_WRITTEN = re.compile(
    rf"([0-9]{{4}})\s*(?:-\s*([0-9]{{1,2}})\s*-|/\s*([0-9]{{1,2}})\s*/|\.\s*([0-9]{{1,2}})\s*\.|年\s*([0-9]{{1,2}})\s*月)\s*([0-9]{{1,2}})\s*[日号]?{_TIME}"
)
_CHINESE = re.compile(r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十廿卅]{1,4})[日号]")
_INCOMPLETE = re.compile(r"[0-9]{4}\s*(?:年|[-/.]\s*[0-9]{1,2}|年\s*[0-9]{1,2}\s*月)?")
_DIGITS = {"〇": 0, "零": 0, "○": 0} | {letter: value for value, letter in enumerate("一二三四五六七八九", 1)}
_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel: it counts a 29 February 1900 that never was, so numbers are right from 1 March 1900 on."""
_FIRST_SERIAL, _LAST_SERIAL = 2201, 80_000
"""Below lie numbers that may be years, above dates no register has."""


def read_date(cell: object, form: str | None = None) -> date:
    """Return the day a cell names; one that is not certain is a `BadValue`.

    >>> [str(read_date(cell)) for cell in ("2024年3月5日", "二〇二四年三月五日", "20240305", 45356.0)]
    ['2024-03-05', '2024-03-05', '2024-03-05', '2024-03-05']
    >>> read_date("03/05/2024")
    Traceback (most recent call last):
    jiqun.register.faults.BadValue: not-a-date
    """
    day = _read(cell, form)
    if not 1800 <= day.year <= 2100:
        raise BadValue("date-out-of-range")
    return day


def _read(cell: object, form: str | None) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        return _formatted(cell, form) if form else _written(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _numbered(cell)
    raise BadValue("not-a-date")


def _formatted(text: str, form: str) -> date:
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        raise BadValue("date-format", format=form) from None


def _written(text: str) -> date:
    if (match := _WRITTEN.fullmatch(text)) is not None:
        year, *months, day = match.groups()
        return _day(int(year), int(next(m for m in months if m)), int(day))
    if (match := _CHINESE.fullmatch(text)) is not None:
        year = "".join(str(_DIGITS[letter]) for letter in match[1])
        return _day(int(year), _small(match[2]), _small(match[3]))
    if re.fullmatch(r"[0-9]{5,8}(\.0+)?", text):
        return _numbered(float(text))
    raise BadValue("incomplete-date" if _INCOMPLETE.fullmatch(text) else "not-a-date")


def _numbered(number: float) -> date:
    whole = int(number) if abs(number) < 1e9 else 0
    if whole == number and 18000101 <= whole <= 21001231:
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    if _FIRST_SERIAL <= whole <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=whole)
    raise BadValue("incomplete-date" if whole == number and 1800 <= whole <= 2100 else "not-a-date")


def _small(text: str) -> int:
    """Read a Chinese numeral up to 39: 五, 十一, 二十五, 廿五, 三十一.

    >>> [_small(text) for text in ("五", "十", "十一", "二十五", "廿五", "三十一")]
    [5, 10, 11, 25, 25, 31]
    """
    plain = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = plain.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        raise BadValue("not-a-date")
    return (_DIGITS[tens] if tens else 1 if ten else 0) * 10 + (_DIGITS[ones] if ones else 0)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue("impossible-date") from None
