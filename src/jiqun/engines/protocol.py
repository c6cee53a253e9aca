"""What an engine does: it holds tables and runs steps. It knows no policy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from sqlglot import exp


class Engine(Protocol):
    """SQL trees in, Arrow out."""

    name: str

    def attach(self, table: str, path: Path) -> None:
        """Make a Parquet file readable as `table`."""

    def hold(self, table: str, rows: pa.Table) -> None:
        """Make rows readable as `table`."""

    def columns(self, table: str) -> Mapping[str, str]:
        """Return a table's columns and their types."""

    def run(self, name: str, select: exp.Expr) -> None:
        """Materialise a select as table `name`."""

    def fetch(self, select: exp.Expr) -> pa.Table:
        """Return the rows of a select."""

    def write(self, select: exp.Expr, path: Path) -> None:
        """Write the rows of a select to a Parquet file: the same rows give the same bytes."""

    def close(self) -> None:
        """Give back what the engine holds."""
