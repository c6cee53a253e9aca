"""DuckDB and the naive reference agree on every column of random small tables."""

from __future__ import annotations

import copy

import duckdb
from allocate import reference
from allocate.draws import Case, cases
from allocate.duck import awards, coins, fetch
from hypothesis import HealthCheck, given, settings

NOTES = ("status", "stack_group", "stack_winner", "claim_cap", "pool", "place", "award_cap", "reason", "provisional")
STAGES = ("amount", "stacked", "claim", "granted", "award")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True)
@given(cases())
def test_duckdb_agrees_with_the_reference(case: Case) -> None:
    expected = reference.allocate(copy.deepcopy(list(case.rows)), case.rules, case.tables, case.scale)
    found = awards(DB, case.rows, case.rules, case.tables, case.scale)
    assert len(found) == len(expected.rows)
    for row in expected.rows:
        got = found[row.measure, row.unit]
        mine = {"bound": row.bound} | {note: getattr(row, note) for note in NOTES} | {stage: row.stages[stage] for stage in STAGES}
        theirs = {note: got[note] for note in NOTES} | {column: coins(got[column], case.scale) for column in ("bound", *STAGES)}
        assert theirs == mine, (row.measure, row.unit)
    reports_agree(expected, case)


def reports_agree(expected: reference.Result, case: Case) -> None:
    pools = {row["budget"]: row for row in fetch(DB, "run_pools")}
    assert set(pools) == set(expected.pools)
    for budget, mine in expected.pools.items():
        theirs = {name: pools[budget][name] for name in mine}
        theirs |= {name: coins(theirs[name], case.scale) for name in ("claims", "bounds", "given", "residue")}
        assert theirs == mine, budget
    ties = {row["budget"]: tuple(row[n] for n in ("key", "funded", "partly", "unfunded", "units")) for row in fetch(DB, "run_ties")}
    assert ties == expected.ties


DB = duckdb.connect(config={"threads": 1})
