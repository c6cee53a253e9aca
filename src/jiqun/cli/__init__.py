"""The command line: one file a command; see `COMMANDS`."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from types import FrameType

import typer
from typer.exceptions import TyperException

from jiqun import __version__
from jiqun.cli import check, demo, explain, options, register, show, simulate, test
from jiqun.cli.console import EXIT_FINDINGS, EXIT_INTERRUPTED, EXIT_USAGE, err, print_json, report
from jiqun.cli.given import Refused
from jiqun.cli.usage import help_text
from jiqun.cli.usage import say as say_usage
from jiqun.cli.words import language, words
from jiqun.language.diagnostics import Rejected

COMMANDS: tuple[Callable[[typer.Typer, str], None], ...] = (
    demo.add,
    check.add,
    test.add,
    register.add,
    simulate.add,
    explain.add,
    show.add,
)


def build(lang: str) -> typer.Typer:
    """Return the application, its help in one language."""
    app = typer.Typer(help=words("app.help", lang), add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.callback(invoke_without_command=True)
    def jiqun(
        context: typer.Context,
        version: bool = typer.Option(False, "--version", help=words("version.help", lang)),
        lang: str = options.lang(lang),
    ) -> None:
        if version:
            typer.echo(__version__)
        elif context.invoked_subcommand is None:
            typer.echo(context.get_help())

    for add in COMMANDS:
        add(app, lang)
    return app


def main() -> None:
    """Run the command line: what is wrong is said in words, never as a traceback."""
    lang, plain = language(sys.argv[1:]), "--json" in sys.argv
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(run(sys.argv[1:], lang, plain))


def _stop(number: int, frame: FrameType | None) -> None:
    """Turn a request to end into an exit, so that what is half written is removed."""
    sys.exit(128 + number)


def _call(arguments: list[str], lang: str) -> object:
    """Run the application; a page of help gets its frame in the language."""
    app = build(lang)
    if arguments and "--help" not in arguments and arguments not in (["register"], ["--lang", lang]):
        return app(arguments, standalone_mode=False, prog_name="jiqun")
    page = io.StringIO()
    with redirect_stdout(page):
        code = app(arguments, standalone_mode=False, prog_name="jiqun")
    print(help_text(page.getvalue(), lang), end="")
    return code


def run(arguments: list[str], lang: str, plain: bool) -> int:
    """Run one command and return its exit code."""
    try:
        code = _call(arguments, lang)
    except Rejected as cause:
        report(cause.findings, lang, plain)
        return EXIT_FINDINGS
    except Refused as cause:
        if plain:
            print_json([cause.as_json()])
        else:
            err.print(cause.say(lang), markup=False)
        return EXIT_USAGE
    except TyperException as cause:
        err.print(say_usage(cause, lang), markup=False)
        return EXIT_USAGE
    except OSError as cause:
        return _system(cause, lang, plain)
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    if code == EXIT_INTERRUPTED:
        err.print(words("interrupted", lang), markup=False)
    return code if isinstance(code, int) else 0


def _system(cause: OSError, lang: str, plain: bool) -> int:
    """Say what the system refused: a folder that may not be written, a full disk; a closed pipe ends in silence."""
    if isinstance(cause, BrokenPipeError):
        sys.stderr.close()
        return EXIT_FINDINGS
    refused = Refused("refused.system", path=cause.filename or "", cause=cause.strerror or str(cause))
    if plain:
        print_json([refused.as_json()])
    else:
        err.print(refused.say(lang), markup=False)
    return EXIT_FINDINGS
