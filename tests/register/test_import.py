"""Files and mappings into a register, and what stays out."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register.files import HEADERS, write_csv, write_xlsx
from register.firms import ENTERPRISE, ENTITIES, code

from jiqun.language.diagnostics import Rejected, render_all
from jiqun.register.describe import describe
from jiqun.register.mapping import ColumnSource, SheetMapping, as_yaml, read_mapping, suggest
from jiqun.register.read import Source, import_register, importable
from jiqun.register.sheets import Layout
from jiqun.register.store import open_register

COLUMNS = {
    "credit_code": ColumnSource("统一社会信用代码"),
    "name": ColumnSource("企业名称"),
    "revenue": ColumnSource("营业收入"),
    "employees": ColumnSource("从业人员"),
    "founded": ColumnSource("成立日期"),
    "high_tech": ColumnSource("是否高新"),
}
MAPPING = SheetMapping("enterprise", 2024, COLUMNS)
GOOD = (code(1), "甲公司", "1,234.5", "20", "2024年3月5日", "是")


def load(tmp_path, *sources, **kwargs):
    given_sources = [Source(Path(file), mapping) for file, mapping in sources]
    report = import_register(given_sources, ENTITIES, tmp_path / "register", origin="测试", **kwargs)
    assert report.read == report.kept + report.quarantined
    return report


def rows(report, entity="enterprise"):
    return pq.read_table(report.register.table(entity)).to_pylist()


def quarantined(report):
    with report.quarantine.open(encoding="utf-8-sig", newline="") as stream:
        return [(line["row"], line["column"], line["value"], line["reason"]) for line in csv.DictReader(stream)]


def faults(call, *args, **kwargs):
    with pytest.raises(Rejected) as caught:
        call(*args, **kwargs)
    assert all(render_all(caught.value.findings, lang) for lang in ("zh", "en"))
    return sorted(found.code for found in caught.value.findings)


@pytest.mark.parametrize("kind", ["utf-8", "gb18030", "xlsx"])
def test_one_good_row(tmp_path, kind):
    table = [HEADERS, GOOD]
    file = write_xlsx(tmp_path / "a.xlsx", table) if kind == "xlsx" else write_csv(tmp_path / "a.csv", table, kind)
    report = load(tmp_path, (file, MAPPING))
    expected = {"id": code(1), "year": 2024, "weight": 1, "credit_code": code(1), "name": "甲公司", "revenue": Decimal("12345000.00")}
    assert rows(report) == [expected | {"employees": 20, "founded": date(2024, 3, 5), "high_tech": True}]
    assert report.quarantine is None and report.sources[0].units == {"revenue": "万元"}
    register = open_register(tmp_path / "register", ENTITIES.values())
    assert (register.synthetic, register.manifest.source, register.years) == (False, "测试", (2024,))


def test_every_bad_row_is_kept_apart_with_its_reason(tmp_path):
    table = [
        HEADERS,
        GOOD,
        (code(2)[:-1] + "*", "乙", "1", "1", "2024-1-1", "是"),
        (code(3), "丙", "一千", "-5", "2024-2-30", "也许"),
        ("", "丁", "1", "1", "", ""),
        GOOD,
        ("", "", "", "", "", ""),
        (code(4), "戊", "-", "无数据", "N/A", ""),
        (code(5), "己", "99999999999999", "1", "", ""),
        (code(6), "庚", "1"),
        (code(7), "辛", "1", "1", "", "", "多"),
        ("合计", "", "9999", "", "", ""),
    ]
    report = load(tmp_path, (write_csv(tmp_path / "a.csv", table), MAPPING))
    assert (report.read, report.kept) == (10, 2)
    found = quarantined(report)
    assert [(row, column, reason) for row, column, _, reason in found] == [
        ("3", "credit_code", "credit-code"),
        ("4", "revenue", "not-a-number"),
        ("4", "employees", "negative"),
        ("4", "founded", "impossible-date"),
        ("4", "high_tech", "not-yes-or-no"),
        ("5", "id", "required"),
        ("6", "id", "duplicate"),
        ("9", "revenue", "too-large"),
        ("10", "", "cells"),
        ("11", "", "cells"),
        ("12", "credit_code", "credit-code"),
    ]
    assert rows(report)[1]["revenue"] is None and rows(report)[1]["high_tech"] is None
    assert sum(report.sources[0].reasons.values()) == len(found)


def test_the_quarantine_says_why_in_both_languages_and_runs_nothing(tmp_path):
    table = [HEADERS, (code(1)[:-1] + "!", "甲", "=cmd|' /C calc'!A0", "1", "", "")]
    report = load(tmp_path, (write_csv(tmp_path / "a.csv", table), MAPPING))
    with report.quarantine.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert lines[0]["file"] == "a.csv" and code(1) in lines[0]["reason_zh"] and code(1) in lines[0]["reason_en"]
    assert lines[1]["value"].startswith("'=")


def test_error_cells_and_formulas_without_results(tmp_path):
    table = [HEADERS, [code(1), "甲", "#N/A", 1, None, "是"], [code(2), "乙", "=1+1", 1, None, "是"], [code(3), "丙", 1.5, 1, 45356, "否"]]
    report = load(tmp_path, (write_xlsx(tmp_path / "a.xlsx", table), MAPPING))
    assert [reason for *_, reason in quarantined(report)] == ["error-cell", "no-result"]
    assert rows(report)[0] | {"x": 0} == rows(report)[0] | {"x": 0, "revenue": Decimal("15000.00"), "founded": date(2024, 3, 5)}


def test_the_year_may_stand_in_a_column(tmp_path):
    table = [("代码", "年度"), ("E1", "2023年"), ("E1", "2024"), ("E1", "二四"), ("E2", "1024"), ("E1", "2024.0"), ("E2", "")]
    mapping = SheetMapping("enterprise", "年度", {}, key="代码")
    report = load(tmp_path, (write_csv(tmp_path / "a.csv", table), mapping))
    assert [(row["id"], row["year"]) for row in rows(report)] == [("E1", 2023), ("E1", 2024)]
    assert [reason for *_, reason in quarantined(report)] == ["not-a-year", "not-a-year", "duplicate", "required"]
    assert report.register.columns("enterprise") == ("id", "year", "weight")


def test_several_files_make_one_register(tmp_path):
    projects = write_csv(tmp_path / "p.csv", [("项目编号", "企业", "总投资(亿元)"), ("P1", "E1", "1.5"), ("P2", "E9", "1")])
    mapping = SheetMapping("project", 2024, {"investment": ColumnSource("总投资")}, key="项目编号", parent="企业")
    first = write_csv(tmp_path / "a.csv", [("id", "企业名称"), ("E1", "甲")])
    second = write_csv(tmp_path / "b.csv", [("id", "员工"), ("E1", "5"), ("E2", "6"), ("合 计", "11")])
    report = load(
        tmp_path,
        (projects, mapping),
        (first, SheetMapping("enterprise", 2024, {"name": COLUMNS["name"]}, key="id")),
        (second, SheetMapping("enterprise", 2024, {"employees": ColumnSource("员工")}, key="id")),
    )
    assert rows(report, "project") == [{"id": "P1", "year": 2024, "enterprise": "E1", "investment": Decimal("150000000.00")}]
    assert [(r["id"], r["name"], r["employees"]) for r in rows(report)] == [("E1", "甲", None), ("E2", None, 6)]
    assert [(row, reason) for row, *_, reason in quarantined(report)] == [("2", "duplicate"), ("4", "total-row"), ("3", "no-parent")]


def test_payments_made_before(tmp_path):
    headers = ("措施", "主体", "企业", "事项", "日期", "金额(万元)")
    table = [headers, ("voucher", "E1", "E1", "", "2023-5-1", "10"), ("voucher", "E1", "E1", "", "", "10")]
    columns = {name: ColumnSource(h) for name, h in zip(importable(ENTITIES)["payments"].columns, headers, strict=True)}
    report = load(tmp_path, (write_csv(tmp_path / "a.csv", table), SheetMapping("payments", None, columns)))
    assert rows(report, "payments")[0]["amount"] == Decimal("100000.00")
    assert [reason for *_, reason in quarantined(report)] == ["required"]
    columns.pop("amount")
    assert faults(load, tmp_path, (tmp_path / "a.csv", SheetMapping("payments", None, columns))) == ["mapping-needs"]


def test_parquet_source(tmp_path):
    pq.write_table(pa.table({"code": ["E1", None], "营业收入": [1.1, float("nan")]}), tmp_path / "a.parquet")
    mapping = SheetMapping("enterprise", 2024, {"revenue": ColumnSource("营业收入", "元")}, key="code")
    report = load(tmp_path, (tmp_path / "a.parquet", mapping))
    assert rows(report) == [{"id": "E1", "year": 2024, "weight": 1, "revenue": Decimal("1.10")}]


def test_progress_rises_to_the_total(tmp_path):
    steps = []
    table = [("id", "企业名称"), *((f"E{i}", "甲") for i in range(25_000))]
    mapping = SheetMapping("enterprise", 2024, {"name": COLUMNS["name"]}, key="id")
    load(tmp_path, (write_csv(tmp_path / "a.csv", table), mapping), progress=lambda done, total: steps.append((done, total)))
    assert steps == [(10_000, 25_000), (20_000, 25_000), (25_000, 25_000)]


def test_nothing_is_written_when_a_file_cannot_be_read(tmp_path):
    good = write_csv(tmp_path / "a.csv", [HEADERS, GOOD])
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 no")
    assert faults(load, tmp_path, (good, MAPPING), (tmp_path / "b.xlsx", MAPPING)) == ["excel-damaged"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "b.xlsx"]


def test_an_interruption_leaves_nothing(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    file = write_csv(tmp_path / "a.csv", [HEADERS, GOOD])
    with pytest.raises(KeyboardInterrupt):
        load(tmp_path, (file, MAPPING), progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"revenue": ColumnSource("营业收人")}, ["mapping-header"]),
        ({"revenue": ColumnSource("营业收入", "亿元")}, ["mapping-unit-conflict"]),
        ({"revenue": ColumnSource("从业人员", "人")}, ["mapping-unit-wrong"]),
        ({"revenue": ColumnSource("营业收入", "万圆")}, ["mapping-unit"]),
        ({"employees": ColumnSource("营业收入")}, ["mapping-unit-wrong"]),
        ({"rd_spend": ColumnSource("重复")}, ["mapping-header-twice"]),
    ],
)
def test_mappings_that_do_not_fit_the_file(tmp_path, columns, expected):
    file = write_csv(tmp_path / "a.csv", [(*HEADERS, "重复", "重复"), (*GOOD, "1", "2")])
    assert faults(load, tmp_path, (file, SheetMapping("enterprise", 2024, columns, key="企业名称"))) == expected


def test_what_a_mapping_needs(tmp_path):
    file = write_csv(tmp_path / "a.csv", [HEADERS, GOOD])
    assert faults(load, tmp_path, (file, SheetMapping("enterprise", None, {}))) == ["mapping-needs"] * 2
    assert faults(load, tmp_path, (file, SheetMapping("project", None, {}))) == ["mapping-needs"] * 3


def test_a_suggested_mapping_imports(tmp_path):
    headers = ("社会信用代码", "年份", "营业收入（亿元）", "研发投入(万元)", "employees", "研发强度(%)", "备注")
    found = suggest(ENTERPRISE, headers)
    assert (found.mapping.year, found.mapping.key) == ("年份", None)
    assert set(found.mapping.columns) == {"credit_code", "revenue", "rd_spend", "employees", "rd_intensity"}
    assert found.unmatched_headers == ("备注",) and "founded" in found.unmatched_columns
    (tmp_path / "m.yaml").write_text(as_yaml(found.mapping), encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.yaml", ENTITIES)
    assert mapping == found.mapping
    report = load(tmp_path, (write_csv(tmp_path / "a.csv", [headers, (code(1), "2024", "1.5", "3", "4", "5", "x")]), mapping))
    assert rows(report)[0]["revenue"] == Decimal(150_000_000) and rows(report)[0]["rd_intensity"] == Decimal("0.05")
    assert report.sources[0].unused == ("备注",)


FULL = """
entity: enterprise
year: 2024
key: {from: 编号}
sheet: 表1
header_rows: 2
skip_rows: 1
date_format: "%d/%m/%Y"
columns:
  revenue: {from: 营业收入, unit: 亿元}
  founded: {from: 成立日期, date_format: "%Y.%m.%d"}
  name: 企业名称
"""


def test_a_mapping_file(tmp_path):
    (tmp_path / "m.yaml").write_text(FULL, encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.yaml", ENTITIES)
    assert (mapping.key, mapping.year, mapping.layout) == ("编号", 2024, Layout("表1", 2, 1))
    assert mapping.columns["revenue"].unit == "亿元" and mapping.columns["name"].header == "企业名称"
    assert mapping.columns["founded"].date_format == "%Y.%m.%d"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("entity: enterprize\ncolumns: {}", ["mapping-entity"]),
        ("- a", ["mapping-shape"]),
        ("entity: enterprise", ["mapping-shape"]),
        ("entity: enterprise\nyaer: 2024\ncolumns: {}", ["mapping-key"]),
        ("entity: enterprise\ncolumns: {revenu: {from: a}}", ["mapping-column"]),
        ("entity: enterprise\ncolumns: {revenue: {form: a}}", ["mapping-from", "mapping-key"]),
        ("entity: enterprise\ncolumns: {revenue: }", ["mapping-from"]),
        ("entity: enterprise\nheader_rows: 9\nskip_rows: x\ncolumns: {}", ["mapping-number"] * 2),
        ("entity: enterprise\ndate_format: '%Y'\ncolumns: {}", ["mapping-date-format"]),
        ("entity: enterprise\nyear: [1]\ncolumns: {}", ["mapping-year"]),
        ("entity: [", ["bad-yaml"]),
    ],
)
def test_wrong_mapping_files(tmp_path, text, expected):
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    assert faults(read_mapping, tmp_path / "m.yaml", ENTITIES) == expected


def test_description(tmp_path):
    report = load(tmp_path, (write_csv(tmp_path / "a.csv", [HEADERS, GOOD, (code(2), "乙", "-", "30", "", "否")]), MAPPING))
    told = describe(report.register, ENTITIES.values())
    assert (told.synthetic, told.years, told.source) == (False, (2024,), "测试")
    table = told.tables[0]
    assert (table.rows, table.represents, table.by_year) == (2, 2, {2024: 2})
    columns = {column.name: column for column in table.columns}
    revenue, employees = columns["revenue"], columns["employees"]
    assert (revenue.known, revenue.least, revenue.unit) == (1, Decimal("12345000.00"), "CNY")
    assert (employees.least, employees.median, employees.greatest) == (20, 20, 30)
    assert columns["high_tech"].true == 1 and columns["name"].distinct == 2 and not columns["site"].present


cells = st.one_of(
    st.sampled_from(("", "-", "1", "1,234.5", "是", "2024-03-05", "#N/A", "合计", "500万元", "(3)", code(1), code(2), code(3))),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cells, min_size=0, max_size=7), max_size=12), st.sampled_from(("utf-8", "gb18030")))
def test_every_row_is_kept_or_quarantined(table, encoding):
    with TemporaryDirectory() as folder:
        place = Path(folder)
        report = load(place, (write_csv(place / "a.csv", [HEADERS, *table], encoding), MAPPING))
        stored = rows(report)
        assert len(stored) == report.kept == len({row["id"] for row in stored})
        apart = {row for row, *_ in quarantined(report)} if report.quarantine else set()
        assert len(apart) == report.quarantined
