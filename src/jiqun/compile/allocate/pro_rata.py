"""Pro rata (按比例): a pot that does not suffice is shared in proportion to the claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jiqun.compile.allocate.flow import Flow


@dataclass(frozen=True)
class ProRata:
    """Each claim gets claim × pot / Σ(weight × claim), rounded down; everybody gets everything while the pot suffices."""

    unplaced: str = "TRUE"

    def grant(self, flow: Flow, name: str) -> tuple[str, Mapping[str, str]]:
        claim = f"s.{flow.money}"
        paid = f"s.status = 'yes' AND {claim} > 0"
        threatened = "d.boundless > 0 OR d.bounds > 0 AND d.claims + d.bounds > d.pot"
        loosened = "d.claims > d.pot AND d.upper_bounds > CASE WHEN s.at_most THEN 1 ELSE 0 END"
        changes = {
            "granted": f"CASE WHEN {paid} AND d.claims > d.pot THEN {flow.share(claim, 'd.pot', 'd.claims')} ELSE {claim} END",
            "place": flow.kept("place"),
            "unranked": flow.kept("unranked"),
            "provisional": f"s.provisional OR {paid} AND ({threatened} OR {loosened})",
            "reason": "s.reason",
        }
        rows = flow.rows("budget_rule", ("budget",), f"r.rule = '{name}'")
        short = f"d.pot IS NOT NULL AND (d.claims > d.pot OR {threatened})"
        return f"FROM {rows} AS s JOIN {flow.name('demand')} AS d ON d.budget = s.budget WHERE {short}", changes


RULE = ProRata()
