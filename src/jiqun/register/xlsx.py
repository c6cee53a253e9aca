"""What must be known of an .xlsx file before it is read: how large it unfolds, and which cells hold errors or no result.

The reader we use returns nothing for `#N/A` and for a formula without a stored result, as if the cell were empty, and takes memory for
the whole rectangle a sheet claims. So the sheet's XML is passed through once, as text, before.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

MOST_BYTES = 1 << 30
MOST_CELLS = 60_000_000
_SMALL = 64 << 20
_MOST_RATIO = 200
_CHUNK = 1 << 20
_LONGEST_ROW = 64 << 20

_PLACE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?P<attributes>[^>]*)>\s*"
    rb"(?P<formula><(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>(?P<value>[^<]*)</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MARKED = re.compile(rb'<(?:\w+:)?f[\s>/]|\st="e"')


class Unusable(Exception):
    """A workbook that cannot be read; `code` is that of the finding, `fields` its arguments."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code, self.fields = code, fields


@dataclass
class Extent:
    """What one pass over a sheet found: its last row and column (from 1), and the texts of flawed cells by (row, column) from 0."""

    rows: int = 0
    columns: int = 0
    flaws: dict[tuple[int, int], str] = field(default_factory=dict)


def check_size(path: Path) -> None:
    """Refuse a file that unfolds out of all proportion; to be called before anything of it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise Unusable("excel-damaged", reason=str(error)) from error
    size, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if size > MOST_BYTES or (size > _SMALL and size > _MOST_RATIO * max(packed, 1)):
        raise Unusable("excel-unfolds", size=size >> 20, packed=max(packed >> 20, 1))


def inspect(path: Path, sheet: str) -> Mapping[tuple[int, int], str]:
    """Return the flawed cells of a sheet; one that is damaged or claims too many cells is `Unusable`."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, sheet)) as stream:
            extent = _scan(stream)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, StopIteration, OSError, EOFError, RuntimeError, ValueError) as error:
        raise Unusable("excel-damaged", reason=str(error)) from error
    if extent.rows * extent.columns > MOST_CELLS:
        raise Unusable("sheet-too-large", rows=extent.rows, columns=extent.columns, limit=MOST_CELLS)
    return extent.flaws


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the archive's member that holds the named sheet."""
    tree = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    wanted = next((node for node in tree.iter() if _local(node.tag) == "sheet" and node.get("name") == sheet), None)
    if wanted is None:
        raise Unusable("sheet-missing", sheet=sheet, known="")
    key = next(value for name, value in wanted.attrib.items() if _local(name) == "id")
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next((node.get("Target", "") for node in links if node.get("Id") == key), "")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _scan(stream: IO[bytes]) -> Extent:
    extent = Extent()
    for text in _whole_cells(stream):
        places = _PLACE.findall(text)
        extent.columns = max([extent.columns, *(_column(letters) + 1 for letters in {letters for letters, _ in places})])
        extent.rows = max([extent.rows, *(int(digits) for digits in {digits for _, digits in places})])
        if _MARKED.search(text):
            extent.flaws.update(_flaws(text))
    return extent


def _whole_cells(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the text in pieces that end with the end of a row."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        rest += chunk
        end = rest.rfind(b"row>") + len(b"row>")
        if end >= len(b"row>"):
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > _LONGEST_ROW:
            raise Unusable("excel-damaged", reason="a row without an end")
    yield rest


def _flaws(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the cells that hold an error, or a formula whose result is missing (an empty text is a result)."""
    for match in _CELL.finditer(text):
        attributes, value = match["attributes"], (match["value"] or b"").strip()
        failed = b't="e"' in attributes
        without_result = match["formula"] is not None and not value and b't="str"' not in attributes
        place = _PLACE.search(attributes)
        if place is not None and (failed or without_result):
            yield (int(place[2]) - 1, _column(place[1])), value.decode("ascii", "replace") if failed else "formula"


def _column(letters: bytes) -> int:
    """Return the number of a column from 0.

    >>> _column(b"A"), _column(b"AA"), _column(b"XFD")
    (0, 26, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
