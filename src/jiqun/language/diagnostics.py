"""Findings: what is wrong, where, what is known, how to mend it. Data first; rendering last."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from jiqun.language.messages.catalogue import MESSAGES, SEVERITY

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: line and column from 1, and how many characters."""

    file: str
    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark. `code` names its message; `args` fill it."""

    code: str
    span: Span
    args: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return "warning" if SEVERITY.get(self.code) == "warning" else "error"

    def message(self, lang: str) -> str:
        text = MESSAGES[self.code]
        return (text.zh if lang == "zh" else text.en).format(**self.args)

    def fix(self, lang: str) -> str:
        text = MESSAGES[self.code]
        return (text.fix_zh if lang == "zh" else text.fix_en).format(**self.args)


Findings = tuple[Finding, ...]


def finding(code: str, span: Span, **args: object) -> Finding:
    """Make a finding; an unregistered code is a fault of ours and fails at once."""
    if code not in MESSAGES:
        raise KeyError(code)
    return Finding(code, span, args)


class Rejected(Exception):
    """What was given cannot be used; every finding that says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: Findings = tuple(sorted(findings, key=lambda f: (f.severity, f.span, f.code)))
        super().__init__("; ".join(f"{f.span.file}:{f.span.line}:{f.span.column} [{f.code}]" for f in self.findings))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, or None.

    >>> nearest("compute_contact", ["compute_contract", "revenue"])
    'compute_contract'
    """
    hits = difflib.get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return hits[0] if hits else None


LABEL = {"zh": {"error": "错误", "warning": "警告", "fix": "改法"}, "en": {"error": "error", "warning": "warning", "fix": "Fix"}}


def _width(text: str) -> int:
    """Return how many places a text takes in a terminal: a Chinese character takes two, a mark over another none."""
    wide = (2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return sum(wide)


def _line(path: str, number: int) -> str | None:
    try:
        lines = Path(path).read_text("utf-8-sig", errors="replace").splitlines()
    except OSError:
        return None
    return lines[number - 1] if 0 < number <= len(lines) else None


def render(found: Finding, lang: str, read: Callable[[str, int], str | None] = _line) -> str:
    """Return one finding as text: place, code, the line with its cause underlined, message and fix."""
    at, label = found.span, LABEL[lang]
    place = f"{at.file}:{at.line}:{at.column}: " if at.line else (f"{at.file}: " if at.file else "")
    rows = [f"{place}{label[found.severity]} [{found.code}]"]
    source = read(at.file, at.line) if at.line else None
    if source is not None:
        shown, shift = _window(source, at.column)
        before = shown[: at.column - 1 - shift]
        marked = shown[at.column - 1 - shift :][: at.length] or " "
        rows.append(f"{at.line:>5} | {shown}")
        rows.append("      | " + " " * _width(before) + "^" * max(1, _width(marked)))
    rows.append("  " + found.message(lang))
    if found.fix(lang):
        rows.append(f"  {label['fix']}: {found.fix(lang)}")
    return "\n".join(rows)


def _window(source: str, column: int, most: int = 160) -> tuple[str, int]:
    """Cut a long line to a part around the cause."""
    source = "".join(" " if c == "\t" else "\ufffd" if unicodedata.category(c) == "Cc" else c for c in source)
    if len(source) <= most:
        return source, 0
    shift = max(0, column - 1 - most // 2)
    return source[shift : shift + most], shift


def as_json(found: Finding) -> dict[str, object]:
    """Return one finding as plain data, in both languages, for editors and the web page."""
    at = found.span
    return {
        "code": found.code,
        "severity": found.severity,
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "length": at.length,
        "message": {"zh": found.message("zh"), "en": found.message("en")},
        "fix": {"zh": found.fix("zh"), "en": found.fix("en")},
    }


def render_all(findings: Sequence[Finding], lang: str) -> str:
    """Return every finding, one after another."""
    return "\n\n".join(render(f, lang) for f in findings)
