"""YAML files → Package, or every finding at once.

Three passes: read each file with positions, shape each entry by its model,
type every expression against the names the package declares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, Findings, Span, finding, nearest
from jiqun.language.names import EntityNames, Names, Shape, Symbol
from jiqun.language.resolve import resolve
from jiqun.language.source import Located, LocatedMap, read_yaml
from jiqun.language.types import BOOL, COUNT, DATE, RATIO, TEXT, Type, money, quantity
from jiqun.language.units import combine, unit
from jiqun.model.entity import Column, Entity
from jiqun.model.limits import Cap, Pool, Stacking
from jiqun.model.measure import Measure
from jiqun.model.package import Document, Heading, Package, Places
from jiqun.model.parameter import Parameter, Variable
from jiqun.model.words import Formula
from jiqun.shape import shaped

SECTIONS: Mapping[str, type[BaseModel]] = {
    "documents": Document,
    "entities": Entity,
    "parameters": Parameter,
    "variables": Variable,
    "measures": Measure,
    "pools": Pool,
    "caps": Cap,
    "stacking": Stacking,
}
ASIDE = ("cases", "register", "drafts")
RESERVED = frozenset(
    {
        "id",
        "year",
        "weight",
        "as_of",
        "and",
        "or",
        "not",
        "in",
        "between",
        "case",
        "when",
        "then",
        "else",
        "end",
        "true",
        "false",
        "date",
        "if",
    }
)


@dataclass
class _Draft:
    """What has been read so far, before it is frozen."""

    shown: str
    heading: Heading | None = None
    facts: dict[str, dict[str, Any]] = field(default_factory=lambda: {s: {} for s in SECTIONS})
    raw: dict[tuple[str, str], LocatedMap] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    def at(self, section: str, key: str, *path: str | int) -> Span:
        return Places(self.raw, self.shown).at(section, key, *path)


def examine(path: Path) -> tuple[Package | None, Findings]:
    """Read a package folder as far as possible, with every finding on the way.

    Args:
        path: the folder.

    Returns:
        The package, unless its shape is broken, and the findings. A package
        that comes with an error must not be run; `jiqun.check.accept` sees to that.
    """
    draft = _Draft(str(path))
    files = (
        sorted(f for f in path.rglob("*.y*ml") if f.suffix in (".yaml", ".yml") and f.relative_to(path).parts[0] not in ASIDE)
        if path.is_dir()
        else []
    )
    if not files:
        return None, (finding("no-package", Span(str(path), 0, 0, 1), path=str(path)),)
    digest = hashlib.sha256()
    for file in files:
        _read(draft, file, str(file))
        digest.update(str(file.relative_to(path).as_posix()).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest() if file.is_file() else b"")
    if draft.heading is None:
        if not draft.found:
            draft.found.append(finding("no-heading", Span(str(path), 0, 0, 1)))
        return None, tuple(draft.found)
    names = _names(draft)
    if names is None:
        return None, tuple(draft.found)
    sections: dict[str, Any] = {section: MappingProxyType(_typed(draft, names, section)) for section in SECTIONS}
    package = Package(
        heading=draft.heading,
        **sections,
        digest=digest.hexdigest(),
        places=Places(draft.raw, draft.shown),
    )
    return package, tuple(draft.found + names.found)


def _read(draft: _Draft, file: Path, shown: str) -> None:
    content, found = read_yaml(file, shown)
    draft.found.extend(found)
    if found and content is None:
        return
    if not isinstance(content, LocatedMap):
        draft.found.append(_shape_fault(Span(shown, 1, 1, 1), "一个映射（键: 值）", "a mapping (key: value)", content))
        return
    for key, value in content.items():
        at = content.keys_at[key]
        if key == "package":
            made = shaped(Heading, value, at, "package", draft.found)
            draft.heading = made if isinstance(made, Heading) else draft.heading
        elif key not in SECTIONS:
            near = nearest(key, ("package", *SECTIONS))
            hint = (
                f"写成“{near}”。" if near else "节有：" + "、".join(SECTIONS),
                f"write '{near}'." if near else "sections: " + ", ".join(SECTIONS),
            )
            draft.found.append(finding("unknown-section", at, key=key, hint_zh=hint[0], hint_en=hint[1]))
        elif value is not None:
            _section(draft, key, value, at)


def _shape_fault(at: Span, zh: str, en: str, given: object) -> Finding:
    kinds = {
        "LocatedMap": ("映射", "a mapping"),
        "LocatedList": ("列表", "a list"),
        "Located": ("文本", "a text"),
        "NoneType": ("空", "nothing"),
    }
    given_zh, given_en = kinds[type(given).__name__]
    return finding("wrong-shape", at, expected_zh=zh, expected_en=en, given_zh=given_zh, given_en=given_en)


def _section(draft: _Draft, section: str, value: object, at: Span) -> None:
    if not isinstance(value, list):
        draft.found.append(_shape_fault(at, "一个列表（- id: …）", "a list (- id: …)", value))
        return
    for item in value:
        if not isinstance(item, LocatedMap):
            draft.found.append(_shape_fault(at, "列表中的映射", "mappings in the list", item))
            continue
        made = shaped(SECTIONS[section], item, item.span, section, draft.found)
        key = str(item.get("id"))
        if section == "variables":
            key = f"{item.get('entity')}.{key}"
        if (section, key) in draft.raw:
            first = draft.raw[section, key].span
            draft.found.append(finding("duplicate-id", item.keys_at.get("id", item.span), id=key, first=f"{first.file}:{first.line}"))
            continue
        draft.raw[section, key] = item
        if made is not None:
            draft.facts[section][key] = made


# --- names ---------------------------------------------------------------------------------------------------------


def _names(draft: _Draft) -> Names | None:
    """Collect what expressions may name; None where the entities themselves are broken."""
    entities: dict[str, Entity] = draft.facts["entities"]
    if not _rooted(draft, entities):
        return None
    assert draft.heading is not None
    currency = money(draft.heading.currency)
    symbols = {e.id: dict(_columns(draft, e)) for e in entities.values()}
    for key, variable in draft.facts["variables"].items():
        if variable.entity not in entities:
            _unknown_entity(draft, "variables", key, variable.entity, entities)
            continue
        at = draft.at("variables", key, "id")
        symbol = Symbol("variable", variable.id, at, expr=variable.expr.source)
        for name in filter(None, (variable.id, variable.alias)):
            _declare(draft, symbols[variable.entity], name, symbol, variable.entity)
    made = {e.id: EntityNames(e.id, e.parent, symbols[e.id]) for e in entities.values()}
    known = {m.id: m.entity for m in draft.facts["measures"].values()}
    names = Names(made, {}, known, currency)
    names.parameters = dict(_parameters(draft, names))
    for (section, key), _ in draft.raw.items():
        if section == "measures":
            known.setdefault(key, "")
    return names


def _rooted(draft: _Draft, entities: Mapping[str, Entity]) -> bool:
    """Whether exactly one entity has no parent and every other leads to it."""
    if any(s == "entities" and k not in entities for s, k in draft.raw):
        return False
    roots = [e for e in entities.values() if e.parent is None]
    if len(roots) != 1:
        place = draft.at("entities", roots[1].id) if roots else Span(draft.shown, 0, 0, 1)
        draft.found.append(finding("roots", place, count=len(roots)))
        return False
    fine = True
    for entity in entities.values():
        seen, parent = {entity.id}, entity.parent
        while parent is not None:
            if parent in seen:
                draft.found.append(finding("cyclic-parent", draft.at("entities", entity.id, "parent"), id=entity.id))
                return False
            if parent not in entities:
                _unknown_entity(draft, "entities", entity.id, parent, entities, "parent")
                fine = False
                break
            seen.add(parent)
            parent = entities[parent].parent
    return fine


def _unknown_entity(draft: _Draft, section: str, key: str, given: str, known: Mapping[str, Any], part: str = "entity") -> None:
    near = nearest(given, known)
    hint = (f"写成“{near}”。" if near else "先在 entities 中定义它。", f"write '{near}'." if near else "declare it in entities.")
    draft.found.append(finding("unknown-entity", draft.at(section, key, part), id=given, hint_zh=hint[0], hint_en=hint[1]))


def _declare(draft: _Draft, into: dict[str, Symbol], name: str, symbol: Symbol, entity: str) -> None:
    if name in RESERVED or any(sign in name for sign in "且或") or name[0] == "非":
        draft.found.append(finding("reserved-name", symbol.at, name=name))
    elif name in into:
        first = into[name].at
        draft.found.append(finding("duplicate-name", symbol.at, name=name, entity=entity, first=f"{first.file}:{first.line}"))
    else:
        into[name] = symbol


def _columns(draft: _Draft, entity: Entity) -> Iterator[tuple[str, Symbol]]:
    made: dict[str, Symbol] = {}
    here = draft.at("entities", entity.id, "id")
    for name, column in entity.columns.items():
        at = draft.at("entities", entity.id, "columns", name)
        kind = column_type(draft.heading, column)
        if kind is None:
            _unit_fault(draft, draft.at("entities", entity.id, "columns", name, "unit"), column.unit)
            kind = RATIO
        if column.type == "enum" and not column.values:
            draft.found.append(finding("needs-values", at))
        for key in filter(None, (name, column.alias)):
            _declare(draft, made, key, Symbol("column", name, at, kind), entity.id)
    made["id"] = Symbol("column", "id", here, TEXT)
    made["year"] = Symbol("column", "year", here, COUNT)
    yield from made.items()


def _unit_fault(draft: _Draft, at: Span, given: str | None) -> None:
    if given is None:
        draft.found.append(finding("needs-unit", at))
        return
    hint_zh, hint_en = "单位见语言参考。", "see the units of the language."
    draft.found.append(finding("unknown-unit", at, unit=given, hint_zh=hint_zh, hint_en=hint_en))


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


def _value_type(draft: _Draft, kind: str | None, unit_name: str | None, at: Span) -> Type:
    assert draft.heading is not None
    if kind == "money":
        return money(draft.heading.currency)
    if kind == "quantity":
        dims = unit_dims(unit_name)
        if dims is None:
            _unit_fault(draft, at, unit_name)
            return RATIO
        return quantity(dims)
    return COUNT if kind == "number" else RATIO


def _parameters(draft: _Draft, names: Names) -> Iterator[tuple[str, Shape]]:
    taken: dict[str, Symbol] = {}
    for key, p in draft.facts["parameters"].items():
        at = draft.at("parameters", key, "id")
        if p.entity is not None and p.entity not in names.entities:
            _unknown_entity(draft, "parameters", key, p.entity, names.entities)
        shape = _shape(draft, names, p, at)
        for name in filter(None, (p.id, p.alias)):
            _declare(draft, taken, name, Symbol("column", p.id, at, shape.type), "parameters")
            for entity in names.entities.values():
                if name in entity.symbols:
                    first = entity.symbols[name].at
                    draft.found.append(finding("duplicate-name", at, name=name, entity=entity.id, first=f"{first.file}:{first.line}"))
            yield name, shape


def _shape(draft: _Draft, names: Names, p: Parameter, at: Span) -> Shape:
    if p.type in ("steps", "scale", "table"):
        gives = _value_type(draft, p.gives, p.gives_unit, at)
        if p.type != "table":
            return Shape(p.id, p.type, at, gives, of=_value_type(draft, p.of, p.of_unit, at))  # type: ignore[arg-type]
        keys = tuple(_key_type(draft, names, p, place) for place in range(len(p.keys or ())))
        listed = tuple(frozenset(_code(k, r.key[i]) for v in p.values for r in v.rows or () if i < len(r.key)) for i, k in enumerate(keys))
        return Shape(p.id, "table", at, gives, keys=keys, listed=listed)
    return Shape(p.id, "value", at, _value_type(draft, p.type, p.unit, at), entity=p.entity if p.exceptions else None)


def _code(kind: Type, text: str) -> str:
    return kind.code(text) or text


def _key_type(draft: _Draft, names: Names, p: Parameter, place: int) -> Type:
    assert p.keys is not None
    entity = names.entities.get(p.entity or "")
    symbol = entity.symbols.get(p.keys[place]) if entity else None
    if symbol is None or symbol.type is None or symbol.type.kind not in ("enum", "text"):
        known = [n for n, s in entity.symbols.items() if s.type and s.type.kind in ("enum", "text")] if entity else []
        near = nearest(p.keys[place], known)
        hint = (f"写成“{near}”。" if near else "写一个枚举或文本列。", f"write '{near}'." if near else "name an enum or text column.")
        where = draft.at("parameters", p.id, "keys", place)
        draft.found.append(finding("unknown-column", where, entity=p.entity or "—", id=p.keys[place], hint_zh=hint[0], hint_en=hint[1]))
        return TEXT
    return symbol.type


# --- expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Role:
    """Where an expression is read and what it must be."""

    entity: str
    type: Type | None = None
    literal: bool = False


def _typed(draft: _Draft, names: Names, section: str) -> dict[Any, Any]:
    """Return the section's facts with every formula typed."""
    made: dict[Any, Any] = {}
    for key, fact in draft.facts[section].items():
        if section in ("measures", "variables") and fact.entity not in names.entities:
            if section == "measures":
                _unknown_entity(draft, section, key, fact.entity, names.entities)
            continue
        made[(fact.entity, fact.id) if section == "variables" else key] = _fill(draft, names, section, fact, fact, ())
    return made


def _fill(draft: _Draft, names: Names, section: str, owner: Any, value: Any, path: tuple[str | int, ...]) -> Any:
    """Return `value` with each Formula inside it typed, by its role at `path`."""
    if isinstance(value, Formula):
        return _formula(draft, names, _role(draft, names, section, owner, path), value)
    if isinstance(value, BaseModel):
        changed = {}
        for name in type(value).model_fields:
            old = getattr(value, name)
            new = _fill(draft, names, section, owner, old, (*path, name))
            if new is not old:
                changed[name] = new
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, tuple) and any(isinstance(x, BaseModel) for x in value):
        return tuple(_fill(draft, names, section, owner, x, (*path, i)) for i, x in enumerate(value))
    if isinstance(value, dict) and any(isinstance(x, BaseModel) for x in value.values()):
        return {k: _fill(draft, names, section, owner, x, (*path, k)) for k, x in value.items()}
    return value


def _role(draft: _Draft, names: Names, section: str, owner: Any, path: tuple[str | int, ...]) -> _Role | None:
    root = next(e.id for e in names.entities.values() if e.parent is None)
    match section, path:
        case "measures", ("conditions", _, "expr") | ("conditions", _, "exceptions", _, "when") | ("instalments", _, "when"):
            return _Role(owner.entity, BOOL)
        case "measures", ("amount",):
            return None if owner.decided else _Role(owner.entity, names.money)
        case "measures", ("cap",):
            return _Role(owner.entity, names.money)
        case "measures", ("rounding", "unit"):
            return _Role(owner.entity, names.money, literal=True)
        case "measures", ("budget", "quota"):
            return _Role(owner.entity, COUNT)
        case "measures", ("instalments", _, "share"):
            return _Role(owner.entity, RATIO, literal=True)
        case "measures" | "variables", _:
            return _Role(owner.entity)
        case "caps", _:
            first = (
                next((m for m in draft.facts["measures"].values() if m.id in owner.measures), None)
                if isinstance(owner.measures, tuple)
                else None
            )
            return _Role(first.entity if owner.by == "unit" and first else root, names.money)
        case "pools", _:
            return _Role(root, names.money, literal=True)
        case "entities", (_, column, *_):
            return (
                _Role(root, names.entities[owner.id].symbols[str(column)].type, literal=True)
                if column in names.entities[owner.id].symbols
                else None
            )
        case "parameters", ("exceptions", _, "when"):
            return _Role(owner.entity if owner.entity in names.entities else root, BOOL)
        case "parameters", ("values", _, "bands", _, "from_" | "to"):
            return _Role(root, names.parameters[owner.id].of, literal=True) if owner.id in names.parameters else None
        case "parameters", _:
            return _Role(root, names.parameters[owner.id].type, literal=True) if owner.id in names.parameters else None
    raise AssertionError((section, path))


def _formula(draft: _Draft, names: Names, role: _Role | None, formula: Formula) -> Formula:
    if role is None:
        return formula
    source = formula.source if isinstance(formula.source, Located) else Located(formula.source)
    made, found = resolve(source, role.entity, names, role.type)
    draft.found.extend(found)
    if role.literal and made is not None and not (isinstance(made, t.Literal) and isinstance(made.value, Decimal)):
        draft.found.append(finding("needs-literal-value", source.span))
        made = None
    return Formula(source, made)
