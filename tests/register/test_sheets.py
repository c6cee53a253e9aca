"""Tables in real files: encodings, headers, errors, damage."""

import os
import time
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from register.files import HEADERS, replace_part, write_csv, write_xlsx

from jiqun.language.diagnostics import Rejected, render_all
from jiqun.register.cells import ErrorCell
from jiqun.register.sheets import Layout, headers_of, join_headers, reading

SHEET = "xl/worksheets/sheet1.xml"
ROW = ("91110000600037341L", "甲公司", "1,234.5", "20", "2024年3月5日", "是")


def rows_of(path, **layout):
    with reading(path, Layout(**layout)) as table:
        return [list(cells) for _, cells in table.rows]


def fault(path, **layout):
    started = time.monotonic()
    with pytest.raises(Rejected) as caught:
        rows_of(path, **layout)
    assert time.monotonic() - started < 5
    assert all(render_all(caught.value.findings, lang) for lang in ("zh", "en"))
    return caught.value.findings[0].code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_encoding(tmp_path, encoding, delimiter):
    path = write_csv(tmp_path / "a.csv", [HEADERS, ROW], encoding, delimiter)
    with reading(path) as table:
        assert (table.headers, table.total) == (HEADERS, 1)
        assert list(table.rows) == [(2, list(ROW))]


def test_a_gb18030_character_outside_gbk(tmp_path):
    assert rows_of(write_csv(tmp_path / "a.csv", [("名",), ("𠮷",)], "gb18030")) == [["𠮷"]]


def test_headers_over_three_rows_of_a_csv():
    assert join_headers([["企业", "财务", "", ""], ["", "收入", "", "研发"], ["", "2023", "2024", "2024"]]) == (
        "企业",
        "财务/收入/2023",
        "财务/收入/2024",
        "财务/研发/2024",
    )


def test_merged_headers_of_an_excel(tmp_path):
    top = [["某区企业名录", None, None, None], ["代码", "营业收入（万元）", None, "人数"], [None, "2023", 2024, None]]
    path = write_xlsx(tmp_path / "a.xlsx", [*top, ["E1", 1, 2, 3]], ["A1:D1", "B2:C2", "A2:A3", "D2:D3"])
    layout = {"header_rows": 2, "skip_rows": 1}
    assert headers_of(path, Layout(**layout)) == ("代码", "营业收入(万元)/2023", "营业收入(万元)/2024", "人数")
    assert rows_of(path, **layout) == [["E1", 1, 2, 3]]


def test_row_numbers_are_those_of_excel(tmp_path):
    with reading(write_xlsx(tmp_path / "a.xlsx", [["h"], [1], [None], [2]])) as table:
        assert [(number, cells[0]) for number, cells in table.rows] == [(2, 1.0), (3, ""), (4, 2.0)]


def test_a_table_away_from_the_corner(tmp_path):
    book = openpyxl.Workbook()
    book.active["C4"], book.active["C5"] = "h", 1
    book.save(tmp_path / "a.xlsx")
    with reading(tmp_path / "a.xlsx", Layout(skip_rows=3)) as table:
        assert table.headers == ("", "", "h") and list(table.rows) == [(5, ["", "", 1.0])]


def test_errors_and_formulas_of_an_xlsx(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["a", "b", "c", "d"])
    page.append(["=1+1", "#N/A", datetime(2024, 3, 5), True])
    page["B3"] = "#REF!"
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [
        [ErrorCell("formula"), ErrorCell("#N/A"), date(2024, 3, 5), True],
        ["", ErrorCell("#REF!"), "", ""],
    ]


CELLS = (
    '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c><c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    '<c r="D2"><f t="shared" si="0"/><v>7</v></c><c s="1" r="E2"><f t="shared" si="0"/></c>'
)


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_cached_results_of_formulas(tmp_path, prefix):
    data = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2">' + CELLS + "</row></sheetData></worksheet>"
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    text = head + data
    if prefix:
        text = text.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace("xmlns=", "xmlns:x=")
    path = replace_part(write_xlsx(tmp_path / "a.xlsx", [[1]]), tmp_path / "b.xlsx", SHEET, text)
    assert rows_of(path) == [[2.0, "", ErrorCell("#DIV/0!"), 7.0, ErrorCell("formula")]]


def test_an_old_xls(tmp_path):
    book = xlwt.Workbook()
    page = book.add_sheet("名录")
    page.write_merge(0, 0, 0, 1, "组")
    for place, header in enumerate(("a", "b", "c")):
        page.write(1, place, header)
    page.write(2, 0, 1.5)
    page.write(2, 1, date(2024, 3, 5), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    page.row(2).set_cell_error(2, 0x2A)
    page.write(3, 0, "甲")
    book.save(str(tmp_path / "a.xls"))
    assert headers_of(tmp_path / "a.xls", Layout(header_rows=2)) == ("组/a", "组/b", "c")
    assert rows_of(tmp_path / "a.xls", header_rows=2) == [[1.5, date(2024, 3, 5), ErrorCell("#N/A")], ["甲", "", ""]]
    assert fault(tmp_path / "a.xls", sheet="无此表") == "sheet-missing"


def test_a_large_xls_has_sectors_of_its_own(tmp_path):
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for row in range(3000):
        for column in range(6):
            page.write(row, column, row * column)
    page.row(2999).set_cell_error(7, "#REF!")
    book.save(str(tmp_path / "a.xls"))
    rows = rows_of(tmp_path / "a.xls")
    assert len(rows) == 2999 and rows[-1][7] == ErrorCell("#REF!") and rows[-1][5] == 2999 * 5


def test_a_sheet_by_name(tmp_path):
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "藏", "hidden"
    book.create_sheet("看").append(["h"])
    book.create_sheet("2024").append(["k"])
    book.save(tmp_path / "a.xlsx")
    assert headers_of(tmp_path / "a.xlsx") == ("h",)
    assert headers_of(tmp_path / "a.xlsx", Layout(sheet="2024")) == ("k",)
    assert fault(tmp_path / "a.xlsx", sheet="2025") == "sheet-missing"


def test_parquet(tmp_path):
    table = pa.table({"代码": ["E1"], "收入": pa.array([Decimal("1.5")]), "日": [date(2024, 3, 5)]})
    pq.write_table(table, tmp_path / "a.bin")
    assert headers_of(tmp_path / "a.bin") == ("代码", "收入", "日")
    assert rows_of(tmp_path / "a.bin") == [["E1", Decimal("1.5"), date(2024, 3, 5)]]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"PK\x03\x04" + bytes(range(256)) * 20, "excel-damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20, "excel-damaged"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "not-excel"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(500), "not-a-table"),
        ("a.csv", "企业,数".encode() + b"\xff\xff\x80\x80" * 3, "not-text"),
        ("a.parquet", b"PAR1" + bytes(400), "unreadable-table"),
    ],
)
def test_garbage(tmp_path, name, data, code):
    (tmp_path / name).write_bytes(data)
    assert fault(tmp_path / name) == code


def test_truncated_files(tmp_path):
    rows = [HEADERS, *([ROW] * 400)]
    whole = write_xlsx(tmp_path / "a.xlsx", rows).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(whole[: len(whole) * 2 // 3])
    assert fault(tmp_path / "b.xlsx") == "excel-damaged"
    pq.write_table(pa.table({"a": list(range(10_000))}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:9000])
    assert fault(tmp_path / "b.parquet") == "unreadable-table"


def test_missing_file(tmp_path):
    assert fault(tmp_path / "none.csv") == "unreadable-table"


def test_an_unpaired_quotation_mark(tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n1,"2\n' + "3,4\n" * 50_000)
    assert fault(tmp_path / "a.csv") == "csv-broken"


def test_a_zip_bomb_is_not_opened(tmp_path):
    small = write_xlsx(tmp_path / "a.xlsx", [[1]])
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
        with new.open("xl/sharedStrings.xml", "w", force_zip64=True) as stream:
            for _ in range(200):
                stream.write(b" " * (1 << 20))
    assert os.path.getsize(tmp_path / "b.xlsx") < 1 << 20  # noqa: PTH202
    assert fault(tmp_path / "b.xlsx") == "excel-unfolds"


def test_a_sheet_that_claims_every_cell(tmp_path):
    text = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    text += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    path = replace_part(write_xlsx(tmp_path / "a.xlsx", [[1]]), tmp_path / "b.xlsx", SHEET, text)
    assert fault(path) == "sheet-too-large"


def test_a_changed_byte_of_a_sheet_is_noticed(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *([ROW] * 400)])
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(SHEET).header_offset + 300
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    assert fault(path) == "excel-damaged"


def test_an_empty_sheet_and_an_empty_csv_have_no_headers(tmp_path):
    assert headers_of(write_xlsx(tmp_path / "a.xlsx", [])) == ()
    (tmp_path / "a.csv").write_bytes(b"")
    assert headers_of(tmp_path / "a.csv") == ()
