"""How results reach the terminal, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console

from jiqun.language.diagnostics import Finding, as_json, render_all

EXIT_FINDINGS = 1
"""What was given has errors, or a case failed."""

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def report(findings: Sequence[Finding], lang: str, plain: bool = False) -> None:
    """Print findings as text or JSON."""
    if plain:
        print_json([as_json(f) for f in findings])
    elif findings:
        err.print(render_all(findings, lang), markup=False, highlight=False)


def print_json(value: object) -> None:
    """Print JSON, exact and in the original scripts."""
    out.print(json.dumps(value, ensure_ascii=False, indent=2, default=str), markup=False, highlight=False)
