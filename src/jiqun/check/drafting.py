"""What a drafter should look at: warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jiqun.language.diagnostics import Finding
from jiqun.model.package import Package

RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = ()
