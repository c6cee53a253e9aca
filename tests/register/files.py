"""Files the import tests read, written as people's programs write them."""

import csv
import io
import zipfile

import openpyxl

HEADERS = ("统一社会信用代码", "企业名称", "营业收入(万元)", "从业人员", "成立日期", "是否高新")


def write_csv(path, rows, encoding="utf-8", delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path, rows, merges=(), sheet="表1"):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    for merged in merges:
        page.merge_cells(merged)
    book.save(path)
    return path


def replace_part(source, target, part, data):
    """Copy an .xlsx with one of its parts replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, data if entry.filename == part else old.read(entry))
    return target
