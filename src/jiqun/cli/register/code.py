"""`jiqun register code CODE`: check a unified social credit code."""

from __future__ import annotations

import typer

from jiqun.cli import options
from jiqun.cli.console import EXIT_FINDINGS, print_json, say
from jiqun.cli.words import words
from jiqun.register.creditcode import Reason, check, suggest


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("code", help=words("code.help", lang))
    def code(
        code: str = typer.Argument(help=words("code.argument", lang), metavar="CODE"),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        verdict = check(code)
        meant = suggest(code) if not verdict.valid else ()
        if plain:
            faults, remarks = [_as_json(r) for r in verdict.faults], [_as_json(r) for r in verdict.remarks]
            print_json({"code": code, "valid": verdict.valid, "faults": faults, "remarks": remarks, "suggestions": meant})
        else:
            reasons = ("；" if lang == "zh" else "; ").join(_said(r, lang) for r in verdict.faults)
            say(words("code.valid" if verdict.valid else "code.invalid", lang, code=code, reasons=reasons))
            for remark in verdict.remarks:
                say(words("code.remark", lang, remark=_said(remark, lang)))
            if meant:
                say(words("code.suggest", lang, codes=" ".join(meant)))
        if not verdict.valid:
            raise typer.Exit(EXIT_FINDINGS)


def _said(reason: Reason, lang: str) -> str:
    return reason.zh if lang == "zh" else reason.en


def _as_json(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "zh": reason.zh, "en": reason.en}
