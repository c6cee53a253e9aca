"""`jiqun register …`: the commands about registers, one file each."""

from __future__ import annotations

import typer

from jiqun.cli.register import code, describe, importing, synthesize
from jiqun.cli.words import words

COMMANDS = (importing.add, synthesize.add, describe.add, code.add)


def add(app: typer.Typer, lang: str) -> None:
    """Add the group of commands."""
    group = typer.Typer(help=words("register.help", lang), no_args_is_help=True)
    for command in COMMANDS:
        command(group, lang)
    app.add_typer(group, name="register")
