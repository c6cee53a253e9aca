"""Stacking groups: of measures that do not add up one counts, the others become 0."""

from __future__ import annotations

from jiqun.compile.allocate.flow import Flow, constants, tagged
from jiqun.compile.allocate.rules import AllocationRules, StackRule, batches

DISPLACED, CHOOSE = "displaced", "choose_one"

RULE_COLUMNS = {"measure": "VARCHAR", "stack": "VARCHAR", "rule": "VARCHAR", "per_unit": "BOOLEAN", "position": "INT"}


def stack(flow: Flow, rules: AllocationRules) -> Flow:
    """Apply the groups in the listed order, greedily: what an earlier group took does not come back."""
    for number, batch in enumerate(batches(rules.stacking), 1):
        flow = _apply(flow, batch, f"stack{number}")
    return flow


def _apply(flow: Flow, batch: tuple[StackRule, ...], label: str) -> Flow:
    rows = [(m, r.id, r.rule, r.by == "unit", n) for r in batch for n, m in enumerate(r.measures)]
    flow = flow.beside(f"{label}_rule", constants(RULE_COLUMNS, list(rows)))
    flow = flow.beside(f"{label}_contender", _contenders(flow, label))
    choices = tagged("stack", {r.id: r.choice_table for r in batch if r.rule == "exclusive"}, "t.key, t.chosen")
    flow = flow.beside(f"{label}_merit", _merits(flow, label, choices))
    flow = flow.beside(f"{label}_verdict", _verdicts(flow, label))
    return _settle(flow, label)


RULE = ("stack", "rule", "position", "per_unit")
KEY = "CASE WHEN s.per_unit THEN s.unit ELSE s.enterprise END"


def _contenders(flow: Flow, label: str) -> str:
    """One row per measure and key, for keys in which at least two measures meet: several units of one measure contend together."""
    return f"""
        WITH member AS (
          SELECT s.stack, s.rule, s.position, s.measure, {KEY} AS key, s.enterprise, s.status, s.{flow.money} AS money, s.bound
          FROM {flow.rows(f"{label}_rule", RULE)} AS s
        ), contested AS (
          SELECT m.stack, m.key FROM member AS m GROUP BY m.stack, m.key HAVING MIN(m.position) < MAX(m.position)
        )
        SELECT m.stack, m.rule, m.key, m.position, m.measure, MIN(m.enterprise) AS enterprise,
          SUM(CASE WHEN m.status = 'yes' THEN m.money ELSE 0 END) AS total,
          SUM(CASE WHEN m.status <> 'yes' AND m.bound IS NOT NULL THEN m.bound ELSE 0 END) AS bounds,
          COUNT(*) FILTER (WHERE m.status <> 'yes' AND m.bound IS NULL) AS boundless
        FROM member AS m JOIN contested AS c ON c.stack = m.stack AND c.key = m.key
        GROUP BY m.stack, m.rule, m.key, m.position, m.measure
        """


def _merits(flow: Flow, label: str, choices: str) -> str:
    """Who wins has the highest merit, the first listed among equals: the amount, being there at all, or being the one chosen."""
    chosen = f"LEFT JOIN ({choices}) AS o ON o.stack = c.stack AND o.key = c.key" if choices else ""
    named = "WHEN o.chosen = c.measure THEN 2" if choices else ""
    return f"""
        SELECT c.*, CASE WHEN NOT c.total > 0 THEN 0 WHEN c.rule = 'highest_of' THEN c.total {named} ELSE 1 END AS merit
        FROM {flow.name(label)}_contender AS c {chosen}
        """


RIVAL = "(c.boundless > 0 OR c.bounds > 0)"
"""An undecided rival that could become positive."""

THREAT = f"""CASE w.rule
  WHEN 'highest_of' THEN c.boundless > 0 OR c.bounds > 0
    AND (c.total + c.bounds > w.best OR c.total + c.bounds = w.best AND c.position < w.position)
  WHEN 'priority' THEN {RIVAL} AND c.position < w.position
  ELSE {RIVAL} AND w.best < 2 END"""


def _verdicts(flow: Flow, label: str) -> str:
    """Per key: the winner, whether someone still has to choose, whether an undecided rival could win."""
    return f"""
        WITH top AS (
          SELECT m.stack, m.key, MAX(m.merit) AS best, COUNT(*) FILTER (WHERE m.total > 0) AS positive
          FROM {flow.name(label)}_merit AS m GROUP BY m.stack, m.key
        ), winner AS (
          SELECT m.stack, m.rule, m.key, t.best, t.positive, MIN(m.position) AS position
          FROM {flow.name(label)}_merit AS m JOIN top AS t ON t.stack = m.stack AND t.key = m.key AND t.best = m.merit
          WHERE t.best > 0
          GROUP BY m.stack, m.rule, m.key, t.best, t.positive
        )
        SELECT w.stack, w.key, w.position, r.measure AS winner,
          w.rule = 'exclusive' AND w.positive > 1 AND w.best < 2 AS choose,
          COUNT(*) FILTER (WHERE c.position <> w.position AND {THREAT}) > 0 AS threatened
        FROM winner AS w
        JOIN {flow.name(label)}_rule AS r ON r.stack = w.stack AND r.position = w.position
        JOIN {flow.name(label)}_merit AS c ON c.stack = w.stack AND c.key = w.key
        GROUP BY w.stack, w.rule, w.key, w.position, r.measure, w.positive, w.best
        """


def _settle(flow: Flow, label: str) -> Flow:
    paid = f"s.status = 'yes' AND s.{flow.money} > 0"
    open_, lost = f"{paid} AND v.choose", f"{paid} AND v.position <> s.position"
    changes = {
        "status": f"CASE WHEN {open_} THEN 'decision' ELSE s.status END",
        "bound": f"CASE WHEN {open_} THEN s.{flow.money} ELSE s.bound END",
        "stacked": f"CASE WHEN {open_} THEN NULL WHEN {lost} THEN CAST(0 AS {flow.kind}) ELSE s.{flow.money} END",
        "stack_group": f"CASE WHEN {open_} OR {lost} THEN v.stack ELSE {flow.kept('stack_group')} END",
        "stack_winner": f"CASE WHEN {open_} THEN NULL WHEN {lost} THEN v.winner ELSE {flow.kept('stack_winner')} END",
        "provisional": "CASE WHEN v.threatened AND v.position = s.position THEN TRUE ELSE s.provisional END",
        "reason": f"CASE WHEN {open_} THEN '{CHOOSE}' WHEN {lost} THEN '{DISPLACED}' ELSE s.reason END",
    }
    rows = f"""
        FROM {flow.rows(f"{label}_rule", RULE)} AS s
        JOIN {flow.name(label)}_verdict AS v ON v.stack = s.stack AND v.key = {KEY}
        """
    return flow.advance(label, [(rows, changes)], money="stacked")
