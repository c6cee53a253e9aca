"""The typing of each built-in function's call: which arguments it takes, and the node it becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from jiqun.language import syntax as s
from jiqun.language import tree as t
from jiqun.language.diagnostics import nearest
from jiqun.language.types import BOOL, COUNT, Type, common, product

if TYPE_CHECKING:
    from jiqun.language.names import Shape
    from jiqun.language.resolve import Resolver

MAX_YEARS = 20


def _values(r: Resolver, call: s.Call) -> list[t.Node] | None:
    made = [r.node(arg) for arg in call.args]
    return None if any(x is None for x in made) else [x for x in made if x is not None]


def _same(r: Resolver, call: s.Call) -> tuple[Type, tuple[t.Node, ...]] | None:
    made = _values(r, call)
    kind = r.shared(list(zip(call.args, made, strict=True))) if made else None
    return (kind, tuple(made)) if made and kind else None


def extreme(r: Resolver, call: s.Call) -> t.Node | None:
    made = _same(r, call)
    if made is None:
        return None
    if made[0].kind not in ("number", "date"):
        r.fault("no-order", call, op=call.name, given_zh=made[0].say("zh"), given_en=made[0].say("en"))
        return None
    return t.Extreme(made[0], call.start, call.end, "least" if call.name == "least" else "greatest", made[1])


def coalesce(r: Resolver, call: s.Call) -> t.Node | None:
    made = _same(r, call)
    return t.Coalesce(made[0], call.start, call.end, made[1]) if made else None


def known(r: Resolver, call: s.Call) -> t.Node | None:
    of = r.node(call.args[0])
    return t.Known(BOOL, call.start, call.end, of) if of else None


def _number(r: Resolver, call: s.Call, place: int) -> t.Node | None:
    """Type an argument that must be a number."""
    made = r.node(call.args[place])
    if made is not None and not made.type.is_number:
        r.fault("wrong-operand", call.args[place], op=call.name, given_zh=made.type.say("zh"), given_en=made.type.say("en"))
        return None
    return made


def rounded(r: Resolver, call: s.Call) -> t.Node | None:
    of, unit = _number(r, call, 0), _number(r, call, 1)
    if of is None or unit is None:
        return None
    mode = call.args[2].value if len(call.args) == 3 and isinstance(call.args[2], s.Text) else "half_up"
    if mode not in ("half_up", "down", "up") or (len(call.args) == 3 and not isinstance(call.args[2], s.Text)):
        r.fault("bad-mode", call.args[2], known_zh="'half_up'、'down'、'up'", known_en="'half_up', 'down', 'up'")
        return None
    if not isinstance(unit, t.Literal) or not isinstance(unit.value, Decimal) or unit.value <= 0:
        r.fault("needs-literal", call.args[1], what_zh="大于 0 的取整单位", what_en="a rounding unit above 0")
        return None
    if unit.type.dims != of.type.dims:
        r.mismatch(call, "round", of, unit)
        return None
    return t.Round(of.type, call.start, call.end, of, unit.value, mode)  # type: ignore[arg-type]


def _shape(r: Resolver, call: s.Call, kinds: tuple[str, ...]) -> Shape | None:
    """Look up the parameter a call names first."""
    name = call.args[0]
    shapes = r.names.parameters
    shape = shapes.get(name.parts[0]) if isinstance(name, s.Name) and len(name.parts) == 1 else None
    if isinstance(name, s.Name) and name.parts[0] in r.names.broken:
        return None
    if shape is None or shape.kind not in kinds:
        fitting = sorted(n for n, x in shapes.items() if x.kind in kinds)
        near = nearest(name.parts[0], fitting) if isinstance(name, s.Name) and shape is None else None
        hint = (f"写成“{near}”。" if near else "先在 parameters 中定义它。", f"write '{near}'." if near else "declare it in parameters.")
        if shape is not None:
            hint = (f"“{shape.id}”写成 {shape.use}。", f"write {shape.use}.")
        r.fault("needs-parameter", name, name=call.name, kind=" / ".join(kinds), hint_zh=hint[0], hint_en=hint[1])
        return None
    return shape


def banded(r: Resolver, call: s.Call) -> t.Node | None:
    shape, of = _shape(r, call, ("scale",) if call.name == "brackets" else ("steps",)), _number(r, call, 1)
    if shape is None or of is None or shape.of is None:
        return None
    if shape.of.dims != of.type.dims:
        r.mismatch(call.args[1], call.name, of, t.Literal(shape.of, call.start, call.end, Decimal(0), ""))
        return None
    if call.name == "steps":
        return t.Banded(shape.type, call.start, call.end, "steps", shape.id, of)
    return t.Banded(product(of.type, shape.type), call.start, call.end, "brackets", shape.id, of)


def lookup(r: Resolver, call: s.Call) -> t.Node | None:
    shape = _shape(r, call, ("table",))
    keys = [r.node(arg) for arg in call.args[1:]]
    if shape is None or any(k is None for k in keys):
        return None
    if len(keys) != len(shape.keys):
        r.fault("key-number", call, name=shape.id, keys=len(shape.keys), given=len(keys))
        return None
    made: list[t.Node] = []
    for arg, key, wanted, listed in zip(call.args[1:], keys, shape.keys, shape.listed, strict=True):
        assert key is not None
        fitting = _table_key(r, shape, arg, key, wanted, listed)
        if fitting is None:
            return None
        made.append(fitting)
    return t.Lookup(shape.type, call.start, call.end, shape.id, tuple(made))


def _table_key(r: Resolver, shape: Shape, arg: s.Syntax, key: t.Node, wanted: Type, listed: frozenset[str]) -> t.Node | None:
    """Type one key of a lookup: of the same kind as the table's, and one of its keys where it is written out."""
    if isinstance(key, t.Literal) and key.type.kind == "text" and wanted.kind == "enum":
        return _listed_key(r, shape, arg, r.enum_literal(key, wanted), listed)
    if key.type.kind not in ("text", "enum"):
        r.fault("wrong-operand", arg, op="lookup", given_zh=key.type.say("zh"), given_en=key.type.say("en"))
        return None
    if common(key.type, wanted) is None:
        r.fault("other-values", arg, name=shape.id)
        return None
    return _listed_key(r, shape, arg, key, listed)


def _listed_key(r: Resolver, shape: Shape, arg: s.Syntax, key: t.Node | None, listed: frozenset[str]) -> t.Node | None:
    if not isinstance(key, t.Literal) or key.value in listed:
        return key
    near = nearest(str(key.value), listed)
    hint = (f"写成 '{near}'。" if near else "写一个列出的键。", f"write '{near}'." if near else "write a listed key.")
    r.fault("unlisted-key", arg, key=key.value, name=shape.id, **r.listed(sorted(listed)), hint_zh=hint[0], hint_en=hint[1])
    return None


def elapsed(r: Resolver, call: s.Call) -> t.Node | None:
    made = _values(r, call)
    if made is None:
        return None
    for arg, value in zip(call.args, made, strict=True):
        if value.type.kind != "date":
            r.fault("wrong-operand", arg, op=call.name, given_zh=value.type.say("zh"), given_en=value.type.say("en"))
            return None
    return t.Elapsed(COUNT, call.start, call.end, "years" if call.name == "years_between" else "months", made[0], made[1])


def text_test(r: Resolver, call: s.Call) -> t.Node | None:
    of = r.node(call.args[0])
    if of is None:
        return None
    if of.type.kind != "text":
        r.fault("wrong-operand", call.args[0], op=call.name, given_zh=of.type.say("zh"), given_en=of.type.say("en"))
        return None
    part = call.args[1]
    if not isinstance(part, s.Text) or not part.value:
        r.fault("needs-literal", part, what_zh="一段带引号的文字", what_en="a quoted text")
        return None
    return t.TextTest(BOOL, call.start, call.end, "contains" if call.name == "contains" else "starts_with", of, part.value)


def _years(r: Resolver, call: s.Call, least: int) -> int | None:
    """Read a number of years: a whole literal, never negative."""
    arg = call.args[1]
    if not isinstance(arg, s.Number) or not arg.whole or not least <= arg.value <= MAX_YEARS:
        r.fault("bad-years", arg, name=call.name, least=least, most=MAX_YEARS)
        return None
    return int(arg.value)


def prior(r: Resolver, call: s.Call) -> t.Node | None:
    of, years = r.node(call.args[0]), _years(r, call, 1)
    return t.Prior(of.type, call.start, call.end, of, years) if of and years else None


def sum_over(r: Resolver, call: s.Call) -> t.Node | None:
    of, years = _number(r, call, 0), _years(r, call, 1)
    if of is None or years is None:
        return None
    terms = [of, *(t.Prior(of.type, call.start, call.end, of, back) for back in range(1, years))]
    return _sum(terms, call)


def _sum(terms: list[t.Node], call: s.Call) -> t.Node:
    """Add up, half and half: a long chain would nest deep."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return t.Arithmetic(terms[0].type, call.start, call.end, "+", _sum(terms[:half], call), _sum(terms[half:], call))


def highest(r: Resolver, call: s.Call) -> t.Node | None:
    of = _number(r, call, 0)
    return t.HighestBefore(of.type, call.start, call.end, of) if of else None


def run(r: Resolver, call: s.Call) -> t.Node | None:
    of = r.node(call.args[0])
    if of is None or not r.needs_truth(call.args[0], of, call.name):
        return None
    return t.YearsInARow(COUNT, call.start, call.end, of)


def _child(r: Resolver, call: s.Call) -> str | None:
    name = call.args[0]
    known = r.names.children(r.entity)
    if isinstance(name, s.Name) and name.parts[0] in known:
        return name.parts[0]
    near = nearest(name.parts[0], known) if isinstance(name, s.Name) else None
    r.fault(
        "no-such-child",
        name,
        entity=r.entity,
        **r.listed(known),
        hint_zh=f"写成“{near}”。" if near else "写一个下级主体。",
        hint_en=f"write '{near}'." if near else "name a child entity.",
    )
    return None


def _inside(r: Resolver, entity: str, arg: s.Syntax) -> t.Node | None:
    """Type an argument that is read at each child."""
    here, r.entity = r.entity, entity
    made = r.node(arg)
    r.entity = here
    return made


def aggregate(r: Resolver, call: s.Call) -> t.Node | None:
    child = _child(r, call)
    if child is None:
        return None
    rest = call.args[1:]
    of = None
    if call.name == "total":
        of = _inside(r, child, rest[0])
        if of is not None and not of.type.is_number:
            r.fault("wrong-operand", rest[0], op="total", given_zh=of.type.say("zh"), given_en=of.type.say("en"))
            of = None
        if of is None:
            return None
        rest = rest[1:]
    where = _inside(r, child, rest[0]) if rest else None
    if rest and (where is None or not r.needs_truth(rest[0], where, call.name)):
        return None
    return t.Total(of.type if of else COUNT, call.start, call.end, child, of, where)


def money_of(r: Resolver, call: s.Call) -> t.Node | None:
    name = call.args[0]
    measure = name.parts[0] if isinstance(name, s.Name) and len(name.parts) == 1 else ""
    if measure not in r.names.measures:
        near = nearest(measure, r.names.measures)
        r.fault(
            "needs-measure",
            name,
            name=call.name,
            hint_zh=f"写成“{near}”。" if near else "写一项措施的 id。",
            hint_en=f"write '{near}'." if near else "write the id of a measure.",
        )
        return None
    entity = r.names.measures[measure]
    if not entity:  # its shape is wrong, which was said
        return None
    if entity != r.entity:
        r.fault("measure-elsewhere", name, measure=measure, entity=entity, here=r.entity)
        return None
    which = {"raw": "raw", "awarded": "awarded", "paid": "paid"}[call.name]
    return t.MoneyOf(r.names.money, call.start, call.end, which, measure, entity)  # type: ignore[arg-type]
