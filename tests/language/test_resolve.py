"""Names, dimensions and types: what an expression means, and every way it can mean nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language.naming import AREA, CHILD, COLUMNS, HERE, YUAN, typed

from jiqun.language import tree as t
from jiqun.language.extent import MAX_HEIGHT, MAX_SIZE, Extent, extent
from jiqun.language.types import BOOL, COUNT, DATE, RATIO, TEXT, Type, common, money, product, quantity, quotient

TYPES = {
    "revenue + 研发费用": YUAN,
    "revenue - 5万元": YUAN,
    "3 * revenue": YUAN,
    "rate * revenue": YUAN,
    "比例 * revenue": YUAN,
    "revenue / 研发费用": RATIO,
    "intensity": RATIO,
    "revenue / employees": YUAN,
    "per_area * area": YUAN,
    "area * area": quantity((("m²", 2),)),
    "revenue / area": quantity((("CNY", 1), ("m²", -1))),
    "employees * employees": COUNT,
    "employees + 0.5": RATIO,
    "employees + growth": RATIO,
    "-revenue": YUAN,
    "not startup": BOOL,
    "startup and revenue > 0元": BOOL,
    "founded > date '2020-01-01'": BOOL,
    "as_of": DATE,
    "term >= 12个月": BOOL,
    "term = 1年": BOOL,
    "power / 1kW * most": YUAN,
    "size = '小型'": BOOL,
    "size in ('small', '大型')": BOOL,
    "name = 'x'": BOOL,
    "name = size": BOOL,
    "if(startup, revenue, 0元)": YUAN,
    "if(startup, 1, growth)": RATIO,
    "least(revenue, most)": YUAN,
    "greatest(founded, as_of)": DATE,
    "coalesce(name, 'x')": TEXT,
    "known(founded)": BOOL,
    "round(revenue, 1万元, 'down')": YUAN,
    "steps(tiers, revenue)": YUAN,
    "brackets(scale, revenue)": YUAN,
    "lookup(prizes, size)": YUAN,
    "lookup(prizes, '小型')": YUAN,
    "lookup(prizes, name)": YUAN,
    "years_between(founded, as_of)": COUNT,
    "months_between(founded, as_of) > 6": BOOL,
    "contains(name, '芯片')": BOOL,
    "prior(revenue, 1)": YUAN,
    "prior(startup, 2)": BOOL,
    "highest_before(growth)": RATIO,
    "sum_over(revenue, 3)": YUAN,
    "years_in_a_row(startup) >= 2": BOOL,
    "total(project, cost)": YUAN,
    "total(project, cost * rate, done)": YUAN,
    "count(project, enterprise.startup)": COUNT,
    "raw(award) + awarded(award) - paid(award)": YUAN,
    "young": BOOL,
    "dollars > 5万美元": BOOL,
}


@pytest.mark.parametrize("text", TYPES)
def test_types(text: str) -> None:
    made, found = typed(text)
    assert found == [] and made is not None and made.type == TYPES[text]


WRONG = {
    "revenu": ("unknown-name", "revenu"),
    "revenue + nothing_like_it": ("unknown-name", "nothing_like_it"),
    "project.cost": ("no-such-parent", "project.cost"),
    "revenue.cost": ("no-such-parent", "revenue.cost"),
    "leest(revenue, most)": ("unknown-function", "leest"),
    "if(startup, most)": ("argument-count", "if(startup, most)"),
    "known()": ("argument-count", "known()"),
    "first": ("cyclic-variable", None),
    "revenue > 500": ("unit-mismatch", "revenue > 500"),
    "revenue > dollars": ("unit-mismatch", "revenue > dollars"),
    "revenue + employees": ("unit-mismatch", "revenue + employees"),
    "area > 5kW": ("unit-mismatch", "area > 5kW"),
    "startup > 3": ("type-mismatch", "startup > 3"),
    "founded = '2020-01-01'": ("type-mismatch", "founded = '2020-01-01'"),
    "size = field": ("type-mismatch", "size = field"),
    "startup + 1": ("wrong-operand", "startup"),
    "revenue and startup": ("wrong-operand", "revenue"),
    "not revenue": ("wrong-operand", "revenue"),
    "-startup": ("wrong-operand", "startup"),
    "if(revenue, 1, 2)": ("wrong-operand", "revenue"),
    "if(startup, 1, revenue)": ("unit-mismatch", "revenue"),
    "as_of - founded": ("subtract-dates", "as_of - founded"),
    "revenue / 0": ("divides-by-zero", "0"),
    "startup > true": ("no-order", "startup > true"),
    "size >= 'small'": ("no-order", "size >= 'small'"),
    "least(name, 'x')": ("no-order", "least(name, 'x')"),
    "size = 'medium'": ("unlisted-value", "'medium'"),
    "size in ('small', '特大型')": ("unlisted-value", "'特大型'"),
    "'small' in (size)": ("literal-first", "'small'"),
    "revenue between 5万元 and 1万元": ("reversed-between", "revenue between 5万元 and 1万元"),
    "founded between date '2025-01-01' and date '2024-01-01'": ("reversed-between", None),
    "round(revenue, most)": ("needs-literal", "most"),
    "round(revenue, 0元)": ("needs-literal", "0元"),
    "round(revenue, 10)": ("unit-mismatch", "round(revenue, 10)"),
    "round(revenue, 1元, 'near')": ("bad-mode", "'near'"),
    "steps(scale, revenue)": ("needs-parameter", "scale"),
    "brackets(scales, revenue)": ("needs-parameter", "scales"),
    "steps(tiers, employees)": ("unit-mismatch", "employees"),
    "lookup(prizes, size, size)": ("key-number", "lookup(prizes, size, size)"),
    "lookup(prizes, 'large')": ("unlisted-key", "'large'"),
    "lookup(prizes, 'huge')": ("unlisted-value", "'huge'"),
    "lookup(prizes, field)": ("other-values", "field"),
    "lookup(prizes, revenue)": ("wrong-operand", "revenue"),
    "tiers + most": ("not-a-value", "tiers"),
    "special * revenue": ("parameter-elsewhere", "special"),
    "years_between(founded, 3)": ("wrong-operand", "3"),
    "contains(size, 'x')": ("wrong-operand", "size"),
    "contains(name, name)": ("needs-literal", "name"),
    "prior(revenue, 0)": ("bad-years", "0"),
    "prior(revenue, -1)": ("bad-years", "-1"),
    "prior(revenue, 1.5)": ("bad-years", "1.5"),
    "prior(revenue, 21)": ("bad-years", "21"),
    "prior(revenue, employees)": ("bad-years", "employees"),
    "sum_over(startup, 2)": ("wrong-operand", "startup"),
    "years_in_a_row(revenue)": ("wrong-operand", "revenue"),
    "total(projects, cost)": ("no-such-child", "projects"),
    "total(project, done)": ("wrong-operand", "done"),
    "count(project, cost)": ("wrong-operand", "cost"),
    "total(project, revenue)": ("unknown-name", "revenue"),
    "raw(awards)": ("needs-measure", "awards"),
    "raw(prize)": ("measure-elsewhere", "prize"),
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    made, found = typed(text)
    code, part = WRONG[text]
    codes = [f.code for f in found]
    assert made is None and (code in codes or code == "cyclic-variable"), codes
    for each in found:
        assert each.message("zh") and each.message("en") and each.fix("zh") and each.fix("en")
    if part is not None:
        assert any(f.code == code and f.span.length == len(part) for f in found)


def test_every_fault_is_found_not_only_the_first() -> None:
    _, found = typed("revenu > 5 and emploees > 3 and size = 'x'")
    assert [f.code for f in found] == ["unknown-name", "unknown-name", "unlisted-value"]


def test_what_is_broken_elsewhere_is_not_said_again() -> None:
    for text in ("unshaped * revenue", "steps(unshaped, revenue)", "raw(unread) * 2", "broken + revenue"):
        assert typed(text) == (None, [])


def test_the_nearest_name_comes_with_its_place() -> None:
    _, found = typed("研发费 > 0元")
    assert found[0].fix("zh") == f"写成“研发费用”（定义在 {HERE.file}:{HERE.line}）。"
    assert found[0].fix("en") == f"write '研发费用' (declared at {HERE.file}:{HERE.line})."


def test_an_expected_type() -> None:
    assert typed("revenue", expected=BOOL)[1][0].code == "wrong-type"
    assert typed("employees", expected=YUAN)[1][0].code == "wrong-type"
    assert typed("employees", expected=RATIO)[1] == []


def test_a_child_reads_its_parent_and_its_parents_variables() -> None:
    made, found = typed("enterprise.intensity * cost", "project")
    assert found == [] and made is not None and made.type == YUAN
    assert {n.entity for n in made.walk() if isinstance(n, t.OfParent)} == {"enterprise"}
    assert typed("special * cost", "project")[1] == []


def test_enum_labels_become_codes() -> None:
    made, _ = typed("size = '小型'")
    assert isinstance(made, t.Compare) and isinstance(made.right, t.Literal) and made.right.value == "small"


def test_equal_meaning_is_equal_wherever_it_stands() -> None:
    assert typed("revenue >   500万元")[0] == typed("revenue > 500万元")[0]
    assert typed("revenue > 500万元")[0] == typed("revenue > 5000000元")[0]
    assert typed("revenue > 500万元")[0] != typed("revenue >= 500万元")[0]


# --- dimensions ------------------------------------------------------------------------------------------------------

KINDS = st.sampled_from([COUNT, RATIO, YUAN, money("USD"), AREA, quantity((("W", 1),)), quantity((("CNY", 1), ("m²", -1)))])


@given(KINDS, KINDS)
def test_products_and_quotients_undo_each_other(left: Type, right: Type) -> None:
    assert quotient(product(left, right), right).dims == left.dims
    assert product(left, right).dims == product(right, left).dims
    assert (common(left, right) is None) == (left.dims != right.dims)


# --- how large an expression may be ----------------------------------------------------------------------------------


def test_doubling_variables_are_measured_not_opened() -> None:
    one = t.VariableOf(RATIO, 0, 1, "enterprise", "v")
    twice = t.Arithmetic(RATIO, 0, 3, "+", one, one)
    known = {("enterprise", "v"): Extent(30, 2**40)}
    assert extent(twice, known) == Extent(32, 2**41 + 3) and extent(twice, known).excessive


def test_nested_sums_over_years_are_refused() -> None:
    text = "revenue"
    for _ in range(4):
        text = f"sum_over({text}, 20)"
    assert [f.code for f in typed(text)[1]] == ["too-large"]
    assert typed("sum_over(sum_over(revenue, 3), 3)")[1] == []
    assert MAX_HEIGHT < 150 and MAX_SIZE < 10_000


# --- whatever is written ---------------------------------------------------------------------------------------------

ATOMS = [*COLUMNS, *(f"enterprise.{n}" for n in ("revenue", "size")), *CHILD, "intensity", "first", "rate", "tiers", "prizes", "most", "as_of"]
ATOMS += ["award", "project", "0", "1", "3%", "500万元", "-5", "'small'", "'x'", "date '2026-01-31'", "true", "12个月"]
CALLS = ["least", "coalesce", "known", "round", "brackets", "steps", "lookup", "years_between", "contains", "prior", "sum_over"]
CALLS += ["highest_before", "years_in_a_row", "total", "count", "raw", "paid", "if", "nothing"]


def written(draw: random.Random, depth: int) -> str:
    if depth == 0 or draw.random() < 0.25:
        return draw.choice(ATOMS)
    inner = [written(draw, depth - 1) for _ in range(3)]
    shape = draw.choice(["{0} {op} {1}", "({0})", "not {0}", "{0} between {1} and {2}", "{0} in ({1}, {2})", "{f}({0}, {1})", "{f}({0})", "{f}({0}, {1}, {2})"])
    return shape.format(*inner, op=draw.choice(["+", "-", "*", "/", "=", "<", ">=", "and", "or"]), f=draw.choice(CALLS))


@given(st.randoms(use_true_random=False), st.sampled_from(["enterprise", "project"]), st.sampled_from([None, BOOL, YUAN]))
@settings(max_examples=400)
def test_anything_is_typed_or_every_fault_has_a_place(draw: random.Random, entity: str, expected: Type | None) -> None:
    text = written(draw, 3)
    made, found = typed(text, entity, expected)
    assert made is not None or found or "broken" in text or "first" in text
    for each in found:
        assert each.message("zh") and each.message("en") and each.fix("zh") and each.fix("en")
        assert 1 <= each.span.length <= max(1, len(text))
    for node in made.walk() if made is not None else ():
        assert 0 <= node.start <= node.end <= len(text)
