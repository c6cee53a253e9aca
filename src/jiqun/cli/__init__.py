"""The command line: one file a command; see `COMMANDS`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from jiqun.cli import check, test
from jiqun.cli.console import EXIT_FINDINGS, report
from jiqun.cli.words import language, words
from jiqun.language.diagnostics import Rejected

COMMANDS: tuple[Callable[[typer.Typer, str], None], ...] = (check.add, test.add)


def build(lang: str) -> typer.Typer:
    """Return the application, its help in one language."""
    app = typer.Typer(help=words("app.help", lang), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    for add in COMMANDS:
        add(app, lang)
    return app


def main() -> None:
    """Run the command line: findings are printed, never a traceback."""
    lang = language(sys.argv[1:])
    try:
        build(lang)()
    except Rejected as cause:
        report(cause.findings, lang, plain="--json" in sys.argv)
        sys.exit(EXIT_FINDINGS)
    except KeyboardInterrupt:
        sys.exit(130)
