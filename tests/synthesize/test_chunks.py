"""Memory stays flat because a chunk needs nothing from the others: made alone, it is the same as in its register."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from synthesize.packages import entities_of

from jiqun.register.synthesize import synthesize
from jiqun.register.synthetic import plan as planning
from jiqun.register.synthetic.firms import draw_firms
from jiqun.register.synthetic.plan import Chunk, Kind, plan
from jiqun.register.synthetic.tables import chunk_tables


@pytest.fixture
def entities():
    wanted = entities_of("shenzhen-20-8")
    return {name: wanted[name] for name in ("enterprise", "project", "lease")}


def test_a_chunk_made_alone_is_the_chunk_of_the_register(entities, tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "CHUNK", 1_000)
    assert synthesize(entities, tmp_path / "many", enterprises=3_000, years=(2024, 2025), seed=5).met
    second = plan(3_000, (2024, 2025), 5).chunks[1]
    alone = [rows for name, rows in chunk_tables(entities, second) if name == "enterprise"]
    file = pq.ParquetFile(tmp_path / "many" / "enterprise.parquet")
    assert file.num_row_groups == 3 * 2
    assert [file.read_row_group(2), file.read_row_group(3)] == alone


def test_a_chunk_does_not_depend_on_how_many_others_there_are(entities):
    """The same rows of the same plan, cut out by another number of chunks, are drawn alike: only a chunk's own number and size count."""
    whole = plan(4_000, (2025,), 5)
    among_two, among_many = Chunk(whole, 1, 1_000, 2_000), Chunk(replace(whole), 1, 1_000, 2_000)
    assert [rows for _, rows in chunk_tables(entities, among_two)] == [rows for _, rows in chunk_tables(entities, among_many)]
    other_rows = Chunk(whole, 2, 2_000, 3_000)
    assert [rows for _, rows in chunk_tables(entities, other_rows)] != [rows for _, rows in chunk_tables(entities, among_two)]


@pytest.mark.parametrize("size", [200, 4_499, 4_500, 250_000, 10_000_000])
def test_chunks_cover_every_enterprise_and_every_counted_one_once(size):
    whole = plan(size, (2025,), 1)
    chunks = whole.chunks
    assert [chunk.start for chunk in chunks[1:]] == [chunk.stop for chunk in chunks[:-1]]
    assert (chunks[0].start, chunks[-1].stop) == (0, size)
    assert max(chunk.size for chunk in chunks) <= planning.CHUNK
    for kind in Kind:
        spans = [chunk.span(kind) for chunk in chunks]
        assert (spans[0][0], spans[-1][1]) == (0, whole.rows[kind])
        assert all(before[1] == after[0] for before, after in pairwise(spans))


def test_any_chunk_of_ten_million_can_be_drawn_and_holds_its_share():
    """The largest register is never made whole: its last chunk is as quick to draw as its first."""
    chunk = plan(10_000_000, (2024, 2025), 1).chunks[-1]
    firms = draw_firms(chunk)
    added = (firms.weight * firms.added_rate * firms.revenue[:, -1])[firms.emerging].sum()
    assert added == pytest.approx(1.67e12 / 100, rel=0.01)
    assert firms.numbers[-1] == 9_999_999


def test_row_groups_hold_one_year_each(entities, tmp_path):
    synthesize(entities, tmp_path / "years", enterprises=500, seed=2)
    file = pq.ParquetFile(tmp_path / "years" / "enterprise.parquet")
    years = [file.read_row_group(k, columns=["year"])["year"].unique() for k in range(file.num_row_groups)]
    assert [pa.array(year).to_pylist() for year in years] == [[2023], [2024], [2025]]
