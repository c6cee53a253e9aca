"""`jiqun register synthesize`: a register of invented enterprises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from jiqun.cli import given, options
from jiqun.cli.console import print_json, progress, say, table, title
from jiqun.cli.words import words
from jiqun.model.package import Package
from jiqun.register.calibration import Calibration
from jiqun.register.synthesize import SEED
from jiqun.register.synthesize import synthesize as synthesize_register

YEARS = "2023,2024,2025"
ENTERPRISES = 20_000


@dataclass(frozen=True)
class Wish:
    """What register is to be made up."""

    out: Path
    enterprises: int = ENTERPRISES
    seed: int = SEED
    years: tuple[int, ...] = given.years(YEARS)


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("synthesize", help=words("synthesize.help", lang))
    def synthesize(
        package: Path = options.package(lang),
        out: Path = typer.Option(..., "--out", metavar="FOLDER", help=words("synthesize.out", lang)),
        enterprises: int = typer.Option(ENTERPRISES, "--enterprises", min=200, max=10_000_000, help=words("synthesize.enterprises", lang)),
        seed: int = typer.Option(SEED, "--seed", min=0, help=words("synthesize.seed", lang)),
        years: str = typer.Option(YEARS, "--years", help=words("synthesize.years", lang)),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        wish = Wish(given.folder_to_write(out), enterprises, seed, given.years(years))
        made = make(given.package(package), wish, lang)
        if plain:
            print_json(
                {"synthetic": True, "register": str(out), "enterprises": enterprises, "seed": seed, "years": wish.years} | as_json(made)
            )
        else:
            show(made, wish, lang)


def make(policy: Package, wish: Wish, lang: str) -> Calibration:
    """Write the register; measures of the enterprise itself get an invented payment history."""
    measures = [m.id for m in policy.measures.values() if m.entity == policy.root.id]
    with progress(words("synthesize.drawing", lang)) as told:
        return synthesize_register(
            policy.entities, wish.out, enterprises=wish.enterprises, years=wish.years, seed=wish.seed, measures=measures, progress=told
        )


def show(made: Calibration, wish: Wish, lang: str) -> None:
    """Print that the register is synthetic and how close it comes to the cited figures."""
    say(words("synthetic.banner", lang), "yellow")
    values: dict[str, object] = {
        "rows": f"{wish.enterprises:,}",
        "seed": wish.seed,
        "path": wish.out,
        "years": ", ".join(map(str, wish.years)),
    }
    say(words("synthesize.done", lang, **values))
    if not made.rows:
        say(words("synthesize.uncalibrated", lang))
        return
    title(words("synthesize.calibration", lang))
    headings, *rows = made.table(lang)
    table([*headings, ""], _marked(rows, made), right=frozenset((1, 3, 4)))
    if not made.met:
        say(words("synthesize.not-met", lang))


def _marked(rows: Sequence[tuple[str, ...]], made: Calibration) -> list[tuple[str, ...]]:
    return [(*cells, "✓" if row.met else "✗") for cells, row in zip(rows, made.rows, strict=True)]


def as_json(made: Calibration) -> dict[str, object]:
    """Return the calibration as plain data."""
    rows = [
        {
            "figure": row.target.id,
            "title": {"zh": row.target.title.zh, "en": row.target.title.en},
            "target": str(row.target.value),
            "bound": row.target.bound,
            "reached": str(row.reached),
            "met": row.met,
            "source": {"zh": row.source.say("zh"), "en": row.source.say("en")},
        }
        for row in made.rows
    ]
    return {"calibration": rows, "met": made.met}
