"""What an explanation holds: data only. Sentences are `Said`, a template's key and what fills it; `render` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from jiqun.interpret import Status
from jiqun.language.types import Type
from jiqun.model.words import Words
from jiqun.records import Need, Value

Outcome = Literal["met", "unmet", "unknown"]


@dataclass(frozen=True)
class Shown:
    """A value, or why there is none, with the type it is read as."""

    value: Value
    type: Type


@dataclass(frozen=True)
class Source:
    """A document and the article in it."""

    document: str
    title: Words
    number: str | None = None
    article: str | None = None


Piece = Words | Shown | Source | Decimal | date | str | int


@dataclass(frozen=True)
class Said:
    """One sentence: the key of its template and the template's fields."""

    key: str
    args: Mapping[str, Piece]

    @classmethod
    def of(cls, key: str, **args: Piece) -> Said:
        return cls(key, args)


@dataclass(frozen=True)
class Input:
    """A value of the applicant: a cell of the register, or what was computed from `parts`.

    `decides` is false where the clause would have come out the same whatever it were.
    """

    title: Words
    shown: Shown
    cell: Need | None = None
    parts: tuple[Input, ...] = ()
    decides: bool = True


@dataclass(frozen=True)
class Limit:
    """A value of the policy: since when it holds and who set it; `exceptional` if an exception of the parameter gave it."""

    parameter: str
    title: Words
    shown: Shown
    since: date | None
    cite: Source | None
    exceptional: bool = False


@dataclass(frozen=True)
class Missing:
    """A cell of the register that is not known and can still change the answer."""

    cell: Need
    title: Words
    entity: Words


@dataclass(frozen=True)
class Exempted:
    """An exception of a condition that applied: what it set the outcome to, and its article."""

    met: bool
    because: tuple[Input, ...]
    cite: Source


@dataclass(frozen=True)
class ClauseSaid:
    """One condition: its outcome, what it read, what it asked for."""

    id: str
    outcome: Outcome
    text: Words
    cite: Source
    yours: tuple[Input, ...]
    limits: tuple[Limit, ...]
    exempted: tuple[Exempted, ...]
    missing: tuple[Missing, ...]
    why: tuple[Said, ...]


@dataclass(frozen=True)
class AmountSaid:
    """The amount before anything that depends on others.

    `formula` is the rule with this unit's numbers in it; `raw` what it gives (kept for refused units), `amount` that after the
    cap per unit, `bound` the most it could still become.
    """

    formula: Words | None
    raw: Decimal | None
    cap: Decimal | None
    amount: Decimal | None
    bound: Decimal | None
    limits: tuple[Limit, ...]
    why: tuple[Said, ...]


@dataclass(frozen=True)
class Stage:
    """What one stage did to the amount, and why."""

    before: Decimal
    after: Decimal
    said: Said


@dataclass(frozen=True)
class Part:
    """An instalment: its share, and how many years after the award it is paid."""

    years: int
    share: Decimal
    text: Words | None


@dataclass(frozen=True)
class Change:
    """The smallest move of one input that would have turned the answer, checked on the interpreter."""

    cell: Need
    title: Words
    before: Shown
    after: Shown
    difference: Shown
    status: Status
    amount: Decimal | None
    bound: Decimal | None


@dataclass(frozen=True)
class Question:
    """A missing input and the money it can decide, over all measures; `decides` is None where nothing bounds one of them."""

    missing: Missing
    decides: Decimal | None
    bounded: Decimal
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """A measure at a unit: why, how much, what is missing, what would help.

    `award` is None without a run; then `amount.amount` is what the unit is entitled to before stacking, caps and pools.
    """

    measure: str
    title: Words
    cite: Source
    unit: str
    entity: Words
    enterprise: str
    year: int
    day: date
    as_of: date | None
    status: Status
    at_most: bool
    clauses: tuple[ClauseSaid, ...]
    amount: AmountSaid
    stages: tuple[Stage, ...]
    award: Decimal | None
    parts: tuple[Part, ...]
    provisional: bool
    missing: tuple[Missing, ...]
    bound: Decimal | None
    changes: tuple[Change, ...]
    remarks: tuple[Said, ...]
    currency: str = "CNY"
