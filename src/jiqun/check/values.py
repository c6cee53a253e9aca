"""Parameters, pools and columns must have the parts their type needs, each once, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from jiqun.check.references import hint
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, Span, finding
from jiqun.model.entity import Column
from jiqun.model.limits import PoolValue
from jiqun.model.package import Package
from jiqun.model.parameter import Band, DatedValue, Parameter
from jiqun.model.words import Formula

PARTS = {"steps": "bands", "scale": "bands", "table": "rows"}
NEEDS = {"steps": ("of", "gives"), "scale": ("of", "gives"), "table": ("keys", "entity", "gives"), "quantity": ("unit",)}
USES = {
    "steps": {"of", "of_unit", "gives", "gives_unit", "edge"},
    "scale": {"of", "of_unit", "gives", "gives_unit"},
    "table": {"keys", "entity", "gives", "gives_unit"},
    "quantity": {"unit", "entity", "exceptions"},
}
SETTINGS = ("of", "of_unit", "gives", "gives_unit", "edge", "keys", "entity", "unit", "exceptions")


def _at(package: Package, parameter: Parameter, *path: str | int) -> Span:
    return package.places.at("parameters", parameter.id, *path)


def number_of(formula: Formula | None) -> Decimal | None:
    """Return the number a formula is, where it is one."""
    tree = formula.tree if formula is not None else None
    return tree.value if isinstance(tree, t.Literal) and isinstance(tree.value, Decimal) else None


def needs_part(package: Package) -> Iterator[Finding]:
    """A parameter that lacks what its type needs; exceptions need the entity their conditions are read at."""
    for p in package.parameters.values():
        needed = [key for key in NEEDS.get(p.type, ()) if key != "unit"]
        for key in (*needed, *(("entity",) if p.exceptions and p.type not in PARTS else ())):
            if getattr(p, key) is None:
                why = ("有例外的", "with exceptions") if key == "entity" and p.type != "table" else (f" {p.type} ", f"of type {p.type}")
                yield finding("needs-part", _at(package, p, "type"), kind_zh=why[0], kind_en=why[1], key=key)


def wrong_part(package: Package) -> Iterator[Finding]:
    """A date whose value is given in another way than the type wants: a rate where bands are due."""
    for p in package.parameters.values():
        needed = PARTS.get(p.type, "value")
        for place, value in enumerate(p.values):
            given = [part for part in ("value", "bands", "rows") if getattr(value, part) is not None]
            if given != [needed] or getattr(value, needed) == ():
                wrong = next((part for part in given if part != needed), needed)
                yield finding("wrong-part", _at(package, p, "values", place, wrong), type=p.type, needed=needed)


def extra_part(package: Package) -> Iterator[Finding]:
    """A setting that a parameter's type has no use for."""
    for p in package.parameters.values():
        used = USES.get(p.type, {"entity", "exceptions"})
        for key in SETTINGS:
            if key in p.model_fields_set and key not in used and getattr(p, key) not in (None, ()):
                yield finding("extra-part", _at(package, p, key), type=p.type, key=key)


def same_day(package: Package) -> Iterator[Finding]:
    """Two values from one day: neither is the later."""
    dated: list[tuple[str, str, Sequence[DatedValue | PoolValue]]] = []
    dated += [("parameters", p.id, p.values) for p in package.parameters.values()]
    dated += [("pools", p.id, p.values) for p in package.pools.values()]
    for section, key, values in dated:
        first: dict[date, int] = {}
        for place, value in enumerate(values):
            if value.from_ in first:
                other = package.places.at(section, key, "values", first[value.from_], "from")
                at = package.places.at(section, key, "values", place, "from")
                yield finding("same-day", at, day=value.from_, first=f"{other.file}:{other.line}")
            first.setdefault(value.from_, place)


def not_whole(package: Package) -> Iterator[Finding]:
    """A `number` that is no whole number: numbers count things, and what is computed from them is rounded to whole ones."""
    for p in package.parameters.values():
        written = [(("values", i, "value"), v.value) for i, v in enumerate(p.values)] if p.type == "number" else []
        for path, formula in written:
            number = number_of(formula)
            if number is not None and number % 1:
                yield finding("not-whole", _at(package, p, *path), value=formula)


def _bands(package: Package) -> Iterator[tuple[Parameter, int, tuple[Band, ...]]]:
    for p in package.parameters.values():
        for place, value in enumerate(p.values):
            yield p, place, value.bands or ()


def reversed_band(package: Package) -> Iterator[Finding]:
    """A band that ends where it begins, or before."""
    for p, place, bands in _bands(package):
        for number, band in enumerate(bands):
            low, high = number_of(band.from_), number_of(band.to)
            if low is not None and high is not None and high <= low:
                at = _at(package, p, "values", place, "bands", number, "to")
                yield finding("reversed-band", at, low=band.from_, to=band.to)


def key_count(package: Package) -> Iterator[Finding]:
    """A row with more or fewer keys than its table."""
    for p in package.parameters.values():
        for place, value in enumerate(p.values):
            for number, row in enumerate(value.rows or ()):
                if p.keys is not None and len(row.key) != len(p.keys):
                    at = _at(package, p, "values", place, "rows", number, "key")
                    yield finding("key-count", at, keys=len(p.keys), given=len(row.key))


def _row_column(package: Package, p: Parameter, place: int) -> Column | None:
    entity = package.entities.get(p.entity or "")
    return entity.columns.get(p.keys[place]) if entity is not None and p.keys is not None and place < len(p.keys) else None


def unlisted_row_key(package: Package) -> Iterator[Finding]:
    """A row for a value the key's column cannot have."""
    for p in package.parameters.values():
        for i, value in enumerate(p.values):
            for number, row in enumerate(value.rows or ()):
                for place, key in enumerate(row.key):
                    column = _row_column(package, p, place)
                    known = dict(column.values) if column is not None and column.values else {}
                    if known and key not in known and key not in {w.zh for w in known.values()}:
                        at = _at(package, p, "values", i, "rows", number, "key", place)
                        listed = [*known, *(w.zh for w in known.values())]
                        fix = hint(key, listed, f"写成其中一个：{'、'.join(known)}。", f"write one of {', '.join(known)}.")
                        yield finding("unlisted-row-key", at, value=key, column=p.keys[place] if p.keys else "", **fix)


def duplicate_row(package: Package) -> Iterator[Finding]:
    """A key that stands twice in one table, be it once by its code and once by its label."""
    for p in package.parameters.values():
        if p.entity is not None and p.entity not in package.entities:
            continue
        stored = package.row_keys(p)
        for i, value in enumerate(p.values):
            seen: set[tuple[str, ...]] = set()
            for number, row in enumerate(value.rows or ()):
                if p.keys is None or len(row.key) != len(p.keys):
                    continue
                key = tuple(stored(place, text) for place, text in enumerate(row.key))
                if key in seen:
                    yield finding("duplicate-row", _at(package, p, "values", i, "rows", number, "key"), key=", ".join(row.key))
                seen.add(key)


# --- columns ---------------------------------------------------------------------------------------------------------

DECIMALS = {"money": 4, "quantity": 4, "ratio": 10}
COLUMN_USES = {
    "unit": ("money", "quantity"),
    "currency": ("money",),
    "values": ("enum",),
    "decimals": tuple(DECIMALS),
    "actionable": ("money", "quantity", "ratio", "count"),
}


def _columns(package: Package) -> Iterator[tuple[str, str, Column]]:
    for entity in package.entities.values():
        for name, column in entity.columns.items():
            yield entity.id, name, column


def column_extra(package: Package) -> Iterator[Finding]:
    """A setting that a column's type has no use for."""
    for entity, name, column in _columns(package):
        for key, kinds in COLUMN_USES.items():
            if getattr(column, key) is not None and column.type not in kinds:
                yield finding("column-extra", package.places.at("entities", entity, "columns", name, key), type=column.type, key=key)


def bad_decimals(package: Package) -> Iterator[Finding]:
    """More decimals than the language keeps of the type."""
    for entity, name, column in _columns(package):
        most = DECIMALS.get(column.type)
        if most is not None and column.decimals is not None and column.decimals > most:
            at = package.places.at("entities", entity, "columns", name, "decimals")
            yield finding("bad-decimals", at, type=column.type, decimals=column.decimals, most=most)


def bad_step(package: Package) -> Iterator[Finding]:
    """A step of nothing, or backwards: whoever looks for the nearest change would never arrive."""
    for entity, name, column in _columns(package):
        step = number_of(column.actionable.step) if column.actionable is not None else None
        if step is not None and step <= 0:
            yield finding("bad-step", package.places.at("entities", entity, "columns", name, "actionable", "step"))


def duplicate_label(package: Package) -> Iterator[Finding]:
    """Two values of one column that are called the same: neither could be named by its label."""
    for entity, name, column in _columns(package):
        labels: dict[str, str] = {}
        for code, words in (column.values or {}).items():
            if words.zh in labels or (words.zh != code and words.zh in (column.values or {})):
                at = package.places.at("entities", entity, "columns", name, "values", code, "zh")
                yield finding("duplicate-label", at, label=words.zh, other=labels.get(words.zh, words.zh))
            labels.setdefault(words.zh, code)


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (
    needs_part,
    wrong_part,
    extra_part,
    same_day,
    not_whole,
    reversed_band,
    key_count,
    unlisted_row_key,
    duplicate_row,
    column_extra,
    bad_decimals,
    bad_step,
    duplicate_label,
)
