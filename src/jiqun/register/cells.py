"""Cells that are no value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A spreadsheet cell that holds an error (`#N/A`), or a formula whose result was never stored (`formula`)."""

    text: str
