"""What `ranked`, `first_come` and `lottery` share: claims stand in a queue and are met until the money or the places end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jiqun.compile.allocate.flow import Flow

OUT_OF_MONEY, OUT_OF_QUOTA = "out_of_money", "out_of_quota"


@dataclass(frozen=True)
class Ordered:
    """A queue by `key` (SQL over row `s` and budget `d`), nulls last, then by unit id and measure.

    A claim is met while Σ weight of the claims up to it is within the quota and Σ weight × claim within the pot. The first that no
    longer fits is paid what is left (`partial`) or nothing; everyone behind it gets nothing. `place` is the first place a row takes.
    """

    key: str
    unplaced: str

    def grant(self, flow: Flow, name: str) -> tuple[str, Mapping[str, str]]:
        claim = f"s.{flow.money}"
        paid = f"s.status = 'yes' AND {claim} > 0"
        full = "NOT s.over_pot AND NOT s.over_quota"
        left = flow.coins_of("d.pot - s.claims_before")
        cut = f"s.over_pot AND NOT s.over_quota AND d.partial AND {left} >= s.weight"
        rest = flow.money_of(f"{left} // s.weight")
        threatened = f"d.pot IS NOT NULL AND ({_BOUNDLESS} > 0 OR {_BOUNDS} > 0 AND s.claims_to + {_BOUNDS} > d.pot)"
        crowded = f"d.quota IS NOT NULL AND {_RIVALS} > 0 AND s.weight_to + {_RIVALS} > d.quota"
        loosened = "s.over_pot AND d.upper_bounds > CASE WHEN s.at_most THEN 1 ELSE 0 END"
        changes = {
            "granted": f"CASE WHEN NOT ({paid}) OR {full} THEN {claim} WHEN {cut} THEN {rest} ELSE CAST(0 AS {flow.kind}) END",
            "place": f"CASE WHEN {paid} THEN CAST(s.weight_to - s.weight + 1 AS INT) END",
            "unranked": self.unplaced,
            "provisional": f"s.provisional OR {paid} AND ({threatened} OR {crowded} OR {loosened})",
            "reason": f"""CASE WHEN NOT ({paid}) OR {full} OR {cut} THEN s.reason
              WHEN s.over_quota THEN '{OUT_OF_QUOTA}' ELSE '{OUT_OF_MONEY}' END""",
        }
        source = f"FROM ({self._judged(flow, name)}) AS s JOIN {flow.name('demand')} AS d ON d.budget = s.budget"
        return source, changes

    def _judged(self, flow: Flow, name: str) -> str:
        """The queue with what is claimed up to each row, and whether that is more than the budget has."""
        return f"""
            SELECT s.*, s.pot IS NOT NULL AND s.claims_to > s.pot AS over_pot, s.quota IS NOT NULL AND s.weight_to > s.quota AS over_quota
            FROM ({self._queue(flow, name)}) AS s
            """

    def _queue(self, flow: Flow, name: str) -> str:
        yes, open_ = "s.status = 'yes'", f"s.status <> 'yes' AND NOT ({self.unplaced})"
        over = f"""OVER (PARTITION BY d.budget ORDER BY {self.key} NULLS LAST, s.unit, s.measure
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"""
        claim = f"CASE WHEN {yes} THEN s.weight * s.{flow.money} ELSE 0 END"
        return f"""
            SELECT s.*, d.pot, d.quota,
              SUM({claim}) {over} AS claims_to,
              SUM({claim}) {over} - {claim} AS claims_before,
              SUM(CASE WHEN {yes} AND s.{flow.money} > 0 THEN s.weight ELSE 0 END) {over} AS weight_to,
              SUM(CASE WHEN {open_} AND s.bound IS NOT NULL THEN s.weight * s.bound ELSE 0 END) {over} AS bounds_to,
              SUM(CASE WHEN {open_} AND s.bound IS NULL THEN 1 ELSE 0 END) {over} AS boundless_to,
              SUM(CASE WHEN {open_} AND (s.bound IS NULL OR s.bound > 0) THEN s.weight ELSE 0 END) {over} AS rivals_to
            FROM {flow.rows("budget_rule", ("budget",), f"r.rule = '{name}'")} AS s
            JOIN {flow.name("budget")} AS d ON d.budget = s.budget
            """


_BOUNDS, _BOUNDLESS, _RIVALS = "(s.bounds_to + d.loose_bounds)", "(s.boundless_to + d.loose_boundless)", "(s.rivals_to + d.loose)"
