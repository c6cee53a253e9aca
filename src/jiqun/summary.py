"""What a run costs and whom it reaches: firm, at most and to be decided apart, never added up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from jiqun.model.uses import needed

if TYPE_CHECKING:
    from jiqun.register.store import Register
    from jiqun.simulate import Ran

_BY_MEASURE = """
SELECT measure,
  sum(weight) AS units,
  sum(weight) FILTER (status = 'yes') AS yes,
  sum(weight) FILTER (status = 'no') AS no,
  sum(weight) FILTER (status = 'unknown') AS unknown,
  sum(weight) FILTER (status = 'decision') AS decision,
  sum(weight) FILTER (status = 'conflict') AS conflict,
  sum(weight) FILTER (award > 0 AND NOT at_most) AS paid,
  sum(weight * award) FILTER (NOT at_most) AS firm,
  sum(weight * award) FILTER (NOT at_most AND provisional) AS provisional,
  sum(weight) FILTER (award > 0 AND at_most) AS paid_at_most,
  sum(weight * award) FILTER (at_most) AS at_most,
  sum(weight * bound) FILTER (status = 'decision') AS to_be_decided,
  sum(weight) FILTER (status = 'decision' AND bound IS NULL) AS without_maximum,
  sum(weight * bound) FILTER (status IN ('unknown', 'conflict')) AS unknown_bound,
  sum(weight) FILTER (status IN ('unknown', 'conflict') AND bound IS NULL) AS unknown_without_bound,
  sum(weight * would_be) FILTER (status = 'no') AS would_be_refused,
  sum(weight * coalesce(claim, 0)) FILTER (status = 'yes') AS claims
FROM outcome GROUP BY measure
"""
_WINNERS = """
SELECT count(*) AS sampled, sum(weight) AS weighted
FROM (SELECT enterprise, max(weight) AS weight FROM outcome WHERE award > 0 GROUP BY enterprise)
"""
MONEY = ("firm", "provisional", "at_most", "to_be_decided", "unknown_bound", "would_be_refused", "claims")


def plain(value: object) -> object:
    """Return a value as JSON holds it: money as text, exact."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _select(text: str) -> exp.Expr:
    made = sqlglot.parse_one(text, read="duckdb")
    assert isinstance(made, exp.Expr)
    return made


def summarise(ran: Ran, register: Register) -> dict[str, object]:
    """Return the summary of a run: totals, measures, pools, ties, what was assumed, what did not run and why."""
    measures = {str(row["measure"]): row for row in ran.engine.fetch(_select(_BY_MEASURE)).to_pylist()}
    rows = [_measure(ran, name, measures.get(name, {})) for name in ran.program.measures]
    totals = {key: plain(sum((Decimal(str(row[key])) for row in rows), Decimal(0))) for key in MONEY}
    winners = ran.engine.fetch(_select(_WINNERS)).to_pylist()[0]
    return {
        "day": ran.choice.day.isoformat(),
        "year": ran.choice.year,
        "synthetic": register.synthetic,
        "totals": totals,
        "enterprises": {"sampled": winners["sampled"], "weighted": int(winners["weighted"] or 0)},
        "measures": rows,
        "pools": [{k: plain(v) for k, v in row.items()} for row in ran.rows("pools")],
        "ties": [{k: plain(v) for k, v in row.items()} for row in ran.rows("ties")],
        "assumptions": list(ran.assumptions),
        "not_run": [{"measure": m, "reason": why} for m, why in not_run(ran)],
    }


def _measure(ran: Ran, name: str, found: Mapping[str, object]) -> dict[str, object]:
    measure = ran.package.measures[name]
    zero = Decimal(0).quantize(Decimal(1).scaleb(-ran.package.heading.money_scale))
    row: dict[str, object] = {
        "measure": name,
        "title": {"zh": measure.title.zh, "en": measure.title.en},
        "entity": measure.entity,
        "status": measure.status,
        "verified": measure.verified,
        "ceiling": measure.ceiling,
        "decision": measure.decided,
        "open_ended": measure.valid.to is None,
    }
    for key in (
        "units",
        "yes",
        "no",
        "unknown",
        "decision",
        "conflict",
        "paid",
        "paid_at_most",
        "without_maximum",
        "unknown_without_bound",
    ):
        row[f"{key}_units" if key in ("decision",) else key] = int(str(found.get(key) or 0))
    for key in MONEY:
        value = found.get(key)
        row[key] = plain(zero if value is None else value)
    return row


def not_run(ran: Ran) -> list[tuple[str, str]]:
    """Return each measure left out, and why: not in force, of a status not asked for, or built on one that is not run."""
    made = []
    for measure in ran.package.measures.values():
        if measure.id in ran.program.measures:
            continue
        if measure.valid.from_ is not None and ran.choice.day < measure.valid.from_:
            made.append((measure.id, "not_yet"))
        elif not measure.in_force(ran.choice.day):
            made.append((measure.id, "expired"))
        elif measure.status not in ran.choice.statuses:
            made.append((measure.id, measure.status))
        else:
            uses = needed(measure, ran.package, "raw") | needed(measure, ran.package, "awarded")
            short = sorted(m for m in uses if m not in ran.program.measures and ran.package.measures[m].in_force(ran.choice.day))
            made.append((measure.id, f"needs:{','.join(short)}" if short else "not_chosen"))
    return made
