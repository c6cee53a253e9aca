"""Tables in files, whatever their format: CSV, Excel and Parquet as headers and rows with their row numbers.

The kind of a file is told by how it begins, not by its name. A CSV is UTF-8 (with or without BOM), UTF-16 with BOM or GB18030.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.language.diagnostics import Rejected, Span, finding
from jiqun.register.cells import ErrorCell
from jiqun.register.excel import Merge, Opened, reading_excel
from jiqun.register.values import half_width
from jiqun.register.xlsx import Unusable

Cells = Sequence[object]
_CHUNK = 1 << 20
_ENCODINGS = ("utf-8", "gb18030")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_EXCEL = (b"PK", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ",\t;|，"


@dataclass(frozen=True)
class Layout:
    """Where the table stands in its file."""

    sheet: str | None = None
    header_rows: int = 1
    skip_rows: int = 0


@dataclass(frozen=True)
class Table:
    """A table being read: `total` is the number of rows to come (an estimate for CSV), `rows` gives each with its row number."""

    sheet: str
    encoding: str | None
    headers: tuple[str, ...]
    total: int
    rows: Iterator[tuple[int, Cells]]


@contextmanager
def reading(path: Path | str, layout: Layout | None = None) -> Iterator[Table]:
    """Open a table for reading; a file that cannot be read is `Rejected`, also while its rows are read."""
    file = Path(path)
    with ExitStack() as stack:
        with _said_of(file):
            table = _open(file, layout or Layout(), stack)
        yield replace(table, rows=_guarded(file, table.rows))


def _open(file: Path, layout: Layout, stack: ExitStack) -> Table:
    start = _beginning(file)
    if start.startswith(b"PAR1"):
        return _parquet(stack.enter_context(pq.ParquetFile(file)))
    if start.startswith(_EXCEL):
        return _excel(stack.enter_context(reading_excel(file, layout.sheet)), layout)
    if file.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        reject("not-excel", file)
    encoding, lines = _encoding(file, start)
    return _csv(file, stack.enter_context(file.open(encoding=encoding, newline="")), encoding, lines, layout)


@contextmanager
def _said_of(file: Path) -> Iterator[None]:
    try:
        yield
    except Unusable as error:
        raise Rejected((finding(error.code, Span(str(file), 0, 0, 0), **error.fields),)) from error
    except (pa.ArrowException, OSError) as error:
        reject("unreadable-table", file, reason=getattr(error, "strerror", None) or str(error).splitlines()[0])


def _guarded(file: Path, rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    with _said_of(file):
        yield from rows


def headers_of(path: Path | str, layout: Layout | None = None) -> tuple[str, ...]:
    """Return the headers of a table, the levels of a header of several rows joined with `/`."""
    with reading(path, layout) as table:
        return table.headers


def reject(code: str, path: Path, line: int = 0, **args: object) -> NoReturn:
    raise Rejected((finding(code, Span(str(path), line, 1 if line else 0, 0), **args),))


def _beginning(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(8192)


def _parquet(file: pq.ParquetFile) -> Table:
    def rows() -> Iterator[tuple[int, Cells]]:
        number = 0
        for batch in file.iter_batches(batch_size=10_000):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield number, cells

    return Table("", None, tuple(file.schema_arrow.names), file.metadata.num_rows, rows())


def _excel(opened: Opened, layout: Layout) -> Table:
    rows: Iterator[tuple[int, Cells]] = enumerate(opened.rows, 1)
    headers = join_headers(_top(rows, layout), opened.merges, layout.skip_rows)
    return Table(opened.name, None, headers, max(opened.total - layout.skip_rows - layout.header_rows, 0), rows)


def _top(rows: Iterator[tuple[int, Cells]], layout: Layout) -> list[Cells]:
    return [cells for _, cells in islice(rows, layout.skip_rows + layout.header_rows)][layout.skip_rows :]


def _csv(path: Path, stream: IO[str], encoding: str, lines: int, layout: Layout) -> Table:
    first = next((line for line in iter(stream.readline, "") if line.strip()), "")
    stream.seek(0)
    rows = _csv_rows(path, stream, max(_DELIMITERS, key=first.count))
    headers = join_headers(_top(rows, layout))
    return Table("", encoding, headers, max(lines - layout.skip_rows - layout.header_rows, 0), rows)


def _csv_rows(path: Path, stream: Iterator[str], delimiter: str) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(stream, delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        reject("csv-broken", path, reader.line_num, reason=str(error))


def _encoding(path: Path, start: bytes) -> tuple[str, int]:
    """Return the encoding of a text file and how many lines it has; a file that is no text is rejected."""
    marked = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    if marked is None and b"\0" in start:
        reject("not-a-table", path)
    at = 0
    for encoding in (marked,) if marked else _ENCODINGS:
        lines, at = _decodes(path, encoding)
        if at < 0:
            return encoding, lines
    reject("not-text", path, byte=at)


def _decodes(path: Path, encoding: str) -> tuple[int, int]:
    """Return the lines of a file and -1, or the byte near which it is not text of the encoding."""
    decoder, lines, done, last = codecs.getincrementaldecoder(encoding)(), 0, 0, "\n"
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                text = decoder.decode(chunk)
                lines, done, last = lines + text.count("\n"), done + len(chunk), text[-1:] or last
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return 0, done + error.start
    return lines + (last != "\n"), -1


def join_headers(top: Sequence[Cells], merges: Sequence[Merge] = (), skipped: int = 0) -> tuple[str, ...]:
    """Return one header a column from the header rows, levels joined with `/`.

    A merged cell holds for its whole range. Where nothing is merged (CSV), a blank in a row above the last repeats what stands to
    its left, as such tables are written.

    >>> join_headers([["企业", "营业收入", ""], ["", "2023", "2024"]])
    ('企业', '营业收入/2023', '营业收入/2024')
    """
    width = max((len(row) for row in top), default=0)
    levels = [[_heading(cell) for cell in row] + [""] * (width - len(row)) for row in top]
    if merges:
        _fill_merged(levels, merges, skipped)
    else:
        for level in levels[:-1]:
            for place in range(1, width):
                level[place] = level[place] or level[place - 1]
    return tuple("/".join(dict.fromkeys(filter(None, column))) for column in zip(*levels, strict=True))


def _heading(cell: object) -> str:
    if cell is None or isinstance(cell, ErrorCell):
        return ""
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    return "".join(half_width(text).split())


def _fill_merged(levels: list[list[str]], merges: Sequence[Merge], skipped: int) -> None:
    for (top, left), (bottom, right) in merges:
        for row in range(max(top - skipped, 0), min(bottom - skipped + 1, len(levels))):
            for place in range(left, min(right + 1, len(levels[row]))):
                levels[row][place] = levels[max(top - skipped, 0)][left]
