"""What the parser of the command line has to say, in both languages: errors of usage and the frame of the help."""

from __future__ import annotations

import re

from typer.exceptions import TyperException

from jiqun.cli.words import words
from jiqun.language.diagnostics import LABEL, nearest

_FRAME = ("Usage: ", "\nArguments:", "\nOptions:", "\nCommands:", "[required]", "[default: ", "Show this message and exit.")


def help_text(text: str, lang: str) -> str:
    """Return a page of help with its frame in one language; its contents already are."""
    for place, framed in enumerate(_FRAME):
        text = text.replace(framed, words(f"help.{place}", lang))
    return text


def say(cause: TyperException, lang: str) -> str:
    """Return an error of usage as text, with where to look."""
    context = getattr(cause, "ctx", None)
    command = getattr(context, "command_path", "jiqun")
    see = words("usage.see", lang, command=command)
    return f"{LABEL[lang]['error']} [usage]\n  {_message(cause, lang)}\n  {LABEL[lang]['fix']}: {see}"


def _message(cause: TyperException, lang: str) -> str:
    kind = type(cause).__name__
    if kind == "MissingParameter":
        return words("usage.missing", lang, name=_hint(cause))
    if kind == "NoSuchOption":
        near = nearest(str(getattr(cause, "option_name", "")), getattr(cause, "possibilities", None) or ())
        asked = " " + words("usage.near", lang, near=near) if near else ""
        return words("usage.option", lang, name=getattr(cause, "option_name", "")) + asked
    if kind == "BadOptionUsage":
        return words("usage.needs-value", lang, name=getattr(cause, "option_name", ""))
    if kind == "BadParameter":
        return words("usage.value", lang, name=_hint(cause), message=cause.message)
    wrong = re.match(r"No such command '([^']+)'", cause.message)
    if wrong:
        commands = getattr(getattr(getattr(cause, "ctx", None), "command", None), "commands", {})
        near = nearest(wrong[1], commands)
        return words("usage.command", lang, name=wrong[1]) + (" " + words("usage.near", lang, near=near) if near else "")
    return words("usage.other", lang, message=cause.format_message())


def _hint(cause: TyperException) -> str:
    """Return the option or argument an error is about."""
    param = getattr(cause, "param", None)
    if param is None:
        return str(getattr(cause, "param_hint", "") or "")
    flags = [name for name in getattr(param, "opts", ()) if name.startswith("-")]
    return flags[-1] if flags else str(getattr(param, "metavar", None) or getattr(param, "human_readable_name", param.name)).upper()
