"""`jiqun explain ENTERPRISE`: why it gets what it gets, why not, what is missing, and the nearest change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from jiqun import explain as engine
from jiqun.cli import given, options
from jiqun.cli.console import print_json, say, title
from jiqun.cli.words import words
from jiqun.explain.facts import Explanation
from jiqun.model.package import Package
from jiqun.simulate import IN_FORCE

ORDER = ("yes", "decision", "conflict", "unknown", "no")


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("explain", help=words("explain.help", lang))
    def explain(
        enterprise: str = typer.Argument(metavar="ENTERPRISE", help=words("explain.enterprise", lang)),
        package: Path = options.package(lang),
        register: Path = options.register(lang),
        results: Path = typer.Option(None, "--results", metavar="FOLDER", help=words("explain.results", lang)),
        on: str = typer.Option(None, "--on", metavar="DAY", help=words("explain.on", lang)),
        year: int = options.year(lang),
        measure: list[str] = typer.Option([], "--measure", metavar="MEASURE", help=words("explain.measure", lang)),
        status: list[str] = typer.Option([], "--status", help=words("explain.status", lang, known=", ".join(given.STATUSES))),
        every: bool = typer.Option(False, "--all", help=words("explain.all", lang)),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        policy = given.package(package)
        held = given.register(register, policy)
        ran = _manifest(results) if results is not None else {}
        if on is None and not ran:
            raise given.Refused("refused.explain-day")
        day = given.day(on if on is not None else str(ran["day"]))
        data_year = year if year is not None else (int(ran["year"]) if ran else given.data_year(None, day, held.years))
        statuses = given.statuses(status) if status else tuple(ran.get("statuses", IN_FORCE))
        measures = given.measures(measure, policy, day)
        records = engine.load_records(policy, held, enterprise, data_year)
        if (enterprise, data_year) not in records.tables.get(policy.root.id, {}):
            raise given.Refused("refused.unknown-enterprise", enterprise=enterprise, year=data_year)
        found = engine.load_results(results, enterprise) if results is not None else None
        made = engine.explain(policy, records, enterprise, day, data_year, found, statuses, measures)
        if plain:
            print_json(as_json(made))
        else:
            show(policy, made, lang, held.synthetic, every or bool(measures))


def _manifest(results: Path) -> dict[str, Any]:
    """Read what a result folder was made with; refuse a folder that is none."""
    try:
        made: dict[str, Any] = json.loads((results / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise given.Refused("refused.no-results", path=results) from None
    if not (results / "outcome.parquet").is_file() or not (results / "summary.json").is_file() or "day" not in made:
        raise given.Refused("refused.no-results", path=results)
    return made


def as_json(made: tuple[Explanation, ...]) -> dict[str, object]:
    """Return explanations and questions as plain data."""
    asked = [
        {
            "column": q.missing.cell.column,
            "unit": q.missing.cell.unit,
            "year": q.missing.cell.year,
            "decides": q.decides,
            "measures": q.measures,
        }
        for q in engine.questions(made)
    ]
    return {"explanations": [engine.as_json(one) for one in made], "needs": asked}


def show(policy: Package, made: tuple[Explanation, ...], lang: str, synthetic: bool, every: bool) -> None:
    """Print explanations, what is gained first; refusals without a remedy only if every one is asked for."""
    if synthetic:
        say(words("synthetic.banner", lang), "yellow")
    ordered = sorted(made, key=lambda one: ORDER.index(one.status))
    shown = [one for one in ordered if every or one.status != "no" or one.changes]
    for one in shown:
        say()
        say(engine.render(one, lang))
    hidden = len(made) - len(shown)
    if hidden:
        say()
        say(words("explain.hidden", lang, count=hidden), "dim")
    asked = engine.questions(made)
    if asked:
        title(words("explain.questions", lang))
        say(engine.render_questions(asked, lang, policy.heading.currency))
