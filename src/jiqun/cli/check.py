"""`jiqun check PACKAGE`: every error and drafting warning of a package."""

from pathlib import Path

import typer

from jiqun import shipped
from jiqun.check import inspect
from jiqun.cli.console import EXIT_FINDINGS, out, print_json, report
from jiqun.cli.words import words
from jiqun.language.diagnostics import as_json


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("check", help=words("check.help", lang))
    def check(
        package: Path = typer.Argument(help=words("package.help", lang)),
        strict: bool = typer.Option(False, "--strict", help=words("check.strict", lang)),
        plain: bool = typer.Option(False, "--json", help=words("json.help", lang)),
        lang: str = typer.Option(lang, "--lang", help=words("lang.help", lang)),
    ) -> None:
        _, found = inspect(shipped.find(package))
        errors = sum(f.severity == "error" for f in found)
        warnings = len(found) - errors
        if plain:
            print_json({"findings": [as_json(f) for f in found], "errors": errors, "warnings": warnings})
        else:
            report(found, lang)
            out.print(words("check.done", lang, errors=errors, warnings=warnings))
        if errors or (strict and warnings):
            raise typer.Exit(EXIT_FINDINGS)
