"""DuckDB: the default engine, in memory, spilling to disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _path(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


class DuckDB:
    """One in-memory database; see `jiqun.engines.protocol`."""

    name = f"duckdb {duckdb.__version__}"

    def __init__(self, memory_limit: str | None = None, spill: Path | None = None) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if memory_limit:
            config["memory_limit"] = memory_limit
        if spill is not None:
            config["temp_directory"] = str(spill)
        self.connection = duckdb.connect(":memory:", config=config)

    def attach(self, table: str, path: Path) -> None:
        self.connection.execute(f"CREATE OR REPLACE VIEW {_quoted(table)} AS SELECT * FROM read_parquet({_path(path)})")

    def hold(self, table: str, rows: pa.Table) -> None:
        self.connection.register("arriving", rows)
        self.connection.execute(f"CREATE OR REPLACE TABLE {_quoted(table)} AS SELECT * FROM arriving")
        self.connection.unregister("arriving")

    def columns(self, table: str) -> Mapping[str, str]:
        rows = self.connection.execute(f"DESCRIBE {_quoted(table)}").fetchall()
        return {row[0]: row[1] for row in rows}

    def run(self, name: str, select: exp.Expr) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_quoted(name)} AS {select.sql('duckdb')}")

    def fetch(self, select: exp.Expr) -> pa.Table:
        rows: pa.Table = self.connection.sql(select.sql("duckdb")).to_arrow_table()
        return rows

    def write(self, select: exp.Expr, path: Path) -> None:
        self.connection.execute(f"COPY ({select.sql('duckdb')}) TO {_path(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")

    def close(self) -> None:
        self.connection.close()
