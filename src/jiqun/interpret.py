"""One unit, step by step, exact and three-valued: the explainer, and the oracle the SQL must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from jiqun import exact
from jiqun.language import tree as t
from jiqun.language.types import Type
from jiqun.model.measure import Condition, Measure
from jiqun.model.parameter import DatedValue, Parameter
from jiqun.model.uses import amount_limit, expanded, formulas
from jiqun.records import Here, Need, Unknown, Value, unknown

Status = Literal["yes", "no", "unknown", "decision", "conflict"]
Step = Callable[[Any, Here], Value]


def evaluate(node: t.Node, here: Here) -> Value:
    """Return the value of an expression at a unit, or why it has none."""
    return _STEPS[type(node)](node, here)


# --- leaves ----------------------------------------------------------------------------------------------------------


def _literal(node: t.Literal, here: Here) -> Value:
    return node.value


def _column(node: t.Column, here: Here) -> Value:
    row = here.row
    if row is None:
        return unknown("no_record", Need(here.entity, here.unit, here.year, node.name))
    if node.name == "id":
        return here.unit
    if node.name == "year":
        return Decimal(here.year)
    value = row.get(node.name)
    return unknown("missing", Need(here.entity, here.unit, here.year, node.name)) if value is None else value


def _variable(node: t.VariableOf, here: Here) -> Value:
    return evaluate(here.package.variables[node.entity, node.name].expr.typed, here)


def _as_of(node: t.AsOf, here: Here) -> Value:
    return here.as_of if here.as_of is not None else unknown("missing")


def _of_parent(node: t.OfParent, here: Here) -> Value:
    above = here.parent()
    return evaluate(node.of, above) if above is not None else unknown("no_record")


def in_force(values: Iterable[DatedValue], day: date | None) -> DatedValue | None:
    """Return the dated value that holds on a day."""
    if day is None:
        return None
    return max((v for v in values if v.from_ <= day), key=lambda v: v.from_, default=None)


def _number(formula: object) -> Decimal:
    tree = getattr(formula, "typed")  # noqa: B009
    assert isinstance(tree, t.Literal) and isinstance(tree.value, Decimal)
    return tree.value


def exceptional(parameter: Parameter, here: Here) -> Here | None:
    """Return where a parameter's exceptions are read: this unit or the ancestor they name."""
    at: Here | None = here
    while at is not None and parameter.entity is not None and at.entity != parameter.entity:
        at = at.parent()
    return at


def _parameter(node: t.ParameterOf, here: Here) -> Value:
    parameter = here.package.parameters[node.name]
    if parameter.exceptions:
        at = exceptional(parameter, here)
        if at is None:
            return unknown("no_record")
        whens = [evaluate(e.when.typed, at) for e in parameter.exceptions]
        missing = [w for w in whens if isinstance(w, Unknown)]
        if missing:
            return _join(missing)
        applying = [e for e, w in zip(parameter.exceptions, whens, strict=True) if w is True]
        if len(applying) > 1:
            return unknown("conflict")
        if applying:
            return _number(applying[0].value)
    value = in_force(parameter.values, here.as_of)
    return _number(value.value) if value is not None else unknown("before_first")


def _join(values: Iterable[Value]) -> Unknown:
    made = Unknown(frozenset())
    for value in values:
        if isinstance(value, Unknown):
            made = made | value
    return made


# --- truth -----------------------------------------------------------------------------------------------------------


def _not(node: t.Not, here: Here) -> Value:
    of = evaluate(node.of, here)
    return of if isinstance(of, Unknown) else not of


def _kleene(stop: bool) -> Step:
    def step(node: t.Both | t.Either, here: Here) -> Value:
        left, right = evaluate(node.left, here), evaluate(node.right, here)
        if left is stop or right is stop:
            return stop
        missing = [x for x in (left, right) if isinstance(x, Unknown)]
        return _join(missing) if missing else not stop

    return step


def _compare(node: t.Compare, here: Here) -> Value:
    for run, other, op in ((node.left, node.right, node.op), (node.right, node.left, _MIRROR[node.op])):
        if isinstance(run, t.YearsInARow):
            return _compare_run(_run_length(run, here), op, evaluate(other, here))
    left, right = evaluate(node.left, here), evaluate(node.right, here)
    missing = [x for x in (left, right) if isinstance(x, Unknown)]
    return _join(missing) if missing else _OPS[node.op](left, right)


_MIRROR = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _among(node: t.Among, here: Here) -> Value:
    of = evaluate(node.of, here)
    items = [evaluate(item, here) for item in node.items]
    if not isinstance(of, Unknown) and any(of == item for item in items if not isinstance(item, Unknown)):
        return True
    missing = [x for x in (of, *items) if isinstance(x, Unknown)]
    return _join(missing) if missing else False


def _known(node: t.Known, here: Here) -> Value:
    return not isinstance(evaluate(node.of, here), Unknown)


def _text_test(node: t.TextTest, here: Here) -> Value:
    of = evaluate(node.of, here)
    if isinstance(of, Unknown):
        return of
    assert isinstance(of, str)
    return node.text in of if node.which == "contains" else of.startswith(node.text)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _brought(value: Decimal, kind: Type) -> Value:
    made = exact.bring(value, kind)
    return made if made is not None else unknown("out_of_range")


def _arithmetic(node: t.Arithmetic, here: Here) -> Value:
    left, right = evaluate(node.left, here), evaluate(node.right, here)
    missing = [x for x in (left, right) if isinstance(x, Unknown)]
    if missing:
        return _join(missing)
    assert isinstance(left, Decimal) and isinstance(right, Decimal)
    if node.op == "/":
        return _brought(exact.divide(left, right, node.type.scale), node.type) if right else unknown("undefined")
    made = exact.multiply(left, right) if node.op == "*" else exact.add(left, right if node.op == "+" else -right)
    return _brought(made, node.type)


def _choose(node: t.Choose, here: Here) -> Value:
    for test, value in node.branches:
        holds = evaluate(test, here)
        if isinstance(holds, Unknown):
            return holds
        if holds:
            return evaluate(value, here)
    return evaluate(node.otherwise, here)


def _extreme(node: t.Extreme, here: Here) -> Value:
    items = [evaluate(item, here) for item in node.items]
    missing = [x for x in items if isinstance(x, Unknown)]
    if missing:
        return _join(missing)
    return (min if node.which == "least" else max)(items)  # type: ignore[type-var]


def _coalesce(node: t.Coalesce, here: Here) -> Value:
    items = [evaluate(item, here) for item in node.items]
    return next((x for x in items if not isinstance(x, Unknown)), _join(items))


def _round(node: t.Round, here: Here) -> Value:
    of = evaluate(node.of, here)
    return of if isinstance(of, Unknown) else _brought(exact.to_multiple(of, node.unit, node.mode), node.type)  # type: ignore[arg-type]


def _banded(node: t.Banded, here: Here) -> Value:
    parameter = here.package.parameters[node.parameter]
    of, value = evaluate(node.of, here), in_force(parameter.values, here.as_of)
    if isinstance(of, Unknown):
        return of
    if value is None or value.bands is None:
        return unknown("before_first")
    assert isinstance(of, Decimal)
    bands = [(_number(b.from_), _number(b.to) if b.to else None, _number(b.value)) for b in value.bands]
    if node.which == "steps":
        for low, high, gives in bands:
            above = of >= low if parameter.edge == "at_least" else of > low
            below = high is None or (of < high if parameter.edge == "at_least" else of <= high)
            if above and below:
                return gives
        return unknown("no_band")
    total = Decimal(0)
    for low, high, rate in bands:
        if of > low:
            part = exact.add(of if high is None or of < high else high, -low)
            total = exact.add(total, exact.multiply(rate, part))
    return _brought(total, node.type)


def _lookup(node: t.Lookup, here: Here) -> Value:
    keys = [evaluate(key, here) for key in node.keys]
    missing = [k for k in keys if isinstance(k, Unknown)]
    if missing:
        return _join(missing)
    parameter = here.package.parameters[node.parameter]
    value = in_force(parameter.values, here.as_of)
    if value is None or value.rows is None:
        return unknown("before_first")
    codes = here.package.row_keys(parameter)
    for row in value.rows:
        if [codes(place, text) for place, text in enumerate(row.key)] == keys:
            return _number(row.value)
    return unknown("not_listed")


def _elapsed(node: t.Elapsed, here: Here) -> Value:
    since, until = evaluate(node.since, here), evaluate(node.until, here)
    missing = [x for x in (since, until) if isinstance(x, Unknown)]
    if missing:
        return _join(missing)
    assert isinstance(since, date) and isinstance(until, date)
    return Decimal((exact.years_between if node.which == "years" else exact.months_between)(since, until))


# --- history and children --------------------------------------------------------------------------------------------


def _back(here: Here, years: int) -> Here:
    return replace(here, year=here.year - years)


def _prior(node: t.Prior, here: Here) -> Value:
    before = _back(here, node.years)
    if before.row is None:
        return unknown(
            "no_record", *(Need(before.entity, before.unit, before.year, n.name) for n in node.of.walk() if isinstance(n, t.Column))
        )
    return evaluate(node.of, before)


def _earlier(here: Here) -> Iterator[Here]:
    for years in range(1, here.year - here.records.first_year + 1):
        before = _back(here, years)
        if before.row is not None:
            yield before


def _highest_before(node: t.HighestBefore, here: Here) -> Value:
    values = [evaluate(node.of, before) for before in _earlier(here)]
    missing = [v for v in values if isinstance(v, Unknown)]
    if missing:
        return _join(missing)
    return max(values) if values else unknown("no_record")  # type: ignore[type-var]


def _run_length(node: t.YearsInARow, here: Here) -> tuple[int, Unknown | None]:
    """Return how many years running the condition surely held, and why it may be more."""
    length = 0
    for years in range(here.year - here.records.first_year + 1):
        before = _back(here, years)
        held = evaluate(node.of, before) if before.row is not None else unknown("no_record")
        if isinstance(held, Unknown):
            return length, held
        if not held:
            return length, None
        length += 1
    return length, unknown("no_record")


def _years_in_a_row(node: t.YearsInARow, here: Here) -> Value:
    length, more = _run_length(node, here)
    return Decimal(length) if more is None else more


def _compare_run(run: tuple[int, Unknown | None], op: str, other: Value) -> Value:
    length, more = run
    if isinstance(other, Unknown) or not isinstance(other, Decimal):
        return other | more if isinstance(other, Unknown) else unknown("missing")
    if more is None:
        return bool(_OPS[op](Decimal(length), other))
    if op in (">=", ">") and _OPS[op](Decimal(length), other):
        return True
    if (op == "<" and length >= other) or (op == "<=" and length > other) or (op == "=" and length > other):
        return False
    return True if op == "!=" and length > other else more


def _total(node: t.Total, here: Here) -> Value:
    units = here.records.children(node.entity, here.unit, here.year)
    if units is None:
        return unknown("no_table")
    total, missing = Decimal(0), []
    for unit in units:
        child = replace(here, entity=node.entity, unit=unit)
        wanted = evaluate(node.where, child) if node.where is not None else True
        if isinstance(wanted, Unknown):
            missing.append(wanted)
        elif wanted:
            value = evaluate(node.of, child) if node.of is not None else Decimal(1)
            if isinstance(value, Unknown):
                missing.append(value)
            else:
                assert isinstance(value, Decimal)
                total = exact.add(total, value)
    return _join(missing) if missing else _brought(total, node.type)


def _money_of(node: t.MoneyOf, here: Here) -> Value:
    if node.which == "paid":
        payments = here.records.payments
        if payments is None:
            return unknown("no_table")
        return _brought(
            sum((p.amount for p in payments if p.measure == node.measure and p.unit == here.unit and p.day < here.day), Decimal(0)),
            node.type,
        )
    measure = here.package.measures[node.measure]
    if not measure.in_force(here.day):
        return Decimal(0)
    if node.which == "awarded":
        award = here.records.awards.get((node.measure, here.unit), Decimal(0))
        return award if award is not None else unknown("missing")
    made = entitle(measure, here)
    if made.status == "no":
        return Decimal(0)
    if made.status == "yes":
        assert made.raw is not None
        return made.raw
    return Unknown(frozenset((made.status,)), made.needs)


_STEPS: dict[type[t.Node], Step] = {
    t.Literal: _literal,
    t.Column: _column,
    t.VariableOf: _variable,
    t.AsOf: _as_of,
    t.OfParent: _of_parent,
    t.ParameterOf: _parameter,
    t.Not: _not,
    t.Both: _kleene(False),
    t.Either: _kleene(True),
    t.Compare: _compare,
    t.Among: _among,
    t.Known: _known,
    t.TextTest: _text_test,
    t.Arithmetic: _arithmetic,
    t.Choose: _choose,
    t.Extreme: _extreme,
    t.Coalesce: _coalesce,
    t.Round: _round,
    t.Banded: _banded,
    t.Lookup: _lookup,
    t.Elapsed: _elapsed,
    t.Prior: _prior,
    t.HighestBefore: _highest_before,
    t.YearsInARow: _years_in_a_row,
    t.Total: _total,
    t.MoneyOf: _money_of,
}


# --- a measure -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clause:
    """One condition's outcome."""

    name: str
    value: Value

    @property
    def letter(self) -> str:
        return "U" if isinstance(self.value, Unknown) else ("T" if self.value else "F")


@dataclass(frozen=True)
class Entitlement:
    """A measure at a unit, before anything that depends on others (DESIGN §5, stages 1 to 3).

    `raw` is the amount as the rule computes it, kept for refused units; `amount`
    is after the cap per unit; `bound` the most it could become.
    """

    measure: str
    unit: str
    status: Status
    clauses: tuple[Clause, ...]
    raw: Decimal | None
    cap: Decimal | None
    amount: Decimal | None
    bound: Decimal | None
    needs: frozenset[Need]
    why: frozenset[str]

    @property
    def letters(self) -> str:
        return "".join(c.letter for c in self.clauses)


def as_of(measure: Measure, here: Here) -> date | None:
    """Return the day a measure's parameters are read on for this unit."""
    if measure.as_of == "day":
        return here.day
    if measure.as_of == "year_end":
        return date(here.year, 12, 31)
    row = here.row
    value = row.get(measure.as_of) if row is not None else None
    return value if isinstance(value, date) else None


def entitle(measure: Measure, here: Here) -> Entitlement:
    """Evaluate a measure's conditions, raw amount and cap at a unit."""
    here = replace(here, as_of=as_of(measure, here))
    scale = here.package.heading.money_scale
    clauses = [Clause(name, condition(c, here)) for name, c in measure.conditions.items()]
    if measure.once_per is not None:
        clauses.append(Clause("once_per", _not_paid_before(measure, here)))
    raw_value: Value = unknown("decision") if measure.decided else _raw(measure, here, scale)
    cap_value: Value | None = _amount(evaluate(measure.cap.typed, here), scale) if measure.cap is not None else None
    cap = cap_value if isinstance(cap_value, Decimal) else None
    raw = raw_value if isinstance(raw_value, Decimal) else None
    amount = None if raw is None or (measure.cap is not None and cap is None) else (raw if cap is None else min(raw, cap))
    bound = amount if amount is not None else cap
    status, missing = _status(measure, clauses, amount)
    if amount is None and not measure.decided:
        missing += [v for v in (raw_value, cap_value) if isinstance(v, Unknown)]
    found = _join(missing)
    if status == "unknown" and _conflicted(measure, here):
        status = "conflict"
    needs = found.needs if status in ("unknown", "conflict") else frozenset()
    return Entitlement(measure.id, here.unit, status, tuple(clauses), raw, cap, amount, bound, needs, found.why)


def _status(measure: Measure, clauses: list[Clause], amount: Decimal | None) -> tuple[Status, list[Value]]:
    if any(c.value is False for c in clauses):
        return "no", []
    missing: list[Value] = [c.value for c in clauses if isinstance(c.value, Unknown)]
    if missing or (amount is None and not measure.decided):
        return "unknown", missing
    return ("decision" if measure.decided else "yes"), []


def _raw(measure: Measure, here: Here, scale: int) -> Value:
    value = evaluate(measure.amount.typed, here)
    if measure.rounding is not None and isinstance(value, Decimal):
        value = _brought(exact.to_multiple(value, _number(measure.rounding.unit), measure.rounding.mode), measure.amount.typed.type)
    return _amount(value, scale)


def _amount(value: Value, scale: int) -> Value:
    """Bring a sum of money to the package's scale: never below zero, unknown beyond what any award could be."""
    if isinstance(value, Unknown):
        return value
    assert isinstance(value, Decimal)
    if value >= amount_limit(scale):
        return unknown("out_of_range")
    return max(exact.to_scale(value, scale), Decimal(0))


def condition(given: Condition, here: Here) -> Value:
    """Return a condition's outcome, its exceptions applied."""
    base = evaluate(given.expr.typed, here)
    if not given.exceptions:
        return base
    whens = [evaluate(e.when.typed, here) for e in given.exceptions]
    applying = [e.value for e, w in zip(given.exceptions, whens, strict=True) if w is True]
    open_ = [(e.value, w) for e, w in zip(given.exceptions, whens, strict=True) if isinstance(w, Unknown)]
    if len(applying) > 1:
        return unknown("conflict")
    if not open_:
        return applying[0] if applying else base
    if not applying and len(open_) == 1 and base is open_[0][0]:
        return base
    return _join([w for _, w in open_] + [base])


def _not_paid_before(measure: Measure, here: Here) -> Value:
    """Whether the unit's object was not yet paid for under this measure (in this year, or ever)."""
    assert measure.once_per is not None
    if measure.once_per.object == "unit":
        key: Value = here.unit
    else:
        row = here.row or {}
        value = row.get(measure.once_per.object)
        key = value if value is not None else unknown("missing", Need(here.entity, here.unit, here.year, measure.once_per.object))
    if isinstance(key, Unknown):
        return key
    root = here.root()
    for p in here.records.payments or ():
        same = (
            p.unit == here.unit if measure.once_per.object == "unit" else root is not None and p.enterprise == root.unit and p.object == key
        )
        if p.measure == measure.id and same and p.day < here.day and (measure.once_per.period == "lifetime" or p.day.year == here.day.year):
            return False
    return True


def _conflicted(measure: Measure, here: Here) -> bool:
    """Whether two exceptions of one parameter or condition the measure uses apply to this unit."""
    for given in measure.conditions.values():
        if sum(evaluate(e.when.typed, here) is True for e in given.exceptions) > 1:
            return True
    for parameter, at in parameters_used(measure, here):
        if sum(evaluate(e.when.typed, at) is True for e in parameter.exceptions) > 1:
            return True
    return False


def parameters_used(measure: Measure, here: Here) -> Iterator[tuple[Parameter, Here]]:
    """Yield each parameter with exceptions that a measure reads at the unit itself, and where its exceptions are read."""
    for name in dict.fromkeys(n.name for tree in formulas(measure) for n in expanded(tree, here.package) if isinstance(n, t.ParameterOf)):
        parameter = here.package.parameters[name]
        at = exceptional(parameter, here) if parameter.exceptions else None
        if at is not None:
            yield parameter, at
