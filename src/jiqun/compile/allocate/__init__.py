"""Allocation: what the awards of many enterprises do to each other, as SQL over one long table.

One row per measure and unit comes in with its raw amount; it leaves with the amount after each stage and what changed it. A stage writes
only the rows that some rule has changed so far; all others stay where they came from.
"""

from __future__ import annotations

from collections.abc import Callable

from jiqun.compile.allocate.budgets import RULES, fund
from jiqun.compile.allocate.caps import cap
from jiqun.compile.allocate.flow import AMOUNTS, NOTES, Flow
from jiqun.compile.allocate.once import pay_once
from jiqun.compile.allocate.rules import AllocationRules, BudgetRule, CapRule, OnceRule, StackRule
from jiqun.compile.allocate.stacking import stack
from jiqun.compile.plan import Step

__all__ = ["AWARD_COLUMNS", "RULES", "STAGES", "AllocationRules", "BudgetRule", "CapRule", "OnceRule", "StackRule", "allocate"]

STAGES: tuple[Callable[[Flow, AllocationRules], Flow], ...] = (pay_once, stack, cap("claim"), fund, cap("award"))
"""Top to bottom: a firm whose project loses in the ranking has not had its other awards cut for it by the caps at award."""

AWARD_COLUMNS = (
    *("measure", "unit", "enterprise", "weight", "object", "status", "at_most", *AMOUNTS, "bound", *NOTES),
    *("pool", "provisional", "instalments"),
)


def allocate(source: str, rules: AllocationRules, prefix: str, scale: int, used: str = "payments_before") -> tuple[Step, ...]:
    """Allocate the rows of table `source`; the result is `{prefix}_awards`, its reports `{prefix}_pools` and `{prefix}_ties`.

    Caps count what table `used` says was paid before. Every stage's amount is NULL unless the status is `yes`. `bound` is the most an
    undecided row may still become. `claim_cap` and `award_cap` name the last cap that cut the row: after it, the earlier ones no longer
    bind. `provisional` marks a paid row that may still change when undecided rows are decided.

    >>> [step.name for step in allocate("open_rows", AllocationRules(), "run", 2)]
    ['run_pools', 'run_ties', 'run_awards']
    """
    flow = Flow(prefix, scale, source, used=used)
    for stage in STAGES:
        flow = stage(flow, rules)
    return flow.beside("awards", _awards(flow, pooled=bool(rules.budgets))).steps


def _awards(flow: Flow, pooled: bool) -> str:
    selected: list[str] = []
    latest = "amount"
    for column in AWARD_COLUMNS:
        latest = column if column in AMOUNTS and column in flow.columns else latest
        match column:
            case "amount" | "stacked" | "claim" | "granted" | "award":
                selected.append(f"CASE WHEN s.status = 'yes' THEN s.{latest} END AS {column}")
            case "pool":
                selected.append("r.budget AS pool" if pooled else "CAST(NULL AS VARCHAR) AS pool")
            case "provisional":
                selected.append(f"s.provisional AND s.status = 'yes' AND s.{latest} > 0 AS provisional")
            case "unranked":
                selected.append(f"{flow.kept(column)} IS TRUE AS unranked")
            case note if note in NOTES:
                selected.append(f"{flow.kept(note)} AS {note}")
            case _:
                selected.append(f"s.{column}")
    budget = f"LEFT JOIN {flow.name('budget_rule')} AS r ON r.measure = s.measure" if pooled else ""
    return f"SELECT {', '.join(selected)} FROM {flow.rows()} AS s {budget}"
