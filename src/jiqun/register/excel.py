"""Excel sheets, row by row, read by a process of their own.

A damaged .xls makes the reader abort the whole process, and a small file may claim memory without end. So a child process reads it under a
memory limit and hands over the rows; if it dies, the file is damaged and nothing else has happened.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from jiqun.register.xlsx import Unusable

MEMORY_LIMIT = 4 << 30
_BATCH = 2_000
_START = "from jiqun.register.excel_child import serve; serve()"

Row = list[object]
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Opened:
    """A sheet whose rows are on their way: its name, how many rows it has, what is merged, and the rows from the first."""

    name: str
    total: int
    merges: tuple[Merge, ...]
    rows: Iterator[Row]


@contextmanager
def reading_excel(path: Path, sheet: str | None) -> Iterator[Opened]:
    """Open one sheet (the first visible one unless named); what cannot be read is `Unusable`."""
    command = [sys.executable, "-c", _START, str(path), sheet or "", str(_BATCH), str(MEMORY_LIMIT)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RUST_BACKTRACE": "0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as child:
        assert child.stdout is not None
        try:
            name, total, merges = _message(child.stdout)
            yield Opened(name, total, merges, _rows(child.stdout))
        finally:
            child.kill()


def _rows(stream: IO[bytes]) -> Iterator[Row]:
    while batch := _message(stream):
        yield from batch


def _message(stream: IO[bytes]) -> tuple:  # type: ignore[type-arg]  # the child's messages differ in shape
    try:
        kind, content = pickle.load(stream)
    except (EOFError, pickle.UnpicklingError):
        raise Unusable("excel-damaged", reason="the reader could not go on") from None
    if kind == "error":
        code, fields = content
        raise Unusable(code, **fields)
    return tuple(content)
