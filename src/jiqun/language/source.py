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
from typing import Any

import yaml

from jiqun.language.diagnostics import Finding, Findings, Span, finding
from jiqun.language.scalars import Spot, spots

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

    def place(self, value: str, start: int, end: int) -> Span:
        """Return the span of the characters `start` to `end` of the scalar's value, up to the end of their first line."""
        if not self.style and len(self.raw) == 1:
            return Span(self.file, self.line, self.column + start, max(1, end - start))
        where = spots(self.style, self.raw, self.column - 1, value)
        if start >= len(where):
            last = where[-1] if where else Spot(0, self.column - 1, 0)
            return Span(self.file, self.line + last.line, last.column + last.width + 1, 1)
        first = where[start]
        last = next(s for s in reversed(where[start : max(end, start + 1)]) if s.line == first.line)
        return Span(self.file, self.line + first.line, first.column + 1, max(1, last.column + last.width - first.column))


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
        end = end if end is not None else start + 1
        return Span("", 0, 0, max(1, end - start)) if self.mark is None else self.mark.place(self, start, end)

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
    where = Span(shown, 0, 0, 1)
    try:
        data = path.read_bytes()
    except OSError as cause:
        return None, (finding("unreadable-file", where, cause=cause.strerror or str(cause)),)
    if len(data) > MAX_BYTES:
        return None, (finding("file-too-large", where, size=len(data), limit=MAX_BYTES),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        before = data[: cause.start].decode("utf-8-sig")
        return None, (finding("not-utf8", _at(before, len(before), shown), byte=cause.start),)
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> tuple[object, Findings]:
    """Parse YAML text; see `read_yaml`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: list[Finding] = []
    try:
        refused = _refused(text, shown, loader)
        if refused is not None:
            return None, (refused,)
        node = yaml.compose(text, Loader=loader)
    except yaml.reader.ReaderError as cause:
        position = max(0, text.find(chr(cause.character)))  # what the reader counts is bytes
        return None, (finding("bad-yaml", _at(text, position, shown), problem=cause.reason),)
    except yaml.MarkedYAMLError as cause:
        at = cause.problem_mark or cause.context_mark
        # at the end of the file: the last thing written says more than the empty line behind it
        position = min(at.index if at is not None else 0, max(0, len(text.rstrip()) - 1))
        return None, (finding("bad-yaml", _at(text, position, shown), problem=cause.problem or cause.context or "?"),)
    if node is None:
        return LocatedMap(), ()
    made = _convert(node, shown, text.splitlines(), found)
    return made, tuple(found)


def _at(text: str, position: int, shown: str) -> Span:
    """Return the place of a character of the file."""
    lines = (text[:position] + "x").splitlines()
    return Span(shown, len(lines), len(lines[-1]), 1)


def _refused(text: str, shown: str, loader: Any) -> Finding | None:
    """Return what YAML allows and a package does not: aliases, tags, and nesting that no package needs."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        mark = event.start_mark
        place = Span(shown, mark.line + 1, mark.column + 1, 1) if mark is not None else Span(shown, 1, 1, 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return finding("yaml-alias", place)
        if tag := getattr(event, "tag", None):
            return finding("yaml-tag", place, tag=tag)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return finding("yaml-too-deep", place, limit=MAX_DEPTH)
    return None


def _span(node: yaml.Node, shown: str) -> Span:
    start, end = node.start_mark, node.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Span(shown, start.line + 1, start.column + 1, max(1, length))


def _convert(node: yaml.Node, shown: str, lines: list[str], found: list[Finding]) -> object:
    """Turn a node into maps, lists and texts that know their places."""
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, shown, lines)
    if isinstance(node, yaml.SequenceNode):
        row = LocatedList(_convert(item, shown, lines, found) for item in node.value)
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
        made[key] = _convert(value_node, shown, lines, found)
    if node.end_mark.line > node.start_mark.line and made.keys_at:
        made.span = next(iter(made.keys_at.values()))
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
