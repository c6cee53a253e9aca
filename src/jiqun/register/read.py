"""Import: files of any format and a mapping each make one register; what cannot be read for certain goes to its quarantine.

Every row that is not blank is either kept or quarantined: `read == kept + quarantined`. Rows pass through in batches, so memory
does not grow with the file, except for the identities already seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.model.entity import Entity
from jiqun.register.bind import PAYMENTS_ENTITY, Binding, bind, names_of
from jiqun.register.faults import BadValue
from jiqun.register.mapping import SheetMapping
from jiqun.register.quarantine import Fault, Quarantine, writing_quarantine
from jiqun.register.sheets import Cells, reading
from jiqun.register.store import PAYMENTS, PAYMENTS_SCHEMA, Draft, Register, open_register, schema, writing_register
from jiqun.register.values import Scalar

QUARANTINE = "quarantine.csv"
_BATCH = 10_000
_TOTALS = frozenset(("合计", "总计", "小计", "共计", "total", "sum", "subtotal"))

Progress = Callable[[int, int], None]
_Tables = dict[str, tuple[pq.ParquetWriter, pa.Schema]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how it is to be read."""

    file: Path
    mapping: SheetMapping


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one file: its rows, the reasons of those left out, the units its numbers were read in, the headers not used."""

    file: Path
    sheet: str
    encoding: str | None
    entity: str
    read: int
    kept: int
    reasons: Mapping[str, int]
    units: Mapping[str, str]
    unused: tuple[str, ...]

    @property
    def quarantined(self) -> int:
        return self.read - self.kept


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of an import; `quarantine` is the file of the rows left out, if there are any."""

    register: Register
    sources: tuple[SourceReport, ...]
    quarantine: Path | None

    @property
    def read(self) -> int:
        return sum(source.read for source in self.sources)

    @property
    def kept(self) -> int:
        return sum(source.kept for source in self.sources)

    @property
    def quarantined(self) -> int:
        return sum(source.quarantined for source in self.sources)


def import_register(
    sources: Sequence[Source], entities: Mapping[str, Entity], target: Path | str, *, origin: str, progress: Progress | None = None
) -> ImportReport:
    """Read the sources into a register at `target`; nothing is written unless every file could be read.

    Args:
        sources: files with their mappings; parents are read before their children whatever the order.
        entities: those of the package, by id.
        target: the folder of the register; an earlier register there is replaced.
        origin: where the data come from, in words, for the manifest.
        progress: called with the rows done and the rows known of so far.
    """
    known = importable(entities)
    ordered = sorted(sources, key=lambda source: _depth(source.mapping.entity, known))
    folder = Path(target)
    with writing_register(folder, source=origin) as draft:
        with ExitStack() as stack:
            quarantine = stack.enter_context(writing_quarantine(draft.folder / QUARANTINE))
            intake = _Intake(known, _tables(ordered, known, draft, stack), quarantine, progress or (lambda done, total: None))
            reports = tuple(intake.take(source) for source in ordered)
        if not quarantine.rows:
            (draft.folder / QUARANTINE).unlink()
    register = open_register(folder, entities.values(), verify=False)
    return ImportReport(register, reports, folder / QUARANTINE if quarantine.rows else None)


def importable(entities: Mapping[str, Entity]) -> dict[str, Entity]:
    """Return what a mapping may name: the package's entities, and the payments made before."""
    return {**entities, PAYMENTS: PAYMENTS_ENTITY}


def _depth(entity: str, entities: Mapping[str, Entity]) -> int:
    parent = entities[entity].parent
    return 0 if parent is None else 1 + _depth(parent, entities)


def _tables(sources: Sequence[Source], entities: Mapping[str, Entity], draft: Draft, stack: ExitStack) -> _Tables:
    """Open a table for each entity, with the columns that any of its sources fills."""
    filled: dict[str, set[str]] = {}
    for source in sources:
        entity = entities[source.mapping.entity]
        filled.setdefault(entity.id, set()).update(names_of(source.mapping, entity))
    tables: _Tables = {}
    for name, columns in filled.items():
        whole = PAYMENTS_SCHEMA if name == PAYMENTS else schema(entities[name], entities[name].parent is None)
        kept = pa.schema([column for column in whole if column.name in columns or name == PAYMENTS])
        writer = pq.ParquetWriter(draft.table(name), kept, compression="zstd", store_decimal_as_integer=True)
        tables[name] = (stack.enter_context(writer), kept)
    return tables


@dataclass
class _Intake:
    """One import under way: the tables being written, the identities seen (with where each stands), the rows done."""

    entities: Mapping[str, Entity]
    tables: _Tables
    quarantine: Quarantine
    progress: Progress
    places: dict[str, dict[tuple[Scalar, Scalar], str]] = field(default_factory=dict)
    ids: dict[str, set[Scalar]] = field(default_factory=dict)
    done: int = 0

    def take(self, source: Source) -> SourceReport:
        """Read one source to its end."""
        mapping, before, read, kept = source.mapping, Counter(self.quarantine.reasons), 0, 0
        with reading(source.file, mapping.layout) as table:
            binding = bind(mapping, self.entities[mapping.entity], table.headers, source.file)
            batch: list[list[Scalar]] = []
            expected = self.done + table.total
            for row, cells in table.rows:
                if _blank(cells):
                    continue
                read += 1
                values, faults = binding.read(cells)
                faults = faults or list(self._misplaced(binding, values, f"{source.file.name} {table.sheet} {row}"))
                if faults:
                    self.quarantine.put(source.file.name, table.sheet, row, faults)
                else:
                    batch.append(values)
                    kept += 1
                if read % _BATCH == 0:
                    batch = self._write(binding, batch)
                    self.progress(self.done + read, max(expected, self.done + read))
            self._write(binding, batch)
        self.done += read
        self.progress(self.done, self.done)
        reasons = dict(Counter(self.quarantine.reasons) - before)
        return SourceReport(source.file, table.sheet, table.encoding, mapping.entity, read, kept, reasons, binding.units, binding.unused)

    def _misplaced(self, binding: Binding, values: Sequence[Scalar], place: str) -> Iterator[Fault]:
        """Say what is wrong with a row among the others; one with nothing wrong is noted as seen."""
        if binding.entity == PAYMENTS:
            return
        unit, year, parent = values[:3]
        header = binding.fields[0].header
        places, parents = self.places.setdefault(binding.entity, {}), self.ids.get(binding.parent or "")
        if isinstance(unit, str) and "".join(unit.split()).casefold() in _TOTALS:
            yield Fault("id", header, unit, BadValue("total-row"))
        elif (unit, year) in places:
            yield Fault("id", header, unit, BadValue("duplicate", first=places[unit, year]))
        elif binding.parent and parents is not None and parent not in parents:
            yield Fault(binding.parent, binding.fields[2].header, parent, BadValue("no-parent", parent=parent))
        else:
            places[unit, year] = place
            self.ids.setdefault(binding.entity, set()).add(unit)

    def _write(self, binding: Binding, batch: list[list[Scalar]]) -> list[list[Scalar]]:
        """Write the rows read so far and return an empty batch."""
        if batch:
            writer, whole = self.tables[binding.entity]
            columns = dict(zip((field.name for field in binding.fields), zip(*batch, strict=True), strict=True))
            arrays = [pa.array(columns.get(f.name, [None] * len(batch)), type=f.type) for f in whole]
            writer.write_batch(pa.record_batch(arrays, schema=whole))
        return []


def _blank(cells: Cells) -> bool:
    return not any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in cells)
