"""What became of each budget: its pool, and the ties that ids decided."""

from __future__ import annotations

from jiqun.compile.allocate.flow import Flow, constants
from jiqun.compile.allocate.lottery import DRAW

UNITS_SHOWN = 20

TEXT = f"""CASE d.rule WHEN 'ranked' THEN RTRIM(RTRIM(CAST(s.rank_number AS TEXT), '0'), '.')
  WHEN 'first_come' THEN CAST(s.rank_day AS TEXT) WHEN 'lottery' THEN {DRAW} END"""
"""The key of row `s` in the queue of budget `d`, as people read it."""


def pools(flow: Flow) -> Flow:
    """Per budget what it had, what was claimed and given, and the key of the last winner.

    `claims`, `given`, `applicants` and `winners` are weighted. `undecided` rows could add `bounds` (NULL: nothing bounds them).
    `residue` = pot − given.
    """
    flow = flow.beside("winners", _winners(flow))
    given = "CASE WHEN g.given IS NULL THEN 0 ELSE g.given END"
    select = f"""
        SELECT d.budget, d.rule, d.pot, d.quota, d.claims, CASE WHEN d.boundless = 0 THEN d.bounds END AS bounds,
          CAST({given} AS {flow.wide}) AS given, CAST(d.pot - {given} AS {flow.wide}) AS residue,
          CAST(d.applicants AS BIGINT) AS applicants, CAST(d.undecided AS BIGINT) AS undecided,
          CAST(CASE WHEN g.winners IS NULL THEN 0 ELSE g.winners END AS BIGINT) AS winners, g.cutoff
        FROM {flow.name("demand")} AS d LEFT JOIN {flow.name("winners")} AS g ON g.budget = d.budget
        """
    return flow.beside("pools", select)


def _winners(flow: Flow) -> str:
    return f"""
        WITH result AS (
          SELECT s.budget, SUM(s.weight * s.granted) AS given, SUM(s.weight) AS winners, MAX(s.place) AS place
          FROM {_members(flow)} WHERE s.granted > 0 GROUP BY s.budget
        ), last AS (
          SELECT s.budget, MIN({TEXT}) AS cutoff
          FROM {_members(flow)} JOIN {flow.name("budget")} AS d ON d.budget = s.budget
          JOIN result AS g ON g.budget = s.budget AND g.place = s.place
          GROUP BY s.budget
        )
        SELECT g.budget, g.given, g.winners, l.cutoff FROM result AS g LEFT JOIN last AS l ON l.budget = g.budget
        """


def _members(flow: Flow) -> str:
    return f"{flow.rows('budget_rule', ('budget',))} AS s"


def ties(flow: Flow) -> Flow:
    """Per budget the queue's key at which the money or places ended, if claims with the same key fared differently: their ids decided.

    `funded` are paid in full, `partly` in part, `unfunded` not at all (all weighted); `units` are the first of them by id.
    """
    claim = _before(flow)
    same = """(d.rule = 'ranked' AND s.rank_number IS NOT DISTINCT FROM e.rank_number
            OR d.rule = 'first_come' AND s.rank_day IS NOT DISTINCT FROM e.rank_day)"""
    fared = f"CASE WHEN s.granted = {claim} THEN 2 WHEN s.granted > 0 THEN 1 ELSE 0 END"
    select = f"""
        WITH first_short AS (
          SELECT s.budget, MIN(s.place) AS place FROM {_members(flow)} WHERE s.granted < {claim} GROUP BY s.budget
        ), edge AS (
          SELECT s.budget, s.rank_number, s.rank_day
          FROM {_members(flow)} JOIN first_short AS f ON f.budget = s.budget AND f.place = s.place
        ), tied AS (
          SELECT s.budget, {TEXT} AS key, s.unit, s.weight, {fared} AS fared,
            ROW_NUMBER() OVER (PARTITION BY s.budget ORDER BY s.unit, s.measure) AS n
          FROM {_members(flow)} JOIN {flow.name("budget")} AS d ON d.budget = s.budget
          JOIN edge AS e ON e.budget = s.budget AND {same}
          WHERE s.place IS NOT NULL
        )
        SELECT t.budget, t.key, {_counted(2)} AS funded, {_counted(1)} AS partly, {_counted(0)} AS unfunded,
          ARRAY_AGG(t.unit ORDER BY t.n) FILTER (WHERE t.n <= {UNITS_SHOWN}) AS units
        FROM tied AS t GROUP BY t.budget, t.key HAVING MIN(t.fared) < MAX(t.fared)
        """
    return flow.beside("ties", select)


def _before(flow: Flow) -> str:
    """What was claimed of the budget: the column of the stage before."""
    return "s." + next(column for column in ("claim", "stacked", "amount") if column in ("amount", *flow.columns))


def _counted(fared: int) -> str:
    return f"CAST(SUM(CASE WHEN t.fared = {fared} THEN t.weight ELSE 0 END) AS BIGINT)"


def nothing(flow: Flow) -> Flow:
    """The same two reports, empty: there is no budget."""
    text, money, count = "VARCHAR", flow.wide, "BIGINT"
    pool = {"budget": text, "rule": text, "pot": money, "quota": count, "claims": money, "bounds": money, "given": money, "residue": money}
    counts = dict.fromkeys(("applicants", "undecided", "winners"), count)
    tie = {"budget": text, "key": text} | dict.fromkeys(("funded", "partly", "unfunded"), count) | {"units": "VARCHAR[]"}
    return flow.beside("pools", constants(pool | counts | {"cutoff": text}, [])).beside("ties", constants(tie, []))
