"""`jiqun register describe FOLDER`: what a register holds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import typer

from jiqun.cli import given, options
from jiqun.cli.amounts import exact, short
from jiqun.cli.console import print_json, say, table, title
from jiqun.cli.words import words
from jiqun.register.describe import ColumnSummary, Description, TableSummary, describe


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("describe", help=words("describe.help", lang))
    def command(
        folder: Path = typer.Argument(help=words("describe.folder", lang), metavar="FOLDER"),
        package: Path = typer.Option(None, "--package", metavar="FOLDER", help=words("describe.package", lang)),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        if package is None:
            register, policy = given.any_register(folder)
        else:
            policy = given.package(package)
            register = given.register(folder, policy)
        made = describe(register, policy.entities.values())
        if plain:
            print_json(asdict(made) | {"package": policy.heading.id})
        else:
            _print(made, lang)


def _print(made: Description, lang: str) -> None:
    if made.synthetic:
        say(words("synthetic.banner", lang), "yellow")
    say(words("describe.source", lang, source=made.source))
    say(words("describe.years", lang, years=", ".join(map(str, made.years)), digest=made.digest[:16]))
    for each in made.tables:
        _table(each, lang)


def _table(each: TableSummary, lang: str) -> None:
    by_year = ", ".join(f"{year}: {rows:,}" for year, rows in each.by_year.items())
    line = words("describe.table", lang, title=each.title.say(lang), entity=each.entity, rows=f"{each.rows:,}", by_year=by_year or "–")
    title(line)
    if each.represents is not None and each.represents != each.rows:
        say(words("describe.represents", lang, count=f"{each.represents:,}"))
    headings = [words(f"describe.{key}", lang) for key in ("column", "type", "known", "least", "median", "greatest", "values")]
    absent = [c for c in each.columns if not c.present]
    table(headings, [_row(c, each.rows, lang) for c in each.columns if c.present], right=frozenset((2, 3, 4, 5)))
    if absent:
        joint = "、" if lang == "zh" else ", "
        say(
            words("describe.absent", lang)
            + ("：" if lang == "zh" else ": ")
            + joint.join(f"{c.title.say(lang)} ({c.name})" for c in absent)
        )


def _row(column: ColumnSummary, rows: int, lang: str) -> tuple[str, ...]:
    kind = column.type if column.unit is None else f"{column.type} {column.unit}"
    ordered = (_value(v, column.type, lang) for v in (column.least, column.median, column.greatest))
    values = ""
    if column.distinct is not None:
        values = words("describe.distinct", lang, count=f"{column.distinct:,}")
    elif column.true is not None:
        values = words("describe.true", lang, count=f"{column.true:,}")
    known = f"{column.known / rows:.0%}" if rows else "–"
    return (f"{column.title.say(lang)} ({column.name})", kind, known, *ordered, values)


def _value(value: Decimal | int | date | None, kind: str, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return short(value, lang) if kind == "money" and value else exact(value)
