"""YAML as a package reads it: text stays text, keys stand once, nothing hides, and every value knows its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.language.diagnostics import Span
from jiqun.language.source import MAX_BYTES, MAX_DEPTH, Located, LocatedList, LocatedMap, parse_yaml, read_yaml, walk


def read(text: str) -> LocatedMap:
    content, found = parse_yaml(text, "f.yaml")
    assert found == () and isinstance(content, LocatedMap)
    return content


def test_scalars_stay_text() -> None:
    content = read("a: no\nb: 010\nc: 1e3\nd: 2024-01-01\ne: 0x10\nf: Yes\ng: '~'\nh: 1_000\n")
    assert dict(content) == {"a": "no", "b": "010", "c": "1e3", "d": "2024-01-01", "e": "0x10", "f": "Yes", "g": "~", "h": "1_000"}


def test_nothing_is_nothing() -> None:
    assert dict(read("a:\nb: ~\nc: null\nd: ''\n")) == {"a": None, "b": None, "c": None, "d": ""}
    assert dict(read("")) == {} and dict(read("# a remark\n")) == {}


def test_places() -> None:
    content = read("a:\n- {b: 甲, c: [x, yy]}\nd: z\n")
    row = content["a"]
    assert isinstance(row, LocatedList) and row.span == Span("f.yaml", 2, 1, 1)
    inner = row[0]
    assert isinstance(inner, LocatedMap) and inner.keys_at["c"] == Span("f.yaml", 2, 10, 1)
    assert inner.span == Span("f.yaml", 2, 3, 18)
    texts = [x.span for x in walk(content) if isinstance(x, Located)]
    assert texts == [Span("f.yaml", 2, 7, 1), Span("f.yaml", 2, 14, 1), Span("f.yaml", 2, 17, 2), Span("f.yaml", 3, 4, 1)]


def test_a_mapping_over_several_lines_is_shown_by_its_first_key() -> None:
    row = read("a:\n- name: x\n  other: y\n")["a"]
    assert isinstance(row, LocatedList) and isinstance(row[0], LocatedMap)
    assert row[0].span == Span("f.yaml", 2, 3, 4)


REFUSED = {
    "a: 1\na: 2\n": ("duplicate-key", 2, 1),
    "a: &x 1\n": ("yaml-alias", 1, 4),
    "a: *x\n": ("yaml-alias", 1, 4),
    "a: !!int 1\n": ("yaml-tag", 1, 4),
    "a: !include x\n": ("yaml-tag", 1, 4),
    "? [a]\n: 1\n": ("key-not-text", 1, 3),
    "a: [1\n": ("bad-yaml", 1, 5),
    "a: b: c\n": ("bad-yaml", 1, 5),
    "\ta: 1\n": ("bad-yaml", 1, 1),
    "a: 1\n---\nb: 2\n": ("bad-yaml", 2, 1),
    "a: 甲\nb: x\x00y\n": ("bad-yaml", 2, 5),
    'a: "x\n': ("bad-yaml", 1, 5),
    "a: 甲乙\nb: [丙\n": ("bad-yaml", 2, 5),
    "甲: 甲乙\n丙: 丁: 戊\n": ("bad-yaml", 2, 5),
    "a: " + "[" * (MAX_DEPTH + 2): ("yaml-too-deep", 1, MAX_DEPTH + 3),
    "a: " + "{a: " * 100_000: ("yaml-too-deep", 1, 4 + 4 * (MAX_DEPTH - 1)),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda t: t[:20])
def test_refused(text: str) -> None:
    _, found = parse_yaml(text, "f.yaml")
    code, line, column = REFUSED[text]
    assert [(f.code, f.span.line, f.span.column) for f in found] == [(code, line, column)]


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("\ufeffa: 甲\r\nb: 乙\r\n".encode())
    content, found = read_yaml(file, "a.yaml")
    assert found == () and content == {"a": "甲", "b": "乙"}
    file.write_bytes("a: 1\nb: 甲\n".encode("gb18030"))
    assert [(f.code, f.span.line, f.span.column) for f in read_yaml(file, "a.yaml")[1]] == [("not-utf8", 2, 4)]
    file.write_bytes(b"a" * (MAX_BYTES + 1))
    assert [f.code for f in read_yaml(file, "a.yaml")[1]] == ["file-too-large"]
    assert [f.code for f in read_yaml(tmp_path / "none.yaml", "none.yaml")[1]] == ["unreadable-file"]
    assert [f.code for f in read_yaml(tmp_path, "folder.yaml")[1]] == ["unreadable-file"]


@given(st.text(max_size=80) | st.text(alphabet="ab:- \n'\"[]{},|>&*!#%@`\t甲：", max_size=80))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    content, found = parse_yaml(text, "f.yaml")
    assert content is not None or found or text.strip()
    lines = max(1, len(text.splitlines()))
    for each in found:
        assert 1 <= each.span.line <= lines + 1 and each.span.column >= 1
    for part in walk(content):
        if isinstance(part, Located):
            assert all(1 <= part.place(i).line <= lines for i in range(len(part)))
