"""What a cell of somebody's file means: text, numbers, dates and answers as people write them in Chinese and English.

A missing value (empty, `-`, 无数据, N/A) is None, never zero. What cannot be read for certain is a `BadValue` and stays out of the
register: `1,5` may be one and a half or fifteen, `03/05/2024` March or May.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from jiqun.language.diagnostics import nearest
from jiqun.language.units import Unit, unit
from jiqun.model.entity import Column
from jiqun.register.cells import ErrorCell
from jiqun.register.dates import read_date
from jiqun.register.faults import BadValue
from jiqun.register.store import decimals

MONEY_LIMIT = Decimal(10) ** 14
_COUNT_LIMIT = 10**15
_TEXT_LIMIT = 4000
_MISSING = frozenset(("", "-", "--", "—", "——", "–", "/", "\\", "\\n", "n/a", "na", "null", "none", "nan", "nil"))
_MISSING |= frozenset(("无数据", "暂无", "暂缺", "缺失", "未知", "不详", "未提供", "未填", "未填报"))
_TRUE = frozenset(("是", "有", "对", "真", "√", "✓", "✔", "1", "true", "yes", "y", "t"))
_FALSE = frozenset(("否", "无", "没有", "不是", "错", "假", "×", "✗", "✘", "0", "false", "no", "n", "f"))
_FULL_WIDTH = MappingProxyType(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5, 0x2212: 0x2D, 0xA0: 0x20}
)
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?P<part>\.[0-9]*)?(?P<power>[eE][-+]?[0-9]{1,2})?"
    r"\s*(?P<unit>[^0-9\s.,+\-()/:eE][^0-9]*)?"
)
_PREFIX = re.compile(r"^([-+(]?)\s*(?:¥|￥|RMB|CNY|人民币)\s*", re.IGNORECASE)
_ERROR = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!)", re.IGNORECASE)

Scalar = str | int | bool | date | Decimal | None
Converter = Callable[[object], Scalar]


def half_width(text: str) -> str:
    """Return text with full-width letters, digits and punctuation in their ordinary form, without blanks at its ends.

    >>> half_width("１，２３４．５（万元）")
    '1,234.5(万元)'
    """
    return text.translate(_FULL_WIDTH).strip()


def is_missing(cell: object) -> bool:
    """Return whether a cell says nothing.

    >>> [is_missing(cell) for cell in ("", " - ", "无数据", "N/A", 0, "0")]
    [True, True, True, True, False, False]
    """
    if cell is None:
        return True
    if isinstance(cell, float):
        return cell != cell  # noqa: PLR0124 (only NaN differs from itself; data frames write it for a missing number)
    return isinstance(cell, str) and half_width(cell).lower() in _MISSING


def read_number(cell: object) -> tuple[Decimal, Unit | None]:
    """Return the exact number in a cell and the unit written with it, if any.

    Spreadsheets keep numbers as doubles and show 15 digits; so do we, which gives back what was typed.

    >>> read_number("（１，２３４．５万元）")
    (Decimal('-1234.5'), Unit(name='万元', dims=(('CNY', 1),), factor=Decimal('10000')))
    >>> read_number(0.1 + 0.2)
    (Decimal('0.3'), None)
    """
    if isinstance(cell, Decimal) and cell.is_finite():
        return cell, None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell not in (float("inf"), float("-inf")):
        return Decimal(cell) if isinstance(cell, int) else Decimal(f"{cell:.15g}"), None
    if isinstance(cell, str):
        return _written_number(half_width(cell))
    raise BadValue("not-a-number")


def _written_number(text: str) -> tuple[Decimal, Unit | None]:
    bare = _PREFIX.sub(r"\1", text)
    bracketed = bare.startswith("(") and bare.endswith(")")
    match = _NUMBER.fullmatch(bare[1:-1].strip() if bracketed else bare)
    if match is None or not (match["digits"] or (match["part"] or ".") != ".") or (bracketed and match["sign"]):
        raise BadValue("not-a-number")
    number = Decimal(f"{match['sign']}{(match['digits'] or '0').replace(',', '')}{match['part'] or ''}{match['power'] or ''}")
    return -number if bracketed else number, _named_unit(match["unit"])


def _named_unit(name: str | None) -> Unit | None:
    if name is None or not name.strip():
        return None
    found = unit(name.strip())
    if found is None:
        raise BadValue("unit-unknown", unit=name.strip())
    return found


def converter(column: Column, given: Unit | None = None, date_format: str | None = None) -> Converter:
    """Return what turns a cell of the column into its stored value.

    Args:
        column: the column as the package declares it.
        given: the unit of the file's numbers; a unit written in a cell goes before it.
        date_format: how dates are written, where that is not one of the usual ways.
    """
    makers: Mapping[str, Callable[[], Converter]] = {
        "money": lambda: _scaled(column, given, MONEY_LIMIT),
        "ratio": lambda: _scaled(column, given, Decimal(10) ** (18 - decimals(column))),
        "quantity": lambda: _scaled(column, given, Decimal(10) ** (18 - decimals(column))),
        "count": lambda: lambda cell: _count(cell, given),
        "bool": lambda: _truth,
        "date": lambda: lambda cell: read_date(half_width(cell) if isinstance(cell, str) else cell, date_format),
        "text": lambda: read_text,
        "enum": lambda: _choice(column),
    }
    inner = makers[column.type]()

    def convert(cell: object) -> Scalar:
        if isinstance(cell, ErrorCell):
            raise BadValue("no-result" if cell.text == "formula" else "error-cell", error=cell.text)
        if is_missing(cell) and not (isinstance(cell, str) and cell.strip() in (column.values or ())):
            return None
        if isinstance(cell, str) and _ERROR.fullmatch(cell.strip()):
            raise BadValue("error-cell", error=cell.strip())
        return inner(cell)

    return convert


def _scaled(column: Column, given: Unit | None, limit: Decimal) -> Converter:
    places = Decimal(1).scaleb(-decimals(column))
    bound = min(limit, Decimal(10) ** (18 - decimals(column)))

    def convert(cell: object) -> Decimal:
        number, written = read_number(cell)
        measured = _agreed(written, given)
        if abs(value := number * measured.factor if measured else number) >= bound:
            raise BadValue("too-large", limit=f"{bound:,f}")
        return value.quantize(places, ROUND_HALF_UP)

    return convert


def _agreed(written: Unit | None, given: Unit | None) -> Unit | None:
    if written is None:
        return given
    if written.dims != (given.dims if given else ()):
        raise BadValue("unit-mismatch", unit=written.name)
    return written


def _count(cell: object, given: Unit | None) -> int:
    number, written = read_number(cell)
    measured = _agreed(written, given)
    value = number * measured.factor if measured else number
    if value < 0:
        raise BadValue("negative")
    if value != value.to_integral_value():
        raise BadValue("not-whole")
    if value >= _COUNT_LIMIT:
        raise BadValue("too-large", limit=f"{_COUNT_LIMIT:,}")
    return int(value)


def _truth(cell: object) -> bool:
    if isinstance(cell, bool):
        return cell
    word = half_width(cell).lower() if isinstance(cell, str) else f"{cell:g}" if isinstance(cell, (int, float)) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise BadValue("not-yes-or-no")


def read_text(cell: object) -> str | None:
    """Return a cell as text: `3963.0` from a spreadsheet is '3963', 无 alone says nothing."""
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float, Decimal, date)):
        raise BadValue("not-text")
    if isinstance(cell, (float, Decimal)):
        return f"{cell:.15g}" if isinstance(cell, float) else f"{cell:f}"
    text = cell.strip() if isinstance(cell, str) else cell.date().isoformat() if isinstance(cell, datetime) else str(cell)
    if len(text) > _TEXT_LIMIT or "\0" in text:
        raise BadValue("not-text")
    return None if text == "无" else text


def _choice(column: Column) -> Converter:
    known: dict[str, str] = {}
    for code, words in (column.values or {}).items():
        known |= {name: code for name in (words.zh.casefold(), words.en.casefold()) if name not in known}
    known |= {code: code for code in column.values or {}}

    def convert(cell: object) -> str:
        word = half_width(read_text(cell) or "无").casefold()
        if word not in known:
            raise BadValue("not-listed", nearest=nearest(word, known) or "、".join(list(known)[:6]))
        return known[word]

    return convert
