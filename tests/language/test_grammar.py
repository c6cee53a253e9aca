"""The parser: what it reads, how tightly operators bind, what it refuses and where; and that nothing else can happen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jiqun.language import syntax as s
from jiqun.language.grammar import MAX_DEPTH, MAX_LENGTH, Unreadable, parse
from jiqun.language.source import Located, Mark


def shown(node: s.Syntax) -> str:
    """Write a syntax with every bracket it means."""
    match node:
        case s.Number(value=value, dims=dims, unit=unit):
            return f"{value.normalize():f}" + (f"{{{unit}}}" if dims else "")
        case s.Text(value=value):
            return f"'{value}'"
        case s.Truth(value=value):
            return str(value).lower()
        case s.Day(value=value):
            return f"date '{value}'"
        case s.Name(parts=parts):
            return ".".join(parts)
        case s.Unary(op=op, of=of):
            return f"({op} {shown(of)})"
        case s.Binary(op=op, left=left, right=right):
            return f"({shown(left)} {op} {shown(right)})"
        case s.Between(of=of, low=low, high=high, negated=negated):
            return f"({shown(of)} {'not ' * negated}between {shown(low)} and {shown(high)})"
        case s.Among(of=of, items=items, negated=negated):
            return f"({shown(of)} {'not ' * negated}in ({', '.join(map(shown, items))}))"
        case s.Case(branches=branches, otherwise=otherwise):
            rows = " ".join(f"when {shown(a)} then {shown(b)}" for a, b in branches)
            return f"case {rows} else {shown(otherwise)} end"
        case s.Call(name=name, args=args):
            return f"{name}({', '.join(map(shown, args))})"
    raise AssertionError(node)


READ = {
    "a + b * c": "(a + (b * c))",
    "a - b - c": "((a - b) - c)",
    "a / b / c": "((a / b) / c)",
    "a * (b + c)": "(a * (b + c))",
    "-a * b": "((- a) * b)",
    "a - (-5)": "(a - (- 5))",
    "not a and b": "((not a) and b)",
    "not a = b": "(not (a = b))",
    "a or b and c": "(a or (b and c))",
    "a and b or c and d": "((a and b) or (c and d))",
    "a + 1 > b and c": "(((a + 1) > b) and c)",
    "a between 1 and 2 and b": "((a between 1 and 2) and b)",
    "a not between 1 and 2": "(a not between 1 and 2)",
    "a in (1, 2) or b": "((a in (1, 2)) or b)",
    "a not in ('x')": "(a not in ('x'))",
    "if(a, b, c)": "case when a then b else c end",
    "case when a then 1 when b then 2 else 3 end": "case when a then 1 when b then 2 else 3 end",
    "total(project, cost, done)": "total(project, cost, done)",
    "enterprise.revenue / 2": "(enterprise.revenue / 2)",
    "a <> b": "(a != b)",
    "a ≥ 3": "(a >= 3)",
    "a == b": "(a = b)",
    "date '2026-01-31' > founded": "(date '2026-01-31' > founded)",
    "date > 3": None,
    "5 > a": "(5 > a)",
    "研发费用 >= 500万元": "(研发费用 >= 5000000{万元})",
    "（甲 ＋ 乙）× ３％": "((甲 + 乙) * 0.03)",
    "非 甲 且 乙 或 丙": "(((not 甲) and 乙) or 丙)",
    "甲且乙或非丙": "((甲 and 乙) or (not 丙))",
    "名称 = ‘小型’": "(名称 = '小型')",
    "名称 in （“小型”，“大型”）": "(名称 in ('小型', '大型'))",
    "'（全角）' = a": "('（全角）' = a)",
    "f(')')": "f(')')",
    "\n a\n  + b ": "(a + b)",
}


@pytest.mark.parametrize("text", READ)
def test_reads(text: str) -> None:
    if READ[text] is None:
        with pytest.raises(Unreadable):
            parse(Located(text))
    else:
        assert shown(parse(Located(text))) == READ[text]


NUMBERS = {
    "12": (Decimal(12), (), True),
    "0.50": (Decimal("0.50"), (), False),
    "3%": (Decimal("0.03"), (), False),
    "5‰": (Decimal("0.005"), (), False),
    "1亿元": (Decimal(100_000_000), (("CNY", 1),), False),
    "1.5万亿元": (Decimal(1_500_000_000_000), (("CNY", 1),), False),
    "10万美元": (Decimal(100_000), (("USD", 1),), False),
    "50人": (Decimal(50), (), True),
    "36个月": (Decimal(36), (("month", 1),), False),
    "3年": (Decimal(36), (("month", 1),), False),
    "20m²": (Decimal(20), (("m²", 1),), False),
    "2kW": (Decimal(2000), (("W", 1),), False),
    "30元/m²/月": (Decimal(30), (("CNY", 1), ("month", -1), ("m²", -1)), False),
    "100元/人": (Decimal(100), (("CNY", 1),), False),
    "１２": (Decimal(12), (), True),
    "999999999999999999": (Decimal(10**18 - 1), (), True),
    "0.0000000001": (Decimal("0.0000000001"), (), False),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    made = parse(Located(text))
    assert isinstance(made, s.Number)
    assert (made.value, tuple(sorted(made.dims)), made.whole) == (NUMBERS[text][0], tuple(sorted(NUMBERS[text][1])), NUMBERS[text][2])


REFUSED = {
    "": ("ends-early", 0, 1),
    "a +": ("ends-early", 2, 3),
    "a + * b": ("unexpected", 4, 5),
    "10--5": ("two-signs", 2, 4),
    "a + - b": ("two-signs", 2, 5),
    "--a": ("two-signs", 0, 2),
    "1 < a < 5": ("chained-comparison", 0, 7),
    "a = b = c": ("chained-comparison", 0, 7),
    "(a + b": ("unbalanced", 0, 1),
    "f((a)": ("unbalanced", 1, 2),
    "a)": ("unbalanced", 1, 2),
    "(a b)": ("unexpected", 3, 4),
    "a in ()": ("unexpected", 6, 7),
    "a not b": ("unexpected", 6, 7),
    "'abc": ("open-text", 0, 4),
    "a ; drop table x": ("strange-character", 2, 3),
    "a -- b": ("two-signs", 2, 4),
    "a # b": ("strange-character", 2, 3),
    "a\u200bb": ("strange-character", 1, 2),
    "5²": ("strange-character", 1, 2),
    "٣": ("strange-character", 0, 1),
    "a = 😀": ("strange-character", 4, 5),
    "10万": ("unknown-unit", 2, 3),
    "5kVV": ("unknown-unit", 1, 4),
    "5 > 3xyz": ("unknown-unit", 5, 8),
    "1000000000000000000": ("number-out-of-range", 0, 19),
    "0.00000000001": ("number-out-of-range", 0, 13),
    "123456789012345678.12345678901元": ("number-out-of-range", 0, 31),
    "date '2025-02-30'": ("impossible-date", 5, 17),
    "date '2025-2-3'": ("impossible-date", 5, 15),
    "date '20250203'": ("impossible-date", 5, 15),
    "case when a then b end": ("needs-else", 19, 22),
    "case end": ("unexpected", 5, 8),
    "select a": ("unexpected", 7, 8),
    "a.": ("ends-early", 1, 2),
    "1.2.3": ("unexpected", 3, 4),
    "(" * 70 + "a" + ")" * 70: ("too-deep", 60, 61),
    "a" + " + a" * 61: ("too-deep", 0, 1),
    "not " * 61 + "a": ("too-deep", 240, 243),
    "a" * (MAX_LENGTH + 1): ("too-long", 0, 1),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda t: t[:20])
def test_refuses(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(Located(text))
    found = caught.value.found
    code, start, end = REFUSED[text]
    assert (found.code, found.span.length) == (code, end - start)
    line = place(text, code)
    assert line == start + 1
    assert found.message("zh") and found.message("en") and found.fix("zh") and found.fix("en")


def place(text: str, code: str) -> int:
    """Return the column of the fault when the text stands in a file by itself."""
    with pytest.raises(Unreadable) as caught:
        parse(Located(text, Mark("f.yaml", 1, 1, "", (text,))))
    assert caught.value.found.code == code
    return caught.value.found.span.column


def test_as_deep_as_allowed_is_read() -> None:
    parse(Located("(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1)))
    parse(Located("a" + " + a" * (MAX_DEPTH - 1)))


# --- whatever is written ---------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "revenue", "研发费用", "enterprise.revenue", "b1"])
LEAVES = (
    NAMES
    | st.integers(0, 10**17).map(str)
    | st.sampled_from(["3%", "500万元", "1亿元", "0.5", "36个月", "20m²", "true", "false", "'文本'", "date '2026-01-31'"])
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or", "+", "-", "*", "/"]), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(inner, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        inner.map(lambda x: f"(not {x})"),
        inner.map(lambda x: f"(- ({x}))" if x[0].isdigit() else f"(- {x})"),
        st.tuples(inner, inner, inner).map(lambda x: f"({x[0]} between {x[1]} and {x[2]})"),
        st.tuples(inner, inner, inner).map(lambda x: f"({x[0]} not in ({x[1]}, {x[2]}))"),
        st.tuples(inner, inner, inner).map(lambda x: f"case when {x[0]} then {x[1]} else {x[2]} end"),
        st.lists(inner, min_size=1, max_size=3).map(lambda x: f"f({', '.join(x)})"),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=12)


@given(EXPRESSIONS)
@settings(max_examples=150)
def test_what_is_printed_reads_the_same(text: str) -> None:
    """Printing with every bracket and reading again changes nothing."""
    made = parse(Located(text))
    again = shown(made).replace("{", "").replace("}", "")
    for unit, factor in (("万元", 10_000), ("亿元", 100_000_000)):  # the printer writes base units
        again = again.replace(f"{500 * 10_000 if unit == '万元' else factor}{unit}", f"{500 if unit == '万元' else 1}{unit}")
    assert shown(parse(Located(again))) == shown(made)


SIGNS = "()（），,.+-*/%％‰<>=!≤≥≠'\"‘’“”且或非 \n\t_0129０９²٣ａabcifnotdw元万亿年月研发\u3000\u200b\x00😀·；;：:[]{}#&|^~@$\\"


@given(st.text(max_size=60) | st.text(alphabet=SIGNS, max_size=60) | EXPRESSIONS.flatmap(lambda x: st.permutations(x.split()).map(" ".join)))
@settings(max_examples=400)
@example("１２％")
@example("²")
@example("a between 1")
@example("f(" * 59)
@example("case " * 70)
@example("'" * 5)
@example("1" * 1999)
@example("a." * 900)
@example("a,b")
def test_any_text_is_read_or_refused_in_its_own_place(text: str) -> None:
    """Nothing but `Unreadable` is ever raised, and what it underlines lies in the text."""
    try:
        made = parse(Located(text))
    except Unreadable as cause:
        assert cause.found.message("zh") and cause.found.message("en")
        inside(text)
        return
    todo = [made]
    while todo:
        node = todo.pop()
        assert 0 <= node.start <= node.end <= len(text)
        todo.extend(s.parts(node))


def inside(text: str) -> None:
    """Check that the fault's span lies in the text, when each character is its own column."""
    flat = text.replace("\n", " ")
    with pytest.raises(Unreadable) as caught:
        parse(Located(flat, Mark("f.yaml", 1, 1, "", (flat,))))
    span = caught.value.found.span
    assert span.column >= 1 and span.column - 1 + span.length <= max(1, len(flat))
