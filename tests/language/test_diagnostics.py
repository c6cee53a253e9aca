"""How a finding is shown: the line, the cause underlined to its width, the text in either language."""

from __future__ import annotations

import json
import string

import pytest

from jiqun.language.diagnostics import Finding, Rejected, Span, as_json, finding, nearest, render, render_all
from jiqun.language.messages.catalogue import MESSAGES, SEVERITY

AT = Span("f.yaml", 3, 5, 4)


def shown(line: str, column: int, length: int, lang: str = "en") -> list[str]:
    found = finding("unknown-name", Span("f.yaml", 3, column, length), name="x", entity="e", hint_zh="改。", hint_en="mend it.")
    return render(found, lang, lambda path, number: line).split("\n")


def test_the_text() -> None:
    assert shown("    abcd + 1", 5, 4) == [
        "f.yaml:3:5: error [unknown-name]",
        "    3 |     abcd + 1",
        "      |     ^^^^",
        "  No column, variable or parameter of e is called 'x'.",
        "  Fix: mend it.",
    ]
    assert shown("abcd", 1, 4, "zh")[3:] == ["  “e”没有叫“x”的列、变量或参数。", "  改法: 改。"]


@pytest.mark.parametrize(
    ("line", "column", "length", "spaces", "carets"),
    [
        ("研发费用 > 甲", 8, 1, 11, 2),
        ("研发费用 > 甲", 1, 4, 0, 8),
        ("（研发）", 1, 1, 0, 2),
        ("e\u0301e\u0301x", 5, 1, 2, 1),
        ("\tx", 2, 1, 1, 1),
        ("x\x1b[31my", 2, 1, 1, 1),
        ("short", 6, 3, 5, 1),
        ("", 1, 1, 0, 1),
    ],
)
def test_the_underline_is_as_wide_as_the_cause(line: str, column: int, length: int, spaces: int, carets: int) -> None:
    rows = shown(line, column, length)
    assert rows[2] == "      | " + " " * spaces + "^" * carets
    assert "\x1b" not in rows[1] and "\t" not in rows[1]


def test_a_long_line_is_cut_around_the_cause() -> None:
    line = "a" * 500 + "HERE" + "b" * 500
    rows = shown(line, 501, 4)
    assert len(rows[1]) < 180 and "HERE" in rows[1]
    assert rows[1][rows[2].index("^") :].startswith("HERE") and rows[2].count("^") == 4


def test_a_place_without_a_line() -> None:
    assert render(finding("no-heading", Span("folder", 0, 0, 1)), "en").startswith("folder: error [no-heading]\n  ")
    assert render(finding("no-heading", Span("", 0, 0, 1)), "zh").startswith("错误 [no-heading]")
    assert render(finding("no-heading", Span("/nowhere/f.yaml", 3, 1, 1)), "en").count("\n") == 2


def test_several_are_parted_by_a_line() -> None:
    one = finding("no-heading", Span("a", 0, 0, 1))
    assert render_all([one, one], "en").split("\n\n")[0] == render(one, "en")


def test_as_json() -> None:
    plain = as_json(finding("bare-number", AT, number="3%"))
    assert json.loads(json.dumps(plain)) == plain
    assert plain["severity"] == "warning" and plain["line"] == 3 and plain["length"] == 4
    assert set(plain) == {"code", "severity", "file", "line", "column", "length", "message", "fix"}


def test_errors_come_first_and_in_the_order_of_their_places() -> None:
    later, earlier = finding("no-heading", Span("b", 2, 1, 1)), finding("no-heading", Span("a", 9, 1, 1))
    warning = finding("bare-number", Span("a", 1, 1, 1), number="3")
    assert Rejected([warning, later, earlier]).findings == (earlier, later, warning)


def test_an_unknown_code_is_our_own_fault() -> None:
    with pytest.raises(KeyError):
        finding("no-such-code", AT)


def test_nearest() -> None:
    assert nearest("revenu", ["revenue", "rd_spend"]) == "revenue"
    assert nearest("营业收人", ["营业收入", "研发费用"]) == "营业收入"
    assert nearest("x", ["revenue"]) is None and nearest("x", []) is None


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_finding_says_what_is_wrong_and_how_to_mend_it_in_both_languages(code: str) -> None:
    text = MESSAGES[code]
    assert text.zh and text.en
    fields = [{f for _, f, _, _ in string.Formatter().parse(part) if f is not None} for part in (text.zh, text.en, text.fix_zh, text.fix_en)]
    zh, en, *_ = ({f.removesuffix("_zh").removesuffix("_en") for f in part} for part in fields)
    assert zh == en, "the two languages name different things"
    filled = Finding(code, AT, {f: f for part in fields for f in part})
    for lang in ("zh", "en"):
        assert filled.message(lang) == filled.message(lang).strip() != ""
        assert filled.fix(lang)
    assert set(SEVERITY) <= set(MESSAGES)
