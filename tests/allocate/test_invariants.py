"""What must hold whatever the rules: seen on the result alone, without a second implementation."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import duckdb
from allocate.draws import Case, cases
from allocate.duck import awards, fetch, run, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiqun.compile.instalments import InstalmentRule, payments

DB = duckdb.connect(config={"threads": 1})
AMOUNTS = ("amount", "stacked", "claim", "granted", "award")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True)


@quick
@given(cases())
def test_nothing_is_spent_twice(case: Case) -> None:
    found = awards(DB, case.rows, case.rules, case.tables, case.scale)
    for row in found.values():
        stages = [row[stage] for stage in AMOUNTS]
        assert (row["status"] == "yes") == (None not in stages)
        if row["status"] == "yes":
            assert stages == sorted(stages, reverse=True), "a stage gave more than the one before"
            assert stages[-1] >= 0
    for budget in case.rules.budgets:
        if budget.pot is not None:
            granted = [
                row["weight"] * row["granted"] for row in found.values() if row["measure"] in budget.measures and row["granted"] is not None
            ]
            assert sum(granted) <= budget.pot
    for pool in fetch(DB, "run_pools"):
        assert pool["pot"] is None or pool["given"] + pool["residue"] == pool["pot"]


@quick
@given(cases())
def test_no_cap_is_exceeded(case: Case) -> None:
    found = awards(DB, case.rows, case.rules, case.tables, case.scale)
    for cap in case.rules.caps:
        if cap.limit is None or cap.group_table:
            continue
        sums = defaultdict(Decimal)
        for row in found.values():
            if row["measure"] in cap.measures and row["award"] is not None:
                sums[row["unit" if cap.by == "unit" else "enterprise"]] += row[cap.at]
        assert all(total <= cap.limit for total in sums.values()), cap.id


@quick
@given(
    st.lists(st.integers(1, 10**15), min_size=1, max_size=20),
    st.lists(st.integers(1, 1000), min_size=1, max_size=6),
    st.sampled_from((0, 2, 4)),
)
def test_instalments_add_up_to_the_award(coins: list[int], weights: list[int], scale: int) -> None:
    whole = sum(weights)
    shares = [Decimal(w * 10**10 // whole).scaleb(-10) for w in weights[1:]]
    shares = (*shares, 1 - sum(shares))
    paid = [("a", f"E{n}", f"E{n}", "yes", Decimal(c).scaleb(-scale), "T" * len(shares), False, False) for n, c in enumerate(coins)]
    columns = "measure VARCHAR, unit VARCHAR, enterprise VARCHAR, status VARCHAR, award DECIMAL(18, {s}), instalments VARCHAR"
    table(DB, "paid", f"({columns.format(s=scale)}, at_most BOOLEAN, provisional BOOLEAN)", paid)
    run(DB, [payments("paid", (InstalmentRule("a", shares, tuple(range(len(shares)))),), "parts", scale)])
    sums = defaultdict(Decimal)
    for row in fetch(DB, "parts"):
        assert row["amount"] >= 0
        sums[row["unit"]] += row["amount"]
    assert sums == {unit: award for _, unit, _, _, award, *_ in paid}
