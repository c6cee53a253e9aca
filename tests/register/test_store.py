"""The register on disk."""

import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from register.firms import ENTERPRISE, ENTITIES, PROJECT

from jiqun.language.diagnostics import Rejected, render_all
from jiqun.register.store import MANIFEST, arrow_table, open_register, schema, writing_register

ROWS = [{"id": "E1", "year": 2023, "revenue": Decimal("1.50"), "founded": date(2020, 2, 29)}, {"id": "E1", "year": 2024, "weight": 3}]


@pytest.fixture
def folder(tmp_path):
    with writing_register(tmp_path / "r", source="a test", synthetic=True, seed=7) as draft:
        draft.write("enterprise", arrow_table(ENTERPRISE, ROWS))
    return tmp_path / "r"


def codes(call, *args, **kwargs):
    with pytest.raises(Rejected) as caught:
        call(*args, **kwargs)
    assert all(render_all(caught.value.findings, lang) for lang in ("zh", "en"))
    return [found.code for found in caught.value.findings]


def test_what_is_written_is_read(folder):
    register = open_register(folder, ENTITIES.values())
    assert (register.synthetic, register.manifest.seed, register.years, register.rows("enterprise")) == (True, 7, (2023, 2024), 2)
    assert register.table("project") is None and register.columns("project") == ()
    assert register.columns("enterprise")[:4] == ("id", "year", "weight", "credit_code")
    read = pq.read_table(register.table("enterprise"))
    assert read.schema.equals(schema(ENTERPRISE, True)) and read.column("weight").to_pylist() == [1, 3]


def test_child_has_its_parent():
    assert schema(PROJECT, False).names == ["id", "year", "enterprise", "investment"]


def test_same_rows_same_digest(folder, tmp_path):
    with writing_register(tmp_path / "again", source="another word", synthetic=True, seed=7) as draft:
        draft.write("enterprise", arrow_table(ENTERPRISE, ROWS))
    assert open_register(tmp_path / "again").digest == open_register(folder).digest


def test_an_interruption_leaves_the_earlier_register(folder, tmp_path):
    before = open_register(folder).digest
    with pytest.raises(KeyboardInterrupt), writing_register(folder, source="x") as draft:
        draft.write("enterprise", arrow_table(ENTERPRISE, []))
        raise KeyboardInterrupt
    assert open_register(folder).digest == before
    assert [p.name for p in tmp_path.iterdir()] == ["r"]


def test_a_register_is_replaced_another_folder_is_not(folder, tmp_path):
    with writing_register(folder, source="x") as draft:
        draft.write("enterprise", arrow_table(ENTERPRISE, []))
    assert open_register(folder).rows("enterprise") == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("do not lose")
    assert codes(writing_register(tmp_path / "mine", source="x").__enter__) == ["register-in-the-way"]


def test_missing_register(tmp_path):
    assert codes(open_register, tmp_path / "none") == ["register-missing"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"synthetic": 1}', "\x00"])
def test_bad_manifest(folder, text):
    (folder / MANIFEST).write_text(text)
    assert codes(open_register, folder) == ["register-manifest"]


@pytest.mark.parametrize("verify", [True, False])
def test_truncated_garbage_and_missing_tables(folder, verify):
    table = folder / "enterprise.parquet"
    whole = table.read_bytes()
    for data in (whole[: len(whole) // 2], b"", b"\x00" * 500, b"PAR1" + b"\xff" * 100 + b"PAR1"):
        table.write_bytes(data)
        assert codes(open_register, folder, verify=verify) == ["register-table-altered" if verify else "register-table-damaged"]
    table.unlink()
    assert codes(open_register, folder) == ["register-table-missing"]


def test_a_name_outside_the_folder_is_no_table(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["rows"] = {"../other": 1}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    assert codes(open_register, folder) == ["register-manifest"]


def test_wrong_types_and_missing_columns(tmp_path):
    with writing_register(tmp_path / "r", source="x") as draft:
        draft.write("enterprise", pa.table({"id": ["E1"], "revenue": [1.5], "founded": ["2020"]}))
    assert codes(open_register, tmp_path / "r", ENTITIES.values()) == [
        "register-column-missing",
        "register-column-type",
        "register-column-type",
    ]
    assert open_register(tmp_path / "r").columns("enterprise") == ("id", "revenue", "founded")


def test_dictionary_text_is_text(tmp_path):
    with writing_register(tmp_path / "r", source="x") as draft:
        table = pa.table({"id": ["E1"], "year": pa.array([2024], pa.int32()), "district": pa.array(["nanshan"]).dictionary_encode()})
        draft.write("enterprise", table)
    assert open_register(tmp_path / "r", ENTITIES.values()).years == (2024,)
