"""The built-in functions: how each is written, typed and explained.

A new function is an entry here, its step in `jiqun.interpret`, its SQL in
`jiqun.compile.lower`, and golden cases for both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from jiqun.language import syntax as s
from jiqun.language import tree as t
from jiqun.language.diagnostics import nearest
from jiqun.language.types import BOOL, COUNT, Type, product

if TYPE_CHECKING:
    from jiqun.language.names import Shape
    from jiqun.language.resolve import Resolver

MAX_YEARS = 20
Build = Callable[["Resolver", s.Call], t.Node | None]


@dataclass(frozen=True, slots=True)
class Function:
    """One built-in: how it is written, how many arguments, what it means, its null rule."""

    usage: str
    least: int
    most: int
    build: Build
    zh: str
    en: str
    unknown_zh: str
    unknown_en: str
    example: str


def _values(r: Resolver, call: s.Call) -> list[t.Node] | None:
    made = [r.node(arg) for arg in call.args]
    return None if any(x is None for x in made) else [x for x in made if x is not None]


def _same(r: Resolver, call: s.Call) -> tuple[Type, tuple[t.Node, ...]] | None:
    made = _values(r, call)
    kind = r.shared(list(zip(call.args, made, strict=True))) if made else None
    return (kind, tuple(made)) if made and kind else None


def _extreme(r: Resolver, call: s.Call) -> t.Node | None:
    made = _same(r, call)
    if made is None:
        return None
    if made[0].kind not in ("number", "date"):
        r.fault("no-order", call, op=call.name, given_zh=made[0].say("zh"), given_en=made[0].say("en"))
        return None
    return t.Extreme(made[0], call.start, call.end, "least" if call.name == "least" else "greatest", made[1])


def _coalesce(r: Resolver, call: s.Call) -> t.Node | None:
    made = _same(r, call)
    return t.Coalesce(made[0], call.start, call.end, made[1]) if made else None


def _known(r: Resolver, call: s.Call) -> t.Node | None:
    of = r.node(call.args[0])
    return t.Known(BOOL, call.start, call.end, of) if of else None


def _number(r: Resolver, call: s.Call, place: int) -> t.Node | None:
    """Type an argument that must be a number."""
    made = r.node(call.args[place])
    if made is not None and not made.type.is_number:
        r.fault("wrong-operand", call.args[place], op=call.name, given_zh=made.type.say("zh"), given_en=made.type.say("en"))
        return None
    return made


def _round(r: Resolver, call: s.Call) -> t.Node | None:
    of, unit = _number(r, call, 0), _number(r, call, 1)
    if of is None or unit is None:
        return None
    mode = call.args[2].value if len(call.args) == 3 and isinstance(call.args[2], s.Text) else "half_up"
    if mode not in ("half_up", "down", "up") or (len(call.args) == 3 and not isinstance(call.args[2], s.Text)):
        r.fault("bad-mode", call.args[2], known="'half_up'、'down'、'up'")
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
        near = nearest(name.parts[0], fitting) if isinstance(name, s.Name) else None
        r.fault(
            "needs-parameter",
            name,
            name=call.name,
            kind=" / ".join(kinds),
            hint_zh=f"写成“{near}”。" if near else "先在 parameters 中定义它。",
            hint_en=f"write '{near}'." if near else "declare it in parameters.",
        )
        return None
    return shape


def _banded(r: Resolver, call: s.Call) -> t.Node | None:
    shape, of = _shape(r, call, ("scale",) if call.name == "brackets" else ("steps",)), _number(r, call, 1)
    if shape is None or of is None or shape.of is None:
        return None
    if shape.of.dims != of.type.dims:
        r.mismatch(call.args[1], call.name, of, t.Literal(shape.of, call.start, call.end, Decimal(0), ""))
        return None
    if call.name == "steps":
        return t.Banded(shape.type, call.start, call.end, "steps", shape.id, of)
    return t.Banded(product(of.type, shape.type), call.start, call.end, "brackets", shape.id, of)


def _lookup(r: Resolver, call: s.Call) -> t.Node | None:
    shape = _shape(r, call, ("table",))
    keys = [r.node(arg) for arg in call.args[1:]]
    if shape is None or any(k is None for k in keys):
        return None
    if len(keys) != len(shape.keys):
        r.fault("key-number", call, name=shape.id, keys=len(shape.keys), given=len(keys))
        return None
    made: list[t.Node] = []
    for place, (key, wanted, listed) in enumerate(zip(keys, shape.keys, shape.listed, strict=True)):
        assert key is not None
        arg = call.args[place + 1]
        if isinstance(key, t.Literal) and key.type.kind == "text" and wanted.kind == "enum":
            key = r.enum_literal(key, wanted)
            if key is None:
                return None
        if key.type.kind not in ("text", "enum"):
            r.fault("wrong-operand", arg, op="lookup", given_zh=key.type.say("zh"), given_en=key.type.say("en"))
            return None
        if isinstance(key, t.Literal) and key.value not in listed:
            near = nearest(str(key.value), listed)
            r.fault(
                "unlisted-key",
                arg,
                key=key.value,
                name=shape.id,
                known="、".join(sorted(listed)),
                hint_zh=f"写成 '{near}'。" if near else "写一个列出的键。",
                hint_en=f"write '{near}'." if near else "write a listed key.",
            )
            return None
        made.append(key)
    return t.Lookup(shape.type, call.start, call.end, shape.id, tuple(made))


def _elapsed(r: Resolver, call: s.Call) -> t.Node | None:
    made = _values(r, call)
    if made is None:
        return None
    for arg, value in zip(call.args, made, strict=True):
        if value.type.kind != "date":
            r.fault("wrong-operand", arg, op=call.name, given_zh=value.type.say("zh"), given_en=value.type.say("en"))
            return None
    return t.Elapsed(COUNT, call.start, call.end, "years" if call.name == "years_between" else "months", made[0], made[1])


def _text_test(r: Resolver, call: s.Call) -> t.Node | None:
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


def _prior(r: Resolver, call: s.Call) -> t.Node | None:
    of, years = r.node(call.args[0]), _years(r, call, 1)
    return t.Prior(of.type, call.start, call.end, of, years) if of and years else None


def _sum_over(r: Resolver, call: s.Call) -> t.Node | None:
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


def _highest(r: Resolver, call: s.Call) -> t.Node | None:
    of = _number(r, call, 0)
    return t.HighestBefore(of.type, call.start, call.end, of) if of else None


def _run(r: Resolver, call: s.Call) -> t.Node | None:
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
        known="、".join(known) or "—",
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


def _aggregate(r: Resolver, call: s.Call) -> t.Node | None:
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


def _money_of(r: Resolver, call: s.Call) -> t.Node | None:
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


_ANY = ("任一输入未知，结果未知。", "Unknown if any input is unknown.")
_RECORD = ("当年没有记录时未知（no_record）。", "Unknown where that year has no record (`no_record`).")

FUNCTIONS: dict[str, Function] = {
    "least": Function(
        "least(a, b, …)", 2, 20, _extreme, "几个值中最小的。", "The least of several values.", *_ANY, "least(rd_spend, 500万元)"
    ),
    "greatest": Function(
        "greatest(a, b, …)", 2, 20, _extreme, "几个值中最大的。", "The greatest of several values.", *_ANY, "greatest(rd_spend, 500万元)"
    ),
    "coalesce": Function(
        "coalesce(a, b, …)",
        2,
        20,
        _coalesce,
        "第一个已知的值；这是一个假定，会在说明中列出。",
        "The first known value: an assumption, listed as one.",
        "全部未知才未知。",
        "Unknown only if all are.",
        "coalesce(grants, 0元)",
    ),
    "known": Function(
        "known(x)",
        1,
        1,
        _known,
        "x 是否已知；这是一个假定，会在说明中列出。",
        "Whether x is known: an assumption, listed as one.",
        "从不未知。",
        "Never unknown.",
        "known(listed_on)",
    ),
    "round": Function(
        "round(x, unit[, 'half_up' | 'down' | 'up'])",
        2,
        3,
        _round,
        "按单位取整：half_up 四舍五入（远离零），down 舍去，up 进位。",
        "Rounded to whole multiples of the unit: half_up (away from zero), down, up.",
        *_ANY,
        "round(rd_spend, 1万元, 'down')",
    ),
    "brackets": Function(
        "brackets(scale, x)",
        2,
        2,
        _banded,
        "超额累进：每档的比率乘以 x 落在该档的部分，再相加。",
        "Marginal: each band's rate times the part of x inside the band, added up.",
        *_ANY,
        "brackets(upgrade_scale, investment)",
    ),
    "steps": Function(
        "steps(steps_parameter, x)",
        2,
        2,
        _banded,
        "全额分档：x 所在档的值；不在任何档内为未知（no_band）。",
        "The value of the band x lies in; outside all bands unknown (`no_band`).",
        *_ANY,
        "steps(rd_award, rd_spend)",
    ),
    "lookup": Function(
        "lookup(table, key[, key])",
        2,
        3,
        _lookup,
        "按一个或两个键查表；未列出的键为未知（not_listed）。",
        "A table's value by one or two keys; a key not listed gives unknown (`not_listed`).",
        *_ANY,
        "lookup(phase_award, drug_class, phase)",
    ),
    "years_between": Function(
        "years_between(a, b)",
        2,
        2,
        _elapsed,
        "从 a 到 b 满几年；对应日不存在时以月末日为准。",
        "Completed years from a to b; where the day of the month does not exist, its last day counts.",
        *_ANY,
        "years_between(founded, as_of) >= 2",
    ),
    "months_between": Function(
        "months_between(a, b)",
        2,
        2,
        _elapsed,
        "从 a 到 b 满几个月。",
        "Completed months from a to b.",
        *_ANY,
        "months_between(founded, as_of) <= 6",
    ),
    "contains": Function(
        "contains(text, 'part')",
        2,
        2,
        _text_test,
        "文本是否含有这段文字。",
        "Whether a text contains another.",
        *_ANY,
        "contains(business_scope, '芯片')",
    ),
    "starts_with": Function(
        "starts_with(text, 'part')",
        2,
        2,
        _text_test,
        "文本是否以这段文字开头。",
        "Whether a text starts with another.",
        *_ANY,
        "starts_with(industry_code, '39')",
    ),
    "prior": Function("prior(x, n)", 2, 2, _prior, "n 年前的 x。", "x, n years earlier.", *_RECORD, "rd_spend - prior(rd_spend, 1)"),
    "sum_over": Function(
        "sum_over(x, n)",
        2,
        2,
        _sum_over,
        "今年及之前 n−1 年的 x 之和。",
        "The sum of x over this year and the n−1 before.",
        *_RECORD,
        "sum_over(sales, 3)",
    ),
    "highest_before": Function(
        "highest_before(x)",
        1,
        1,
        _highest,
        "此前各年记录中最高的 x；没有更早的记录为未知。",
        "The highest x of the earlier years on record; with none, unknown.",
        "任一年的 x 未知，结果未知。",
        "Unknown if x is unknown in any of them.",
        "output >= 100亿元 and highest_before(output) < 100亿元",
    ),
    "years_in_a_row": Function(
        "years_in_a_row(cond)",
        1,
        1,
        _run,
        "到今年为止条件连续成立的年数。",
        "In how many years running, up to this one, the condition held.",
        "遇到未知或没有记录的年份时只知道下限：与数比较时，下限已能决定就决定，否则未知。",
        "Where it meets an unknown or unrecorded year only the lower bound is known: a comparison that the bound decides is decided, else unknown.",
        "years_in_a_row(rd_spend >= 100万元) >= 2",
    ),
    "total": Function(
        "total(child, expr[, where])",
        2,
        3,
        _aggregate,
        "下级主体中 where 成立者的 expr 之和；没有下级记录为 0。",
        "The sum of expr over the children where `where` holds; 0 with no child.",
        "任一条件或取值未知，结果未知；企业库没有该表时未知。",
        "Unknown if any test or value is, or if the register lacks the table.",
        "total(loan, interest_paid, loan_type = 'fixed')",
    ),
    "count": Function(
        "count(child[, where])",
        1,
        2,
        _aggregate,
        "下级主体中 where 成立者的个数。",
        "The number of children where `where` holds.",
        "任一条件未知，结果未知；企业库没有该表时未知。",
        "Unknown if any test is, or if the register lacks the table.",
        "count(project, completed)",
    ),
    "raw": Function(
        "raw(measure)",
        1,
        1,
        _money_of,
        "本单位在另一措施下的原始金额（未封顶、未分配）；不符合条件为 0。",
        "This unit's raw amount of another measure (before caps); 0 where refused.",
        "该措施状态为未知、需评审或冲突时未知。",
        "Unknown while that measure is unknown, to be decided or in conflict.",
        "2 * raw(rd_award)",
    ),
    "awarded": Function(
        "awarded(measure)",
        1,
        1,
        _money_of,
        "本单位在另一措施下的最终金额（各级限额和分配之后）。",
        "This unit's award of another measure, after every cap and pool.",
        "该措施状态为未知、需评审或冲突时未知。",
        "Unknown while that measure is unknown, to be decided or in conflict.",
        "spend - awarded(voucher)",
    ),
    "paid": Function(
        "paid(measure)",
        1,
        1,
        _money_of,
        "运行日之前已付给本单位该措施的金额。",
        "What was paid to this unit under the measure before the day of the run.",
        "企业库没有支付记录表时未知。",
        "Unknown if the register has no payments table.",
        "greatest(0元, lookup(ladder, title) - paid(srdi))",
    ),
}
