"""The register on disk: a folder of Parquet tables and a manifest that says what they hold.

`register.json` states whether the register is synthetic, the seed, the source in words, the years, the rows of each table and
the SHA-256 of each file. Nothing is opened whose bytes differ from the manifest. A column absent from a table is unknown for
every row; an absent `payments.parquet` means that no payment history is known.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jiqun.language.diagnostics import Finding, Rejected, Span, finding
from jiqun.model.entity import Column, Entity
from jiqun.model.words import Identifier

MANIFEST = "register.json"
PAYMENTS = "payments"
DECIMALS = MappingProxyType({"money": 2, "ratio": 10, "quantity": 4})
_PAYMENT_TYPES: Mapping[str, pa.DataType] = MappingProxyType(
    {
        "measure": pa.string(),
        "unit": pa.string(),
        "enterprise": pa.string(),
        "object": pa.string(),
        "date": pa.date32(),
        "amount": pa.decimal128(18, 2),
    }
)
PAYMENTS_SCHEMA = pa.schema(dict(_PAYMENT_TYPES))
_PLAIN: Mapping[str, pa.DataType] = MappingProxyType(
    {"count": pa.int64(), "bool": pa.bool_(), "date": pa.date32(), "text": pa.string(), "enum": pa.string()}
)


class Manifest(BaseModel):
    """What `register.json` says; keys it does not know are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    synthetic: bool
    seed: int | None
    source: str
    years: tuple[int, ...]
    rows: Mapping[Identifier, Annotated[int, Field(ge=0)]]
    files: Mapping[str, str]
    digest: str


@dataclass(frozen=True)
class Register:
    """An opened register: its tables have the bytes the manifest says."""

    path: Path
    manifest: Manifest
    schemas: Mapping[str, pa.Schema]

    def table(self, entity_id: str) -> Path | None:
        """Return the Parquet file of an entity (or `payments`), or None if the register has none."""
        return self.path / f"{entity_id}.parquet" if entity_id in self.schemas else None

    def columns(self, entity_id: str) -> tuple[str, ...]:
        """Return the columns the entity's table has, built-in ones included; any other column is unknown for every row."""
        return tuple(self.schemas[entity_id].names) if entity_id in self.schemas else ()

    def rows(self, entity_id: str) -> int:
        return self.manifest.rows.get(entity_id, 0)

    @property
    def years(self) -> tuple[int, ...]:
        return self.manifest.years

    @property
    def synthetic(self) -> bool:
        return self.manifest.synthetic

    @property
    def digest(self) -> str:
        return self.manifest.digest


@dataclass(frozen=True)
class Draft:
    """A register being written, in a folder that is renamed when all of it is there."""

    folder: Path

    def table(self, entity_id: str) -> Path:
        """Return where the entity's Parquet file is to be written, by whatever writes it."""
        return self.folder / f"{entity_id}.parquet"

    def write(self, entity_id: str, data: pa.Table) -> None:
        pq.write_table(data, self.table(entity_id), compression="zstd", store_decimal_as_integer=True)


def stored_type(column: Column) -> pa.DataType:
    """Return the Arrow type a column is stored as.

    >>> from jiqun.model.words import Words
    >>> stored_type(Column(type="money", title=Words(zh="营业收入", en="revenue"), unit="万元"))
    Decimal128Type(decimal128(18, 2))
    """
    if column.type in _PLAIN:
        return _PLAIN[column.type]
    return pa.decimal128(18, decimals(column))


def decimals(column: Column) -> int:
    """Return how many decimals a money, ratio or quantity column keeps."""
    return DECIMALS[column.type] if column.decimals is None else column.decimals


def builtin(entity: Entity, root: bool) -> pa.Schema:
    """Return the columns no package declares: id, year, and weight (root) or the parent's id (child)."""
    last = pa.field("weight", pa.int64()) if root else pa.field(str(entity.parent), pa.string())
    return pa.schema([pa.field("id", pa.string()), pa.field("year", pa.int32()), last])


def schema(entity: Entity, root: bool) -> pa.Schema:
    """Return the schema of an entity's table: the built-in columns, then the declared ones in their order."""
    return pa.schema([*builtin(entity, root), *(pa.field(name, stored_type(c)) for name, c in entity.columns.items())])


def arrow_table(entity: Entity, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Return rows of Python values as a table with the entity's schema; a key left out is unknown, `weight` is 1."""
    root = entity.parent is None
    given = [{"weight": 1, **row} if root else dict(row) for row in rows]
    return pa.Table.from_pylist(given, schema=schema(entity, root))


def open_register(path: Path | str, entities: Iterable[Entity] = (), *, verify: bool = True) -> Register:
    """Open a register; a missing, damaged or altered file, or a column of the wrong type, is a finding.

    Types are compared with `entities`, so pass those of the package the register is to be used with. `verify=False` skips
    the comparison of digests.
    """
    folder = Path(path)
    manifest = _manifest(folder)
    found: list[Finding] = []
    schemas: dict[str, pa.Schema] = {}
    for name in manifest.rows:
        read = _table_schema(folder / f"{name}.parquet", manifest, verify)
        if isinstance(read, pa.Schema):
            schemas[name] = read
        else:
            found.append(read)
    register = Register(folder, manifest, MappingProxyType(schemas))
    found += misfits(register, entities)
    if found:
        raise Rejected(tuple(found))
    return register


def misfits(register: Register, entities: Iterable[Entity]) -> tuple[Finding, ...]:
    """Return a finding for each built-in column that is missing and each column whose type is not the declared one."""
    expected = {entity.id: (schema(entity, entity.parent is None), builtin(entity, entity.parent is None).names) for entity in entities}
    expected[PAYMENTS] = (PAYMENTS_SCHEMA, PAYMENTS_SCHEMA.names)
    return tuple(
        problem
        for name, (wanted, needed) in expected.items()
        if name in register.schemas
        for problem in _column_findings(register.path / f"{name}.parquet", register.schemas[name], wanted, needed)
    )


def _column_findings(path: Path, actual: pa.Schema, wanted: pa.Schema, needed: Iterable[str]) -> Iterator[Finding]:
    optional = {"weight"}
    for name in needed:
        if name not in actual.names and name not in optional:
            yield finding("register-column-missing", _whole(path), column=name)
    for field in wanted:
        if field.name in actual.names and not _same(actual.field(field.name).type, field.type):
            have, want = str(actual.field(field.name).type), str(field.type)
            yield finding("register-column-type", _whole(path), column=field.name, have=have, want=want)


def _same(actual: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_string(wanted):
        plain = actual.value_type if pa.types.is_dictionary(actual) else actual
        return pa.types.is_string(plain) or pa.types.is_large_string(plain)
    return bool(actual == wanted)


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        _reject("register-missing", folder)
    except (OSError, ValidationError) as error:
        _reject("register-manifest", path, reason=_reason(error))


def _reason(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or MANIFEST}: {first['msg']}"


def _table_schema(path: Path, manifest: Manifest, verify: bool) -> pa.Schema | Finding:
    if not path.is_file():
        return finding("register-table-missing", _whole(path))
    try:
        if verify and file_digest(path) != manifest.files.get(path.name):
            return finding("register-table-altered", _whole(path))
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows != manifest.rows[path.stem]:
                return finding("register-table-altered", _whole(path))
            return file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        return finding("register-table-damaged", _whole(path), reason=str(error).splitlines()[0])


@contextmanager
def writing_register(path: Path | str, *, source: str, synthetic: bool = False, seed: int | None = None) -> Iterator[Draft]:
    """Write a register to a hidden sibling folder, add the manifest, and rename it at the end.

    An error or an interruption inside the block leaves `path` as it was. An earlier register is replaced; any other folder
    that holds something is refused.

    >>> with writing_register("out/firms", source="a test", synthetic=True, seed=1) as draft:  # doctest: +SKIP
    ...     draft.write("enterprise", arrow_table(enterprise, rows))
    """
    target = Path(path)
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        _reject("register-in-the-way", target)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield Draft(folder)
        _seal(folder, source=source, synthetic=synthetic, seed=seed)
        _replace(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _seal(folder: Path, *, source: str, synthetic: bool, seed: int | None) -> None:
    tables = sorted(folder.glob("*.parquet"))
    files = {table.name: file_digest(table) for table in tables}
    content = {
        "synthetic": synthetic,
        "seed": seed,
        "source": source,
        "years": sorted({year for table in tables for year in _years(table)}),
        "rows": {table.stem: pq.read_metadata(table).num_rows for table in tables},
        "files": files,
        "digest": _digest_of(files),
    }
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    folder.chmod(0o755)


def _years(table: Path) -> set[int]:
    found: set[int] = set()
    with pq.ParquetFile(table) as file:
        if "year" in file.schema_arrow.names:
            for batch in file.iter_batches(columns=["year"]):
                found |= {value for value in batch.column(0).unique().to_pylist() if value is not None}
    return found


def _replace(folder: Path, target: Path) -> None:
    """Put `folder` in the place of `target`: a folder that is not empty cannot be renamed over."""
    if not target.exists():
        folder.rename(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    try:
        target.replace(aside)
        folder.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest_of(files: Mapping[str, str]) -> str:
    lines = "".join(f"{name} {files[name]}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def _whole(path: Path) -> Span:
    return Span(str(path), 0, 0, 0)


def _reject(code: str, path: Path, **args: str) -> NoReturn:
    raise Rejected((finding(code, _whole(path), **args),))
