"""What a synthetic register assumes: sectors, districts, ownership, missing values; all of it invented, in `data/synthetic.yaml`."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BeforeValidator

from jiqun.model.words import Fact
from jiqun.register.industry import industries


def _share(value: object) -> object:
    return float(Decimal(value[:-1]) / 100) if isinstance(value, str) and value.endswith("%") else value


Share = Annotated[float, BeforeValidator(_share)]
"""A probability or rate; a float, because it only shapes random draws and is never money."""


class Sector(Fact):
    """A kind of business: the industries it draws from and how its enterprises typically look."""

    codes: tuple[str, ...]
    mix: tuple[int, int, int, int]
    emerging: Share
    added: Share
    rd: Share
    doing_rd: Share
    per_head: int
    growth: Share

    @property
    def industrial(self) -> bool:
        """Whether the sector is industry in the sense of the statistics: divisions 06 to 46."""
        return "06" <= self.codes[0][:2] <= "46"

    @property
    def industry_codes(self) -> tuple[str, ...]:
        """Return the four-digit codes it draws from, in order."""
        return tuple(sorted(code for code in industries() if len(code) == 4 and code.startswith(self.codes)))


class Assumptions(Fact):
    """Everything `data/synthetic.yaml` states."""

    population: int
    little_giants_in_ai: int
    champions_little: int
    small_ai: Share
    above_scale: int
    ownership: dict[str, Share]
    districts: dict[str, tuple[Share, Share]]
    sectors: dict[str, Sector]
    missing: dict[str, Share]
    always_known: tuple[str, ...]

    def missing_rate(self, column: str) -> float:
        """Return how likely a value of the column is null.

        >>> assumptions().missing_rate("rd_spend"), assumptions().missing_rate("little_giant")
        (0.04, 0.0)
        """
        return 0.0 if column in self.always_known else self.missing.get(column, self.missing["default"])


@cache
def assumptions() -> Assumptions:
    text = (files("jiqun.register") / "data" / "synthetic.yaml").read_text(encoding="utf-8")
    return Assumptions.model_validate(yaml.safe_load(text))
