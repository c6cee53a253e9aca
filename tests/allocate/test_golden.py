"""Each rule on a small table worked by hand: the arithmetic is in the comments. Money is in yuan with two decimals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from allocate.duck import awards, fetch, run
from allocate.reference import Payment, Row, Tables

from jiqun.compile.allocate import AllocationRules, BudgetRule, CapRule, OnceRule, StackRule
from jiqun.compile.instalments import InstalmentRule, payments

DB = duckdb.connect(config={"threads": 1})
TODAY = date(2025, 7, 1)


def yes(measure: str, unit: str, yuan: str, enterprise: str | None = None, **more: object) -> Row:
    coins = int(Decimal(yuan) * 100)
    return Row(measure, unit, enterprise or unit, amount=coins, bound=coins, **more)  # type: ignore[arg-type]


def undecided(measure: str, unit: str, at_most: str | None, enterprise: str | None = None, **more: object) -> Row:
    bound = None if at_most is None else int(Decimal(at_most) * 100)
    return Row(measure, unit, enterprise or unit, **({"status": "unknown", "bound": bound} | more))  # type: ignore[arg-type]


def cap(
    name: str, measures: str, limit: str | None, by: str = "enterprise", at: str = "claim", period: str = "year", **tables: str
) -> CapRule:
    amount = None if limit is None else Decimal(limit)
    found = (tables.get("limits"), tables.get("groups"))
    return CapRule(name, tuple(measures), by, period, at, amount, *found, TODAY)  # type: ignore[arg-type]


def stack(rule: str, measures: str, by: str = "enterprise", choice: str | None = None) -> AllocationRules:
    return AllocationRules(stacking=(StackRule("g", rule, by, tuple(measures), choice),))  # type: ignore[arg-type]


def pool(rule: str, pot: str | None, measures: str = "a", **more: object) -> AllocationRules:
    return AllocationRules(budgets=(BudgetRule("p", tuple(measures), rule, None if pot is None else Decimal(pot), **more),))  # type: ignore[arg-type]


def paid(rows: list[Row], rules: AllocationRules, tables: Tables = Tables()) -> dict[str, str | None]:  # noqa: B008
    """The award of each row, as `measure unit`; the status where there is none."""
    found = awards(DB, rows, rules, tables)
    return {f"{m} {u}": str(row["award"]) if row["award"] is not None else row["status"] for (m, u), row in found.items()}


def shown(rows: list[Row], rules: AllocationRules, columns: Iterable[str], tables: Tables = Tables()) -> dict[str, tuple[object, ...]]:  # noqa: B008
    found = awards(DB, rows, rules, tables)
    return {f"{m} {u}": tuple(row[c] for c in columns) for (m, u), row in found.items()}


def test_rows_under_no_rule_pass_as_they_are():
    rows = [yes("a", "U1", "10.01"), undecided("a", "U2", "5")]
    assert paid(rows, AllocationRules()) == {"a U1": "10.01", "a U2": "unknown"}
    assert fetch(DB, "run_pools") == fetch(DB, "run_ties") == []


def test_an_object_pays_once():
    # one model registered three times by E1: U1 keeps 30, U2 and U3 get 0; E2's model of the same name is another object
    rows = [yes("a", u, y, e, object="m1") for u, y, e in (("U2", "50", "E1"), ("U1", "30", "E1"), ("U3", "9", "E1"), ("U4", "7", "E2"))]
    rules = AllocationRules(once=(OnceRule("a"),))
    assert paid(rows, rules) == {"a U1": "30.00", "a U2": "0.00", "a U3": "0.00", "a U4": "7.00"}
    assert shown(rows, rules, ["reason"])["a U2"] == ("repeated_object",)


def test_an_undecided_earlier_unit_makes_the_keeper_provisional():
    rows = [undecided("a", "U1", "40", "E1", object="m1"), yes("a", "U2", "30", "E1", object="m1")]
    assert shown(rows, AllocationRules(once=(OnceRule("a"),)), ["award", "provisional"])["a U2"] == (Decimal(30), True)


def test_highest_of_keeps_the_measure_with_the_highest_sum():
    # a: 60 + 50 = 110 beats b: 100, though b's single award is the highest
    rows = [yes("a", "U1", "60", "E"), yes("a", "U2", "50", "E"), yes("b", "U3", "100", "E")]
    assert paid(rows, stack("highest_of", "ba")) == {"a U1": "60.00", "a U2": "50.00", "b U3": "0.00"}
    # by unit each project is a key of its own: nothing meets
    assert paid(rows, stack("highest_of", "ba", by="unit")) == {"a U1": "60.00", "a U2": "50.00", "b U3": "100.00"}


def test_highest_of_gives_a_tie_to_the_first_listed():
    rows = [yes("a", "E", "100"), yes("b", "E", "100")]
    columns = ["award", "stack_group", "stack_winner", "reason"]
    assert shown(rows, stack("highest_of", "ba"), columns)["a E"] == (Decimal(0), "g", "b", "displaced")


@pytest.mark.parametrize(
    ("bound", "order", "provisional"),
    [
        ("99.99", "ba", False),  # 99.99 < 100: cannot win
        ("100", "ba", True),  # would tie, and b is listed first
        ("100", "ab", False),  # would tie, but a is listed first
        (None, "ab", True),  # nothing bounds it
    ],
)
def test_a_rival_that_could_win_makes_the_winner_provisional(bound, order, provisional):
    rows = [yes("a", "E", "100"), undecided("b", "E", bound)]
    assert shown(rows, stack("highest_of", order), ["award", "provisional"])["a E"] == (Decimal(100), provisional)


def test_priority_keeps_the_first_listed_that_pays():
    rows = [yes("a", "E", "0"), yes("b", "E", "1"), yes("c", "E", "100")]
    assert paid(rows, stack("priority", "abc")) == {"a E": "0.00", "b E": "1.00", "c E": "0.00"}
    # an undecided measure matters only if it is listed before the winner
    assert shown([yes("b", "E", "1"), undecided("a", "E", "1")], stack("priority", "ab"), ["provisional"])["b E"] == (True,)
    assert shown([yes("a", "E", "1"), undecided("b", "E", "9")], stack("priority", "ab"), ["provisional"])["a E"] == (False,)


def test_exclusive_follows_the_choice_and_asks_for_one():
    rows = [yes("a", e, "10") for e in ("E1", "E2", "E3", "E4")] + [yes("b", e, "20") for e in ("E1", "E2", "E3")]
    tables = Tables(choices={"choice": {"E1": "a", "E2": None, "E3": "z"}})
    # E1 chose a; E2 and E3 named none of the two; E4 has only one
    assert paid(rows, stack("exclusive", "ab", choice="choice"), tables) == {
        **{"a E1": "10.00", "b E1": "0.00", "a E2": "decision", "b E2": "decision"},
        **{"a E3": "decision", "b E3": "decision", "a E4": "10.00"},
    }
    columns = ["status", "amount", "bound", "reason", "stack_group"]
    assert shown(rows, stack("exclusive", "ab", choice="choice"), columns, tables)["b E2"] == (
        "decision",
        None,
        Decimal(20),
        "choose_one",
        "g",
    )


def test_groups_are_greedy_in_the_listed_order():
    # g1: a 50 beats b 40; g2: b is already 0, so c 30 stays. Not the best of all (b 40 alone would lose a 50), but the rule
    rows = [yes("a", "E", "50"), yes("b", "E", "40"), yes("c", "E", "30")]
    groups = (StackRule("g1", "highest_of", "enterprise", ("a", "b")), StackRule("g2", "highest_of", "enterprise", ("b", "c")))
    assert paid(rows, AllocationRules(stacking=groups)) == {"a E": "50.00", "b E": "0.00", "c E": "30.00"}
    # the other way round: b 40 beats c 30, then a 50 beats b 40
    assert paid(rows, AllocationRules(stacking=groups[::-1])) == {"a E": "50.00", "b E": "0.00", "c E": "0.00"}


def test_a_cap_is_shared_in_proportion_and_rounded_down():
    # 100 / (100 + 50 + 50) × 100.01 = 50.005 → 50.00; 50 / 200 × 100.01 = 25.0025 → 25.00; sum 100.00 ≤ 100.01
    rows = [yes("a", "U1", "100", "E"), yes("a", "U2", "50", "E"), yes("b", "U3", "50", "E"), yes("b", "U4", "100.01", "F")]
    rules = AllocationRules(caps=(cap("k", "ab", "100.01"),))
    assert paid(rows, rules) == {"a U1": "50.00", "a U2": "25.00", "b U3": "25.00", "b U4": "100.01"}
    assert shown(rows, rules, ["stacked", "claim", "claim_cap"])["a U1"] == (Decimal(100), Decimal(50), "k")
    assert shown(rows, rules, ["claim_cap"])["b U4"] == (None,)


@pytest.mark.parametrize(("period", "award"), [("year", "70.00"), ("lifetime", "40.00")])
def test_payments_before_use_the_cap_up(period, award):
    # limit 100, paid 30 this year and 30 in the year before: room 70 by year, 40 by lifetime; b and another enterprise do not count
    before = [Payment("a", "E", "E", date(2025, 1, 1), Decimal(30)), Payment("a", "E", "E", date(2024, 12, 31), Decimal(30))]
    before += [Payment("b", "E", "E", date(2025, 1, 1), Decimal(30)), Payment("a", "F", "F", date(2025, 1, 1), Decimal(30))]
    rules = AllocationRules(caps=(cap("k", "a", "100", period=period),))
    assert paid([yes("a", "E", "90")], rules, Tables(tuple(before))) == {"a E": award}


def test_a_cap_used_up_leaves_nothing():
    before = Payment("a", "E", "E", date(2025, 1, 1), Decimal(150))
    assert paid([yes("a", "E", "90")], AllocationRules(caps=(cap("k", "a", "100"),)), Tables((before,))) == {"a E": "0.00"}


def test_a_corporate_group_shares_a_cap_and_no_group_is_ones_own():
    # G = E1 + E2: 80 + 40 = 120 > 60 → 40 and 20; E3 and E4 have no group: each alone, even with a group that bears E4's name
    rows = [yes("a", e, y) for e, y in (("E1", "80"), ("E2", "40"), ("E3", "50"), ("E4", "60"), ("E5", "60"))]
    tables = Tables(groups={"groups": {"E1": "G", "E2": "G", "E3": None, "E5": "E4"}})
    rules = AllocationRules(caps=(cap("k", "a", "60", by="group_id", groups="groups"),))
    assert paid(rows, rules, tables) == {"a E1": "40.00", "a E2": "20.00", "a E3": "50.00", "a E4": "60.00", "a E5": "60.00"}


def test_an_unknown_limit_makes_the_award_unknown():
    rows = [yes("a", "E1", "80"), yes("a", "E2", "80"), yes("a", "E3", "80"), yes("a", "E4", "0")]
    tables = Tables(limits={"limits": {"E1": 5000, "E2": None}})
    rules = AllocationRules(caps=(cap("k", "a", None, limits="limits"),))
    assert paid(rows, rules, tables) == {"a E1": "50.00", "a E2": "unknown", "a E3": "unknown", "a E4": "0.00"}
    assert shown(rows, rules, ["bound", "reason", "claim_cap"], tables)["a E3"] == (Decimal(80), "limit_unknown", "k")


def test_what_an_undecided_row_can_become_is_at_most_the_room():
    rows = [undecided("a", "E1", None), undecided("a", "E2", "80"), undecided("a", "E3", "20")]
    found = shown(rows, AllocationRules(caps=(cap("k", "a", "50"),)), ["bound"])
    assert found == {"a E1": (Decimal(50),), "a E2": (Decimal(50),), "a E3": (Decimal(20),)}


def test_an_undecided_sibling_that_could_fill_the_cap_makes_the_award_provisional():
    # room 100: 60 + 40 fits; 60 + 40.01 would not
    rules = AllocationRules(caps=(cap("k", "ab", "100"),))
    assert shown([yes("a", "E", "60"), undecided("b", "E", "40")], rules, ["provisional"])["a E"] == (False,)
    assert shown([yes("a", "E", "60"), undecided("b", "E", "40.01")], rules, ["provisional"])["a E"] == (True,)


def test_caps_apply_one_after_another():
    # k1: a + b = 200 > 100 → 50 each; k2: b + c = 50 + 50 = 100 > 60 → 30 each
    rows = [yes("a", "E", "100"), yes("b", "E", "100"), yes("c", "E", "50")]
    rules = AllocationRules(caps=(cap("k1", "ab", "100"), cap("k2", "bc", "60")))
    assert paid(rows, rules) == {"a E": "50.00", "b E": "30.00", "c E": "30.00"}
    assert shown(rows, rules, ["claim_cap"]) == {"a E": ("k1",), "b E": ("k2",), "c E": ("k2",)}


def pool_report() -> tuple[object, ...]:
    (row,) = fetch(DB, "run_pools")
    return tuple(row[c] for c in ("claims", "bounds", "given", "residue", "applicants", "undecided", "winners", "cutoff"))


def test_pro_rata_shares_the_pot_by_weighted_claims():
    # Σ = 100 + 2 × 50 + 100.01 = 300.01; 100 × 150 / 300.01 = 49.998… → 49.99; 50 → 24.999… → 24.99; 100.01 → 50.003… → 50.00
    # given 49.99 + 2 × 24.99 + 50.00 = 149.97; residue 0.03
    rows = [yes("a", "E1", "100"), yes("a", "E2", "50", weight=2), yes("b", "E3", "100.01")]
    assert paid(rows, pool("pro_rata", "150", "ab")) == {"a E1": "49.99", "a E2": "24.99", "b E3": "50.00"}
    assert pool_report() == (Decimal("300.01"), Decimal(0), Decimal("149.97"), Decimal("0.03"), 4, 0, 4, None)


def test_a_pot_that_suffices_pays_everybody():
    assert paid([yes("a", "E1", "100"), yes("a", "E2", "50")], pool("pro_rata", "150")) == {"a E1": "100.00", "a E2": "50.00"}
    assert paid([yes("a", "E1", "100")], pool("pro_rata", None)) == {"a E1": "100.00"}


@pytest.mark.parametrize(("bound", "provisional"), [("50", False), ("50.01", True), (None, True)])
def test_an_undecided_claim_that_could_empty_the_pot_makes_awards_provisional(bound, provisional):
    # pot 150, claimed 100: 50 more would still fit
    rows = [yes("a", "E1", "100"), undecided("a", "E2", bound)]
    assert shown(rows, pool("pro_rata", "150"), ["award", "provisional"])["a E1"] == (Decimal(100), provisional)
    assert pool_report()[1] == (None if bound is None else Decimal(bound))


def test_an_upper_bound_in_a_scarce_pool_makes_the_others_provisional():
    # E1's claim is "at most 100": if it asks less, E2 gets more; E1 itself depends on nobody
    rows = [yes("a", "E1", "100", at_most=True), yes("a", "E2", "100")]
    assert shown(rows, pool("pro_rata", "100"), ["provisional"]) == {"a E1": (False,), "a E2": (True,)}
    assert shown(rows, pool("pro_rata", "200"), ["provisional"]) == {"a E1": (False,), "a E2": (False,)}


def scored(*scores: tuple[str, str, str | None], **more: object) -> list[Row]:
    return [yes("a", unit, yuan, rank_number=None if score is None else Decimal(score), **more) for unit, yuan, score in scores]


def test_ranked_pays_the_best_until_the_money_ends():
    # 90 points: 60, 80 points: 30 (Σ 90); 70 points: 20 → 110 > 100 stops it; 60 points: 5 would fit, but stands behind
    rows = scored(("E1", "30", "80"), ("E2", "60", "90"), ("E3", "20", "70"), ("E4", "5", "60"), ("E5", "9", None))
    rules = pool("ranked", "100", descending=True)
    assert paid(rows, rules) == {"a E1": "30.00", "a E2": "60.00", "a E3": "0.00", "a E4": "0.00", "a E5": "0.00"}
    assert pool_report() == (Decimal(124), Decimal(0), Decimal(90), Decimal(10), 5, 0, 2, "80")
    found = shown(rows, rules, ["place", "unranked", "reason"])
    assert found["a E2"] == (1, False, None)
    assert found["a E3"] == (3, False, "out_of_money")
    assert found["a E5"] == (5, True, "out_of_money")
    # partial: the 70 points get the 10 that are left
    partial = paid(rows, pool("ranked", "100", descending=True, partial=True))
    assert partial == {"a E1": "30.00", "a E2": "60.00", "a E3": "10.00", "a E4": "0.00", "a E5": "0.00"}


def test_a_quota_counts_real_units_and_no_zero_claims():
    # places: E1 takes 1, E2 stands for two units: 1 + 2 = 3 > 2; E0 asks nothing and takes no place
    rows = [*scored(("E0", "0", "99"), ("E1", "10", "90")), *scored(("E2", "10", "80"), weight=2)]
    rules = pool("ranked", None, quota=2, descending=True)
    assert paid(rows, rules) == {"a E0": "0.00", "a E1": "10.00", "a E2": "0.00"}
    assert shown(rows, rules, ["reason", "place"]) == {"a E0": (None, None), "a E1": (None, 1), "a E2": ("out_of_quota", 2)}
    # three places suffice
    assert paid(rows, pool("ranked", None, quota=3, descending=True))["a E2"] == "10.00"


def test_a_partial_award_is_divided_among_the_units_it_stands_for():
    # left: 100 − 70 = 30 for 4 units of 20 each → 7.50 each
    rows = [*scored(("E1", "70", "90")), *scored(("E2", "20", "80"), weight=4)]
    assert paid(rows, pool("ranked", "100", descending=True, partial=True))["a E2"] == "7.50"


def test_a_tie_at_the_cut_off_is_reported():
    # E1, E2, E3 have 80 points, two places are left after E9: the ids decide
    rows = scored(("E9", "1", "90"), ("E3", "1", "80"), ("E2", "1", "80"), ("E1", "1", "80"), ("E4", "1", "70"))
    assert paid(rows, pool("ranked", None, quota=3, descending=True)) == {
        **{"a E9": "1.00", "a E1": "1.00", "a E2": "1.00"},
        **{"a E3": "0.00", "a E4": "0.00"},
    }
    tie = {"budget": "p", "key": "80", "funded": 2, "partly": 0, "unfunded": 1, "units": ["E1", "E2", "E3"]}
    assert fetch(DB, "run_ties") == [tie]
    # with four places nobody is separated from an equal
    paid(rows, pool("ranked", None, quota=4, descending=True))
    assert fetch(DB, "run_ties") == []


def test_a_rival_behind_does_not_make_a_ranked_award_provisional():
    # quota 2; E1 90 points, E2 80 points. An undecided 85 could push E2 out, not E1; an undecided 70 nobody; without a score both
    known = scored(("E1", "10", "90"), ("E2", "10", "80"))
    for score, threatened in ((Decimal(85), (False, True)), (Decimal(70), (False, False)), (None, (False, True))):
        rows = [*known, undecided("a", "E3", "10", rank_number=score)]
        found = shown(rows, pool("ranked", None, quota=2, descending=True), ["provisional"])
        assert (found["a E1"][0], found["a E2"][0]) == threatened
    rows = [*known, *(undecided("a", unit, "10") for unit in ("E3", "E4"))]
    found = shown(rows, pool("ranked", None, quota=2, descending=True), ["provisional"])
    assert found["a E1"] == (True,)


def test_first_come_pays_the_earliest():
    days = {"E1": date(2025, 3, 2), "E2": date(2025, 3, 1), "E3": date(2025, 3, 2), "E4": None}
    rows = [yes("a", unit, "40", rank_day=day) for unit, day in days.items()]
    # 1 March: 40; 2 March: E1 40 (Σ 80), E3 40 → 120 > 100
    assert paid(rows, pool("first_come", "100")) == {"a E1": "40.00", "a E2": "40.00", "a E3": "0.00", "a E4": "0.00"}
    assert pool_report()[-1] == "2025-03-02"
    assert [(row["key"], row["units"]) for row in fetch(DB, "run_ties")] == [("2025-03-02", ["E1", "E3"])]


def test_a_lottery_is_drawn_by_the_published_seed():
    # md5 of 2025:a:E1 is fcba…, of 2025:a:E2 dbba…, of 2025:a:E3 2f0c…: E3 comes first, then E2
    three = [yes("a", unit, "1") for unit in ("E1", "E2", "E3")]
    places = shown(three, pool("lottery", None, quota=1, seed="2025"), ["place"])
    assert places == {"a E3": (1,), "a E2": (2,), "a E1": (3,)}
    assert pool_report()[-1] == "2f0c100800b69f8fb0a2fbc513d6298b"
    rows = [yes("a", f"E{n}", "1") for n in range(20)]

    def winners(seed: str) -> set[str]:
        return {key for key, award in paid(rows, pool("lottery", None, quota=5, seed=seed)).items() if award == "1.00"}

    assert winners("2025") == winners("2025") != winners("2026")
    assert len(winners("2025")) == 5


def test_who_lost_the_ranking_has_no_other_award_cut_for_it():
    # E1's project p asks 80 and loses; its award q of 50 fits the firm's cap of 100 at award. At claim it would have been cut to 38.46
    rows = [yes("p", "E1", "80", rank_number=Decimal(1)), yes("p", "E2", "80", rank_number=Decimal(2)), yes("q", "E1", "50")]
    ranked = (BudgetRule("pool", ("p",), "ranked", Decimal(100), descending=True),)
    at_award = AllocationRules(caps=(cap("k", "pq", "100", at="award"),), budgets=ranked)
    assert paid(rows, at_award) == {"p E1": "0.00", "p E2": "80.00", "q E1": "50.00"}
    at_claim = AllocationRules(caps=(cap("k", "pq", "100"),), budgets=ranked)
    assert paid(rows, at_claim) == {"p E1": "0.00", "p E2": "80.00", "q E1": "38.46"}


def test_money_freed_at_award_is_not_given_out_again():
    # pool 100: E1 and E2 get 50 each of 100; E1's cap of 20 frees 30, E2 stays at 50
    rows = [yes("a", "E1", "100"), yes("a", "E2", "100")]
    tables = Tables(limits={"limits": {"E1": 2000, "E2": 9000}})
    rules = AllocationRules(caps=(cap("k", "a", None, at="award", limits="limits"),), budgets=pool("pro_rata", "100").budgets)
    assert paid(rows, rules, tables) == {"a E1": "20.00", "a E2": "50.00"}
    assert shown(rows, rules, ["granted", "award_cap"], tables)["a E1"] == (Decimal(50), "k")


@pytest.mark.parametrize(("scale", "coins"), [(0, 10**17), (2, 10**17), (4, 10**17)])
def test_large_sums_stay_exact(scale, coins):
    # two claims of 3 × 10¹⁷ coins on a pot of 10¹⁷: half each; nothing overflows
    rows = [Row("a", unit, unit, amount=3 * coins, bound=3 * coins, weight=1000) for unit in ("E1", "E2")]
    budget = BudgetRule("p", ("a",), "pro_rata", Decimal(1000 * coins).scaleb(-scale))
    cap_rule = CapRule("k", ("a",), "enterprise", "year", "claim", Decimal(2 * coins).scaleb(-scale), None, None, TODAY)
    found = awards(DB, rows, AllocationRules(caps=(cap_rule,), budgets=(budget,)), scale=scale)
    assert [row["award"] for row in found.values()] == [Decimal(coins // 2).scaleb(-scale)] * 2


def test_instalments_add_up_and_say_what_they_wait_for():
    # 100.01 × 40 % = 40.004 → 40.00; × 70 % = 70.007 → 70.01, so 30.01; the rest 30.00: 40.00 + 30.01 + 30.00 = 100.01
    rows = [yes("a", "E1", "100.01", instalments="TFU"), yes("b", "E1", "5"), yes("b", "E2", "0"), undecided("a", "E2", "9")]
    awards(DB, rows, AllocationRules())
    rule = InstalmentRule("a", (Decimal("0.4"), Decimal("0.3"), Decimal("0.3")), (0, 1, 3))
    run(DB, [payments("run_awards", (rule,), "run_payments", 2)])
    found = [(r["measure"], r["unit"], r["part"], r["year_offset"], str(r["amount"]), r["state"]) for r in fetch(DB, "run_payments")]
    assert found == [
        ("a", "E1", 1, 0, "40.00", "due"),
        ("a", "E1", 2, 1, "30.01", "unmet"),
        ("a", "E1", 3, 3, "30.00", "needs"),
        ("b", "E1", 1, 0, "5.00", "due"),
    ]
