"""Size classes of the 2017 rule, boundary by boundary."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.register.industry import industries
from jiqun.register.sizeclass import SIZES, classify, scope_of, scopes

WAN = Decimal(10_000)


@pytest.mark.parametrize(
    ("industry", "employees", "wan", "size"),
    [
        # 工业: employees 1000/300/20, revenue 4 亿 / 2000 万 / 300 万
        ("3963", 1000, 40_000, "large"),
        ("3963", 999, 40_000, "medium"),
        ("3963", 1000, 39_999, "medium"),
        ("3963", 300, 2_000, "medium"),
        ("3963", 299, 2_000, "small"),
        ("3963", 20, 300, "small"),
        ("3963", 19, 300, "micro"),
        ("3963", 1000, 299, "micro"),
        ("C39", 5000, 10_000_000, "large"),
        # 软件: 300/100/10 and 10000/1000/50
        ("6513", 10, 50, "small"),
        ("6513", 9, 50, "micro"),
        ("6513", 100, 1_000, "medium"),
        ("6513", 99, 1_000, "small"),
        ("6513", 300, 10_000, "large"),
        # 信息传输: 2000/100/10
        ("6421", 1999, 100_000, "medium"),
        # 装卸搬运 is transport: 20 employees are needed for small, in storage too, but 200 万 and not 100 万
        ("5910", 20, 199, "micro"),
        ("592", 20, 199, "small"),
    ],
)
def test_employees_and_revenue(industry, employees, wan, size):
    assert classify(industry, employees, wan * WAN).size == size


@pytest.mark.parametrize(
    ("employees", "size"), [(9, "micro"), (10, "small"), (99, "small"), (100, "medium"), (299, "medium"), (300, "large")]
)
@pytest.mark.parametrize("industry", ["7030", "709", "M", "7340", "851", "O80"])
def test_scopes_with_employees_alone(industry, employees, size):
    assert classify(industry, employees).size == size


def test_revenue_alone_decides_agriculture():
    assert [classify("0111", revenue=wan * WAN).size for wan in (49, 50, 500, 20_000)] == ["micro", "small", "medium", "large"]


def test_revenue_and_assets_decide_construction():
    assert classify("4710", revenue=80_000 * WAN, assets=79_999 * WAN).size == "medium"
    assert classify("4710", employees=5, revenue=80_000 * WAN, assets=80_000 * WAN).size == "large"


@pytest.mark.parametrize("industry", ["5311", "53", "7040", "J66", "8310", "8411", "S91", "9700"])
def test_not_applicable(industry):
    verdict = classify(industry, 100, Decimal(1), Decimal(1))
    assert verdict.size == "not_applicable" and verdict.reason.zh


@pytest.mark.parametrize("industry", ["59", "G", "K", "70", "Q"])
def test_a_code_over_several_scopes_is_too_coarse(industry):
    verdict = classify(industry, 100, Decimal(1), Decimal(1))
    assert (verdict.size, verdict.needs) == ("unknown", ("industry",))


def test_missing_values():
    assert classify("3963", employees=19).size == "micro"
    assert classify("3963", revenue=299 * WAN).size == "micro"
    verdict = classify("3963", employees=20)
    assert (verdict.size, verdict.possible, verdict.needs) == ("unknown", ("micro", "small"), ("revenue",))
    assert classify("3963").needs == ("employees", "revenue")
    assert classify(None, 5).needs == classify(" ", 5).needs == ("industry",)


def test_an_unknown_code_is_said_so():
    verdict = classify("6592", 100, Decimal(1))
    assert verdict.size == "unknown" and "2011" in verdict.reason.zh and "2011" in verdict.reason.en


codes = st.sampled_from([c for c in industries() if scope_of(c)])
amounts = st.one_of(st.none(), st.integers(0, 3_000_000_000).map(Decimal))


@given(codes, st.one_of(st.none(), st.integers(0, 3000)), amounts, amounts)
def test_a_known_value_never_widens_what_is_possible(code, employees, revenue, assets):
    narrow, wide = classify(code, employees, revenue, assets), classify(code, employees, revenue, None)
    assert set(narrow.possible) <= set(wide.possible)
    assert (narrow.size == "unknown") == (len(narrow.possible) > 1)


@given(codes, st.integers(0, 3000), amounts.filter(bool), amounts.filter(bool), st.integers(0, 2000), st.integers(0, 10**9))
def test_growing_never_lowers_the_class(code, employees, revenue, assets, more, money):
    before = classify(code, employees, revenue, assets).size
    after = classify(code, employees + more, revenue + money, assets + money).size
    assert SIZES.index(after) >= SIZES.index(before)


def test_every_scope_rises():
    for scope in scopes():
        for bound in scope.bounds:
            assert bound.minima == tuple(sorted(bound.minima)), scope.name
