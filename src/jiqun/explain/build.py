"""A measure at a unit, explained: each clause, the amount, what each stage did to it, what is missing, what would help."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from jiqun.explain.change import nearest_changes
from jiqun.explain.facts import AmountSaid, ClauseSaid, Explanation, Missing, Outcome, Part, Said, Shown, Stage
from jiqun.explain.formula import formula
from jiqun.explain.inputs import missing_of, source, yours
from jiqun.explain.limits import assumptions, conflicts, exempted, limits
from jiqun.explain.records import Results
from jiqun.explain.texts import label
from jiqun.interpret import Clause, Entitlement, as_of, entitle
from jiqun.language import tree as t
from jiqun.language.types import RATIO
from jiqun.model.measure import Condition, Measure
from jiqun.model.package import Package
from jiqun.model.words import Words
from jiqun.records import Here, Records, Unknown

OUTCOMES: dict[str, Outcome] = {"T": "met", "F": "unmet", "U": "unknown"}


def explain(
    package: Package,
    records: Records,
    enterprise: str,
    day: date,
    year: int,
    results: Results | None = None,
    statuses: Collection[str] = ("issued",),
    measures: Collection[str] = (),
) -> tuple[Explanation, ...]:
    """Explain every measure in force on a day for an enterprise and all it has.

    Args:
        package: a package without errors.
        records: the enterprise's rows, see `load_records`.
        enterprise: its id.
        day: the day of the run.
        year: the data year.
        results: what a run said; without it the stages that depend on others are left out.
        statuses: which measures, by status.
        measures: only these, whatever their status.
    """
    given = results if results is not None else Results()
    chosen = [m for m in package.measures.values() if m.in_force(day) and (m.id in measures if measures else m.status in statuses)]
    made = []
    for measure in chosen:
        for unit in sorted(unit for (unit, y) in records.tables.get(measure.entity, {}) if y == year):
            here = Here(package, _awarded(records, given), measure.entity, unit, year, day, None)
            made.append(_one(measure, here, enterprise, given))
    return tuple(made)


def _awarded(records: Records, results: Results) -> Records:
    """Return the records with the awards of the run, which some measures build on."""
    awards = {key: _decimal(row["award"]) for key, row in results.rows.items() if row["status"] != "no"}
    return replace(records, awards=awards)


def _decimal(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _one(measure: Measure, here: Here, enterprise: str, results: Results) -> Explanation:
    package = here.package
    made = entitle(measure, here)
    there = replace(here, as_of=as_of(measure, here))
    row = results.rows.get((measure.id, here.unit))
    status = str(row["status"]) if row is not None else made.status
    award = _decimal(row["award"]) if row is not None else None
    return Explanation(
        measure=measure.id,
        title=measure.title,
        cite=source(package, measure.cite),
        unit=here.unit,
        entity=package.entities[measure.entity].title,
        enterprise=enterprise,
        year=here.year,
        day=here.day,
        as_of=there.as_of,
        status=status,  # type: ignore[arg-type]
        at_most=measure.ceiling,
        clauses=tuple(_clauses(measure, made, there)),
        amount=_amount(measure, made, there),
        stages=tuple(_stages(package, row, results)) if row is not None else (),
        award=award,
        parts=tuple(Part(p.year, _share(p.share.typed), p.text) for p in measure.instalments),
        provisional=bool(row is not None and row["provisional"]),
        missing=_needed(measure, made, package),
        bound=made.bound if made.status != "yes" else None,
        changes=nearest_changes(measure, here) if made.status == "no" else (),
        remarks=tuple(_remarks(measure, there, status)),
        currency=package.heading.currency,
    )


def _share(tree: t.Node) -> Decimal:
    assert isinstance(tree, t.Literal) and isinstance(tree.value, Decimal)
    return tree.value


def _needed(measure: Measure, made: Entitlement, package: Package) -> tuple[Missing, ...]:
    """Return the missing inputs that can still change the answer: none where it is refused or known."""
    return missing_of(package, made.needs) if made.status in ("unknown", "conflict") else ()


def _clauses(measure: Measure, made: Entitlement, here: Here) -> Iterator[ClauseSaid]:
    package = here.package
    for clause in made.clauses:
        given = measure.conditions.get(clause.name)
        if given is not None:
            yield _clause(clause, given, here)
        else:
            missing = missing_of(package, clause.value.needs) if isinstance(clause.value, Unknown) else ()
            yield ClauseSaid(
                "once_per", OUTCOMES[clause.letter], label("clause.once"), source(package, measure.cite), (), (), (), missing, ()
            )


def _clause(clause: Clause, given: Condition, here: Here) -> ClauseSaid:
    unknown = clause.value if isinstance(clause.value, Unknown) else None
    return ClauseSaid(
        clause.name,
        OUTCOMES[clause.letter],
        given.text,
        source(here.package, given.cite),
        yours(given.expr.typed, here),
        limits(given.expr.typed, here),
        exempted(given, here),
        missing_of(here.package, unknown.needs) if unknown is not None else (),
        tuple(Said.of(_why(reason)) for reason in sorted(unknown.why - {"missing"})) if unknown is not None else (),
    )


def _why(reason: str) -> str:
    return f"why.{reason}"


def _amount(measure: Measure, made: Entitlement, here: Here) -> AmountSaid:
    why = tuple(Said.of(_why(reason)) for reason in sorted(made.why)) if made.amount is None and not measure.decided else ()
    if measure.decided:
        return AmountSaid(None, None, made.cap, None, made.bound, (), why)
    tree = measure.amount.typed
    return AmountSaid(formula(tree, here), made.raw, made.cap, made.amount, made.bound, limits(tree, here), why)


# --- the stages that depend on others ----------------------------------------------------------------------------------


def _stages(package: Package, row: Mapping[str, object], results: Results) -> Iterator[Stage]:
    """Yield each stage that changed the amount, with what it was due to."""
    amounts = [_decimal(row[name]) for name in ("amount", "stacked", "claim", "granted", "award")]
    said = (_stacking, _claim_cap, _pool, _award_cap)
    if row["reason"] in ("choose_one", "limit_unknown"):
        key = "stage.choose" if row["reason"] == "choose_one" else "stage.limit_unknown"
        bound = _decimal(row["bound"]) or Decimal(0)
        yield Stage(bound, bound, Said.of(key, group=_title(package, "stacking", row["stack_group"])))
    for before, after, say in zip(amounts, amounts[1:], said, strict=False):
        if before is not None and after is not None and before != after:
            yield Stage(before, after, say(package, row, results))


def _title(package: Package, section: str, key: object) -> Words:
    found = getattr(package, section).get(str(key))
    return found.title if found is not None else Words(zh=str(key), en=str(key))


def _stacking(package: Package, row: Mapping[str, object], results: Results) -> Said:
    if row["stack_winner"] is None:
        return Said.of("stage.repeated")
    winner, group = _title(package, "measures", row["stack_winner"]), _title(package, "stacking", row["stack_group"])
    return Said.of("stage.stacking", measure=winner, group=group)


def _claim_cap(package: Package, row: Mapping[str, object], results: Results) -> Said:
    return Said.of("stage.claim_cap", cap=_title(package, "caps", row["claim_cap"]))


def _award_cap(package: Package, row: Mapping[str, object], results: Results) -> Said:
    return Said.of("stage.award_cap", cap=_title(package, "caps", row["award_cap"]))


def _pool(package: Package, row: Mapping[str, object], results: Results) -> Said:
    """Say what the pool did: its share, or the place in the order and where the cut-off was."""
    name = str(row["pool"])
    title = package.pools[name].title if name in package.pools else _title(package, "measures", name)
    pool = results.pools.get(name, {})
    claim, granted = _decimal(row["claim"]), _decimal(row["granted"])
    if row["place"] is None:
        share = (granted or Decimal(0)) / claim if claim else Decimal(0)
        shown = Shown(share.quantize(Decimal("0.0000000001")), RATIO)
        return Said.of(
            "stage.pro_rata", pool=title, share=shown, claims=Decimal(str(pool.get("claims") or 0)), pot=Decimal(str(pool.get("pot") or 0))
        )
    place, cutoff = str(row["place"]), str(pool.get("cutoff") or "—")
    tie = results.ties.get(name)
    if tie is not None and str(row["unit"]) in list(tie.get("units") or ()):  # type: ignore[call-overload]
        return Said.of("stage.ranked_tie", pool=title, place=place, cutoff=cutoff)
    return Said.of("stage.ranked", pool=title, place=place, cutoff=cutoff, winners=str(pool.get("winners", "—")))


def _remarks(measure: Measure, here: Here, status: str) -> Iterator[Said]:
    if measure.status != "issued":
        yield Said.of("remark.status", status=label(f"measure.{measure.status}"))
    if not measure.verified:
        yield Said.of("remark.unverified")
    if measure.notes is not None:
        yield Said.of("remark.note", note=measure.notes)
    if status != "no":
        yield from assumptions(measure, here)
    if status == "conflict":
        yield from conflicts(measure, here)
