"""`jiqun simulate`: a package over a register on a day, into a folder of results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from jiqun import simulate as engine
from jiqun.cli import given, options
from jiqun.cli.console import print_json, progress, say
from jiqun.cli.results import show
from jiqun.cli.words import words
from jiqun.model.package import Package
from jiqun.register.store import Register
from jiqun.simulate import IN_FORCE, Choice, Ran


@dataclass(frozen=True)
class Finished:
    """A run and what it says in sum."""

    ran: Ran
    summary: dict[str, object]


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""
    known = ", ".join(given.STATUSES)

    @app.command("simulate", help=words("simulate.help", lang))
    def simulate(
        package: Path = options.package(lang),
        register: Path = options.register(lang),
        on: str = options.on(lang),
        out: Path = typer.Option(..., "--out", metavar="FOLDER", help=words("simulate.out", lang)),
        year: int = options.year(lang),
        status: list[str] = typer.Option(list(IN_FORCE), "--status", help=words("simulate.status", lang, known=known), show_default=False),
        only: list[str] = typer.Option([], "--only", metavar="MEASURE", help=words("simulate.only", lang)),
        without_refused: bool = typer.Option(False, "--without-refused", help=words("simulate.without-refused", lang)),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        day, statuses = given.day(on), given.statuses(status)
        policy = given.package(package)
        measures = given.measures(only, policy, day)
        held = given.register(register, policy)
        choice = Choice(day, given.data_year(year, day, held.years), statuses, measures, not without_refused)
        made = run(policy, held, choice, given.folder_to_write(out), lang)
        if plain:
            print_json(made.summary | {"out": str(out), "package_warnings": len(policy.warnings)})
        else:
            show(policy, made.summary, lang, package)
            say()
            say(words("run.folder", lang, path=out), "bold")


def run(policy: Package, register: Register, choice: Choice, out: Path, lang: str) -> Finished:
    """Run the choice with a bar on the terminal and write its folder."""
    with progress(words("simulate.step", lang)) as told:
        ran = engine.simulate(policy, register, choice, progress=lambda step, done, total: told(done, total))
    with progress(words("simulate.writing", lang)):
        return Finished(ran, engine.write(ran, register, out))
