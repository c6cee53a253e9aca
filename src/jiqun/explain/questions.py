"""What to ask next: the missing inputs in the order of the money they can decide."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from jiqun.explain.facts import Explanation, Missing, Question


def questions(explained: Iterable[Explanation]) -> tuple[Question, ...]:
    """Return each missing input that can still change an answer, the one that decides the most money first.

    Where nothing bounds a measure's amount, its inputs come before all others:
    they may decide any sum. An input that cannot change any answer is not listed.
    """
    found: dict[Missing, list[Explanation]] = {}
    for one in explained:
        for missing in one.missing:
            found.setdefault(missing, []).append(one)
    made = [_question(missing, ones) for missing, ones in found.items()]
    return tuple(sorted(made, key=lambda q: (q.decides is not None, -q.bounded, q.missing.cell)))


def _question(missing: Missing, ones: list[Explanation]) -> Question:
    bounds = [one.bound for one in ones]
    known = sum((b for b in bounds if b is not None), Decimal(0))
    measures = tuple(dict.fromkeys(one.measure for one in ones))
    return Question(missing, None if None in bounds else known, known, measures)
