"""A synthetic register: invented enterprises that add up to cited city figures, for trials without anybody's data.

Seeded and reproducible: the same entities, size, years and seed give the same bytes. Made chunk by chunk, so memory stays flat.
Every column an entity declares is filled: by a generator of its own name, or else by its type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.model.entity import Entity
from jiqun.register.calibration import Calibration, Tally, Target, calibrated, figures, tally
from jiqun.register.store import PAYMENTS, PAYMENTS_SCHEMA, Draft, schema, writing_register
from jiqun.register.synthetic.plan import Chunk, plan
from jiqun.register.synthetic.tables import chunk_tables, payment_table

SEED = 20260201
SOURCE = (
    "合成数据：企业、代码与金额均为虚构，按引用的城市数字加权校准，不对应任何真实企业 · "
    "synthetic data: enterprises, codes and amounts are invented, weighted to cited city figures, and stand for no real enterprise"
)
INVENTED_MEASURE = "synthetic_award"

Progress = Callable[[int, int], None]


def synthesize(
    package_entities: Mapping[str, Entity],
    out_path: Path | str,
    *,
    enterprises: int = 20_000,
    years: Sequence[int] = (2023, 2024, 2025),
    seed: int = SEED,
    measures: Sequence[str] = (INVENTED_MEASURE,),
    progress: Progress | None = None,
) -> Calibration:
    """Write a synthetic register and return how close it comes to the cited figures.

    Args:
        package_entities: the entities of a package, by id; children of children are left out.
        out_path: the folder to write; an earlier register there is replaced.
        enterprises: how many enterprises are drawn, 200 to 10,000,000.
        years: the years of the register, one after another; the cited figures are those of the last.
        seed: the same seed and size give the same bytes.
        measures: ids of measures of the root entity that get an invented payment history.
        progress: called with the enterprises done and all of them after each chunk.

    >>> synthesize(package.entities, "out/shenzhen").met  # doctest: +SKIP
    True
    """
    whole = plan(enterprises, years, seed)
    root = next(entity for entity in package_entities.values() if entity.parent is None)
    kept = {entity.id: entity for entity in package_entities.values() if entity.parent in (None, root.id)}
    targets = figures().measurable(root)
    counted = Tally()
    with writing_register(out_path, source=SOURCE, synthetic=True, seed=seed) as draft, ExitStack() as open_files:
        writers = {name: open_files.enter_context(_writer(draft, name, form)) for name, form in _schemas(kept).items()}
        for chunk in whole.chunks:
            counted = counted.plus(_write_chunk(chunk, kept, targets, writers))
            _write(writers[PAYMENTS], payment_table(chunk, tuple(measures)))
            if progress:
                progress(chunk.stop, enterprises)
        open_files.close()
    return calibrated(counted, targets, figures().source)


def _schemas(entities: Mapping[str, Entity]) -> Mapping[str, pa.Schema]:
    return {**{entity.id: schema(entity, entity.parent is None) for entity in entities.values()}, PAYMENTS: PAYMENTS_SCHEMA}


def _writer(draft: Draft, name: str, form: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(draft.table(name), form, compression="zstd", store_decimal_as_integer=True)


def _write_chunk(
    chunk: Chunk, entities: Mapping[str, Entity], targets: Sequence[Target], writers: Mapping[str, pq.ParquetWriter]
) -> Tally:
    """Write a chunk's rows, a row group for each year of each table; return what its last year counts."""
    counted = Tally()
    for name, rows in chunk_tables(entities, chunk):
        _write(writers[name], rows)
        if entities[name].parent is None and _is_last(rows, chunk):
            counted = tally(rows, targets)
    return counted


def _is_last(rows: pa.Table, chunk: Chunk) -> bool:
    return bool(rows.num_rows) and rows.column("year")[0].as_py() == chunk.plan.years[-1]


def _write(writer: pq.ParquetWriter, rows: pa.Table) -> None:
    if rows.num_rows:
        writer.write_table(rows, row_group_size=rows.num_rows)
