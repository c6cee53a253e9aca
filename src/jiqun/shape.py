"""One mapping of a YAML file → one model, each of pydantic's complaints as a finding with its place."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from jiqun.language.diagnostics import Finding, Span, finding, nearest
from jiqun.language.source import Located, LocatedList, LocatedMap
from jiqun.model.limits import OfDocument

_SHAPES = {
    "dict_type": ("一个映射（键: 值）", "a mapping (key: value)"),
    "model_type": ("一个映射（键: 值）", "a mapping (key: value)"),
    "tuple_type": ("一个列表", "a list"),
    "list_type": ("一个列表", "a list"),
    "string_type": ("一段文本", "a text"),
}
KINDS = {
    "LocatedMap": ("映射", "a mapping"),
    "LocatedList": ("列表", "a list"),
    "Located": ("文本", "a text"),
    "NoneType": ("空", "nothing"),
}


def shaped(model: type[BaseModel], value: object, at: Span, owner: str, found: list[Finding]) -> BaseModel | None:
    """Return the model made of `value`, or None with a finding for each thing that does not fit."""
    try:
        return model.model_validate(value)
    except ValidationError as cause:
        seen: set[tuple[str, Span]] = set()
        for error in _relevant(cause.errors(include_url=False)):
            made = _translate(model, value, at, owner, error)
            if (made.code, made.span) not in seen:
                seen.add((made.code, made.span))
                found.append(made)
        return None


def _is_branch(step: object) -> bool:
    """Whether a step of an error's path names no key of the file: a branch of a union, or the key itself."""
    return isinstance(step, str) and ("[" in step or step == OfDocument.__name__)


def _relevant(errors: Sequence[Any]) -> Sequence[Any]:
    """Leave out that a value is not of the other shape it could have, where it fits one and has a fault inside."""
    deeper = {error["loc"][:-2] for error in errors if len(error["loc"]) > 1 and _is_branch(error["loc"][-2])}
    kept = [e for e in errors if not (e["loc"] and _is_branch(e["loc"][-1]) and e["type"] in _SHAPES and e["loc"][:-1] in deeper)]
    return kept or errors[:1]


def _translate(model: type[BaseModel], value: object, at: Span, owner: str, error: Mapping[str, Any]) -> Finding:
    path = tuple(step for step in error["loc"] if not _is_branch(step))
    kind = error["type"]
    place = span_of(value, path, at)
    if kind == "extra_forbidden":
        known = sorted(_keys(model, path[:-1]))
        near = nearest(str(path[-1]), known)
        return finding(
            "unknown-key",
            key_of(value, path, place),
            owner=_owner(owner, path[:-1]),
            key=path[-1],
            known=", ".join(known),
            hint_zh=f"写成“{near}”。" if near else "删去它。",
            hint_en=f"write '{near}'." if near else "remove it.",
        )
    if kind == "missing":
        return finding("missing-key", span_of(value, path[:-1], at), owner=_owner(owner, path[:-1]), key=path[-1])
    given = error.get("input")
    if kind in _SHAPES and type(given).__name__ in KINDS:
        zh, en = _SHAPES[kind]
        given_zh, given_en = KINDS[type(given).__name__]
        return finding("wrong-shape", place, expected_zh=zh, expected_en=en, given_zh=given_zh, given_en=given_en)
    zh, en, fix_zh, fix_en = _problem(kind, error)
    return finding(
        "bad-value", place, value=given if isinstance(given, str) else "…", problem_zh=zh, problem_en=en, hint_zh=fix_zh, hint_en=fix_en
    )


def _problem(kind: str, error: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Say what is wrong with a value and how to mend it, zh and en."""
    context = error.get("ctx", {})
    if kind == "literal_error":
        listed = str(context.get("expected", "")).replace(" or ", ", ")
        near = nearest(str(error.get("input")), [x.strip(" '") for x in listed.split(",")])
        return (
            "不是允许的取值",
            "it is not one of the allowed values",
            f"写成“{near}”；可用：{listed}。" if near else f"可用：{listed}。",
            f"write '{near}'; allowed: {listed}." if near else f"allowed: {listed}.",
        )
    if kind.startswith("date"):
        return "不是真实的日期", "it is no real day", "按 2026-01-31 的格式写。", "write it as 2026-01-31."
    if kind.startswith("int"):
        return "不是整数", "it is no whole number", "写一个整数。", "write a whole number."
    if kind.startswith("bool"):
        return "不是 true 或 false", "it is neither true nor false", "写 true 或 false。", "write true or false."
    if kind == "string_pattern_mismatch":
        return (
            "名字只能用小写字母、数字和下划线，以字母开头",
            "a name has lower-case letters, digits and underscores, and begins with a letter",
            "改名。",
            "rename it.",
        )
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        return f"超出范围（{bound}）", f"it is out of range ({bound})", "改成范围内的数。", "use a number within the range."
    if kind in ("too_short", "string_too_short"):
        return "不能为空", "it must not be empty", "补上内容。", "fill it in."
    if kind == "value_error":
        return "这里需要一个表达式", "an expression is needed here", "写一个表达式或数值。", "write an expression or a value."
    return "写法不对", "it does not fit", "按 docs/package.md 的写法改。", "write it as docs/package.md shows."


def _owner(section: str, path: tuple[str | int, ...]) -> str:
    return ".".join([section, *(str(p) for p in path if isinstance(p, str))])


def span_of(value: object, path: tuple[str | int, ...], at: Span) -> Span:
    """Return the span of what stands at `path` inside a read value, as near as it can be placed."""
    span, here = (value.span if isinstance(value, LocatedMap | LocatedList) else at), value
    for step in path:
        if isinstance(here, LocatedMap) and step in here:
            span, here = here.keys_at[str(step)], here[str(step)]
            span = here.span if isinstance(here, Located) else span
        elif isinstance(here, LocatedList) and isinstance(step, int) and step < len(here):
            here = here[step]
            span = here.span if isinstance(here, LocatedMap | LocatedList | Located) else span
    return span


def key_of(value: object, path: tuple[str | int, ...], at: Span) -> Span:
    """Return the span of the key that stands last in `path`."""
    here = value
    for step in path[:-1]:
        if isinstance(here, LocatedMap):
            here = here.get(str(step))
        elif isinstance(here, LocatedList) and isinstance(step, int):
            here = here[step]
    return here.keys_at.get(str(path[-1]), at) if isinstance(here, LocatedMap) else at


def _keys(model: type[BaseModel], path: tuple[str | int, ...]) -> set[str]:
    """Return the keys the model at `path` inside `model` knows."""
    here: type[BaseModel] = model
    for step in path:
        info = next((f for n, f in here.model_fields.items() if step in (n, f.alias)), None)
        inner = next(_models(info.annotation), None) if info is not None else None
        here = inner or here
    return {f.alias or n for n, f in here.model_fields.items()}


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)
