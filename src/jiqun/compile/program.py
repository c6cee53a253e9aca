"""Package on a day × the tables of a register → the steps of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

from jiqun.compile import number as n
from jiqun.compile.allocate import allocate
from jiqun.compile.bind import bind
from jiqun.compile.entitle import Run, claims
from jiqun.compile.instalments import InstalmentRule, payments
from jiqun.compile.plan import Step
from jiqun.compile.sheet import Plan, Source
from jiqun.language import tree as t
from jiqun.model.measure import Measure
from jiqun.model.order import rounds
from jiqun.model.package import Package
from jiqun.model.uses import needed

OUTCOME, PAYMENTS, POOLS, TIES = "outcome", "payments_due", "pools", "ties"

OUTCOME_COLUMNS = (
    *("measure", "unit", "enterprise", "weight", "status", "clauses", "at_most", "would_be", "cap"),
    *("amount", "stacked", "claim", "granted", "award", "bound"),
    *("stack_group", "stack_winner", "claim_cap", "pool", "place", "unranked", "award_cap", "reason", "provisional"),
)


@dataclass(frozen=True)
class Program:
    """The steps of a run: after them the tables `outcome`, `payments_due`, `pools` and `ties` stand."""

    steps: tuple[Step, ...]
    measures: tuple[str, ...]
    open: tuple[str, ...]


def compile_run(
    package: Package, source: Source, measures: Sequence[Measure], run: Run, constant: Callable[[t.Node], Decimal | None]
) -> Program:
    """Compile the measures for one day and register year.

    Args:
        package: a package without errors.
        source: the register's tables and years.
        measures: those to run; all of them in force on the day.
        run: the day, and whether refused rows are kept.
        constant: what an expression of parameters alone gives on the day.
    """
    plan = Plan(package, source, constant)
    plan.add("payments_before", _payments_before(source, run.day))
    order = {m.id: m for m in measures}
    claimed: list[str] = []
    allocated: list[str] = []
    parts: tuple[InstalmentRule, ...] = ()
    open_: tuple[str, ...] = ()
    for place, step in enumerate(rounds(package, list(order))):
        for number, batch in enumerate(step.entitled):
            claimed.append(claims(plan, [order[m] for m in batch], run, f"claims{place}_{number}"))
            _results(plan, order, batch, claimed[-1], "raw", "would_be")
        source_name = plan.add(f"open{place}", _open(claimed, step.allocated))
        used = plan.add(f"used{place}", _used(allocated, run.day)) if allocated else "payments_before"
        bound = bind(plan, step.allocated, run.day, f"run{place}")
        plan.steps.extend(allocate(source_name, bound.rules, f"run{place}", package.heading.money_scale, used))
        allocated.append(f"run{place}")
        parts, open_ = parts + bound.instalments, open_ + bound.open
        _results(plan, order, step.allocated, f"run{place}_awards", "awarded", "award")
    awards = plan.add("awards", _union([exp.select("*").from_(f"{p}_awards") for p in allocated]))
    plan.add(OUTCOME, _outcome(claimed, awards))
    plan.steps.append(payments(awards, parts, PAYMENTS, package.heading.money_scale))
    plan.add(POOLS, _union([exp.select("*").from_(f"{p}_pools") for p in allocated]))
    plan.add(TIES, _union([exp.select("*").from_(f"{p}_ties") for p in allocated]))
    return Program(tuple(plan.steps), tuple(order), open_)


def _payments_before(source: Source, day: date) -> exp.Expr:
    names = ("measure", "unit", "enterprise", "object")
    if not source.has("payments"):
        empty = [n.cast(exp.Null(), n.plain_type("VARCHAR")).as_(c) for c in names]
        empty += [n.cast(exp.Null(), n.plain_type("DATE")).as_("day"), n.cast(exp.Null(), n.plain_type("DECIMAL(18, 2)")).as_("amount")]
        return exp.select(*empty).where(exp.false())
    before = exp.LT(this=exp.column("date"), expression=n.cast(exp.Literal.string(day.isoformat()), n.plain_type("DATE")))
    return exp.select(*names, exp.column("date").as_("day"), "amount").from_("payments").where(before)


def _used(allocated: list[str], day: date) -> exp.Expr:
    """Return what counts against caps: payments before the run, and the awards of earlier rounds."""
    on = n.cast(exp.Literal.string(day.isoformat()), n.plain_type("DATE")).as_("day")
    awards = [
        exp.select("measure", "unit", "enterprise", "object", on.copy(), exp.column("award").as_("amount"))
        .from_(f"{p}_awards")
        .where("award > 0", dialect="duckdb")
        for p in allocated
    ]
    return _union([exp.select("measure", "unit", "enterprise", "object", "day", "amount").from_("payments_before"), *awards])


def _union(selects: list[exp.Select]) -> exp.Query:
    made: exp.Query = selects[0]
    for select in selects[1:]:
        made = exp.union(made, select, distinct=False, copy=False)
    return made


def _listed(measures: Sequence[str]) -> exp.Expr:
    return exp.In(this=exp.column("measure"), expressions=[exp.Literal.string(m) for m in measures])


def _open(claimed: list[str], measures: Sequence[str]) -> exp.Expr:
    """Return the rows of some measures that are not refused."""
    open_ = exp.NEQ(this=exp.column("status"), expression=exp.Literal.string("no"))
    return _union([exp.select("*").from_(name).where(open_, _listed(measures)) for name in claimed])


def _results(plan: Plan, order: dict[str, Measure], made: Sequence[str], table: str, which: str, column: str) -> None:
    """Add a table of the amounts of each measure that a later one uses: unknown unless the status is `yes`."""
    wanted = frozenset().union(*(needed(m, plan.package, which) for m in order.values()))
    for measure in made:
        if measure in wanted:
            yes = exp.EQ(this=exp.column("status"), expression=exp.Literal.string("yes"))
            amount = n.case((yes, exp.column(column)))
            open_ = exp.NEQ(this=exp.column("status"), expression=exp.Literal.string("no"))
            plan.add(f"{which}_{measure}", exp.select("unit", amount.as_("amount")).from_(table).where(_listed([measure]), open_))


def _outcome(claimed: list[str], awards: str) -> exp.Expr:
    """Return every row with its clauses and the amount after each stage."""
    mine = ("measure", "unit", "enterprise", "weight", "clauses", "would_be", "cap")
    columns: list[exp.Expr] = []
    for name in OUTCOME_COLUMNS:
        if name in mine:
            columns.append(exp.column(name, table="c"))
        elif name in ("status", "at_most", "bound"):
            columns.append(exp.Coalesce(this=exp.column(name, table="a"), expressions=[exp.column(name, table="c")]).as_(name))
        elif name == "award":
            refused = exp.EQ(this=exp.column("status", table="c"), expression=exp.Literal.string("no"))
            columns.append(n.case((refused, n.number(0)), default=exp.column(name, table="a")).as_(name))
        elif name == "provisional":
            columns.append(exp.Coalesce(this=exp.column(name, table="a"), expressions=[exp.false()]).as_(name))
        else:
            columns.append(exp.column(name, table="a"))
    every = _union([exp.select("*").from_(name) for name in claimed]).subquery("c")
    return exp.select(*columns).from_(every).join(awards, on="a.measure = c.measure AND a.unit = c.unit", join_type="left", join_alias="a")
