"""Which cells of an old .xls file hold errors: the reader we use returns nothing for them, as if they were empty.

An .xls is a small file system (OLE) whose stream `Workbook` is a row of records (BIFF8); an error stands in a BOOLERR record or as the
result of a FORMULA record.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from jiqun.register.xlsx import Unusable

_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
_FREE = 0xFFFFFFFA
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_FORMULA, _EOF, _BOUNDSHEET, _BOOLERR = 0x0006, 0x000A, 0x0085, 0x0205
MOST_BYTES = 512 << 20


def inspect(path: Path, sheet: str) -> Mapping[tuple[int, int], str]:
    """Return the error cells of a sheet by (row, column) from 0; a damaged file is `Unusable`."""
    if path.stat().st_size > MOST_BYTES:
        raise Unusable("file-too-large", size=path.stat().st_size, limit=MOST_BYTES)
    try:
        book = _workbook(path.read_bytes())
        start = next(start for name, start in _sheets(book) if name == sheet)
        return dict(_flaws(book, start))
    except (struct.error, IndexError, StopIteration, RuntimeError) as error:
        raise Unusable("excel-damaged", reason=str(error) or "the records do not fit together") from error


def _workbook(data: bytes) -> bytes:
    """Return the stream `Workbook` of an OLE file."""
    if not data.startswith(_MAGIC):
        raise Unusable("not-excel")
    size, small_size = (1 << power for power in struct.unpack_from("<2H", data, 30))
    first, cutoff, small_first = struct.unpack_from("<I4xI", data, 48) + struct.unpack_from("<I", data, 60)
    table = _allocation(data, size)
    directory = _chain(data, table, first, size)
    entries = [directory[at : at + 128] for at in range(0, len(directory), 128)]
    named = {entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace"): entry for entry in entries}
    entry = named.get("Workbook")
    if entry is None:
        raise Unusable("excel-encrypted" if "EncryptedPackage" in named else "not-excel")
    start, length = struct.unpack_from("<2I", entry, 116)
    if length >= cutoff:
        return _chain(data, table, start, size)[:length]
    root = _chain(data, table, struct.unpack_from("<I", entries[0], 116)[0], size)
    small = _chain(data, table, small_first, size)
    return _chain(root, struct.unpack(f"<{len(small) // 4}I", small), start, small_size, offset=0)[:length]


def _allocation(data: bytes, size: int) -> tuple[int, ...]:
    sectors = [sector for sector in struct.unpack_from("<109I", data, 76) if sector < _FREE]
    extra, count = struct.unpack_from("<2I", data, 68)
    for _ in range(min(count, len(data) // size)):
        block = struct.unpack_from(f"<{size // 4}I", data, (extra + 1) * size)
        sectors += [sector for sector in block[:-1] if sector < _FREE]
        extra = block[-1]
    return tuple(link for sector in sectors for link in struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size))


def _chain(data: bytes, table: tuple[int, ...], sector: int, size: int, offset: int = 1) -> bytes:
    """Follow a chain of sectors; one that bites its tail is damaged."""
    parts: list[bytes] = []
    while sector < _FREE:
        if len(parts) > len(table):
            raise RuntimeError("a chain without an end")
        at = (sector + offset) * size
        parts.append(data[at : at + size])
        sector = table[sector]
    return b"".join(parts)


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, start, length) of the records from `at` to the end of their part."""
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<2H", book, at)
        yield kind, at + 4, length
        if kind == _EOF:
            return
        at += 4 + length


def _sheets(book: bytes) -> Iterator[tuple[str, int]]:
    for kind, at, _ in _records(book, 0):
        if kind == _BOUNDSHEET:
            start, _, length, wide = struct.unpack_from("<IHBB", book, at)
            raw = book[at + 8 : at + 8 + length * (2 if wide & 1 else 1)]
            yield raw.decode("utf-16-le" if wide & 1 else "latin-1", "replace"), start


def _flaws(book: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, at, _ in _records(book, start):
        if kind == _BOOLERR:
            row, column, _, value, failed = struct.unpack_from("<3H2B", book, at)
            if failed:
                yield (row, column), _ERRORS.get(value, "#ERROR!")
        elif kind == _FORMULA:
            row, column, _, result, _, value, mark = struct.unpack_from("<3HBBB3xH", book, at)
            if mark == 0xFFFF and result == 2:
                yield (row, column), _ERRORS.get(value, "#ERROR!")
