"""YAML files → Package, or every finding at once.

Three passes: read each file with positions, shape each entry by its model,
type every expression against the names the package declares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from jiqun.declare import Reading, declare, unknown_entity
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, Findings, Span, finding, nearest
from jiqun.language.names import Names
from jiqun.language.resolve import resolve
from jiqun.language.source import Located, LocatedMap, read_yaml
from jiqun.language.types import BOOL, COUNT, RATIO, Type
from jiqun.model.entity import Entity
from jiqun.model.limits import Cap, OfDocument, Pool, Stacking
from jiqun.model.measure import Measure
from jiqun.model.package import Document, Heading, Package, Places
from jiqun.model.parameter import Parameter, Variable
from jiqun.model.words import Formula
from jiqun.shape import KINDS, shaped

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
ASIDE = ("cases", "register", "readings")


def examine(path: Path) -> tuple[Package | None, Findings]:
    """Read a package folder as far as possible, with every finding on the way.

    Args:
        path: the folder.

    Returns:
        The package, unless its shape is broken, and the findings. A package
        that comes with an error must not be run; `jiqun.check.accept` sees to that.
    """
    reading = Reading(str(path), facts={section: {} for section in SECTIONS})
    files = (
        sorted(f for f in path.rglob("*.y*ml") if f.suffix in (".yaml", ".yml") and f.relative_to(path).parts[0] not in ASIDE)
        if path.is_dir()
        else []
    )
    if not files:
        return None, (finding("no-package", Span(str(path), 0, 0, 1), path=str(path)),)
    digest = hashlib.sha256()
    for file in files:
        _read(reading, file, str(file))
        digest.update(str(file.relative_to(path).as_posix()).encode() + b"\0")
        digest.update(_digest(file))
    if reading.heading is None and not reading.found:
        reading.fault("no-heading", Span(str(path), 0, 0, 1))
    # what stands in a file that could not be read would be called unknown wherever it is used
    names = declare(reading) if reading.heading is not None and not reading.partial else None
    if reading.heading is None or names is None:
        return None, tuple(reading.found)
    sections: dict[str, Any] = {section: MappingProxyType(_typed(reading, names, section)) for section in SECTIONS}
    package = Package(
        heading=reading.heading,
        **sections,
        digest=digest.hexdigest(),
        places=Places(reading.raw, reading.shown),
    )
    return package, tuple({(f.code, f.span): f for f in (*reading.found, *names.found)}.values())


def _digest(file: Path) -> bytes:
    """Return the hash of a file; one that cannot be read has a finding already."""
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return b""


def _read(reading: Reading, file: Path, shown: str) -> None:
    content, found = read_yaml(file, shown)
    reading.found.extend(found)
    if found and content is None:
        reading.partial = True
        return
    if not isinstance(content, LocatedMap):
        reading.found.append(_shape_fault(Span(shown, 1, 1, 1), "一个映射（键: 值）", "a mapping (key: value)", content))
        return
    for key, value in content.items():
        at = content.keys_at[key]
        if key == "package":
            _heading(reading, value, at)
        elif key not in SECTIONS:
            near = nearest(key, ("package", *SECTIONS))
            hint = (
                f"写成“{near}”。" if near else "节有：" + "、".join(SECTIONS),
                f"write '{near}'." if near else "sections: " + ", ".join(SECTIONS),
            )
            reading.found.append(finding("unknown-section", at, key=key, hint_zh=hint[0], hint_en=hint[1]))
        elif value is not None:
            _section(reading, key, value, at)


def _heading(reading: Reading, value: object, at: Span) -> None:
    if ("package", "") in reading.raw:
        first = reading.raw["package", ""].span
        reading.fault("duplicate-id", at, id="package", first=f"{first.file}:{first.line}")
        return
    made = shaped(Heading, value, at, "package", reading.found)
    if isinstance(value, LocatedMap):
        reading.raw["package", ""] = value
    reading.heading = made if isinstance(made, Heading) else None


def _shape_fault(at: Span, zh: str, en: str, given: object) -> Finding:
    given_zh, given_en = KINDS[type(given).__name__]
    return finding("wrong-shape", at, expected_zh=zh, expected_en=en, given_zh=given_zh, given_en=given_en)


def _section(reading: Reading, section: str, value: object, at: Span) -> None:
    if not isinstance(value, list):
        reading.found.append(_shape_fault(at, "一个列表（- id: …）", "a list (- id: …)", value))
        return
    for item in value:
        if not isinstance(item, LocatedMap):
            place = item.span if isinstance(item, Located) else at
            reading.found.append(_shape_fault(place, "一个映射（键: 值）", "a mapping (key: value)", item))
            continue
        made = shaped(SECTIONS[section], item, item.span, section, reading.found)
        key = str(item.get("id", f"without an id, the {len(reading.raw)}th entry"))
        if section == "variables":
            key = f"{item.get('entity')}.{key}"
        if (section, key) in reading.raw:
            first = reading.raw[section, key].span
            reading.fault("duplicate-id", item.keys_at.get("id", item.span), id=item["id"], first=f"{first.file}:{first.line}")
            continue
        reading.raw[section, key] = item
        if made is not None:
            reading.facts[section][key] = made


# --- expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Role:
    """Where an expression is read and what it must be."""

    entity: str
    type: Type | None = None
    literal: bool = False


def _typed(reading: Reading, names: Names, section: str) -> dict[Any, Any]:
    """Return the section's facts with every formula typed."""
    made: dict[Any, Any] = {}
    for key, fact in reading.facts[section].items():
        if section in ("measures", "variables") and fact.entity not in names.entities:
            if section == "measures":
                unknown_entity(reading, section, key, fact.entity, names.entities)
            continue
        made[(fact.entity, fact.id) if section == "variables" else key] = _fill(reading, names, section, fact, fact, ())
    return made


def _fill(reading: Reading, names: Names, section: str, owner: Any, value: Any, path: tuple[str | int, ...]) -> Any:
    """Return `value` with each Formula inside it typed, by its role at `path`."""
    if isinstance(value, Formula):
        return _formula(reading, names, _role(reading, names, section, owner, path), value)
    if isinstance(value, BaseModel):
        changed = {}
        for name in type(value).model_fields:
            old = getattr(value, name)
            new = _fill(reading, names, section, owner, old, (*path, name))
            if new is not old:
                changed[name] = new
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, tuple) and any(isinstance(x, BaseModel) for x in value):
        return tuple(_fill(reading, names, section, owner, x, (*path, i)) for i, x in enumerate(value))
    if isinstance(value, dict) and any(isinstance(x, BaseModel) for x in value.values()):
        return {k: _fill(reading, names, section, owner, x, (*path, k)) for k, x in value.items()}
    return value


def _role(reading: Reading, names: Names, section: str, owner: Any, path: tuple[str | int, ...]) -> _Role | None:
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
            return _Role(_capped_entity(reading, owner, root), names.money)
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
        case "parameters", ("values", _, "bands", _, "from_" | "to") if owner.of is None and owner.type in ("steps", "scale"):
            return _Role(root, literal=True)
        case "parameters", ("values", _, "bands" | "rows", *_) if owner.gives is None:
            return _Role(root, literal=True)
        case "parameters", ("values", _, "bands", _, "from_" | "to"):
            return _Role(root, names.parameters[owner.id].of, literal=True) if owner.id in names.parameters else None
        case "parameters", _:
            return _Role(root, names.parameters[owner.id].type, literal=True) if owner.id in names.parameters else None
    raise AssertionError((section, path))


def _capped_entity(reading: Reading, cap: Cap, root: str) -> str:
    """Return where a cap's limit is read: at the enterprise, or at the units of the measures it bounds."""
    for measure in reading.facts["measures"].values() if cap.by == "unit" else ():
        if isinstance(cap.measures, OfDocument):
            capped = measure.cite.document == cap.measures.document
        else:
            capped = cap.measures == ("*",) or measure.id in cap.measures
        if capped and measure.entity in reading.facts["entities"]:
            return str(measure.entity)
    return root


def _formula(reading: Reading, names: Names, role: _Role | None, formula: Formula) -> Formula:
    if role is None:
        return formula
    source = formula.source if isinstance(formula.source, Located) else Located(formula.source)
    made, found = resolve(source, role.entity, names, role.type)
    reading.found.extend(found)
    if role.literal and made is not None and not (isinstance(made, t.Literal) and isinstance(made.value, Decimal)):
        reading.fault("needs-literal-value", source.span)
        made = None
    return Formula(source, made)
