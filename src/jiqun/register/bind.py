"""A mapping laid on the headers of an actual file: which cell fills which column, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jiqun.language.diagnostics import Finding, Rejected, Span, finding, nearest
from jiqun.model.entity import Column, Entity
from jiqun.model.words import Words
from jiqun.register import creditcode
from jiqun.register.faults import BadValue
from jiqun.register.mapping import ColumnSource, SheetMapping, bare, unit_findings, unit_of
from jiqun.register.quarantine import Fault
from jiqun.register.sheets import Cells
from jiqun.register.store import PAYMENTS
from jiqun.register.values import Converter, Scalar, converter, half_width, read_number

CREDIT_CODE = "credit_code"
PAYMENTS_ENTITY = Entity(
    id=PAYMENTS,
    title=Words(zh="兑付记录", en="payments"),
    columns={
        "measure": Column(type="text", title=Words(zh="措施", en="measure")),
        "unit": Column(type="text", title=Words(zh="主体", en="unit")),
        "enterprise": Column(type="text", title=Words(zh="企业", en="enterprise")),
        "object": Column(type="text", title=Words(zh="事项", en="object")),
        "date": Column(type="date", title=Words(zh="日期", en="date")),
        "amount": Column(type="money", title=Words(zh="金额", en="amount")),
    },
)
"""Payments made before are imported like an entity, by a mapping with `entity: payments`; only `object` may be missing."""
_NAME = Column(type="text", title=Words(zh="编号", en="id"))
_SUGGESTED = 1_000


@dataclass(frozen=True, slots=True)
class Field:
    """One column being filled: from the cell at `place`, or with `constant` where there is none."""

    name: str
    header: str
    place: int | None
    convert: Converter
    required: bool = False
    constant: Scalar = None


@dataclass(frozen=True, slots=True)
class Binding:
    """How the rows of one table become rows of one entity."""

    entity: str
    parent: str | None
    fields: tuple[Field, ...]
    width: int
    units: Mapping[str, str]
    unused: tuple[str, ...]

    def read(self, cells: Cells) -> tuple[list[Scalar], list[Fault]]:
        """Return the row's values in the order of the fields, and what is wrong with it."""
        values: list[Scalar] = []
        faults = list(self._misshapen(cells))
        for field in [] if faults else self.fields:
            if field.place is None:
                values.append(field.constant)
                continue
            cell = cells[field.place]
            try:
                values.append(value := field.convert(cell))
                if value is None and field.required:
                    raise BadValue("required")
            except BadValue as cause:
                faults.append(Fault(field.name, field.header, cell, cause))
        return values, faults

    def _misshapen(self, cells: Cells) -> Iterator[Fault]:
        have = len(cells)
        if have < self.width or any(cell not in (None, "") for cell in cells[self.width :]):
            yield Fault("", "", ",".join(map(str, cells)), BadValue("cells", have=have, want=self.width))


def names_of(mapping: SheetMapping, entity: Entity) -> tuple[str, ...]:
    """Return the columns a mapping fills, built-in ones included, in the order of the register."""
    mapped = tuple(name for name in entity.columns if name in mapping.columns)
    if entity.id == PAYMENTS:
        return mapped
    return ("id", "year", "weight" if entity.parent is None else entity.parent, *mapped)


def bind(mapping: SheetMapping, entity: Entity, headers: Sequence[str], file: Path) -> Binding:
    """Lay a mapping on a table's headers; every header that is missing and every unit that does not fit is a finding."""
    search = _Search(headers, mapping.span, [])
    fields = (*(() if entity.id == PAYMENTS else _builtins(mapping, entity, search)), *_columns(mapping, entity, search))
    if search.found:
        raise Rejected(item if item.span.file else replace(item, span=Span(str(file), 0, 0, 0)) for item in search.found)
    placed = {field.name: field.header for field in fields if field.place is not None}
    sources = {name: replace(source, header=placed[name]) for name, source in mapping.columns.items()}
    units = {name: used.name for name, source in sources.items() if (used := unit_of(source, entity.columns[name]))}
    unused = tuple(header for header in headers if header and header not in placed.values())
    return Binding(entity.id, entity.parent, fields, len(headers), units, unused)


@dataclass(frozen=True, slots=True)
class _Search:
    """The headers of a table, and what was not found among them."""

    headers: Sequence[str]
    span: Span
    found: list[Finding]

    def required(self, name: str, header: str | None, convert: Converter) -> Iterator[Field]:
        """Yield a built-in column, which no row may leave empty."""
        if header is None:
            self.found.append(finding("mapping-needs", self.span, column=name))
        elif (place := self.place(header, self.span)) is not None:
            yield Field(name, self.headers[place], place, convert, required=True)

    def place(self, header: str, at: Span) -> int | None:
        """Return the column a header names: as written, or with the unit in brackets left out where that names one only."""
        for way in (_plain, bare):
            places = [place for place, other in enumerate(self.headers) if other and way(other) == way(header)]
            if len(places) == 1:
                return places[0]
            if places:
                self.found.append(finding("mapping-header-twice", at, header=header))
                return None
        close = nearest(header, self.headers) or "、".join(list(filter(None, self.headers))[:12])
        self.found.append(finding("mapping-header", at, header=header, nearest=close))
        return None


def _builtins(mapping: SheetMapping, entity: Entity, search: _Search) -> Iterator[Field]:
    code = mapping.columns.get(CREDIT_CODE) if entity.parent is None else None
    name = converter(_NAME)
    yield from search.required("id", mapping.key or (code.header if code else None), name)
    if isinstance(mapping.year, int):
        yield Field("year", "", None, _year, constant=mapping.year)
    else:
        yield from search.required("year", mapping.year, _year)
    if entity.parent is None:
        yield Field("weight", "", None, name, constant=1)
    else:
        yield from search.required(entity.parent, mapping.parent, name)


def _columns(mapping: SheetMapping, entity: Entity, search: _Search) -> Iterator[Field]:
    for name, column in entity.columns.items():
        required = entity.id == PAYMENTS and name != "object"
        source = mapping.columns.get(name)
        if source is not None and (place := search.place(source.header, source.span)) is not None:
            actual = replace(source, header=search.headers[place])
            search.found.extend(unit_findings(actual, column, name))
            yield Field(name, actual.header, place, _reader(actual, entity, name, mapping.date_format), required)
        elif source is None and required:
            search.found.append(finding("mapping-needs", mapping.span, column=name))


def _reader(source: ColumnSource, entity: Entity, name: str, date_format: str | None) -> Converter:
    column = entity.columns[name]
    convert = converter(column, unit_of(source, column), source.date_format or date_format)
    return _checked_code(convert) if name == CREDIT_CODE and column.type == "text" and entity.parent is None else convert


def _checked_code(convert: Converter) -> Converter:
    """Read a credit code and check it; the first wrong ones are given candidates, which take time to find."""
    left = iter(range(_SUGGESTED))

    def read(cell: object) -> Scalar:
        text = convert(cell)
        verdict = creditcode.check(text) if isinstance(text, str) else None
        if verdict is None or verdict.valid:
            return text
        candidates = "、".join(creditcode.suggest(verdict.text, 3)) if next(left, None) is not None else ""
        zh, en = "；".join(f.zh for f in verdict.faults), "; ".join(f.en for f in verdict.faults)
        raise BadValue(
            "credit-code",
            zh=zh + (f"；可能是 {candidates}" if candidates else ""),
            en=en + (f"; perhaps {candidates}" if candidates else ""),
        )

    return read


def _plain(header: str) -> str:
    return "".join(half_width(header).split())


def _year(cell: object) -> int | None:
    if cell is None or cell == "":
        return None
    text = half_width(cell).removesuffix("年度").removesuffix("年") if isinstance(cell, str) else cell
    try:
        number, written = read_number(text)
    except BadValue:
        raise BadValue("not-a-year") from None
    if written is not None or number != int(number) or not 1949 <= number <= 2100:
        raise BadValue("not-a-year")
    return int(number)
