"""Random small tables and rules for the property test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from allocate.reference import Payment, Row, Tables
from hypothesis import strategies as st

from jiqun.compile.allocate import AllocationRules, BudgetRule, CapRule, OnceRule, StackRule

MEASURES = ("a", "b", "c", "d", "e")
ENTERPRISES = ("E1", "E2", "E3")
UNITS = {f"U{n}": ENTERPRISES[n * 7 % 3] for n in range(1, 7)}
DAYS = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30))
TODAY = date(2025, 7, 1)


@dataclass(frozen=True)
class Case:
    rows: tuple[Row, ...]
    rules: AllocationRules
    tables: Tables
    scale: int


@st.composite
def row(draw, measure: str, unit: str) -> Row:
    status = draw(st.sampled_from(("yes", "yes", "yes", "unknown", "decision", "conflict")))
    amount = draw(st.integers(0, 40)) if status == "yes" else None
    return Row(
        measure,
        unit,
        UNITS[unit],
        weight=draw(st.sampled_from((1, 1, 1, 2, 3))),
        object=draw(st.sampled_from((None, "x", "y"))),
        status=status,
        at_most=draw(st.booleans()),
        amount=amount,
        bound=amount if status == "yes" else draw(st.none() | st.integers(0, 40)),
        rank_number=draw(st.sampled_from((None, Decimal("1.5"), Decimal(2), Decimal(-3)))),
        rank_day=draw(st.sampled_from((None, *DAYS))),
    )


subsets = st.lists(st.sampled_from(MEASURES), min_size=1, max_size=5, unique=True).map(tuple)


@st.composite
def stack(draw, number: int) -> StackRule:
    rule = draw(st.sampled_from(("highest_of", "priority", "exclusive")))
    measures = draw(st.lists(st.sampled_from(MEASURES), min_size=2, max_size=4, unique=True).map(tuple))
    choice = f"choice_{number}" if rule == "exclusive" and draw(st.booleans()) else None
    return StackRule(f"s{number}", rule, draw(st.sampled_from(("enterprise", "unit"))), measures, choice)


@st.composite
def cap(draw, number: int, scale: int) -> CapRule:
    by = draw(st.sampled_from(("enterprise", "unit", "group")))
    constant = draw(st.booleans())
    return CapRule(
        f"c{number}",
        draw(subsets),
        by,
        draw(st.sampled_from(("year", "lifetime"))),
        draw(st.sampled_from(("claim", "award"))),
        draw(st.integers(0, 90).map(lambda n: Decimal(n).scaleb(-scale))) if constant else None,
        None if constant or draw(st.integers(0, 9)) == 0 else f"limits_{number}",
        f"groups_{number}" if by == "group" else None,
        TODAY,
    )


@st.composite
def budgets(draw, scale: int) -> tuple[BudgetRule, ...]:
    found = []
    owner = {m: draw(st.sampled_from((None, "p1", "p2"))) for m in MEASURES}
    for pool in sorted({p for p in owner.values() if p}):
        rule = draw(st.sampled_from(("pro_rata", "ranked", "first_come", "lottery")))
        pot = draw(st.none() | st.integers(0, 150).map(lambda n: Decimal(n).scaleb(-scale)))
        quota = None if rule == "pro_rata" else draw(st.none() | st.integers(0, 9))
        measures = tuple(m for m in MEASURES if owner[m] == pool)
        found.append(
            BudgetRule(pool, measures, rule, pot, quota, draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from(("", "it's"))))
        )
    return tuple(found)


@st.composite
def cases(draw) -> Case:
    scale = draw(st.sampled_from((0, 2, 2, 4)))
    pairs = draw(st.lists(st.tuples(st.sampled_from(MEASURES), st.sampled_from(sorted(UNITS))), max_size=14, unique=True))
    stacks = tuple(draw(stack(n)) for n in range(draw(st.integers(0, 3))))
    caps = tuple(draw(cap(n, scale)) for n in range(draw(st.integers(0, 3))))
    paid = st.builds(
        lambda measure, unit, day, cents: Payment(measure, unit, UNITS[unit], day, Decimal(cents) / 100),
        st.sampled_from(MEASURES),
        st.sampled_from(sorted(UNITS)),
        st.sampled_from(DAYS),
        st.integers(0, 30 * 10 ** (2 - min(scale, 2))),
    )
    keys = (*ENTERPRISES, *UNITS, "G")
    tables = Tables(
        payments=tuple(draw(st.lists(paid, max_size=4))),
        choices={s.choice_table: {e: draw(st.sampled_from((None, *MEASURES))) for e in (*ENTERPRISES[:2], *sorted(UNITS)[:2])} for s in stacks if s.choice_table},
        limits={c.limit_table: {k: draw(st.none() | st.integers(0, 90)) for k in keys[:-1]} for c in caps if c.limit_table},
        groups={c.group_table: {e: draw(st.sampled_from((None, "G", "E1"))) for e in ENTERPRISES} for c in caps if c.group_table},
    )
    once = tuple(OnceRule(m) for m in draw(st.sets(st.sampled_from(MEASURES), max_size=2)))
    rules = AllocationRules(once, stacks, caps, draw(budgets(scale)))
    return Case(tuple(draw(row(m, u)) for m, u in pairs), rules, tables, scale)
