"""What expressions of a package may name: its entities' columns and variables, parameters and measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jiqun.language.diagnostics import Finding, Span, finding, nearest
from jiqun.language.grammar import is_word
from jiqun.language.names import EntityNames, Names, Shape, Symbol
from jiqun.language.reserved import WORDS, is_table
from jiqun.language.source import LocatedMap
from jiqun.language.types import BOOL, COUNT, DATE, RATIO, TEXT, Type, money, quantity
from jiqun.language.units import CURRENCIES, UNITS, combine, unit
from jiqun.model.entity import Column, Entity
from jiqun.model.package import Heading, Places
from jiqun.model.parameter import Parameter


@dataclass
class Reading:
    """What has been read of a package so far, before it is frozen; `partial` if a file could not be read at all."""

    shown: str
    heading: Heading | None = None
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    raw: dict[tuple[str, str], LocatedMap] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    partial: bool = False

    def at(self, section: str, key: str, *path: str | int) -> Span:
        return Places(self.raw, self.shown).at(section, key, *path)

    def fault(self, code: str, at: Span, **args: object) -> None:
        self.found.append(finding(code, at, **args))


def declare(reading: Reading) -> Names | None:
    """Collect what expressions may name; None where the entities themselves are broken."""
    entities: dict[str, Entity] = reading.facts["entities"]
    if not _rooted(reading, entities):
        return None
    assert reading.heading is not None
    if reading.heading.currency not in CURRENCIES:
        reading.fault("unknown-currency", reading.at("package", "", "currency"), **_currency(reading.heading.currency))
        return None
    currency = money(reading.heading.currency)
    symbols = {e.id: dict(_columns(reading, e)) for e in entities.values()}
    for key, variable in reading.facts["variables"].items():
        if variable.entity not in entities:
            unknown_entity(reading, "variables", key, variable.entity, entities)
            continue
        symbol = Symbol("variable", variable.id, reading.at("variables", key, "id"), expr=variable.expr.source)
        for part in ("id", "alias"):
            _name(reading, symbols[variable.entity], symbol, variable.entity, getattr(variable, part), ("variables", key, part))
    made = {e.id: EntityNames(e.id, e.parent, symbols[e.id]) for e in entities.values()}
    known = {key: "" for section, key in reading.raw if section == "measures"}
    known |= {m.id: m.entity for m in reading.facts["measures"].values()}
    names = Names(made, {}, known, currency, broken=frozenset(_broken(reading)))
    names.parameters = dict(_parameters(reading, names))
    return names


def _broken(reading: Reading) -> Iterator[str]:
    """Yield the names of variables and parameters that could not be read."""
    for (section, key), item in reading.raw.items():
        if section in ("variables", "parameters") and key not in reading.facts[section]:
            yield from (str(item[part]) for part in ("id", "alias") if item.get(part) is not None)
    yield from (v.id for v in reading.facts["variables"].values() if v.entity not in reading.facts["entities"])


def _rooted(reading: Reading, entities: Mapping[str, Entity]) -> bool:
    """Whether exactly one entity has no parent and every other leads to it."""
    written = [key for section, key in reading.raw if section == "entities"]
    if any(key not in entities for key in written) or (not written and reading.found):
        return False
    for entity in entities.values():
        if entity.parent is not None and entity.parent not in entities:
            unknown_entity(reading, "entities", entity.id, entity.parent, entities, "parent")
            return False
        if is_table(entity.id):
            reading.fault("reserved-name", reading.at("entities", entity.id, "id"), name=entity.id)
    roots = [e for e in entities.values() if e.parent is None]
    if len(roots) > 1 or not entities:
        place = reading.at("entities", roots[1].id, "id") if roots else Span(reading.shown, 0, 0, 1)
        reading.fault("roots", place, count=len(roots))
        return False
    return all(_leads_up(reading, entity, entities) for entity in entities.values())


def _leads_up(reading: Reading, entity: Entity, entities: Mapping[str, Entity]) -> bool:
    seen, parent = {entity.id}, entity.parent
    while parent is not None:
        if parent in seen:
            reading.fault("cyclic-parent", reading.at("entities", entity.id, "parent"), id=entity.id)
            return False
        seen.add(parent)
        parent = entities[parent].parent
    return True


def unknown_entity(reading: Reading, section: str, key: str, given: str, known: Mapping[str, Any], part: str = "entity") -> None:
    """Record that an entity is not declared, with the nearest that is."""
    near = nearest(given, known)
    hint = (f"写成“{near}”。" if near else "先在 entities 中定义它。", f"write '{near}'." if near else "declare it in entities.")
    reading.fault("unknown-entity", reading.at(section, key, part), id=given, hint_zh=hint[0], hint_en=hint[1])


def _name(reading: Reading, into: dict[str, Symbol], symbol: Symbol, entity: str, name: str | None, path: tuple[str, ...]) -> None:
    """Declare a name; one that could not be read in an expression, or means something else already, is a fault."""
    if name is None:
        return
    at = reading.at(*path)
    if name in WORDS:
        reading.fault("reserved-name", at, name=name)
    elif not is_word(name):
        reading.fault("bad-alias", at, name=name)
    elif name in into:
        first = into[name].at
        reading.fault("duplicate-name", at, name=name, entity=entity, first=f"{first.file}:{first.line}")
    else:
        into[name] = symbol


def _columns(reading: Reading, entity: Entity) -> Iterator[tuple[str, Symbol]]:
    made: dict[str, Symbol] = {}
    here = reading.at("entities", entity.id, "id")
    for name, column in entity.columns.items():
        path = ("entities", entity.id, "columns", name)
        kind = _column(reading, column, path)
        if column.type == "enum" and not column.values:
            reading.fault("needs-values", reading.at(*path))
        symbol = Symbol("column", name, reading.at(*path), kind)
        if name == entity.parent:
            reading.fault("reserved-name", symbol.at, name=name)
        _name(reading, made, symbol, entity.id, name, path)
        _name(reading, made, symbol, entity.id, column.alias, (*path, "alias"))
    made["id"] = Symbol("column", "id", here, TEXT)
    made["year"] = Symbol("column", "year", here, COUNT)
    yield from made.items()


def _column(reading: Reading, column: Column, path: tuple[str, ...]) -> Type:
    """Type a column, or say why its unit does not fit."""
    kind = column_type(reading.heading, column)
    if column.currency is not None and column.currency not in CURRENCIES:
        reading.fault("unknown-currency", reading.at(*path, "currency"), **_currency(column.currency))
    elif kind is None and unit_dims(column.unit) is not None:
        reading.fault("wrong-unit", reading.at(*path, "unit"), unit=column.unit)
    elif kind is None:
        _unit_fault(reading, reading.at(*path, "unit"), column.unit)
    return kind if kind is not None else RATIO


def _currency(given: str) -> dict[str, str]:
    return {"currency": given, "known": ", ".join(CURRENCIES)}


def _unit_fault(reading: Reading, at: Span, given: str | None) -> None:
    if given is None:
        reading.fault("needs-unit", at)
        return
    near = nearest(given, UNITS)
    hint = (f"写成“{near}”？" if near else "单位见语言参考。", f"write '{near}'?" if near else "see the units of the language.")
    reading.fault("unknown-unit", at, unit=given, hint_zh=hint[0], hint_en=hint[1])


def unit_dims(text: str | None) -> tuple[tuple[str, int], ...] | None:
    """Return the dimension of a unit such as `kW` or `元/m²/月`, or None."""
    dims: tuple[tuple[str, int], ...] = ()
    for place, part in enumerate((text or "?").split("/")):
        known = unit(part)
        if known is None:
            return None
        dims = combine(dims, known.dims, 1 if place == 0 else -1)
    return dims


def column_type(heading: Heading | None, column: Column) -> Type | None:
    """Return the language's type of a register column, or None where its unit is unknown."""
    if column.type == "money":
        currency = column.currency or (heading.currency if heading else "CNY")
        known = unit_dims(column.unit) if column.unit else money(currency).dims
        return money(currency) if known == money(currency).dims else None
    if column.type == "quantity":
        dims = unit_dims(column.unit)
        return quantity(dims) if dims is not None else None
    if column.type == "enum":
        return Type("enum", values=tuple((code, w.zh, w.en) for code, w in (column.values or {}).items()))
    return {"ratio": RATIO, "count": COUNT, "bool": BOOL, "date": DATE, "text": TEXT}[column.type]


def _value_type(reading: Reading, kind: str | None, unit_name: str | None, at: Span) -> Type:
    assert reading.heading is not None
    if kind == "money":
        return money(reading.heading.currency)
    if kind == "quantity":
        dims = unit_dims(unit_name)
        if dims is None:
            _unit_fault(reading, at, unit_name)
            return RATIO
        return quantity(dims)
    return COUNT if kind == "number" else RATIO


def _parameters(reading: Reading, names: Names) -> Iterator[tuple[str, Shape]]:
    taken: dict[str, Symbol] = {}
    for key, p in reading.facts["parameters"].items():
        if p.entity is not None and p.entity not in names.entities:
            unknown_entity(reading, "parameters", key, p.entity, names.entities)
        shape = _shape(reading, names, p)
        for part in ("id", "alias"):
            name = getattr(p, part)
            _name(reading, taken, Symbol("column", p.id, shape.at, shape.type), "parameters", name, ("parameters", key, part))
            for entity in names.entities.values():
                if name in entity.symbols:
                    first, at = entity.symbols[name].at, reading.at("parameters", key, part)
                    reading.fault("duplicate-name", at, name=name, entity=entity.id, first=f"{first.file}:{first.line}")
            if name is not None:
                yield name, shape


def _shape(reading: Reading, names: Names, p: Parameter) -> Shape:
    def at(part: str) -> Span:
        return reading.at("parameters", p.id, part)

    if p.type not in ("steps", "scale", "table"):
        return Shape(p.id, "value", at("id"), _value_type(reading, p.type, p.unit, at("unit")), entity=p.entity if p.exceptions else None)
    gives = _value_type(reading, p.gives, p.gives_unit, at("gives_unit"))
    if p.type != "table":
        return Shape(p.id, p.type, at("id"), gives, of=_value_type(reading, p.of, p.of_unit, at("of_unit")))
    keys = tuple(_key_type(reading, names, p, place) for place in range(len(p.keys or ())))
    rows = [row for v in p.values for row in v.rows or ()]
    listed = tuple(frozenset(k.code(r.key[i]) or r.key[i] for r in rows if i < len(r.key)) for i, k in enumerate(keys))
    return Shape(p.id, "table", at("id"), gives, keys=keys, listed=listed)


def _key_type(reading: Reading, names: Names, p: Parameter, place: int) -> Type:
    """Type a table's key: a column of the table's entity, by its own name."""
    entity = names.entities.get(p.entity or "")
    if entity is None or p.keys is None:
        return TEXT
    given = p.keys[place]
    symbol = entity.symbols.get(given)
    if symbol is not None and symbol.id == given and symbol.type is not None and symbol.type.kind in ("enum", "text"):
        return symbol.type
    known = [s.id for s in entity.symbols.values() if s.type and s.type.kind in ("enum", "text")]
    near = symbol.id if symbol is not None and symbol.id in known else nearest(given, known)
    hint = (f"写成“{near}”。" if near else "写一个枚举或文本列。", f"write '{near}'." if near else "name an enum or text column.")
    where = reading.at("parameters", p.id, "keys", place)
    reading.fault("unknown-column", where, entity=entity.id, id=given, hint_zh=hint[0], hint_en=hint[1])
    return TEXT
