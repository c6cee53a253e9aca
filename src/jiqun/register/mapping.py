"""Which column of a file fills which column of the register: written by hand in YAML, or suggested from the headers.

entity: enterprise
year: 2024                        # or the header of a column: {from: 年度}
key: 统一社会信用代码             # the header that identifies the unit; left out where `credit_code` is mapped
parent: 所属企业                  # for a child: the header that names its parent
sheet: 2024年                     # optional, as are header_rows (1), skip_rows (0) and date_format
columns:
  revenue: {from: 营业收入(万元)}
  assets: {from: 资产总额, unit: 亿元}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import yaml

from jiqun.language.diagnostics import Finding, Rejected, Span, finding, nearest
from jiqun.language.source import Located, LocatedMap, read_yaml
from jiqun.language.units import Unit, is_money, unit
from jiqun.model.entity import Column, Entity
from jiqun.register.sheets import Layout
from jiqun.register.values import half_width

_HEADER_UNIT = re.compile(r"[(\[【]\s*(?:单位\s*[::]\s*)?([^()\[\]【】]+?)\s*[)\]】]$")
_KEYS = ("entity", "year", "key", "parent", "sheet", "header_rows", "skip_rows", "date_format", "columns")
_COLUMN_KEYS = ("from", "unit", "date_format")
_KEY_NAMES = ("统一社会信用代码", "社会信用代码", "信用代码", "企业代码", "编号", "代码", "id")
_YEAR_NAMES = ("年份", "年度", "数据年度", "统计年度", "year")


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """The header a column is read from, and what its cells need to be understood."""

    header: str
    unit: str | None = None
    date_format: str | None = None
    span: Span = field(default=Span("", 0, 0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """How one table of a file fills one entity; `year` is a number, or the header of the column that holds it."""

    entity: str
    year: int | str | None
    columns: Mapping[str, ColumnSource]
    key: str | None = None
    parent: str | None = None
    date_format: str | None = None
    layout: Layout = field(default_factory=Layout)
    span: Span = field(default=Span("", 0, 0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping read off the headers: what matched, the headers nothing matched, the columns without a header."""

    mapping: SheetMapping
    unmatched_headers: tuple[str, ...]
    unmatched_columns: tuple[str, ...]


def bare(header: str) -> str:
    """Return a header in comparable form, without a unit at its end.

    >>> bare("营业收入（万元）"), bare("研发费用[单位：万元]"), bare("有限公司(深圳)")
    ('营业收入', '研发费用', '有限公司(深圳)')
    """
    text = "".join(half_width(header).split())
    return _HEADER_UNIT.sub("", text) if header_unit(header) else text


def header_unit(header: str) -> Unit | None:
    """Return the unit in brackets at the end of a header, if there is one.

    >>> header_unit("营业收入（万元）").name, header_unit("研发强度(%)").name, header_unit("有限公司(深圳)")
    ('万元', '%', None)
    """
    match = _HEADER_UNIT.search("".join(half_width(header).split()))
    return unit(match[1]) if match else None


def suggest(entity: Entity, headers: Sequence[str]) -> Suggestion:
    """Match headers with an entity's columns by alias, title or id, units in brackets aside; nothing is guessed from likeness."""
    found: dict[str, ColumnSource] = {}
    free = {_folded(header): header for header in reversed(headers) if header}
    for name, column in entity.columns.items():
        wanted = (column.alias, column.title.zh, column.title.en, name, *(_KEY_NAMES[:3] if name == "credit_code" else ()))
        header = next((free.pop(_folded(w)) for w in wanted if w and _folded(w) in free), None)
        if header is not None:
            found[name] = ColumnSource(header)
    key = _first(free, _KEY_NAMES) if "credit_code" not in found else None
    year = _first(free, _YEAR_NAMES)
    parent = _first(free, (entity.parent, f"{entity.parent}_id", "所属企业", "企业编号", "企业代码")) if entity.parent else None
    mapping = SheetMapping(entity.id, year, found, key, parent)
    used = {key, year, parent, *(source.header for source in found.values())}
    return Suggestion(mapping, tuple(h for h in headers if h not in used), tuple(n for n in entity.columns if n not in found))


def _folded(header: str) -> str:
    return bare(header.rpartition("/")[2]).casefold().replace("_", "")


def _first(free: dict[str, str], names: Sequence[str]) -> str | None:
    return next((free.pop(_folded(name)) for name in names if _folded(name) in free), None)


def as_yaml(mapping: SheetMapping) -> str:
    """Return a mapping as the YAML that `read_mapping` reads."""
    columns = {
        name: {"from": source.header}
        | ({"unit": source.unit} if source.unit else {})
        | ({"date_format": source.date_format} if source.date_format else {})
        for name, source in mapping.columns.items()
    }
    year = {"from": mapping.year} if isinstance(mapping.year, str) else mapping.year
    content = {"entity": mapping.entity, "year": year, "key": mapping.key, "parent": mapping.parent, "sheet": mapping.layout.sheet}
    content |= {"header_rows": mapping.layout.header_rows, "skip_rows": mapping.layout.skip_rows, "date_format": mapping.date_format}
    kept = {key: value for key, value in content.items() if value is not None}
    return yaml.safe_dump({**kept, "columns": columns}, allow_unicode=True, sort_keys=False)


def read_mapping(path: Path | str, entities: Mapping[str, Entity]) -> SheetMapping:
    """Read a mapping file; everything that is wrong with it is said at once."""
    data, problems = read_yaml(Path(path), str(path))
    if problems:
        raise Rejected(problems)
    whole = Span(str(path), 1, 1, 1)
    if not isinstance(data, LocatedMap):
        raise Rejected((finding("mapping-shape", whole, wanted_zh="键和值", wanted_en="keys and values"),))
    found: list[Finding] = list(_unknown(data, _KEYS))
    entity = entities.get(str(data.get("entity")))
    if entity is None:
        known = "、".join(entities)
        raise Rejected((*found, finding("mapping-entity", _at(data, "entity"), entity=data.get("entity"), known=known)))
    columns = dict(_columns(data, entity, found))
    mapping = SheetMapping(
        entity.id,
        _year(data, found),
        columns,
        _header(data.get("key")),
        _header(data.get("parent")),
        _date_format(data, found),
        Layout(
            _text(data, "sheet"),
            _whole_number(data, "header_rows", range(1, 6), found),
            _whole_number(data, "skip_rows", range(1001), found),
        ),
        data.span,
    )
    if found:
        raise Rejected(tuple(found))
    return mapping


def _unknown(data: LocatedMap, known: Sequence[str]) -> Iterator[Finding]:
    for key in data:
        if key not in known:
            yield finding("mapping-key", data.keys_at[key], key=key, known="、".join(known), nearest=nearest(key, known) or known[0])


def _at(data: LocatedMap, key: str) -> Span:
    value = data.get(key)
    return value.span if isinstance(value, (Located, LocatedMap)) else data.keys_at.get(key, data.span)


def _text(data: LocatedMap, key: str) -> str | None:
    value = data.get(key)
    return str(value) if isinstance(value, str) else None


def _header(value: object) -> str | None:
    inner = value.get("from") if isinstance(value, LocatedMap) else value
    return str(inner) if isinstance(inner, str) else None


def _year(data: LocatedMap, found: list[Finding]) -> int | str | None:
    text = _header(data.get("year"))
    if text is None and "year" in data:
        found.append(finding("mapping-year", _at(data, "year")))
    return int(text) if text is not None and re.fullmatch(r"(19|20)[0-9]{2}", text) else text


def _whole_number(data: LocatedMap, key: str, allowed: range, found: list[Finding]) -> int:
    text = _text(data, key)
    if text is not None and text.isdigit() and int(text) in allowed:
        return int(text)
    if key in data:
        found.append(finding("mapping-number", _at(data, key), key=key, least=allowed[0], most=allowed[-1]))
    return allowed[0]


def _date_format(data: LocatedMap, found: list[Finding]) -> str | None:
    form = _text(data, "date_format")
    if form is None:
        return None
    day = datetime(2024, 12, 31)
    try:
        certain = datetime.strptime(day.strftime(form), form) == day
    except ValueError:
        certain = False
    if not certain:
        found.append(finding("mapping-date-format", _at(data, "date_format"), format=form))
    return form


def _columns(data: LocatedMap, entity: Entity, found: list[Finding]) -> Iterator[tuple[str, ColumnSource]]:
    given = data.get("columns")
    if not isinstance(given, LocatedMap):
        found.append(
            finding(
                "mapping-shape", _at(data, "columns"), wanted_zh="columns：列名和来源", wanted_en="`columns`, with column names and sources"
            )
        )
        return
    for name, value in given.items():
        at = given.keys_at[name]
        if name not in entity.columns:
            close = nearest(name, entity.columns) or next(iter(entity.columns), "")
            found.append(finding("mapping-column", at, column=name, entity=entity.id, nearest=close))
            continue
        inner = value if isinstance(value, LocatedMap) else LocatedMap({"from": value})
        if not isinstance(value, LocatedMap):
            inner.span, inner.keys_at = at, {"from": at}
        found.extend(_unknown(inner, _COLUMN_KEYS))
        header = _header(inner)
        if header is None:
            found.append(finding("mapping-from", at, column=name))
            continue
        source = ColumnSource(header, _text(inner, "unit"), _date_format(inner, found), _at(inner, "from"))
        found.extend(unit_findings(source, entity.columns[name], name))
        yield name, source


def unit_findings(source: ColumnSource, column: Column, name: str) -> Iterator[Finding]:
    """Yield what is wrong with the units a mapping and a header state for a column."""
    stated, written = unit(source.unit) if source.unit else None, header_unit(source.header)
    if source.unit and stated is None:
        yield finding("mapping-unit", source.span, unit=source.unit, column=name)
    for used in filter(None, (stated, written)):
        if not fits(used, column):
            yield finding("mapping-unit-wrong", source.span, unit=used.name, column=name, kind=column.type)
    if stated and written and stated != written and fits(written, column):
        yield finding("mapping-unit-conflict", source.span, unit=stated.name, header=source.header, written=written.name)


def fits(used: Unit, column: Column) -> bool:
    """Return whether a unit can be that of a column's values."""
    if column.type == "money":
        return is_money(used.dims) and used.dims[0][0] == (column.currency or "CNY")
    if column.type == "quantity":
        declared = unit(column.unit or "")
        return declared is not None and declared.dims == used.dims
    return column.type in ("count", "ratio") and not used.dims and (column.type == "ratio") == (used.factor < 1)


def unit_of(source: ColumnSource, column: Column) -> Unit | None:
    """Return the unit of a file's numbers: as the mapping says, else as the header says, else as the package declares."""
    named = unit(source.unit) if source.unit else header_unit(source.header)
    return named or (unit(column.unit) if column.unit and column.type in ("money", "quantity") else None)
