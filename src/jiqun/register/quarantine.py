"""Rows that stay out, with the reason in both languages, in a CSV people can open and mend."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from jiqun.register.cells import ErrorCell
from jiqun.register.faults import BadValue

FIELDS = ("file", "sheet", "row", "column", "header", "value", "reason", "reason_zh", "reason_en")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a row; a fault of the whole row has no column."""

    column: str
    header: str
    value: object
    cause: BadValue


@dataclass
class Quarantine:
    """The open quarantine file; it counts the reasons as it goes."""

    stream: IO[str]
    reasons: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def __post_init__(self) -> None:
        self._writer = csv.writer(self.stream)
        self._writer.writerow(FIELDS)

    def put(self, file: str, sheet: str, row: int, faults: Iterable[Fault]) -> None:
        """Add one row of the source: a line for each of its faults."""
        self.rows += 1
        for fault in faults:
            self.reasons[fault.cause.code] += 1
            said = (fault.cause.code, fault.cause.say("zh"), fault.cause.say("en"))
            self._writer.writerow((file, sheet, row, fault.column, fault.header, shown(fault.value), *map(harmless, said)))


@contextmanager
def writing_quarantine(path: Path) -> Iterator[Quarantine]:
    """Open a quarantine file; it begins with a BOM, for Excel."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        yield Quarantine(stream)


def shown(value: object) -> str:
    """Return a cell as it may stand in a CSV."""
    text = value.text if isinstance(value, ErrorCell) else "" if value is None else str(value)
    return harmless(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")


def harmless(text: str) -> str:
    """Return a text that a spreadsheet will not run as a formula: an apostrophe goes before `=`, `@`, or a sign that begins no number.

    >>> harmless("=1+1"), harmless("-5"), harmless("-cmd")
    ("'=1+1", '-5', "'-cmd")
    """
    risky = text[:1] in ("=", "@", "\t", "\r") or (text[:1] in ("+", "-") and not text[1:2].isdigit() and len(text) > 1)
    return f"'{text}" if risky else text
