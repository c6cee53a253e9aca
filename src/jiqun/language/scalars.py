"""Where each character of a YAML scalar stands in its file, however it is quoted, folded or wrapped.

YAML's own rules are followed again over the source lines, this time keeping positions: a folded line break gives a
space, a doubled quote or an escape gives one character, indentation gives none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ESCAPES = {"x": 4, "u": 6, "U": 10}


@dataclass(frozen=True, slots=True)
class Spot:
    """One character of a value: the source line it comes from (from 0), its column there, and how many characters it takes."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Read:
    """A value as YAML reads it, with the spot of each of its characters."""

    text: str
    spots: tuple[Spot, ...]


def spots(style: str, raw: Sequence[str], column: int, value: str) -> tuple[Spot, ...]:
    """Return the spot of every character of `value`, as written over the lines `raw`.

    Args:
        style: `'`, `"`, `|`, `>` or nothing (plain).
        raw: the source lines of the scalar; the first begins at the scalar unless it is a block.
        column: the column at which the first line of `raw` begins.
        value: what YAML made of it.

    >>> [s.column for s in spots("'", ["'it''s'"], 0, "it's")]
    [1, 2, 3, 5]
    """
    if style in ("|", ">"):
        read = next((r for r in _blocks(style, raw) if r.text.rstrip("\n") == value.rstrip("\n")), Read("", ()))
    else:
        read = _flow(style, raw, column)
        if read.text != value:
            read = Read("", ())
    end = read.spots[-1] if read.spots else Spot(0, column)
    return (*read.spots[: len(value)], *([end] * (len(value) - len(read.spots))))


def _joined(parts: Iterator[tuple[str, Spot]]) -> Read:
    made = list(parts)
    return Read("".join(char for char, _ in made), tuple(spot for _, spot in made))


# --- plain and quoted ------------------------------------------------------------------------------------------------


def _flow(style: str, raw: Sequence[str], column: int) -> Read:
    return _joined(_flow_parts(style, raw, column))


def _flow_parts(style: str, raw: Sequence[str], column: int) -> Iterator[tuple[str, Spot]]:
    """Yield the characters of a plain or quoted scalar: inner lines stripped, a break folded, blank lines kept as breaks."""
    last = len(raw) - 1
    blanks: list[Spot] = []
    joined = Spot(0, column)
    escaped = False
    for number, line in enumerate(raw):
        start, end = 0, len(line)
        if number == 0 and style:
            start = 1
        if number == last and style:
            end -= 1
        if number > 0:
            start = len(line) - len(line.lstrip(" \t"))
        if number < last:
            end = max(start, _stripped(line, style))
        if 0 < number < last and start >= len(line):
            blanks.append(Spot(number, 0))
            continue
        if number > 0:
            breaks = [("\n", spot) for spot in blanks]
            yield from breaks or ([] if escaped else [(" ", joined)])
            blanks = []
        shift = column if number == 0 else 0
        escaped = style == '"' and number < last and _continues(line, start)
        yield from _characters(style, line, start, end - 1 if escaped else end, number, shift)
        joined = Spot(number, end + shift)


def _stripped(line: str, style: str) -> int:
    """Return where a line's content ends; a space behind a backslash belongs to it."""
    end = len(line.rstrip(" \t"))
    return end + 1 if style == '"' and end < len(line) and _odd_backslashes(line[:end]) else end


def _odd_backslashes(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _continues(line: str, start: int) -> bool:
    """Whether a double-quoted line ends in an escaped break."""
    return _odd_backslashes(line[start:])


def _characters(style: str, line: str, start: int, end: int, number: int, shift: int) -> Iterator[tuple[str, Spot]]:
    at = start
    while at < end:
        width, char = 1, line[at]
        if style == "'" and line[at : at + 2] == "''":
            width = 2
        elif style == '"' and char == "\\":
            width = _ESCAPES.get(line[at + 1 : at + 2], 2)
            char = _unescaped(line[at : at + width])
        yield char, Spot(number, at + shift, width)
        at += width


_NAMED = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b"}
_NAMED |= {" ": " ", '"': '"', "\\": "\\", "/": "/", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}


def _unescaped(written: str) -> str:
    return chr(int(written[2:], 16)) if written[1] in _ESCAPES else _NAMED.get(written[1], written[1])


# --- blocks ----------------------------------------------------------------------------------------------------------


def _blocks(style: str, raw: Sequence[str]) -> Iterator[Read]:
    """Yield the block read at each indentation it could have; the right one gives the value."""
    widest = max((len(line) - len(line.lstrip(" ")) for line in raw[1:] if line.strip(" ")), default=0)
    for indent in range(widest, 0, -1):
        yield _joined(_block_parts(style, raw, indent))
    yield _joined(_block_parts(style, raw, 0))


def _block_parts(style: str, raw: Sequence[str], indent: int) -> Iterator[tuple[str, Spot]]:
    """Yield the characters of a block at one indentation, every break at its end kept."""
    pending: Spot | None = None
    blanks: list[Spot] = []
    after_more = False
    for number, line in enumerate(raw[1:], 1):
        if not line[indent:] and not line.strip(" "):
            blanks.append(Spot(number, len(line)))
            continue
        if line[:indent].strip(" "):
            break
        more = line[indent] in " \t"
        if pending is not None and (style == "|" or more or after_more):
            yield "\n", pending
        elif pending is not None and not blanks:
            yield " ", pending
        for spot in blanks:
            yield "\n", spot
        blanks = []
        for at in range(indent, len(line)):
            yield line[at], Spot(number, at)
        pending, after_more = Spot(number, len(line)), more
    if pending is not None:
        yield "\n", pending
    for spot in blanks:
        yield "\n", spot
