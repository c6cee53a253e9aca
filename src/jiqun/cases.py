"""Golden cases: plain files worked by hand, run through both evaluators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from jiqun import exact
from jiqun.declare import column_type
from jiqun.engines.duckdb import DuckDB
from jiqun.interpret import Entitlement, entitle
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, Findings, Rejected, Span, finding
from jiqun.language.names import EntityNames, Names
from jiqun.language.resolve import fits, resolve
from jiqun.language.source import Located, LocatedMap, read_yaml
from jiqun.language.types import Type, money
from jiqun.model.entity import Entity
from jiqun.model.package import Package
from jiqun.model.words import Citation, Fact, Truth
from jiqun.records import Here, Payment, Records
from jiqun.register.store import PAYMENTS_SCHEMA, arrow_table
from jiqun.shape import shaped
from jiqun.simulate import Choice, Ran, run

FOLDER = "cases"


class PaymentRow(Fact):
    """A payment made before the day of the case."""

    measure: str
    unit: str
    enterprise: str
    object: str | None = None
    date: date
    amount: str


class Expected(Fact):
    """What one measure must give one unit; only what is stated is compared."""

    measure: str
    unit: str
    status: Annotated[str | None, BeforeValidator(lambda v: {"true": "yes", "false": "no"}.get(v, v))] = None
    amount: Annotated[str | None, Field(description="the award")] = None
    would_be: str | None = None
    claim: str | None = None
    granted: str | None = None
    maximum: str | None = None
    at_most: Truth | None = None
    provisional: Truth | None = None
    clauses: str | None = None
    needs: tuple[str, ...] | None = None
    payments: tuple[str, ...] | None = None
    reason: str | None = None


class CaseFile(Fact):
    """A case as written."""

    on: date
    year: int
    source: Citation
    arithmetic: str
    register_: Annotated[dict[str, tuple[dict[str, Any], ...] | None], Field(alias="register")]
    payments: tuple[PaymentRow, ...] | None = None
    expect: Annotated[tuple[Expected, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Case:
    """A case ready to run: rows typed, amounts read."""

    path: Path
    file: CaseFile
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    payments: tuple[Payment, ...] | None

    @property
    def name(self) -> str:
        return "/".join(self.path.with_suffix("").parts[-3:])


@dataclass(frozen=True)
class Miss:
    """Where a case and the engine part: what was expected, what came."""

    measure: str
    unit: str
    what: str
    expected: str
    found: str


def find(folder: Path) -> tuple[Path, ...]:
    """Return the case files of a package folder."""
    return tuple(sorted((folder / FOLDER).rglob("*.yaml")))


def read(package: Package, path: Path) -> tuple[Case | None, Findings]:
    """Read one case, or say what is wrong with it."""
    content, found_yaml = read_yaml(path, str(path))
    found = list(found_yaml)
    at = Span(str(path), 1, 1, 1)
    if not isinstance(content, LocatedMap):
        return None, tuple(found) or (finding("not-a-case", at, problem="empty"),)
    made = shaped(CaseFile, content, at, "case", found)
    if not isinstance(made, CaseFile):
        return None, tuple(found)
    if path.parent.name != made.on.isoformat():
        found.append(finding("folder-name", at, given=path.parent.name, day=made.on))
    rows: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for entity, listed in made.register_.items():
        if entity not in package.entities:
            found.append(finding("unknown-entity", at, id=entity, hint_zh="先在 entities 中定义它。", hint_en="declare it in entities."))
            continue
        rows[entity] = tuple(_row(package, package.entities[entity], row, found, at) for row in listed or ())
    payments = None if made.payments is None else tuple(_payment(package, p, found, at) for p in made.payments)
    for row in made.expect:
        if row.measure not in package.measures:
            found.append(finding("unknown-measure", at, id=row.measure, hint_zh="改正 measure。", hint_en="correct `measure`."))
    return (None if found else Case(path, made, rows, payments)), tuple(found)


def _row(package: Package, entity: Entity, row: Mapping[str, Any], found: list[Finding], at: Span) -> Mapping[str, Any]:
    made: dict[str, Any] = {}
    built_in = {"id", "year", "weight", entity.parent}
    for name, value in row.items():
        place = value.span if isinstance(value, Located) else at
        if name in built_in:
            made[name] = int(str(value)) if name in ("year", "weight") else str(value)
        elif name not in entity.columns:
            found.append(
                finding("unknown-column", place, entity=entity.id, id=name, hint_zh="改正列名。", hint_en="correct the column's name.")
            )
        elif value is not None:
            kind = column_type(package.heading, entity.columns[name])
            assert kind is not None
            made[name] = _cell(package, str(value), kind, place, found)
    return made


def _cell(package: Package, text: str, kind: Type, at: Span, found: list[Finding]) -> object:
    """Read a cell by its column's type: `120万元`, `3%`, `true`, `2024-05-01`, an enum's code or label."""
    if kind.kind == "text":
        return text
    if kind.kind == "enum":
        code = kind.code(text)
        if code is None:
            found.append(
                finding(
                    "bad-value",
                    at,
                    value=text,
                    problem_zh="不是列出的取值",
                    problem_en="it is no listed value",
                    hint_zh="改正。",
                    hint_en="correct it.",
                )
            )
        return code
    written = Located(f"date '{text}'" if kind.kind == "date" else text)
    tree, faults = resolve(written, package.root.id, _no_names(package))
    if not isinstance(tree, t.Literal) or not fits(tree.type, kind) or faults:
        words = (kind.say("zh"), kind.say("en"))
        found.append(
            finding(
                "bad-value",
                at,
                value=text,
                problem_zh=f"这里需要{words[0]}",
                problem_en=f"{words[1]} is needed",
                hint_zh="改正。",
                hint_en="correct it.",
            )
        )
        return None
    return tree.value


def _no_names(package: Package) -> Names:
    root = package.root.id
    return Names({root: EntityNames(root, None, {})}, {}, {}, money(package.heading.currency))


def _amount(package: Package, text: str, found: list[Finding], at: Span) -> Decimal:
    value = _cell(package, text, money(package.heading.currency), at, found)
    return value if isinstance(value, Decimal) else Decimal(0)


def _payment(package: Package, p: PaymentRow, found: list[Finding], at: Span) -> Payment:
    return Payment(p.measure, p.unit, p.enterprise, p.object, p.date, _amount(package, p.amount, found, at))


def check(package: Package, case: Case) -> list[Miss]:
    """Run a case through the SQL and the interpreter and return every difference."""
    engine = DuckDB()
    try:
        ran = _run(package, case, engine)
        outcome = {(str(r["measure"]), str(r["unit"])): r for r in ran.rows("outcome")}
        entitled = dict(_interpreted(package, case, ran, outcome))
        misses = [miss for key, one in entitled.items() for miss in disagreements(one, outcome[key])]
        due: dict[tuple[str, str], list[Decimal]] = {}
        for row in ran.rows("payments_due"):
            due.setdefault((str(row["measure"]), str(row["unit"])), []).append(Decimal(str(row["amount"])))
        for expected in case.file.expect:
            key = (expected.measure, expected.unit)
            if key not in outcome:
                misses.append(Miss(*key, "row", "a row", "none: not in force on the day, or no such unit"))
                continue
            misses += _compare(package, expected, outcome[key], entitled[key], due.get(key, []))
        return misses
    finally:
        engine.close()


def _run(package: Package, case: Case, engine: DuckDB) -> Ran:
    tables = []
    for entity, rows in case.rows.items():
        engine.hold(entity, arrow_table(package.entities[entity], rows))
        tables.append(entity)
    if case.payments is not None:
        listed = [
            {"measure": p.measure, "unit": p.unit, "enterprise": p.enterprise, "object": p.object, "date": p.day, "amount": p.amount}
            for p in case.payments
        ]
        engine.hold("payments", PAYMENTS_SCHEMA.empty_table().from_pylist(listed, schema=PAYMENTS_SCHEMA))
        tables.append("payments")
    only = tuple(dict.fromkeys(e.measure for e in case.file.expect))
    return run(package, engine, tables, first_year(case), Choice(case.file.on, case.file.year, only=only))


def first_year(case: Case) -> int:
    return min((int(row["year"]) for rows in case.rows.values() for row in rows if "year" in row), default=case.file.year)


def _interpreted(
    package: Package, case: Case, ran: Ran, outcome: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, str], Entitlement]]:
    tables = {e: {(str(r["id"]), int(r["year"])): r for r in rows} for e, rows in case.rows.items()}
    awards = {key: row["award"] for key, row in outcome.items() if row["status"] != "no"}
    records = Records(tables, {e.id: e.parent for e in package.entities.values()}, first_year(case), case.payments, awards)
    for measure, unit in outcome:
        here = Here(package, records, package.measures[measure].entity, unit, case.file.year, case.file.on, None)
        yield (measure, unit), entitle(package.measures[measure], here)


def disagreements(one: Entitlement, row: Mapping[str, Any]) -> Iterator[Miss]:
    """Yield where the interpreter and the SQL give a unit different things."""
    before = row["status"] if row["reason"] not in ("choose_one", "limit_unknown") else one.status
    pairs = (
        ("status", one.status, before),
        ("clauses", one.letters, row["clauses"]),
        ("would_be", one.raw, row["would_be"]),
        ("cap", one.cap, row["cap"]),
    )
    amount = one.amount if one.status == "yes" and row["status"] == "yes" else None
    for what, said, found in (*pairs, ("amount", amount, row["amount"])):
        if said != found:
            yield Miss(one.measure, one.unit, f"interpreter and SQL disagree on {what}", str(said), str(found))


def _compare(package: Package, expected: Expected, row: Mapping[str, Any], one: Entitlement, due: list[Decimal]) -> Iterator[Miss]:
    found: dict[str, object] = {
        "status": row["status"],
        "amount": row["award"],
        "would_be": row["would_be"],
        "claim": row["claim"],
        "granted": row["granted"],
        "maximum": row["bound"],
        "at_most": row["at_most"],
        "provisional": row["provisional"],
        "clauses": row["clauses"],
        "reason": row["reason"],
        "needs": sorted({n.column for n in one.needs}),
        "payments": due,
    }
    at, faults = Span("", 0, 0, 1), list[Finding]()
    for name in type(expected).model_fields:
        wanted: object = getattr(expected, name)
        if name in ("measure", "unit") or wanted is None:
            continue
        if name in ("amount", "would_be", "claim", "granted", "maximum"):
            wanted = exact.to_scale(_amount(package, str(wanted), faults, at), package.heading.money_scale)
        elif name == "payments":
            wanted = [_amount(package, text, faults, at) for text in expected.payments or ()]
        elif name == "needs":
            wanted = sorted(expected.needs or ())
        if found[name] != wanted:
            yield Miss(expected.measure, expected.unit, name, str(wanted), str(found[name]))
    for fault in faults:
        raise Rejected([fault])
