"""A loaded package: every fact of a policy, frozen, with its formulas typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from jiqun.language.diagnostics import Findings, Span
from jiqun.language.source import Located, LocatedList, LocatedMap
from jiqun.model.entity import Entity
from jiqun.model.limits import Cap, OfDocument, Pool, Stacking
from jiqun.model.measure import Measure
from jiqun.model.parameter import Parameter, Variable
from jiqun.model.words import Fact, Truth, Words


class Heading(Fact):
    """What a package is called, its currency and its money's scale."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Words
    currency: str = "CNY"
    money_scale: Annotated[int, Field(ge=0, le=4, description="decimals every stage rounds to")] = 2
    invented: Annotated[Truth, Field(description="true: no real policy")] = False


class Document(Fact):
    """A legal or public text that facts are taken from."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Words
    number: str | None = None
    issuer: Words | None = None
    date: dt.date | None = None
    url: str | None = None
    source: Words | None = None
    source_kind: str


@dataclass(frozen=True)
class Places:
    """Where each fact was written."""

    raw: Mapping[tuple[str, str], LocatedMap]
    folder: str

    def at(self, section: str, key: str, *path: str | int) -> Span:
        """Return the span of a part of an entry, as near as it can be placed."""
        here: object = self.raw.get((section, key))
        span = here.span if isinstance(here, LocatedMap) else Span(self.folder, 0, 0, 1)
        for step in path:
            if isinstance(here, LocatedMap) and step in here:
                span, here = here.keys_at[str(step)], here[str(step)]
                span = here.span if isinstance(here, Located) else span
            elif isinstance(here, LocatedList) and isinstance(step, int) and step < len(here):
                here = here[step]
                span = here.span if isinstance(here, LocatedMap | LocatedList | Located) else span
            elif isinstance(here, LocatedMap) and "id" in here:
                span = here.keys_at["id"]
        return span


@dataclass(frozen=True)
class Package:
    """Every fact of a policy. Nothing of it changes after loading; a draft makes another one."""

    heading: Heading
    documents: Mapping[str, Document]
    entities: Mapping[str, Entity]
    parameters: Mapping[str, Parameter]
    variables: Mapping[tuple[str, str], Variable]
    measures: Mapping[str, Measure]
    pools: Mapping[str, Pool]
    caps: Mapping[str, Cap]
    stacking: Mapping[str, Stacking]
    digest: str
    places: Places = field(compare=False, repr=False)
    warnings: Findings = field(default=(), compare=False)

    @property
    def root(self) -> Entity:
        """The entity that has no parent: the enterprise."""
        return next(e for e in self.entities.values() if e.parent is None)

    def children(self, entity: str) -> tuple[Entity, ...]:
        return tuple(e for e in self.entities.values() if e.parent == entity)

    def capped(self, cap: Cap) -> tuple[str, ...]:
        """The ids of the measures a cap bounds."""
        if isinstance(cap.measures, OfDocument):
            return tuple(m.id for m in self.measures.values() if m.cite.document == cap.measures.document)
        return tuple(self.measures) if cap.measures == ("*",) else cap.measures

    def row_keys(self, parameter: Parameter) -> Callable[[int, str], str]:
        """Return how a table's written keys are stored: an enum's label stands for its code."""
        columns = self.entities[parameter.entity].columns if parameter.entity else {}
        labels = [{w.zh: code for code, w in (columns[k].values or {}).items()} if k in columns else {} for k in parameter.keys or ()]
        return lambda place, text: labels[place].get(text, text)

    def days(self) -> tuple[dt.date, ...]:
        """Every day on which any value changes."""
        found = {v.from_ for p in self.parameters.values() for v in p.values}
        found |= {v.from_ for p in self.pools.values() for v in p.values}
        for measure in self.measures.values():
            found |= {d for d in (measure.valid.from_, measure.valid.to) if d is not None}
        return tuple(sorted(found))
