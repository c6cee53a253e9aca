"""Caps on the sum of several awards: what exceeds the room left is cut in proportion, rounded down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from jiqun.compile.allocate.flow import Flow, constants, tagged
from jiqun.compile.allocate.rules import AllocationRules, CapRule, batches

LIMIT_UNKNOWN = "limit_unknown"


@dataclass(frozen=True)
class Keys:
    """How a batch of caps finds the key of a row `s`: who shares one limit.

    `own` marks an enterprise that belongs to no corporate group: it is its own group, even if a group bears its id.
    """

    grouped: bool

    @property
    def key(self) -> str:
        group = "WHEN s.by_ = 'group' AND g.key IS NOT NULL THEN g.key" if self.grouped else ""
        return f"CASE WHEN s.by_ = 'unit' THEN s.unit {group} ELSE s.enterprise END"

    @property
    def own(self) -> str:
        return "s.by_ = 'group' AND g.key IS NULL" if self.grouped else "FALSE"

    def joined(self, groups: str) -> str:
        return f"LEFT JOIN {groups} AS g ON g.cap = s.cap AND g.enterprise = s.enterprise" if self.grouped else ""


def cap(at: Literal["claim", "award"]) -> Callable[[Flow, AllocationRules], Flow]:
    """The stage that applies the caps `at` claim or award, one after another in the listed order.

    Used = payments before the day of the run (of its calendar year, or ever); room = limit − used, not below 0. If the amounts of a key
    exceed the room, each gets its share of it. A limit that is not known makes the rows unknown. What an undecided row could become is
    at most the room, too.
    """

    def stage(flow: Flow, rules: AllocationRules) -> Flow:
        for number, batch in enumerate(batches([rule for rule in rules.caps if rule.at == at]), 1):
            flow = _apply(flow, batch, at, f"{at}_cap{number}")
        return flow

    return stage


RULE_COLUMNS = {"measure": "VARCHAR", "cap": "VARCHAR", "by_": "VARCHAR", "since": "DATE", "until": "DATE", "limit_": ""}
RULE = ("cap", "by_", "limit_")


def _apply(flow: Flow, batch: tuple[CapRule, ...], at: str, label: str) -> Flow:
    keys = Keys(any(rule.group_table for rule in batch))
    rows = [(m, r.id, _by(r), *_span(r), _floor(r.limit, flow.scale)) for r in batch for m in r.measures]
    flow = flow.beside(f"{label}_rule", constants(RULE_COLUMNS | {"limit_": flow.kind}, list(rows)))
    if keys.grouped:
        flow = flow.beside(
            f"{label}_group", tagged("cap", {r.id: r.group_table for r in batch}, "t.enterprise, t.key", "t.key IS NOT NULL")
        )
    limits = tagged("cap", {r.id: r.limit_table for r in batch}, "t.key, t.limit_")
    flow = flow.beside(f"{label}_bound", _bound(flow, keys, label, limits))
    return _settle(flow, keys, label, at)


def _by(rule: CapRule) -> str:
    return "group" if rule.group_table else "unit" if rule.by == "unit" else "enterprise"


def _span(rule: CapRule) -> tuple[date, date]:
    return (date.min, date.max) if rule.period == "lifetime" else (date(rule.day.year, 1, 1), date(rule.day.year, 12, 31))


def _floor(limit: Decimal | None, scale: int) -> Decimal | None:
    return None if limit is None else limit.quantize(Decimal(1).scaleb(-scale), ROUND_FLOOR)


def _bound(flow: Flow, keys: Keys, label: str, limits: str) -> str:
    """The keys at which the cap changes anything: the sum, or what it could become, exceeds the room; or the limit is not known."""
    limit = "CASE WHEN t.limit_ IS NOT NULL THEN t.limit_ ELSE l.limit_ END" if limits else "t.limit_"
    found = f"LEFT JOIN ({limits}) AS l ON l.cap = t.cap AND l.key = t.key" if limits else ""
    joined = keys.joined(f"{flow.name(label)}_group")
    coins = f"CEIL(SUM(s.amount) * {10**flow.scale})"  # a payment finer than the scale uses up the whole coin
    return f"""
        WITH used AS (
          SELECT s.cap, {keys.key} AS key, {keys.own} AS own, {flow.money_of(coins)} AS used
          FROM (
            SELECT p.unit, p.enterprise, p.amount, r.cap, r.by_
            FROM {flow.used} AS p JOIN {flow.name(label)}_rule AS r ON r.measure = p.measure AND p.day BETWEEN r.since AND r.until
          ) AS s {joined}
          GROUP BY ALL
        ), total AS (
          SELECT s.cap, {keys.key} AS key, {keys.own} AS own, MIN(s.limit_) AS limit_,
            SUM(CASE WHEN s.status = 'yes' THEN s.{flow.money} ELSE 0 END) AS claims,
            SUM(CASE WHEN s.status <> 'yes' AND s.bound IS NOT NULL THEN s.bound ELSE 0 END) AS bounds,
            COUNT(*) FILTER (WHERE s.status <> 'yes' AND s.bound IS NULL) AS boundless
          FROM {flow.rows(f"{label}_rule", RULE)} AS s {joined}
          GROUP BY ALL
        ), room AS (
          SELECT t.cap, t.key, t.own, t.claims, t.bounds, t.boundless, {limit} AS limit_,
            CASE WHEN u.used IS NULL THEN 0 ELSE u.used END AS used
          FROM total AS t LEFT JOIN used AS u ON u.cap = t.cap AND u.key = t.key AND u.own = t.own {found}
        ), bound AS (
          SELECT t.*, CASE WHEN t.limit_ > t.used THEN CAST(t.limit_ - t.used AS {flow.kind})
            WHEN t.limit_ IS NOT NULL THEN CAST(0 AS {flow.kind}) END AS room
          FROM room AS t
        )
        SELECT t.* FROM bound AS t WHERE t.limit_ IS NULL OR t.boundless > 0 OR t.claims + t.bounds > t.room
        """


def _settle(flow: Flow, keys: Keys, label: str, at: str) -> Flow:
    paid = f"s.status = 'yes' AND s.{flow.money} > 0"
    unknown = f"{paid} AND b.limit_ IS NULL"
    cut = f"{paid} AND b.claims > b.room"
    share = flow.share(f"s.{flow.money}", "b.room", "b.claims")
    changes = {
        "status": f"CASE WHEN {unknown} THEN 'unknown' ELSE s.status END",
        "bound": f"""CASE WHEN {unknown} THEN s.{flow.money}
            WHEN s.status <> 'yes' AND b.room IS NOT NULL AND (s.bound IS NULL OR s.bound > b.room) THEN b.room ELSE s.bound END""",
        at: f"CASE WHEN {unknown} THEN NULL WHEN {cut} THEN {share} ELSE s.{flow.money} END",
        f"{at}_cap": f"CASE WHEN {unknown} OR {cut} THEN b.cap ELSE {flow.kept(f'{at}_cap')} END",
        "provisional": "CASE WHEN b.boundless > 0 OR b.bounds > 0 THEN TRUE ELSE s.provisional END",
        "reason": f"CASE WHEN {unknown} THEN '{LIMIT_UNKNOWN}' ELSE s.reason END",
    }
    rows = f"""
        FROM {flow.rows(f"{label}_rule", RULE)} AS s {keys.joined(f"{flow.name(label)}_group")}
        JOIN {flow.name(label)}_bound AS b ON b.cap = s.cap AND b.key = {keys.key} AND b.own = ({keys.own})
        """
    return flow.advance(label, [(rows, changes)], money=at)
