"""What a package names must be there: documents, pools, measures, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pydantic import BaseModel

from jiqun.language.diagnostics import Finding, Span, finding, nearest
from jiqun.model.limits import OfDocument
from jiqun.model.package import Package
from jiqun.model.words import Citation

SECTIONS = ("parameters", "variables", "measures", "pools", "caps", "stacking")


def hint(given: str, known: Iterable[str], else_zh: str, else_en: str) -> dict[str, str]:
    """Return the arguments of a fix that offers the nearest known name."""
    near = nearest(given, known)
    return {"hint_zh": f"写成“{near}”。" if near else else_zh, "hint_en": f"write '{near}'." if near else else_en}


def _written(package: Package, section: str) -> frozenset[str]:
    """Return the ids of a section, those of entries with a fault in their shape too: they are there."""
    return frozenset(key for of, key in package.places.raw if of == section) | frozenset(getattr(package, section))


def unknown_document(package: Package) -> Iterator[Finding]:
    """A citation, or a cap on a document's measures, that names a document the package does not list."""
    documents = _written(package, "documents")
    for section in SECTIONS:
        for key, fact in getattr(package, section).items():
            name = ".".join(key) if isinstance(key, tuple) else key
            for path, cited in _cited(fact, ()):
                if cited not in documents:
                    fix = hint(cited, documents, "先在 documents 中写明它。", "list it in documents.")
                    yield finding("unknown-document", package.places.at(section, name, *path), id=cited, **fix)


def _cited(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each document named inside a fact, with the path of the name."""
    if isinstance(value, Citation | OfDocument):
        yield (*path, "document"), value.document
    elif isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from _cited(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _cited(item, (*path, key))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _cited(item, (*path, place))


def unknown_pool(package: Package) -> Iterator[Finding]:
    """A budget that draws on a pool the package does not have."""
    pools = _written(package, "pools")
    for measure in package.measures.values():
        pool = measure.budget.pool if measure.budget is not None else None
        if pool is not None and pool not in pools:
            fix = hint(pool, pools, "先在 pools 中定义它。", "declare it in pools.")
            yield finding("unknown-pool", package.places.at("measures", measure.id, "budget", "pool"), id=pool, **fix)


def _listed(package: Package) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each list of measures: of caps and of stacking groups."""
    for cap in package.caps.values():
        if not isinstance(cap.measures, OfDocument) and cap.measures != ("*",):
            yield "caps", cap.id, cap.measures
    for group in package.stacking.values():
        yield "stacking", group.id, group.measures


def unknown_measure(package: Package) -> Iterator[Finding]:
    """A cap or stacking group that lists a measure the package does not have."""
    written = _written(package, "measures")
    for section, key, listed in _listed(package):
        for place, measure in enumerate(listed):
            if measure not in written:
                fix = hint(measure, written, "写一项措施的 id。", "write the id of a measure.")
                yield finding("unknown-measure", package.places.at(section, key, "measures", place), id=measure, **fix)


def listed_twice(package: Package) -> Iterator[Finding]:
    """A cap or stacking group that lists a measure twice: it would count twice, or compete with itself."""
    for section, key, listed in _listed(package):
        for place, measure in enumerate(listed):
            if measure in listed[:place]:
                yield finding("listed-twice", package.places.at(section, key, "measures", place), id=measure)


def empty_list(package: Package) -> Iterator[Finding]:
    """A cap that bounds nothing: an empty list, or a document without measures."""
    if len(package.measures) < len(_written(package, "measures")):
        return
    for cap in package.caps.values():
        unknown = isinstance(cap.measures, OfDocument) and cap.measures.document not in package.documents
        if not unknown and not package.capped(cap) and cap.measures != ("*",):
            yield finding("empty-cap", package.places.at("caps", cap.id, "measures"), id=cap.id)


def same_id(package: Package) -> Iterator[Finding]:
    """A pool named as a measure: a quota without a pool goes by the measure's name."""
    for pool in package.pools:
        if pool in package.measures:
            first = package.places.at("measures", pool, "id")
            yield finding("duplicate-id", package.places.at("pools", pool, "id"), id=pool, first=f"{first.file}:{first.line}")


def _of_kind(package: Package, entity: str, kind: str) -> list[str]:
    return [name for name, column in package.entities[entity].columns.items() if column.type == kind]


def _by_alias(package: Package, entity: str, given: str, known: list[str]) -> str | None:
    """Return the column an alias stands for: settings name columns by their own names."""
    return next((name for name in known if package.entities[entity].columns[name].alias == given), None)


def _column_hint(package: Package, entity: str, given: str, known: list[str], else_zh: str, else_en: str) -> dict[str, str]:
    own = _by_alias(package, entity, given, known)
    return hint(own if own is not None else given, known, else_zh, else_en)


def bad_as_of(package: Package) -> Iterator[Finding]:
    """A measure whose parameters are read on something that is no day."""
    for measure in package.measures.values():
        known = _of_kind(package, measure.entity, "date")
        if measure.as_of not in ("day", "year_end", *known):
            given = measure.as_of
            other = ("写 day、year_end 或一个日期列。", "write day, year_end or a date column.")
            fix = _column_hint(package, measure.entity, given, known, *other)
            yield finding("bad-as-of", _at(package, measure.id, "as_of"), entity=measure.entity, value=given, **fix)


def bad_object(package: Package) -> Iterator[Finding]:
    """`once_per` names something that is no text column of the unit."""
    for measure in package.measures.values():
        given = measure.once_per.object if measure.once_per is not None else "unit"
        known = _of_kind(package, measure.entity, "text")
        if given not in ("unit", *known):
            fix = _column_hint(package, measure.entity, given, known, "写 unit 或一个文本列。", "write `unit` or a text column.")
            yield finding("bad-object", _at(package, measure.id, "once_per", "object"), entity=measure.entity, value=given, **fix)


def _at(package: Package, measure: str, *path: str) -> Span:
    return package.places.at("measures", measure, *path)


def bad_group(package: Package) -> Iterator[Finding]:
    """A cap by something that groups no enterprises."""
    root = package.root.id
    known = _of_kind(package, root, "text")
    for cap in package.caps.values():
        if cap.by not in ("enterprise", "unit", *known):
            other = ("写 enterprise、unit 或一个文本列。", "write enterprise, unit or a text column.")
            fix = _column_hint(package, root, cap.by, known, *other)
            yield finding("bad-group", package.places.at("caps", cap.id, "by"), entity=root, value=cap.by, **fix)


def bad_choice(package: Package) -> Iterator[Finding]:
    """A choice that is no text column of who chooses, the enterprise or the unit; or a choice where nobody chooses."""
    for group in package.stacking.values():
        at = package.places.at("stacking", group.id, "choice")
        first = package.measures.get(group.measures[0])
        entity = first.entity if group.by == "unit" and first is not None else package.root.id
        known = _of_kind(package, entity, "text")
        if group.choice is not None and group.rule != "exclusive":
            yield finding("needless-choice", at, rule=group.rule)
        elif group.choice is not None and group.choice not in known:
            other = ("写一个文本列，或删去 choice。", "name a text column, or leave `choice` out.")
            fix = _column_hint(package, entity, group.choice, known, *other)
            yield finding("needs-choice", at, entity=entity, value=group.choice, **fix)


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (
    unknown_document,
    unknown_pool,
    unknown_measure,
    listed_twice,
    empty_list,
    same_id,
    bad_as_of,
    bad_object,
    bad_group,
    bad_choice,
)
