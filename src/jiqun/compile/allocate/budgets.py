"""Budgets: what a pool's money or places suffice for, by the rule of each pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from jiqun.compile.allocate import first_come, lottery, pro_rata, ranked, reports
from jiqun.compile.allocate.flow import Flow, constants
from jiqun.compile.allocate.rules import AllocationRules


class Rule(Protocol):
    """A way of giving out a pool."""

    @property
    def unplaced(self) -> str:
        """SQL: whether an undecided row `s` has no place yet, so that it may come before everybody."""

    def grant(self, flow: Flow, name: str) -> tuple[str, Mapping[str, str]]:
        """Where the rows `s` come from that the budgets with rule `name` change, and the columns set: GRANTED."""


RULES: Mapping[str, Rule] = {
    "pro_rata": pro_rata.RULE,
    "ranked": ranked.RULE,
    "first_come": first_come.RULE,
    "lottery": lottery.RULE,
}

BUDGET_COLUMNS = {
    "budget": "VARCHAR",
    "rule": "VARCHAR",
    "pot": "",
    "quota": "BIGINT",
    "descending": "BOOLEAN",
    "partial": "BOOLEAN",
    "seed": "VARCHAR",
}


def fund(flow: Flow, rules: AllocationRules) -> Flow:
    """Give out every budget and report its pool and its ties.

    Undecided rows count as 0. A paid row is provisional if what they could still claim before it would exceed the pot or the quota, or
    if it was cut while another claim of the pool is only an upper bound.
    """
    if not rules.budgets:
        return reports.nothing(flow)
    budgets = [(b.id, b.rule, b.pot, b.quota, b.descending, b.partial, b.seed) for b in rules.budgets]
    flow = flow.beside("budget", constants(BUDGET_COLUMNS | {"pot": flow.wide}, list(budgets)))
    members = [(m, b.id, b.rule) for b in rules.budgets for m in b.measures]
    flow = flow.beside("budget_rule", constants({"measure": "VARCHAR", "budget": "VARCHAR", "rule": "VARCHAR"}, list(members)))
    flow = flow.beside("demand", _demand(flow))
    used = dict.fromkeys(b.rule for b in rules.budgets)
    flow = flow.advance("granted", [RULES[name].grant(flow, name) for name in used], money="granted")
    return reports.ties(reports.pools(flow))


def _demand(flow: Flow) -> str:
    """Per budget: the weighted claims, and what undecided rows could add; `loose` is the part of it that has no place in the order yet."""
    unplaced = " ".join(f"WHEN '{name}' THEN {rule.unplaced}" for name, rule in RULES.items())
    return f"""
        WITH member AS (
          SELECT s.budget, s.weight, s.weight * s.{flow.money} AS claim, s.weight * s.bound AS bound,
            s.at_most, s.bound IS NULL AS boundless,
            s.status = 'yes' AND s.{flow.money} > 0 AS claims,
            s.status <> 'yes' AND (s.bound IS NULL OR s.bound > 0) AS undecided,
            CASE s.rule {unplaced} ELSE FALSE END AS unplaced
          FROM {flow.rows("budget_rule", ("budget", "rule"))} AS s
        )
        SELECT d.*,
          {_sum("m.claim", "m.claims", flow.wide)} AS claims,
          {_sum("m.weight", "m.claims", "HUGEINT")} AS applicants,
          {_sum("m.bound", "m.undecided AND NOT m.boundless", flow.wide)} AS bounds,
          {_sum("m.weight", "m.undecided", "HUGEINT")} AS undecided,
          COUNT(*) FILTER (WHERE m.undecided AND m.boundless) AS boundless,
          {_sum("m.bound", "m.undecided AND NOT m.boundless AND m.unplaced", flow.wide)} AS loose_bounds,
          {_sum("m.weight", "m.undecided AND m.unplaced", "HUGEINT")} AS loose,
          COUNT(*) FILTER (WHERE m.undecided AND m.boundless AND m.unplaced) AS loose_boundless,
          COUNT(*) FILTER (WHERE m.claims AND m.at_most) AS upper_bounds
        FROM {flow.name("budget")} AS d LEFT JOIN member AS m ON m.budget = d.budget
        GROUP BY ALL
        """


def _sum(value: str, condition: str, kind: str) -> str:
    return f"CAST(SUM(CASE WHEN {condition} THEN {value} ELSE 0 END) AS {kind})"
