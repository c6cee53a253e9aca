"""`jiqun demo`: the main job on embedded defaults, from real measures to explained amounts."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import typer

from jiqun import explain as engine
from jiqun import shipped
from jiqun.check import accept
from jiqun.cli import given, options
from jiqun.cli.console import print_json, progress, say, table, title
from jiqun.cli.results import show
from jiqun.cli.simulate import Finished, run
from jiqun.cli.words import words
from jiqun.model.package import Package
from jiqun.register.calibration import Calibration
from jiqun.register.store import Register
from jiqun.register.synthesize import synthesize
from jiqun.simulate import Choice

PACKAGE, DAY, YEAR = "shenzhen-20-8", date(2026, 2, 20), 2025
LOOKED_AT = 120
"""How many enterprises are looked through for one that just misses."""


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("demo", help=words("demo.help", lang))
    def demo(
        out: Path = typer.Option(Path("demo"), "--out", metavar="FOLDER", help=words("demo.out", lang)),
        enterprises: int = typer.Option(20_000, "--enterprises", min=200, max=10_000_000, help=words("demo.enterprises", lang)),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        began = time.monotonic()
        package = shipped.policies() / PACKAGE
        policy = accept(package)
        if not plain:
            title(words("demo.step.register", lang, count=f"{enterprises:,}"))
        calibration = _register(policy, given.folder_to_write(out) / "register", enterprises, lang)
        held = given.register(out / "register", policy)
        if not plain:
            heading, *rows = calibration.table(lang)
            table(heading, rows)
            title(words("demo.step.simulate", lang, day=DAY, year=YEAR))
        made = run(policy, held, Choice(DAY, YEAR), out / "results", lang)
        if plain:
            print_json({"calibration": [list(row) for row in calibration.table(lang)], "summary": made.summary, "out": str(out)})
            return
        show(policy, made.summary, lang, package)
        title(words("demo.step.explain", lang))
        winner = _explain(policy, held, made, out, lang)
        say()
        say(words("demo.files", lang, path=out), "bold")
        say(words("demo.next", lang))
        where = f"--package {PACKAGE} --register {out / 'register'}"
        say(f"  jiqun explain {winner} {where} --results {out / 'results'} --all")
        say(f"  jiqun show sz_lowalt_type_certificate --package {PACKAGE} --on {DAY}")
        say(f"  jiqun simulate {where} --on {DAY} --status issued --status past_guide --out {out / 'with-past-guides'}")
        say(f"  jiqun check {PACKAGE}")
        say(words("demo.seconds", lang, seconds=round(time.monotonic() - began)), "dim")


def _register(policy: Package, folder: Path, enterprises: int, lang: str) -> Calibration:
    root = policy.root.id
    measures = tuple(m.id for m in policy.measures.values() if m.entity == root and m.status == "issued" and not m.decided)
    with progress(words("demo.step.register", lang, count=f"{enterprises:,}")) as told:
        return synthesize(policy.entities, folder, enterprises=enterprises, measures=measures, progress=told)


def _explain(policy: Package, held: Register, made: Finished, out: Path, lang: str) -> str:
    """Print an enterprise that is paid and one that just misses; return the first."""
    paid = sorted({str(row["enterprise"]) for row in made.ran.rows("outcome") if row["award"]})
    winner = paid[0] if paid else str(made.ran.rows("outcome")[0]["enterprise"])
    explained = _explained(policy, held, winner, out)
    shown = [one for one in explained if one.award][:2]
    for one in shown:
        say()
        say(f"{winner}", "bold")
        say(engine.render(one, lang))
    looked_at = sorted({str(row["enterprise"]) for row in made.ran.rows("outcome")})[:LOOKED_AT]
    refused = [one for e in looked_at for one in _explained(policy, held, e, out) if one.status == "no" and one.changes]
    if refused:
        nearest = min(refused, key=_distance)
        say()
        say(nearest.enterprise, "bold")
        say(engine.render(nearest, lang))
    return winner


def _distance(one: engine.Explanation) -> tuple[bool, Decimal]:
    """How far a refused enterprise is, in money where the input is money."""
    moved = one.changes[0].difference
    return (not moved.type.is_money, abs(moved.value) if isinstance(moved.value, Decimal) else Decimal(1))


def _explained(policy: Package, held: Register, enterprise: str, out: Path) -> tuple[engine.Explanation, ...]:
    records = engine.load_records(policy, held, enterprise, YEAR)
    return engine.explain(policy, records, enterprise, DAY, YEAR, engine.load_results(out / "results", enterprise))
