"""Cells as people write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register.firms import ENTERPRISE

from jiqun.language.units import unit
from jiqun.register.cells import ErrorCell
from jiqun.register.faults import REASONS, BadValue
from jiqun.register.values import converter

WAN = unit("万元")


def read(name, cell, given=None, form=None):
    try:
        return converter(ENTERPRISE.columns[name], given, form)(cell)
    except BadValue as cause:
        assert cause.say("zh") and cause.say("en")
        return cause.code


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        ("1,234,567.8", "12345678000.00"),
        ("１，２３４．５", "12345000.00"),
        ("（1,234.5）", "-12345000.00"),
        ("(5)", "-50000.00"),
        ("-0.0001", "-1.00"),
        ("−3", "-30000.00"),
        ("¥ 100", "1000000.00"),
        ("￥100", "1000000.00"),
        ("500万元", "5000000.00"),
        ("1.2亿元", "120000000.00"),
        ("100 元", "100.00"),
        ("0", "0.00"),
        (".5", "5000.00"),
        ("1.2E+3", "12000000.00"),
        (0.1 + 0.2, "3000.00"),
        (1234.5600000000001, "12345600.00"),
        (7, "70000.00"),
        (Decimal("0.005"), "50.00"),
        ("0.0000005", "0.01"),  # half a fen goes away from zero
    ],
)
def test_money_is_exact(cell, yuan):
    value = read("revenue", cell, WAN)
    assert (value, str(value)) == (Decimal(yuan), yuan)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1,5", "not-a-number"),
        ("1,23,456", "not-a-number"),
        ("三百万", "not-a-number"),
        ("1 234", "not-a-number"),
        ("1.2.3", "not-a-number"),
        ("--5", "not-a-number"),
        ("(-5)", "not-a-number"),
        ("约500", "not-a-number"),
        ("无", "not-a-number"),
        (".", "not-a-number"),
        ("٣", "not-a-number"),
        ("", None),
        (" - ", None),
        ("无数据", None),
        ("N/A", None),
        ("n/a", None),
        ("－", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), "not-a-number"),
        (True, "not-a-number"),
        (datetime(2024, 1, 1), "not-a-number"),
        ("5美元", "unit-mismatch"),
        ("5人", "unit-mismatch"),
        ("5斤", "unit-unknown"),
        ("5%", "unit-mismatch"),
        ("100000000000000元", "too-large"),
        (1e300, "too-large"),
        ("1e99", "too-large"),
        ("9" * 5000, "too-large"),
        ("#N/A", "error-cell"),
        ("#REF!", "error-cell"),
        (ErrorCell("#DIV/0!"), "error-cell"),
        (ErrorCell("formula"), "no-result"),
    ],
)
def test_money_that_is_none(cell, reason):
    assert read("revenue", cell, WAN) == reason


@given(st.decimals(-(10**9), 10**9, places=4))
def test_money_written_with_separators_comes_back(amount):
    expected = (amount * 10_000).quantize(Decimal("0.01"))
    assert read("revenue", f"{amount:,f}", WAN) == expected
    bracketed = f"({abs(amount):,f})"
    assert read("revenue", bracketed, WAN) == -abs(expected)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.dates(), st.none()))
def test_any_cell_gives_a_value_or_a_reason(cell):
    for name in ENTERPRISE.columns:
        value = read(name, cell)
        assert not isinstance(value, float)


@pytest.mark.parametrize(
    ("cell", "given_unit", "value"),
    [
        ("3.2%", None, "0.032"),
        (0.032, None, "0.032"),
        ("3.2", unit("%"), "0.032"),
        ("5‰", unit("%"), "0.005"),
        ("３．２％", unit("%"), "0.032"),
    ],
)
def test_ratio(cell, given_unit, value):
    assert read("rd_intensity", cell, given_unit) == Decimal(value)


def test_ratio_too_large():
    assert read("rd_intensity", "100000000") == "too-large"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,200", 1200),
        ("12人", 12),
        (12.0, 12),
        ("1.5万人", 15000),
        ("12.5", "not-whole"),
        ("-1", "negative"),
        (-1, "negative"),
        ("1e18", "too-large"),
    ],
)
def test_count(cell, value):
    assert read("employees", cell) == value


def test_quantity():
    assert read("site", "1.5", unit("万平方米")) == Decimal(15000)
    assert read("site", "200m²", unit("m²")) == Decimal(200)
    assert read("site", "200kW", unit("m²")) == "unit-mismatch"


@pytest.mark.parametrize("cell", ["是", "有", "√", "Yes", "TRUE", "1", 1, 1.0, True, " 是 ", "Ｙ"])
def test_true(cell):
    assert read("high_tech", cell) is True


@pytest.mark.parametrize("cell", ["否", "无", "没有", "no", "False", "0", 0, 0.0, False])
def test_false(cell):
    assert read("high_tech", cell) is False


@pytest.mark.parametrize("cell", ["也许", 2, "2", date(2024, 1, 1)])
def test_neither(cell):
    assert read("high_tech", cell) == "not-yes-or-no"


WRITTEN_DATES = """2024年3月5日 2024年03月05日 ２０２４年３月５日 二〇二四年三月五日 二零二四年三月五日 2024-3-5 2024-03-05
2024/03/05 2024/3/5 2024.3.5 20240305 2024-03-05T08:30:00+08:00 2024年3月5号 45356"""
DATE_CELLS = ("2024-03-05 00:00:00", 45356, 45356.0, 20240305, 20240305.0, date(2024, 3, 5), datetime(2024, 3, 5, 12))


@pytest.mark.parametrize("cell", [*WRITTEN_DATES.split(), *DATE_CELLS])
def test_dates(cell):
    assert read("founded", cell) == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2023-02-29", "impossible-date"),
        ("2024年13月1日", "impossible-date"),
        ("20240230", "impossible-date"),
        ("二〇二三年二月三十日", "impossible-date"),
        ("2024年3月", "incomplete-date"),
        ("2024-03", "incomplete-date"),
        ("2024", "incomplete-date"),
        (2024, "incomplete-date"),
        ("03/05/2024", "not-a-date"),
        ("2024-3/5", "not-a-date"),
        ("昨天", "not-a-date"),
        ("二〇二四年三十月五日", "impossible-date"),
        (12, "not-a-date"),
        (True, "not-a-date"),
        (1e300, "not-a-date"),
        ("0204-03-05", "date-out-of-range"),
        ("9999-01-01", "date-out-of-range"),
    ],
)
def test_dates_that_are_none(cell, reason):
    assert read("founded", cell) == reason


def test_agreed_date_format():
    assert read("founded", "05/03/2024", form="%d/%m/%Y") == date(2024, 3, 5)
    assert read("founded", "2024-03-05", form="%d/%m/%Y") == "date-format"


@given(st.dates(date(1900, 3, 1), date(2100, 12, 31)))
def test_chinese_dates_come_back(day):
    digits = "〇一二三四五六七八九"
    ten = lambda n: ("" if n < 10 else "十" if n < 20 else digits[n // 10] + "十") + ("" if n % 10 == 0 else digits[n % 10])  # noqa: E731
    year = "".join(digits[int(d)] for d in str(day.year))
    assert read("founded", f"{year}年{ten(day.month)}月{ten(day.day)}日") == day


@pytest.mark.parametrize("cell", ["nanshan", "南山", "Nanshan", "NANSHAN", " 南山 "])
def test_enum(cell):
    assert read("district", cell) == "nanshan"


def test_enum_not_listed():
    assert read("district", "南山区") == "not-listed"
    assert read("district", "无") == "not-listed"
    assert read("district", "") is None


def test_text():
    assert [read("name", cell) for cell in (" 甲 ", 3963.0, "无", "-", 12)] == ["甲", "3963", None, None, "12"]
    assert read("name", "a\0b") == read("name", "x" * 5000) == "not-text"


def test_every_reason_has_both_texts():
    assert all(words.zh and words.en for words in REASONS.values())
