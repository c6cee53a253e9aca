"""`jiqun show NAME`: a measure or a parameter, with the history of every value and its source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

import typer

from jiqun.cli import given, options
from jiqun.cli.console import print_json, say, title
from jiqun.cli.words import words
from jiqun.language import tree as t
from jiqun.language.diagnostics import Findings, render
from jiqun.model.limits import Pool, PoolValue
from jiqun.model.measure import Condition, Measure
from jiqun.model.package import Package
from jiqun.model.parameter import DatedValue, Parameter
from jiqun.model.uses import all_formulas, expanded
from jiqun.model.words import Citation

_Dated = TypeVar("_Dated", DatedValue, PoolValue)


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("show", help=words("show.help", lang))
    def show(
        name: str = typer.Argument(help=words("show.name", lang), metavar="NAME"),
        package: Path = options.package(lang),
        on: str = options.on(lang),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        policy, day = given.package(package), given.day(on)
        measure, parameter = policy.measures.get(name), policy.parameters.get(name)
        if measure is None and parameter is None:
            given.unknown("refused.unknown-name", name, (*policy.measures, *policy.parameters))
        if plain:
            found = {"measure": measure, "parameter": parameter}
            print_json({"day": day.isoformat()} | {key: f.model_dump(mode="json") if f is not None else None for key, f in found.items()})
            return
        if measure is not None:
            Shown(policy, day, lang).measure(measure)
        if parameter is not None:
            Shown(policy, day, lang).parameter(parameter)


class Shown:
    """Prints the facts of a package on a day, in a language."""

    def __init__(self, policy: Package, day: date, lang: str) -> None:
        self.policy, self.day, self.lang = policy, day, lang

    def word(self, key: str, **values: object) -> str:
        return words(f"show.{key}", self.lang, **values)

    def line(self, key: str, text: object) -> None:
        say(f"  {self.word(key)}{'：' if self.lang == 'zh' else ': '}{text}")

    def cited(self, cite: Citation) -> str:
        """Return a source as people cite it: the document's title, its number, the article."""
        document = self.policy.documents.get(cite.document)
        if document is None:
            return f"{cite.document} {cite.article or ''}".strip()
        said = document.title.say(self.lang)
        said = f"《{said}》" if self.lang == "zh" else said
        number = f"({document.number})" if document.number else ""
        article = "" if not cite.article else (f"第 {cite.article} 条" if self.lang == "zh" else f"art. {cite.article}")
        return " ".join(part for part in (said, number, article) if part)

    def measure(self, one: Measure) -> None:
        """Print a measure from its title to the warnings about it."""
        say(f"{one.title.say(self.lang)} ({one.id})", "bold")
        self.line("document", self.cited(one.cite))
        unverified = "" if one.verified else f" · {self.word('unverified')}"
        self.line("status", words(f"status.{one.status}", self.lang) + unverified)
        ends = [str(end) if end else self.word("open") for end in (one.valid.from_, one.valid.to)]
        here = self.word("in-force" if one.in_force(self.day) else "not-in-force", day=self.day)
        self.line("valid", f"{self.word('from-to', since=ends[0], until=ends[1])} · {here}")
        self.line("entity", self.policy.entities[one.entity].title.say(self.lang))
        if one.as_of != "day":
            known = one.as_of if one.as_of != "year_end" else self.word("as-of.year_end")
            self.line("as-of", known)
        if one.notes is not None:
            self.line("notes", one.notes.say(self.lang))
        title(self.word("conditions"))
        for name, condition in one.conditions.items():
            self.condition(name, condition)
        if one.once_per is not None:
            period = self.word(f"period.{one.once_per.period}")
            say(f"  · {self.word('once', object=one.once_per.object, period=period)}")
        self.amount(one)
        self.together(one)
        self.values(one)
        self.warnings(self.about(one))

    def condition(self, name: str, condition: Condition) -> None:
        say(f"  · {condition.text.say(self.lang)} ({name})")
        say(f"      {condition.expr}", "cyan")
        say(f"      {self.cited(condition.cite)}", "dim")
        for exception in condition.exceptions:
            value = self.word("true" if exception.value else "false")
            say(f"      {self.word('exception', when=exception.when, value=value)} — {self.cited(exception.cite)}")

    def amount(self, one: Measure) -> None:
        title(self.word("amount"))
        say(f"  {self.word('decision') if one.decided else one.amount}", "cyan")
        if one.ceiling:
            say(f"  {self.word('ceiling')}")
        if one.cap is not None:
            self.line("cap", one.cap)
        if one.rounding is not None:
            self.line("rounding", f"{one.rounding.unit} {one.rounding.mode}")
        for part in one.instalments:
            when = f" [{part.when}]" if part.when is not None else ""
            self.line("instalments", self.word("instalment", year=part.year + 1, share=part.share) + when)

    def together(self, one: Measure) -> None:
        """Print what bounds the measure together with others: budget, caps, groups."""
        if one.budget is not None:
            parts = [words(f"rule.{one.budget.rule}", self.lang)]
            parts += [f"{self.word('quota')} {one.budget.quota}"] if one.budget.quota is not None else []
            parts += [f"{self.word('order')} {one.budget.order_by}"] if one.budget.order_by is not None else []
            self.line("budget", " · ".join(parts))
            if one.budget.pool is not None:
                self.pool(self.policy.pools[one.budget.pool])
        for cap in self.policy.caps.values():
            if one.id in self.policy.capped(cap):
                self.line("caps", f"{cap.title.say(self.lang)}: {cap.limit} — {self.cited(cap.cite)}")
        for group in self.policy.stacking.values():
            if one.id in group.measures:
                others = ", ".join(m for m in group.measures if m != one.id)
                self.line("stacking", f"{others} — {group.title.say(self.lang)} ({group.rule}), {self.cited(group.cite)}")

    def pool(self, pool: Pool) -> None:
        say(f"  {self.word('pool')} {pool.title.say(self.lang)} ({pool.id})")
        current = _current(pool.values, self.day)
        for value in pool.values:
            self.dated(value.from_, str(value.value), value.cite, value is current)

    def values(self, one: Measure) -> None:
        names = tuple(parameters_of(one, self.policy))
        if names:
            title(self.word("values"))
        for name in names:
            self.history(self.policy.parameters[name])

    def parameter(self, one: Parameter) -> None:
        """Print a parameter: its dated values and where it is used."""
        self.history(one, "bold")
        users = [m for m in self.policy.measures.values() if one.id in parameters_of(m, self.policy)]
        if users:
            self.line("uses", ", ".join(f"{m.title.say(self.lang)} ({m.id})" for m in users))

    def history(self, one: Parameter, style: str = "") -> None:
        say(f"  {one.title.say(self.lang)} ({one.id}, {one.type})", style)
        current = _current(one.values, self.day)
        for value in one.values:
            self.dated(value.from_, _written(value), value.cite, value is current)
        if current is None:
            say(f"      {self.word('no-value', day=self.day)}", "yellow")
        for exception in one.exceptions:
            say(f"      {self.word('exception', when=exception.when, value=exception.value)} — {self.cited(exception.cite)}")
        if one.note is not None:
            say(f"      {one.note.say(self.lang)}", "dim")

    def dated(self, since: date, value: str, cite: Citation, used: bool) -> None:
        mark = f"  {self.word('in-use', day=self.day)}" if used else ""
        say(f"      {self.word('since', day=since)}  {value} — {self.cited(cite)}{mark}", "bold" if used else "")

    def about(self, one: Measure) -> Findings:
        """Return the package's warnings whose place is in the measure or a parameter it uses."""
        spans = [self.policy.places.raw.get(("measures", one.id))]
        spans += [self.policy.places.raw.get(("parameters", name)) for name in parameters_of(one, self.policy)]
        ranges = [(raw.span.file, raw.span.line, _last(raw)) for raw in spans if raw is not None]
        found = self.policy.warnings
        return tuple(f for f in found if any(f.span.file == file and first <= f.span.line <= last for file, first, last in ranges))

    def warnings(self, found: Findings) -> None:
        if found:
            title(self.word("warnings"))
            for each in found:
                say(render(each, self.lang), "yellow")


def parameters_of(measure: Measure, policy: Package) -> Iterator[str]:
    """Yield the parameters a measure's formulas name, through variables too, each once."""
    found: dict[str, None] = {}
    for tree in all_formulas(measure):
        for node in expanded(tree, policy, closed=False):
            if isinstance(node, t.ParameterOf):
                found[node.name] = None
            elif isinstance(node, t.Banded | t.Lookup):
                found[node.parameter] = None
    yield from found


def _current(values: tuple[_Dated, ...], day: date) -> _Dated | None:
    return max((v for v in values if v.from_ <= day), key=lambda v: v.from_, default=None)


def _written(value: DatedValue) -> str:
    """Return a value as written: one number, bands, or rows."""
    if value.bands is not None:
        return "; ".join(f"{b.from_}–{b.to if b.to is not None else '∞'}: {b.value}" for b in value.bands)
    if value.rows is not None:
        return "; ".join(f"{' + '.join(row.key)}: {row.value}" for row in value.rows)
    return str(value.value)


def _last(raw: object) -> int:
    """Return the last line of a read part of a file."""
    span = getattr(raw, "span", None)
    inner = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    return max([span.line if span is not None else 0, *(_last(part) for part in inner)])
