"""Every character of a scalar is placed where it stands in the file, however the scalar is written."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.language.source import Located, LocatedMap, parse_yaml

LETTERS = "abxyz研发费用ＡＢ，（é"


@dataclass(frozen=True)
class Word:
    """A part of a scalar: as written, as read, and where in the writing each character read begins and how long it is."""

    written: str
    read: str
    at: tuple[tuple[int, int], ...]


def word(number: int, parts: list[tuple[str, str]]) -> Word:
    """Make a word of (written, read) parts; the number makes it unlike any other of its scalar."""
    parts = [*((c, c) for c in f"w{number}w"), *parts]
    at, end = [], 0
    for written, _ in parts:
        at.append((end, len(written)))
        end += len(written)
    return Word("".join(w for w, _ in parts), "".join(r for _, r in parts), tuple(at))


def characters(style: str) -> st.SearchStrategy[tuple[str, str]]:
    plain = st.sampled_from(LETTERS).map(lambda c: (c, c))
    if style == "'":
        return plain | st.just(("''", "'")) | st.just(('"', '"'))
    if style == '"':
        return (
            plain
            | st.just(("'", "'"))
            | st.sampled_from([('\\"', '"'), ("\\\\", "\\"), ("\\t", "\t"), ("\\n", "\n"), ("\\/", "/"), ("\\_", "\xa0")])
            | st.sampled_from(LETTERS).map(lambda c: (f"\\u{ord(c):04x}", c))
            | st.just(("\\x41", "A"))
            | st.just(("\\U0001F600", "\U0001f600"))
        )
    return plain


@st.composite
def words(draw: st.DrawFn, style: str) -> list[Word]:
    made = draw(st.lists(st.lists(characters(style), max_size=4), min_size=1, max_size=7))
    return [word(number, parts) for number, parts in enumerate(made)]


def placed(source: str) -> Located:
    content, found = parse_yaml(source, "f.yaml")
    assert found == () and isinstance(content, LocatedMap), source
    value = content["key"] if "key" in content else content["outer"]["key"]  # type: ignore[index]
    assert isinstance(value, Located), source
    return value


def check(source: str, made: list[Word]) -> None:
    """Compare the place of every character with where it is found by looking for its word."""
    value = placed(source)
    for each in made:
        assert value.count(each.read) == 1 and source.count(each.written) == 1
        first, start = value.index(each.read), source.index(each.written)
        for number, (offset, width) in enumerate(each.at):
            span = value.place(first + number)
            before = source[: start + offset]
            expected = (before.count("\n") + 1, start + offset - (before.rfind("\n") + 1) + 1, width)
            assert (span.line, span.column, span.length) == expected, (source, each, number)
        whole = value.place(first, first + len(each.read))
        assert whole.length == len(each.written)


SEPARATORS = st.sampled_from([" ", "  ", "\n    ", " \n    ", "\n\n    ", "\n  \n\n      "])


@pytest.mark.parametrize("style", ["", "'", '"'])
@given(data=st.data())
def test_plain_and_quoted(style: str, data: st.DataObject) -> None:
    made = data.draw(words(style))
    between = {"": SEPARATORS, "'": SEPARATORS | st.just("\t\n  \t  "), '"': SEPARATORS | st.just("\\\n      ")}[style]
    text = made[0].written + "".join(data.draw(between) + w.written for w in made[1:])
    if style and data.draw(st.booleans()):
        text = f" {text} "
    nested = data.draw(st.booleans())
    head = "outer:\n  key: " if nested else "前: 一\nkey: "
    check(f"{head}{style}{text}{style}\n", made)


@pytest.mark.parametrize("style", ["|", ">", "|-", ">-", "|+", ">+"])
@given(data=st.data())
def test_blocks(style: str, data: st.DataObject) -> None:
    made = data.draw(words(""))
    indent = data.draw(st.integers(1, 5))
    lines: list[str] = []
    row = made[0].written
    for each in made[1:]:
        if data.draw(st.booleans()):
            row += data.draw(st.sampled_from([" ", "  "])) + each.written
        else:
            lines += [row, *data.draw(st.lists(st.sampled_from(["", " "]), max_size=2))]
            row = " " * data.draw(st.sampled_from([0, 0, 2, 5])) + each.written
    lines.append(row)
    body = "\n".join(" " * indent + line if line.strip() else line[:indent] for line in lines)
    tail = data.draw(st.sampled_from(["\n", "\n\n", "\nmore: x\n", "\n# a remark\nmore: x\n", ""]))
    check(f"key: {style}\n{body}{tail}", made)


@pytest.mark.parametrize(
    ("source", "part", "place"),
    [
        ("key: |2\n    a b\n", "b", (2, 7)),
        ("key: >2\n    a\n  b\n", "b", (3, 3)),
        ("key: >1-\n  a\n b\n", "b", (3, 2)),
        ("key: [1, 2]\nouter: {key: x}\n", None, None),
        ('key: "a\\\n    b"\n', "b", (2, 5)),
        ('key: "a \\\n    b"\n', "b", (2, 5)),
        ("key: '\n  a\n  '\n", "a", (2, 3)),
        ("key: 'a''''b'\n", "b", (1, 12)),
        ("key:\n  a\n  b\n", "b", (3, 3)),
        ("key: a\r\n  b\r\n", "b", (2, 3)),
        ("\ufeffkey: a b\n"[1:], "b", (1, 8)),
    ],
)
def test_single_cases(source: str, part: str | None, place: tuple[int, int] | None) -> None:
    if part is None:
        return
    value = placed(source)
    span = value.place(value.rindex(part))
    assert (span.line, span.column) == place


def test_a_span_over_a_line_break_ends_with_its_line() -> None:
    value = placed("key: >\n  first line\n  second line\n")
    span = value.place(value.index("line"), len(value))
    assert (span.line, span.column, span.length) == (2, 9, len("line") + 1)


def test_the_end_of_a_scalar_can_be_pointed_at() -> None:
    value = placed("key: 'abc'\n")
    assert value.place(3) == value.place(99)
    assert (value.place(3).line, value.place(3).column) == (1, 10)


def test_a_text_without_a_file_has_no_place() -> None:
    assert Located("abc").place(1).line == 0
