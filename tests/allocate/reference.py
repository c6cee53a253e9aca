"""Allocation once more, naively: one row after the other, whole coins, no SQL. What `allocate` must agree with."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from jiqun.compile.allocate import AllocationRules, BudgetRule, CapRule, StackRule


@dataclass
class Row:
    """A row of the long table; money in coins."""

    measure: str
    unit: str
    enterprise: str
    weight: int = 1
    object: str | None = None
    status: str = "yes"
    at_most: bool = False
    amount: int | None = None
    bound: int | None = None
    rank_number: Decimal | None = None
    rank_day: date | None = None
    instalments: str | None = None
    stages: dict[str, int | None] = field(default_factory=dict)
    stack_group: str | None = None
    stack_winner: str | None = None
    claim_cap: str | None = None
    pool: str | None = None
    place: int | None = None
    unranked: bool = False
    award_cap: str | None = None
    reason: str | None = None
    provisional: bool = False
    money: int = 0

    @property
    def yes(self) -> bool:
        return self.status == "yes"

    @property
    def paid(self) -> bool:
        return self.yes and self.money > 0

    @property
    def rival(self) -> bool:
        """Undecided, and could become something."""
        return not self.yes and (self.bound is None or self.bound > 0)


@dataclass(frozen=True)
class Payment:
    measure: str
    unit: str
    enterprise: str
    day: date
    amount: Decimal


@dataclass(frozen=True)
class Tables:
    """What the rules look up, by the name of the table."""

    payments: tuple[Payment, ...] = ()
    choices: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)


@dataclass
class Result:
    rows: list[Row]
    pools: dict[str, dict[str, object]] = field(default_factory=dict)
    ties: dict[str, tuple[str | None, int, int, int, list[str]]] = field(default_factory=dict)


def allocate(rows: list[Row], rules: AllocationRules, tables: Tables, scale: int) -> Result:
    result = Result(rows)
    for row in rows:
        row.money = (row.amount or 0) if row.yes else 0
    snapshot(rows, "amount")
    once(rows, {rule.measure for rule in rules.once})
    for stack in rules.stacking:
        stacking(rows, stack, tables.choices.get(stack.choice_table or "", {}))
    snapshot(rows, "stacked")
    for cap in rules.caps:
        if cap.at == "claim":
            capping(rows, cap, tables, scale)
    snapshot(rows, "claim")
    for budget in rules.budgets:
        funding(rows, budget, scale, result)
    snapshot(rows, "granted")
    for cap in rules.caps:
        if cap.at == "award":
            capping(rows, cap, tables, scale)
    snapshot(rows, "award")
    for row in rows:
        row.provisional = row.provisional and row.paid
        if not row.yes:
            row.stages = dict.fromkeys(row.stages)
    return result


def snapshot(rows: Iterable[Row], stage: str) -> None:
    for row in rows:
        row.stages[stage] = row.money


def grouped(rows: Iterable[Row], key) -> list[list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return list(found.values())


def might_exceed(rows: Iterable[Row], limit: int | None, claims: int, weighted: bool = False) -> bool:
    """Whether what `rows` (undecided) could add brings `claims` above the limit."""
    rivals = [row for row in rows if row.rival]
    if limit is None or not rivals:
        return False
    if any(row.bound is None for row in rivals):
        return True
    return claims + sum((row.weight if weighted else 1) * row.bound for row in rivals) > limit


def once(rows: list[Row], measures: set[str]) -> None:
    mine = [row for row in rows if row.measure in measures and row.object is not None]
    for group in grouped(mine, lambda row: (row.measure, row.enterprise, row.object)):
        group.sort(key=lambda row: row.unit)
        paid = [row for row in group if row.paid]
        if paid and any(row.rival and row.unit < paid[0].unit for row in group):
            paid[0].provisional = True
        for row in paid[1:]:
            row.money, row.reason = 0, "repeated_object"


def stacking(rows: list[Row], rule: StackRule, choices: Mapping[str, str | None]) -> None:
    mine = [row for row in rows if row.measure in rule.measures]
    for group in grouped(mine, lambda row: row.unit if rule.by == "unit" else row.enterprise):
        sums = {m: sum(row.money for row in group if row.measure == m and row.yes) for m in rule.measures}
        positive = [m for m in rule.measures if sums[m] > 0]
        chosen = choices.get(group[0].unit if rule.by == "unit" else group[0].enterprise)
        if rule.rule == "exclusive" and len(positive) > 1 and chosen not in positive:
            for row in group:
                if row.paid:
                    row.status, row.bound, row.money, row.reason = "decision", row.money, 0, "choose_one"
                    row.stack_group, row.stack_winner = rule.id, None
            continue
        if not positive:
            continue
        winner = positive[0]
        if rule.rule == "highest_of":
            winner = max(positive, key=lambda m: (sums[m], -rule.measures.index(m)))
        if rule.rule == "exclusive" and chosen in positive:
            winner = chosen
        threatened = any(could_beat(rule, group, m, winner, sums, chosen) for m in rule.measures if m != winner)
        for row in group:
            if row.measure == winner:
                row.provisional = row.provisional or threatened
            elif row.paid:
                row.money, row.reason, row.stack_group, row.stack_winner = 0, "displaced", rule.id, winner


def could_beat(rule: StackRule, group: list[Row], rival: str, winner: str, sums: dict[str, int], chosen: str | None) -> bool:
    rows = [row for row in group if row.measure == rival and row.rival]
    earlier = rule.measures.index(rival) < rule.measures.index(winner)
    if not rows:
        return False
    if rule.rule == "priority":
        return earlier
    if rule.rule == "exclusive":
        return chosen != winner
    if any(row.bound is None for row in rows):
        return True
    most = sums[rival] + sum(row.bound for row in rows)
    return most > sums[winner] or (most == sums[winner] and earlier)


def capping(rows: list[Row], cap: CapRule, tables: Tables, scale: int) -> None:
    groups = tables.groups.get(cap.group_table or "", {})

    def key(row: Row | Payment) -> tuple[str, bool]:
        if cap.group_table:
            group = groups.get(row.enterprise)
            return (row.enterprise, True) if group is None else (group, False)
        return (row.unit if cap.by == "unit" else row.enterprise, False)

    for group in grouped([row for row in rows if row.measure in cap.measures], key):
        limit = None if cap.limit is None else floor(Fraction(cap.limit) * 10**scale)
        if cap.limit is None and cap.limit_table:
            limit = tables.limits[cap.limit_table].get(key(group[0])[0])
        if limit is None:
            for row in group:
                if row.paid:
                    row.status, row.bound, row.money, row.reason = "unknown", row.money, 0, "limit_unknown"
                    setattr(row, f"{cap.at}_cap", cap.id)
            continue
        before = [p for p in tables.payments if p.measure in cap.measures and key(p) == key(group[0])]
        used = sum((p.amount for p in before if cap.period == "lifetime" or p.day.year == cap.day.year), Decimal(0))
        room = max(limit - ceil(Fraction(used) * 10**scale), 0)
        claims = sum(row.money for row in group if row.yes)
        threatened = might_exceed(group, room, claims)
        for row in group:
            if row.paid:
                row.provisional = row.provisional or threatened
                if claims > room:
                    row.money = floor(Fraction(row.money * room, claims))
                    setattr(row, f"{cap.at}_cap", cap.id)
            elif not row.yes:
                row.bound = room if row.bound is None else min(row.bound, room)


def funding(rows: list[Row], budget: BudgetRule, scale: int, result: Result) -> None:
    mine = [row for row in rows if row.measure in budget.measures]
    pot = None if budget.pot is None else int(budget.pot * 10**scale)
    asked = {id(row): row.money for row in mine}
    claims = sum(row.weight * row.money for row in mine if row.yes)
    rivals = [row for row in mine if row.rival]
    applicants = sum(row.weight for row in mine if row.paid)
    others_at_most = {id(row): any(r.at_most and r.paid for r in mine if r is not row) for row in mine}
    if budget.rule == "pro_rata":
        for row in mine:
            if row.paid and might_exceed(rivals, pot, claims, weighted=True):
                row.provisional = True
            if row.paid and pot is not None and claims > pot:
                row.money = floor(Fraction(row.money * pot, claims))
        queue = []
    else:
        queue = standing(mine, budget)
        serve(queue, budget, pot)
    for row in mine:
        row.pool = budget.id
        if row.yes and row.money < asked[id(row)] and others_at_most[id(row)] and row.reason != "out_of_quota":
            row.provisional = True
    given = sum(row.weight * row.money for row in mine if row.yes)
    winners = [row for row in queue if row.money > 0]
    result.pools[budget.id] = {
        "claims": claims,
        "bounds": None if any(r.bound is None for r in rivals) else sum(r.weight * r.bound for r in rivals),
        "given": given,
        "residue": None if pot is None else pot - given,
        "applicants": applicants,
        "undecided": sum(r.weight for r in rivals),
        "winners": sum(row.weight for row in mine if row.yes and row.money > 0),
        "cutoff": shown(winners[-1], budget) if winners else None,
    }
    tie(queue, budget, asked, result)


def draw(row: Row, budget: BudgetRule) -> str:
    return hashlib.md5(f"{budget.seed}:{row.measure}:{row.unit}".encode()).hexdigest()


def order_key(row: Row, budget: BudgetRule):
    if budget.rule == "lottery":
        return draw(row, budget)
    value = row.rank_number if budget.rule == "ranked" else row.rank_day and row.rank_day.toordinal()
    return None if value is None else -value if budget.descending else value


def shown(row: Row, budget: BudgetRule) -> str | None:
    if budget.rule == "lottery":
        return draw(row, budget)
    if budget.rule == "first_come":
        return None if row.rank_day is None else row.rank_day.isoformat()
    if row.rank_number is None:
        return None
    return f"{row.rank_number:.10f}".rstrip("0").rstrip(".")


def standing(mine: list[Row], budget: BudgetRule) -> list[Row]:
    """The claims in the order they are served; marks threats by undecided rows that stand or may stand before them."""

    def place(row: Row):
        key = order_key(row, budget)
        return (key is None, 0 if key is None else key, row.unit, row.measure)

    for row in mine:
        row.unranked = order_key(row, budget) is None
    queue = sorted((row for row in mine if row.paid), key=place)
    claims = places = 0
    for row in queue:
        claims += row.weight * row.money
        places += row.weight
        before = [r for r in mine if r.rival and (r.unranked or place(r) < place(row))]
        row.threat = (before, claims, places)  # type: ignore[attr-defined]
    return queue


def serve(queue: list[Row], budget: BudgetRule, pot: int | None) -> None:
    spent = places = 0
    stopped = False
    for row in queue:
        before, claims, weight = row.threat  # type: ignore[attr-defined]
        over_quota = budget.quota is not None and weight > budget.quota
        if might_exceed(before, pot, claims, weighted=True):
            row.provisional = True
        if budget.quota is not None and before and weight + sum(r.weight for r in before) > budget.quota:
            row.provisional = True
        row.place = places + 1
        places += row.weight
        if not stopped and not over_quota and (pot is None or spent + row.weight * row.money <= pot):
            spent += row.weight * row.money
            continue
        rest = (pot - spent) // row.weight if budget.partial and not stopped and not over_quota and pot is not None else 0
        if stopped or rest == 0:
            row.reason = "out_of_quota" if over_quota else "out_of_money"
        row.money = rest
        stopped = True


def tie(queue: list[Row], budget: BudgetRule, asked: dict[int, int], result: Result) -> None:
    short = [row for row in queue if row.money < asked[id(row)]]
    if not short:
        return
    tied = [row for row in queue if order_key(row, budget) == order_key(short[0], budget)]
    fared = [2 if row.money == asked[id(row)] else 1 if row.money else 0 for row in tied]
    if len(set(fared)) > 1:
        weights = [sum(row.weight for row, f in zip(tied, fared, strict=True) if f == n) for n in (2, 1, 0)]
        names = [row.unit for row in sorted(tied, key=lambda row: (row.unit, row.measure))][:20]
        result.ties[budget.id] = (shown(tied[0], budget), *weights, names)


def half_away(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))
