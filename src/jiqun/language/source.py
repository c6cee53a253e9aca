"""YAML read as text with positions: every scalar knows its file, line and column.

Scalars stay text (`no` is not False, `010` is not 8), a key given twice is a
finding, aliases and anchors are refused (they hide where a value was set, and
expand without limit), and a character of a quoted or folded scalar can still
be pointed at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from jiqun.language.diagnostics import Finding, Findings, Span, finding

MAX_BYTES = 4_000_000
MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a scalar begins, and how it is written: enough to place any character of it."""

    file: str
    line: int
    column: int
    style: str
    raw: tuple[str, ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Return (line, column), both from 1, of the character at `offset` of the scalar's value."""
        if self.style in ("", "'", '"') and len(self.raw) == 1:
            return self.line, self.column + _raw_offset(self.raw[0], self.style, offset)
        return _place_in_block(self, offset)


def _raw_offset(raw: str, style: str, offset: int) -> int:
    """Count source characters before value character `offset` in a one-line scalar."""
    if not style:
        return offset
    at, value = 1, 0
    while value < offset and at < len(raw) - 1:
        if style == "'" and raw[at : at + 2] == "''":
            at += 2
        elif style == '"' and raw[at] == "\\":
            at += {"x": 4, "u": 6, "U": 10}.get(raw[at + 1 : at + 2], 2)
        else:
            at += 1
        value += 1
    return at


def _place_in_block(mark: Mark, offset: int) -> tuple[int, int]:
    """Place a character of a scalar that spans several lines (folded, literal or wrapped)."""
    block = mark.style in (">", "|")
    lines = mark.raw[1:] if block else mark.raw
    first = mark.line + (1 if block else 0)
    value = 0
    for number, raw in enumerate(lines):
        indent = len(raw) - len(raw.lstrip())
        body = raw.strip() if mark.style != "|" else raw[indent:]
        start = indent
        base = mark.column - 1 if number == 0 and not block else 0
        if not block and number == 0 and mark.style:
            body, start = body[1:], start + 1
        if not block and number == len(lines) - 1 and mark.style and body.endswith(mark.style):
            body = body[:-1]
        if offset <= value + len(body):
            return first + number, base + start + (offset - value) + 1
        value += len(body) + 1
    return mark.line, mark.column


class Located(str):
    """A text that knows where it was written.

    >>> Located("voucher_rate").place(0)
    Span(file='', line=0, column=0, length=1)
    """

    __slots__ = ("mark",)
    mark: Mark | None

    def __new__(cls, text: str, mark: Mark | None = None) -> Located:
        made = super().__new__(cls, text)
        made.mark = mark
        return made

    def place(self, start: int, end: int | None = None) -> Span:
        """Return the span of characters `start` to `end` of this text in its file."""
        length = max(1, (end if end is not None else start + 1) - start)
        if self.mark is None:
            return Span("", 0, 0, length)
        line, column = self.mark.place(start)
        return Span(self.mark.file, line, column, length)

    @property
    def span(self) -> Span:
        return self.place(0, max(1, len(self)))


class LocatedMap(dict[str, object]):
    """A mapping that remembers where it and each of its keys was written."""

    __slots__ = ("keys_at", "span")
    keys_at: dict[str, Span]
    span: Span


class LocatedList(list[object]):
    """A list that remembers where it was written."""

    __slots__ = ("span",)
    span: Span


def read_yaml(path: Path, shown: str) -> tuple[object, Findings]:
    """Read one file as maps, lists and `Located` texts, with every finding.

    Args:
        path: the file.
        shown: the name findings give it.
    """
    where = Span(shown, 1, 1, 1)
    try:
        data = path.read_bytes()
    except OSError as cause:
        return None, (finding("unreadable-file", where, cause=cause.strerror or str(cause)),)
    if len(data) > MAX_BYTES:
        return None, (finding("file-too-large", where, size=len(data), limit=MAX_BYTES),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        return None, (finding("not-utf8", where, byte=cause.start),)
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> tuple[object, Findings]:
    """Parse YAML text; see `read_yaml`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    lines = text.splitlines()
    found: list[Finding] = []
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                mark = event.start_mark
                assert mark is not None
                return None, (finding("yaml-alias", Span(shown, mark.line + 1, mark.column + 1, 1)),)
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as cause:
        at = getattr(cause, "problem_mark", None)
        line, column = (at.line + 1, at.column + 1) if at is not None else (1, 1)
        problem = getattr(cause, "problem", None) or str(cause).splitlines()[0]
        return None, (finding("bad-yaml", Span(shown, line, column, 1), problem=problem),)
    except RecursionError:
        return None, (finding("yaml-too-deep", Span(shown, 1, 1, 1), limit=MAX_DEPTH),)
    if node is None:
        return LocatedMap(), ()
    made = _convert(node, shown, lines, found, 0)
    return made, tuple(found)


def _span(node: yaml.Node, shown: str) -> Span:
    start, end = node.start_mark, node.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Span(shown, start.line + 1, start.column + 1, max(1, length))


def _convert(node: yaml.Node, shown: str, lines: list[str], found: list[Finding], depth: int) -> object:
    if depth > MAX_DEPTH:
        found.append(finding("yaml-too-deep", _span(node, shown), limit=MAX_DEPTH))
        return None
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, shown, lines)
    if isinstance(node, yaml.SequenceNode):
        row = LocatedList(_convert(item, shown, lines, found, depth + 1) for item in node.value)
        row.span = _span(node, shown)
        return row
    made = LocatedMap()
    made.span, made.keys_at = _span(node, shown), {}
    for key_node, value_node in node.value:
        at = _span(key_node, shown)
        if not isinstance(key_node, yaml.ScalarNode):
            found.append(finding("key-not-text", at))
            continue
        key = key_node.value
        if key in made:
            found.append(finding("duplicate-key", at, key=key, line=made.keys_at[key].line))
            continue
        made.keys_at[key] = at
        made[key] = _convert(value_node, shown, lines, found, depth + 1)
    return made


def _scalar(node: yaml.ScalarNode, shown: str, lines: list[str]) -> Located | None:
    style = node.style or ""
    if not style and node.value in ("", "~", "null"):
        return None
    start, end = node.start_mark, node.end_mark
    if style in (">", "|"):
        last = min(end.line + (1 if end.column else 0), len(lines))
        raw = tuple(lines[start.line : last])
    elif start.line == end.line:
        raw = (lines[start.line][start.column : end.column],)
    else:
        middle = lines[start.line + 1 : end.line]
        raw = (lines[start.line][start.column :], *middle, lines[end.line][: end.column])
    return Located(node.value, Mark(shown, start.line + 1, start.column + 1, style, raw))


def walk(value: object) -> Iterator[object]:
    """Yield every map, list and text inside a read file."""
    yield value
    if isinstance(value, Mapping):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
