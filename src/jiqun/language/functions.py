"""The built-in functions: how each is written and explained; `jiqun.language.calls` types them.

A new function is an entry here, its typing there, its step in `jiqun.interpret`,
its SQL in `jiqun.compile.lower`, and golden cases for both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jiqun.language import calls
from jiqun.language import syntax as s
from jiqun.language import tree as t

if TYPE_CHECKING:
    from jiqun.language.resolve import Resolver

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


_ANY = ("任一输入未知，结果未知。", "Unknown if any input is unknown.")
_RECORD = ("当年没有记录时未知（no_record）。", "Unknown where that year has no record (`no_record`).")

FUNCTIONS: dict[str, Function] = {
    "least": Function(
        "least(a, b, …)", 2, 20, calls.extreme, "几个值中最小的。", "The least of several values.", *_ANY, "least(rd_spend, 500万元)"
    ),
    "greatest": Function(
        "greatest(a, b, …)",
        2,
        20,
        calls.extreme,
        "几个值中最大的。",
        "The greatest of several values.",
        *_ANY,
        "greatest(rd_spend, 500万元)",
    ),
    "coalesce": Function(
        "coalesce(a, b, …)",
        2,
        20,
        calls.coalesce,
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
        calls.known,
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
        calls.rounded,
        "按单位取整：half_up 四舍五入（远离零），down 舍去，up 进位。",
        "Rounded to whole multiples of the unit: half_up (away from zero), down, up.",
        *_ANY,
        "round(rd_spend, 1万元, 'down')",
    ),
    "brackets": Function(
        "brackets(scale, x)",
        2,
        2,
        calls.banded,
        "超额累进：每档的比率乘以 x 落在该档的部分，再相加。",
        "Marginal: each band's rate times the part of x inside the band, added up.",
        *_ANY,
        "brackets(upgrade_scale, investment)",
    ),
    "steps": Function(
        "steps(steps_parameter, x)",
        2,
        2,
        calls.banded,
        "全额分档：x 所在档的值；不在任何档内为未知（no_band）。",
        "The value of the band x lies in; outside all bands unknown (`no_band`).",
        *_ANY,
        "steps(rd_award, rd_spend)",
    ),
    "lookup": Function(
        "lookup(table, key[, key])",
        2,
        3,
        calls.lookup,
        "按一个或两个键查表；未列出的键为未知（not_listed）。",
        "A table's value by one or two keys; a key not listed gives unknown (`not_listed`).",
        *_ANY,
        "lookup(phase_award, drug_class, phase)",
    ),
    "years_between": Function(
        "years_between(a, b)",
        2,
        2,
        calls.elapsed,
        "从 a 到 b 满几年；对应日不存在时以月末日为准。",
        "Completed years from a to b; where the day of the month does not exist, its last day counts.",
        *_ANY,
        "years_between(founded, as_of) >= 2",
    ),
    "months_between": Function(
        "months_between(a, b)",
        2,
        2,
        calls.elapsed,
        "从 a 到 b 满几个月。",
        "Completed months from a to b.",
        *_ANY,
        "months_between(founded, as_of) <= 6",
    ),
    "contains": Function(
        "contains(text, 'part')",
        2,
        2,
        calls.text_test,
        "文本是否含有这段文字。",
        "Whether a text contains another.",
        *_ANY,
        "contains(business_scope, '芯片')",
    ),
    "starts_with": Function(
        "starts_with(text, 'part')",
        2,
        2,
        calls.text_test,
        "文本是否以这段文字开头。",
        "Whether a text starts with another.",
        *_ANY,
        "starts_with(industry_code, '39')",
    ),
    "prior": Function("prior(x, n)", 2, 2, calls.prior, "n 年前的 x。", "x, n years earlier.", *_RECORD, "rd_spend - prior(rd_spend, 1)"),
    "sum_over": Function(
        "sum_over(x, n)",
        2,
        2,
        calls.sum_over,
        "今年及之前 n−1 年的 x 之和。",
        "The sum of x over this year and the n−1 before.",
        *_RECORD,
        "sum_over(sales, 3)",
    ),
    "highest_before": Function(
        "highest_before(x)",
        1,
        1,
        calls.highest,
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
        calls.run,
        "到今年为止条件连续成立的年数。",
        "In how many years running, up to this one, the condition held.",
        "遇到未知或没有记录的年份时只知道下限：与数比较时，下限已能决定就决定，否则未知。",
        "Where it meets an unknown or unrecorded year only the lower bound is known: "
        "a comparison that the bound decides is decided, else unknown.",
        "years_in_a_row(rd_spend >= 100万元) >= 2",
    ),
    "total": Function(
        "total(child, expr[, where])",
        2,
        3,
        calls.aggregate,
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
        calls.aggregate,
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
        calls.money_of,
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
        calls.money_of,
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
        calls.money_of,
        "运行日之前已付给本单位该措施的金额。",
        "What was paid to this unit under the measure before the day of the run.",
        "企业库没有支付记录表时未知。",
        "Unknown if the register has no payments table.",
        "greatest(0元, lookup(ladder, title) - paid(srdi))",
    ),
}
