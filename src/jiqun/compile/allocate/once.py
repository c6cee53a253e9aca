"""Each object pays once: of several rows with the same object only the one with the lowest unit id keeps its amount."""

from __future__ import annotations

from jiqun.compile.allocate.flow import Flow, constants
from jiqun.compile.allocate.rules import AllocationRules

REPEATED = "repeated_object"


def pay_once(flow: Flow, rules: AllocationRules) -> Flow:
    """Set the amount of repeated objects to 0.

    The key is measure, enterprise and object; a row without an object repeats nothing. An undecided row with a lower unit id could
    still become the one that keeps the amount, so the keeper is then provisional.
    """
    if not rules.once:
        return flow
    flow = flow.beside("once_rule", constants({"measure": "VARCHAR"}, [(rule.measure,) for rule in rules.once]))
    flow = flow.beside(
        "once_key",
        f"""
        SELECT s.measure, s.enterprise, s.object,
          MIN(s.unit) FILTER (WHERE s.status = 'yes' AND s.{flow.money} > 0) AS keeper,
          MIN(s.unit) FILTER (WHERE s.status <> 'yes' AND (s.bound IS NULL OR s.bound > 0)) AS rival
        FROM {flow.rows("once_rule")} AS s
        WHERE s.object IS NOT NULL
        GROUP BY s.measure, s.enterprise, s.object
        HAVING COUNT(*) > 1
        """,
    )
    repeated = f"s.status = 'yes' AND s.{flow.money} > 0 AND k.keeper < s.unit"
    changes = {
        "stacked": f"CASE WHEN {repeated} THEN CAST(0 AS {flow.kind}) ELSE s.{flow.money} END",
        "provisional": "CASE WHEN k.keeper = s.unit AND k.rival < s.unit THEN TRUE ELSE s.provisional END",
        "reason": f"CASE WHEN {repeated} THEN '{REPEATED}' ELSE s.reason END",
    }
    same = "k.measure = s.measure AND k.enterprise = s.enterprise AND k.object = s.object"
    rows = f"FROM {flow.rows('once_rule')} AS s JOIN {flow.name('once_key')} AS k ON {same}"
    return flow.advance("once", [(rows, changes)], money="stacked")
