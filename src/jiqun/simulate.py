"""Package × register → outcome: who gets what, what it costs, what is not known. And the folder of results."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from sqlglot import exp

import jiqun
from jiqun.compile.entitle import Run
from jiqun.compile.program import OUTCOME, PAYMENTS, POOLS, TIES, Program, compile_run
from jiqun.compile.sheet import Source
from jiqun.engines.duckdb import DuckDB
from jiqun.engines.protocol import Engine
from jiqun.interpret import evaluate
from jiqun.language import tree as t
from jiqun.language.diagnostics import Rejected, Span, finding
from jiqun.model.measure import Measure
from jiqun.model.package import Package
from jiqun.model.uses import needed
from jiqun.records import Here, Records
from jiqun.register.store import Register
from jiqun.summary import summarise

Progress = Callable[[str, int, int], None]
IN_FORCE = ("issued",)


@dataclass(frozen=True)
class Choice:
    """What to run: the day, the register year, which statuses of measures, which measures, refused rows or not."""

    day: date
    year: int
    statuses: tuple[str, ...] = IN_FORCE
    only: tuple[str, ...] = ()
    refused: bool = True


@dataclass(frozen=True)
class Ran:
    """A finished run: the engine holds `outcome`, `payments_due`, `pools` and `ties`."""

    package: Package
    program: Program
    engine: Engine
    choice: Choice
    assumptions: tuple[str, ...]

    def rows(self, table: str) -> list[dict[str, object]]:
        """Return a result table's rows, in a stable order."""
        return self.engine.fetch(ordered(table)).to_pylist()


ORDER = {OUTCOME: ("measure", "unit"), PAYMENTS: ("measure", "unit", "part"), POOLS: ("budget",), TIES: ("budget",)}


def ordered(table: str, where: str | None = None) -> exp.Select:
    made = exp.select("*").from_(table).order_by(*ORDER[table])
    return made.where(where, dialect="duckdb") if where else made


def chosen(package: Package, choice: Choice) -> tuple[Measure, ...]:
    """Return the measures to run: in force on the day, of a status asked for; with `only`, those and what they depend on."""
    running = {m.id: m for m in package.measures.values() if m.in_force(choice.day)}
    if not choice.only:
        asked = {m.id for m in running.values() if m.status in choice.statuses}
        while short := {m for m in asked if missing_measures(package, running[m], asked, choice.day)}:
            asked -= short
        return tuple(m for m in running.values() if m.id in asked)
    wanted, open_ = set[str](), [m for m in choice.only if m in running]
    while open_:
        measure = open_.pop()
        if measure in running and measure not in wanted:
            wanted.add(measure)
            open_.extend(_bound_to(package, running[measure]))
    return tuple(m for m in running.values() if m.id in wanted)


def missing_measures(package: Package, measure: Measure, run_: Collection[str], day: date) -> frozenset[str]:
    """Return the measures in force whose amounts this one builds on and that are not run: without them it cannot be computed."""
    uses = needed(measure, package, "raw") | needed(measure, package, "awarded")
    return frozenset(m for m in uses if m not in run_ and package.measures[m].in_force(day))


def _bound_to(package: Package, measure: Measure) -> Iterator[str]:
    yield from needed(measure, package, "raw") | needed(measure, package, "awarded")
    for group in package.stacking.values():
        if measure.id in group.measures:
            yield from group.measures
    for cap in package.caps.values():
        if measure.id in package.capped(cap):
            yield from package.capped(cap)
    if measure.budget is not None and measure.budget.pool is not None:
        yield from (m.id for m in package.measures.values() if m.budget is not None and m.budget.pool == measure.budget.pool)


def run(
    package: Package, engine: Engine, tables: Collection[str], first_year: int, choice: Choice, progress: Progress | None = None
) -> Ran:
    """Run measures over the tables an engine holds.

    Args:
        package: a package without errors.
        engine: holds one table an entity, and perhaps `payments`.
        tables: the names of the tables it holds.
        first_year: the earliest year in them.
        choice: what to run.
        progress: told of each step: its name, how many are done, of how many.
    """
    source = Source({name: frozenset(engine.columns(name)) for name in tables}, choice.year, first_year)
    measures = chosen(package, choice)
    if not measures:
        raise Rejected([finding("nothing-in-force", Span("", 0, 0, 1), day=choice.day, statuses=", ".join(choice.statuses))])
    program = compile_run(package, source, measures, Run(choice.day, choice.refused), partial(constant, package, choice))
    for done, step in enumerate(program.steps):
        engine.run(step.name, step.select)
        if progress is not None:
            progress(step.name, done + 1, len(program.steps))
    assumptions = (() if source.has("payments") else ("no_payment_history",)) + tuple(f"unknown_on_day:{name}" for name in program.open)
    return Ran(package, program, engine, choice, assumptions)


def constant(package: Package, choice: Choice, tree: t.Node) -> Decimal | None:
    """Return what an expression of parameters alone gives on the day of the run; None where it is unknown."""
    records = Records({}, {e.id: e.parent for e in package.entities.values()}, choice.year)
    value = evaluate(tree, Here(package, records, package.root.id, "", choice.year, choice.day, choice.day))
    return value if isinstance(value, Decimal) else None


def open_tables(engine: Engine, package: Package, register: Register) -> tuple[str, ...]:
    """Attach a register's tables to an engine and return their names."""
    names = []
    for name in (*package.entities, "payments"):
        path = register.table(name)
        if path is not None:
            engine.attach(name, path)
            names.append(name)
    return tuple(names)


def simulate(package: Package, register: Register, choice: Choice, engine: Engine | None = None, progress: Progress | None = None) -> Ran:
    """Run a package's measures in force on a day over a register.

    Raises:
        Rejected: if the register has no row of the year, or nothing is in force.
    """
    if choice.year not in register.years:
        years = ", ".join(map(str, register.years))
        raise Rejected([finding("no-such-year", Span(str(register.path), 0, 0, 1), year=choice.year, years=years)])
    engine = engine if engine is not None else DuckDB()
    return run(package, engine, open_tables(engine, package, register), min(register.years), choice, progress)


# --- the folder of results -------------------------------------------------------------------------------------------


def engine_digest() -> str:
    """Return the hash of jiqun's own code and of the engines it runs on."""
    digest = hashlib.sha256()
    root = Path(jiqun.__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    digest.update(DuckDB.name.encode())
    return digest.hexdigest()


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of `folder` at the end; on any interruption nothing is left."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield made
        if folder.exists():
            shutil.rmtree(folder)
        made.chmod(0o755)
        made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write(ran: Ran, register: Register, folder: Path) -> dict[str, object]:
    """Write the result folder (DESIGN §7) and return its summary. The same inputs give the same bytes."""
    if folder.exists() and not (folder / "manifest.json").is_file() and any(folder.iterdir()):
        raise Rejected([finding("not-a-result", Span(str(folder), 0, 0, 1), path=str(folder))])
    with replacing(folder) as made:
        ran.engine.write(ordered(OUTCOME), made / "outcome.parquet")
        paid = (
            exp.select("measure", "unit", "enterprise", "weight", "award", "at_most", "provisional")
            .from_(OUTCOME)
            .where("award > 0", dialect="duckdb")
        )
        ran.engine.write(paid.order_by("measure", "unit"), made / "awards.parquet")
        ran.engine.write(ordered(PAYMENTS), made / "payments.parquet")
        summary = summarise(ran, register)
        manifest = {
            "jiqun": jiqun.__version__,
            "package": {"id": ran.package.heading.id, "digest": ran.package.digest, "invented": ran.package.heading.invented},
            "register": {"digest": register.digest, "synthetic": register.synthetic, "seed": register.manifest.seed},
            "engine": {"name": ran.engine.name, "digest": engine_digest()},
            "day": ran.choice.day.isoformat(),
            "year": ran.choice.year,
            "statuses": list(ran.choice.statuses),
            "only": list(ran.choice.only),
            "refused": ran.choice.refused,
            "draft": None,
        }
        for name, content in (("summary.json", summary), ("manifest.json", manifest)):
            (made / name).write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")
    return summary
