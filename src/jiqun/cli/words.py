"""What the command line says, in zh and en, and which of the two it speaks."""

from __future__ import annotations

import locale
import os
from collections.abc import Sequence

from jiqun.cli.texts import TEXTS

WORDS = TEXTS


def language(arguments: Sequence[str]) -> str:
    """Return zh or en: from `--lang`, then `JIQUN_LANG`, then the locale."""
    for place, argument in enumerate(arguments):
        given = (
            argument.partition("=")[2]
            if argument.startswith("--lang=")
            else (arguments[place + 1] if argument == "--lang" and place + 1 < len(arguments) else "")
        )
        if given in ("zh", "en"):
            return given
    chosen = os.environ.get("JIQUN_LANG", "") or os.environ.get("LC_ALL", "") or os.environ.get("LANG", "") or (locale.getlocale()[0] or "")
    return "zh" if chosen.lower().startswith("zh") else "en"


def words(key: str, lang: str, /, **values: object) -> str:
    """Return a text in one language, filled in."""
    zh, en = WORDS[key]
    return (zh if lang == "zh" else en).format(**values)
