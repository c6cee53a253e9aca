"""One enterprise's rows of a register, as the interpreter reads them; and what a run said about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from jiqun.language.diagnostics import Rejected, Span, finding
from jiqun.model.package import Package
from jiqun.records import Known, Payment, Records
from jiqun.register.store import PAYMENTS, Register

Row = Mapping[str, object]


@dataclass(frozen=True)
class Results:
    """What a run said: outcome rows by (measure, unit), pools and ties by budget. Empty where there was no run."""

    rows: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    pools: Mapping[str, Row] = field(default_factory=dict)
    ties: Mapping[str, Row] = field(default_factory=dict)
    ran: bool = False

    @classmethod
    def of(cls, rows: Iterable[Row] | None, pools: Iterable[Row] | None = None, ties: Iterable[Row] | None = None) -> Results:
        """Index the rows of a run's tables; None for `rows` means that nothing was run."""
        return cls(
            {(str(r["measure"]), str(r["unit"])): r for r in rows or ()},
            {str(r["budget"]): r for r in pools or ()},
            {str(r["budget"]): r for r in ties or ()},
            rows is not None,
        )


def load_records(package: Package, register: Register, enterprise: str, year: int) -> Records:
    """Read one enterprise's rows of every year, those of its children (and theirs), and its payments.

    An enterprise that is not in the register has no rows. A column the register lacks is unknown, as everywhere.

    Raises:
        Rejected: if the register has nothing of `year`.
    """
    if year not in register.years:
        years = ", ".join(map(str, register.years))
        raise Rejected([finding("no-such-year", Span(str(register.path), 0, 0, 1), year=year, years=years)])
    tables: dict[str, dict[tuple[str, int], Mapping[str, Known | None]]] = {}
    _read(package, register, package.root.id, "id", (enterprise,), tables)
    payments = _payments(register, enterprise)
    return Records(tables, {e.id: e.parent for e in package.entities.values()}, min(register.years), payments)


def _read(
    package: Package,
    register: Register,
    entity: str,
    key: str,
    ids: tuple[str, ...],
    into: dict[str, dict[tuple[str, int], Mapping[str, Known | None]]],
) -> None:
    """Read the rows of an entity whose `key` is one of `ids`, then the rows of its children."""
    path = register.table(entity)
    if path is None:
        return
    declared = package.entities[entity]
    wanted = {"id", "year", declared.parent, *declared.columns}
    columns = [c for c in register.columns(entity) if c in wanted]
    rows = _select(path, columns, key, ids)
    into[entity] = {(str(r["id"]), int(str(r["year"]))): {c: _known(v) for c, v in r.items() if c != "year"} for r in rows}
    units = tuple(sorted({unit for unit, _ in into[entity]}))
    for child in package.children(entity):
        _read(package, register, child.id, entity, units, into)


def _select(path: Path, columns: Sequence[str], key: str, ids: Sequence[str]) -> list[dict[str, object]]:
    """Read the rows of a Parquet file whose `key` is one of `ids`; row groups that cannot hold one are passed over."""
    if not ids:
        return []
    return list(pq.read_table(path, columns=list(columns), filters=[(key, "in", list(ids))]).to_pylist())


def _known(value: object) -> Known | None:
    """Numbers are exact decimals to the interpreter; a count is stored as a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value  # type: ignore[return-value]


def _payments(register: Register, enterprise: str) -> tuple[Payment, ...] | None:
    path = register.table(PAYMENTS)
    if path is None:
        return None
    rows = _select(path, ("measure", "unit", "enterprise", "object", "date", "amount"), "enterprise", (enterprise,))
    return tuple(Payment(r["measure"], r["unit"], r["enterprise"], r["object"], r["date"], r["amount"]) for r in rows)  # type: ignore[arg-type]


def load_results(folder: Path, enterprise: str) -> Results:
    """Read what the result folder of a run says about one enterprise, with every pool and tie."""
    table = folder / "outcome.parquet"
    rows = _select(table, pq.read_schema(table).names, "enterprise", (enterprise,))
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    return Results.of(rows, summary["pools"], summary["ties"])
