"""How results reach the terminal: text, tables, progress, JSON, and the exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from jiqun.language.diagnostics import Finding, as_json, render_all

EXIT_FINDINGS = 1
"""What was given has errors, or a case failed."""
EXIT_USAGE = 2
"""The command was not written as it should be, or names what is not there."""
EXIT_INTERRUPTED = 130
"""Stopped with Ctrl-C."""

_WIDTH = None if sys.stdout.isatty() else 140
"""A terminal has its own width; a file or a pipe gets lines that always break at the same place."""

out = Console(soft_wrap=True, width=_WIDTH, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def report(findings: Sequence[Finding], lang: str, plain: bool = False) -> None:
    """Print findings as text or JSON."""
    if plain:
        print_json([as_json(f) for f in findings])
    elif findings:
        err.print(render_all(findings, lang), markup=False, highlight=False)


def print_json(value: object) -> None:
    """Print JSON, exact and in the original scripts."""
    out.print(json.dumps(value, ensure_ascii=False, indent=2, default=str), markup=False, highlight=False)


def say(text: str = "", style: str = "") -> None:
    """Print a line of text as it is."""
    out.print(Text(text, style=style))


def title(text: str) -> None:
    """Print the line above a part of the output."""
    out.print()
    say(text, "bold")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset(), wrap: int = 0) -> None:
    """Print a table; `right` are the places of its number columns, `wrap` the column that may break into lines."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, heading in enumerate(headings):
        made.add_column(
            heading,
            justify="right" if place in right else "left",
            no_wrap=place != wrap,
            min_width=24 if place == wrap else None,
            overflow="fold",
        )
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    out.print(made, soft_wrap=False)


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the terminal while something long runs; yield what is told how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
