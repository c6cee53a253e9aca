"""What a package names must be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jiqun.language.diagnostics import Finding
from jiqun.model.package import Package

RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = ()
