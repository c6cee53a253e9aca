"""Options that several commands have, their help in one language."""

from __future__ import annotations

from typing import Any

import typer

from jiqun.cli.words import words


def lang(chosen: str) -> Any:
    return typer.Option(chosen, "--lang", metavar="zh|en", help=words("lang.help", chosen), show_default=False)


def plain(chosen: str) -> Any:
    return typer.Option(False, "--json", help=words("json.help", chosen))


def package(chosen: str) -> Any:
    return typer.Option(..., "--package", metavar="FOLDER", help=words("package.help", chosen))


def register(chosen: str) -> Any:
    return typer.Option(..., "--register", metavar="FOLDER", help=words("register.option", chosen))


def on(chosen: str) -> Any:
    return typer.Option(..., "--on", metavar="DAY", help=words("on.help", chosen))


def year(chosen: str) -> Any:
    return typer.Option(None, "--year", metavar="YEAR", help=words("year.help", chosen))
