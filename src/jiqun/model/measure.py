"""A measure (措施): conditions, amount, caps, budget, delivery, each with its article."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from jiqun.model.words import Citation, Fact, Formula, Identifier, Truth, Words

Status = Literal["issued", "past_guide", "expired_or_superseded", "draft_consultation", "unclear"]
Rule = Literal["pro_rata", "ranked", "first_come", "lottery"]
RoundingMode = Literal["half_up", "down", "up"]


class Validity(Fact):
    """The days a measure is in force, both included; an end left out is not known."""

    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None


class ConditionException(Fact):
    """A class of applicants for whom the condition's outcome is given."""

    when: Formula
    value: Truth
    cite: Citation


class Condition(Fact):
    """One thing an applicant must meet."""

    expr: Formula
    text: Words
    cite: Citation
    exceptions: tuple[ConditionException, ...] = ()


class Rounding(Fact):
    """To what unit of money, and which way, the rule rounds the raw amount."""

    unit: Formula
    mode: RoundingMode = "half_up"


class Budget(Fact):
    """How the measure's money is given out when it does not suffice."""

    pool: Annotated[Identifier | None, Field(description="the pool drawn on; left out: no money limit")] = None
    rule: Rule
    quota: Annotated[Formula | None, Field(description="most winners")] = None
    order_by: Annotated[Formula | None, Field(description="score of `ranked`, date of `first_come`")] = None
    direction: Annotated[
        Literal["descending", "ascending"] | None, Field(description="ranked: descending, first_come: ascending unless said")
    ] = None
    partial: Annotated[Truth, Field(description="the first claim that no longer fits is paid what is left")] = False
    seed: Annotated[str | None, Field(description="published seed of a lottery")] = None


class Instalment(Fact):
    """A share of the award paid in a later year, perhaps on a condition of that year."""

    year: Annotated[int, Field(ge=0, le=20, description="years after the award")]
    share: Formula
    when: Formula | None = None
    text: Words | None = None


class OncePer(Fact):
    """Each object pays once, in a year or ever."""

    object: Annotated[str, Field(description="a text column of the unit, or `unit`")]
    period: Literal["year", "lifetime"]


class Delivery(Fact):
    """How the money reaches the applicant."""

    instrument: Literal["grant", "voucher", "interest", "award", "tax", "equity", "discount"]
    mode: Literal["application", "auto"] = "application"


class Measure(Fact):
    """Conditions and an amount, with the article of each."""

    id: Identifier
    title: Words
    cite: Citation
    status: Status
    verified: Truth = True
    notes: Words | None = None
    valid: Validity = Validity()
    entity: Identifier
    clusters: tuple[str, ...] = ()
    as_of: Annotated[str, Field(description="day, year_end, or a date column of the unit")] = "day"
    once_per: OncePer | None = None
    conditions: Annotated[dict[Identifier, Condition], Field(min_length=1)]
    amount: Formula
    ceiling: Annotated[Truth, Field(description="the text says 'not more than': the result is an upper bound")] = False
    cap: Formula | None = None
    rounding: Rounding | None = None
    budget: Budget | None = None
    delivery: Delivery
    instalments: tuple[Instalment, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether a panel decides the amount (`amount: decision`)."""
        return self.amount.source.strip() == "decision"

    def in_force(self, day: date) -> bool:
        """Whether `day` lies in the measure's validity; an unknown end does not close it."""
        return not ((self.valid.from_ and day < self.valid.from_) or (self.valid.to and day > self.valid.to))
