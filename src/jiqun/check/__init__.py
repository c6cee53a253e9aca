"""What a package must not do, and what its drafter should look at: one function a fault, all run over a whole package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from jiqun.check import amounts, drafting, fairness, limits, references, rings, values
from jiqun.language.diagnostics import Finding, Findings, Rejected
from jiqun.load import examine
from jiqun.model.package import Package

Rule = Callable[[Package], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    *references.RULES,
    *values.RULES,
    *limits.RULES,
    *amounts.RULES,
    *rings.RULES,
    *drafting.RULES,
    *fairness.RULES,
)


def check(package: Package) -> Findings:
    """Return every finding of every rule, in the order of their places."""
    return tuple(sorted((f for rule in RULES for f in rule(package)), key=lambda f: (f.severity, f.span, f.code)))


def inspect(path: Path) -> tuple[Package | None, Findings]:
    """Read a package and check what could be read: every finding at once."""
    package, found = examine(path)
    more = check(package) if package is not None else ()
    return package, tuple(sorted((*found, *more), key=lambda f: (f.severity, f.span, f.code)))


def accept(path: Path) -> Package:
    """Return a package that may be run, its warnings with it.

    Raises:
        Rejected: with every finding, if one of them is an error.
    """
    package, found = inspect(path)
    if package is None or any(f.severity == "error" for f in found):
        raise Rejected(found)
    return replace(package, warnings=found)
