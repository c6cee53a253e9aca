"""Measures and parameters that need themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jiqun.language.diagnostics import Finding, finding
from jiqun.model.order import Stuck, rounds
from jiqun.model.package import Package


def cyclic_measure(package: Package) -> Iterator[Finding]:
    """Measures whose amounts wait for one another."""
    try:
        rounds(package, tuple(package.measures))
    except Stuck as cause:
        for measure in cause.measures[:1]:
            at = package.places.at("measures", measure, "amount")
            yield finding("cyclic-measure", at, ring=" → ".join(cause.measures))


RULES: tuple[Callable[[Package], Iterator[Finding]], ...] = (cyclic_measure,)
