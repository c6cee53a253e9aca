"""The process that reads an Excel file: rows go to its standard output as pickled batches, and whatever goes wrong as a message.

It imports nothing heavy, so that it starts quickly.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO

import python_calamine

from jiqun.register.cells import ErrorCell
from jiqun.register.xls import inspect as inspect_xls
from jiqun.register.xlsx import Unusable, check_size, inspect


def serve() -> None:
    """Read the sheet the command line names and write it out."""
    path, sheet, batch, memory = sys.argv[1:5]
    _limit(int(memory))
    out = sys.stdout.buffer
    try:
        _send(out, Path(path), sheet, int(batch))
    except Unusable as error:
        pickle.dump(("error", (error.code, error.fields)), out)
    except python_calamine.PasswordError:
        pickle.dump(("error", ("excel-encrypted", {})), out)
    except (python_calamine.CalamineError, OSError, MemoryError) as error:
        pickle.dump(("error", ("excel-damaged", {"reason": str(error)})), out)


def _limit(memory: int) -> None:
    try:
        import resource  # noqa: PLC0415 (not on Windows, where there is no such limit)
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory if most == resource.RLIM_INFINITY else min(memory, most), most))


def _send(out: IO[bytes], path: Path, wanted: str, batch: int) -> None:
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"PK"
    if zipped:
        check_size(path)
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        name = _choose(book, wanted)
        flaws = inspect(path, name) if zipped else inspect_xls(path, name)
        sheet = book.get_sheet_by_name(name)
        merges = tuple(sheet.merged_cell_ranges or ())
        pickle.dump(("head", (name, sheet.end[0] + 1 if sheet.end else 0, merges)), out)
        rows = _rows(sheet, flaws)
        while block := list(islice(rows, batch)):
            pickle.dump(("rows", block), out)
        pickle.dump(("rows", []), out)


def _choose(book: python_calamine.CalamineWorkbook, wanted: str) -> str:
    kinds, visible = python_calamine.SheetTypeEnum, python_calamine.SheetVisibleEnum
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == kinds.WorkSheet]
    if wanted:
        if wanted not in names:
            raise Unusable("sheet-missing", sheet=wanted, known="、".join(names))
        return wanted
    shown = [s.name for s in book.sheets_metadata if s.typ == kinds.WorkSheet and s.visible == visible.Visible]
    if not shown:
        raise Unusable("sheet-missing", sheet="", known="、".join(names))
    return shown[0]


def _rows(sheet: python_calamine.CalamineSheet, flaws: Mapping[tuple[int, int], str]) -> Iterator[list[object]]:
    left = sheet.start[1] if sheet.start else 0
    flawed: dict[int, dict[int, str]] = {}
    for (row, column), text in flaws.items():
        flawed.setdefault(row, {})[column] = text
    for number, values in enumerate(sheet.iter_rows()):
        cells: list[object] = [""] * left + list(values)
        for column, text in flawed.get(number, {}).items():
            cells += [""] * (column + 1 - len(cells))
            cells[column] = ErrorCell(text)
        yield cells
