"""The summary of a run as people read it: firm, at most and to be decided side by side, never added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jiqun.cli.amounts import NOTHING, count, exact, share, short
from jiqun.cli.console import say, table, title
from jiqun.cli.words import WORDS, words
from jiqun.model.package import Package

Row = Mapping[str, Any]
_REASONS = ("expired", "not_yet", "past_guide", "draft_consultation", "expired_or_superseded", "unclear", "not_chosen")


def show(policy: Package, summary: Mapping[str, Any], lang: str, package: Path) -> None:
    """Print the summary of a run."""
    _head(policy, summary, lang)
    _measures(summary["measures"], lang, policy.heading.currency)
    _totals(summary, lang)
    _pools(policy, summary["pools"], lang)
    _ties(policy, summary["ties"], lang)
    _assumptions(summary, lang)
    _not_run(policy, summary["not_run"], lang)
    if policy.warnings:
        say()
        say(words("warnings.count", lang, count=len(policy.warnings), package=package), "yellow")


def _head(policy: Package, summary: Mapping[str, Any], lang: str) -> None:
    if policy.heading.invented:
        say(words("invented.banner", lang), "yellow")
    if summary["synthetic"]:
        say(words("synthetic.banner", lang), "yellow")
    statuses = dict.fromkeys(words(f"status.{row['status']}", lang) for row in summary["measures"])
    about = {"title": policy.heading.title.say(lang), "day": summary["day"], "year": summary["year"], "count": len(summary["measures"])}
    say(words("run.head", lang, statuses=_listed(statuses, lang), **about), "bold")
    sampled, weighted = summary["enterprises"]["sampled"], summary["enterprises"]["weighted"]
    key = "run.enterprises" if sampled == weighted else "run.weights"
    say(words(key, lang, sampled=f"{sampled:,}", weighted=f"{weighted:,}"))
    say()


def _measures(rows: Sequence[Row], lang: str, currency: str) -> None:
    touched = [row for row in rows if any(row[key] for key in ("yes", "unknown", "decision_units", "conflict"))]
    conflicts = any(row["conflict"] for row in touched)
    keys = ["measure", "yes", "unknown", "deciding", *(("conflict",) if conflicts else ()), "firm", "at_most", "to_be_decided"]
    table(
        [words(f"column.{key}", lang) for key in keys], [_measure(row, lang, conflicts) for row in touched], frozenset(range(1, len(keys)))
    )
    notes = [words("mark.money", lang, currency=currency)]
    if any(not row["verified"] for row in touched):
        notes.append(words("mark.unverified", lang))
    if any(row["without_maximum"] for row in touched):
        notes.append(words("mark.no-maximum", lang))
    say((" · ").join(notes), "dim")
    rest = [row["title"][lang] for row in rows if row not in touched]
    if rest:
        say(words("run.nobody", lang, measures=_listed(rest, lang)), "dim")
    open_ended = sum(row["open_ended"] for row in rows)
    if open_ended:
        say(words("run.open_ended", lang, count=open_ended), "dim")


def _measure(row: Row, lang: str, conflicts: bool) -> tuple[str, ...]:
    name = row["title"][lang] + ("" if row["verified"] else " *")
    counts = [count(row[key]) for key in ("yes", "unknown", "decision_units", *(("conflict",) if conflicts else ()))]
    decided = short(row["to_be_decided"], lang)
    if row["without_maximum"]:
        decided = "+" if decided == NOTHING else f"{decided} +"
    return (name, *counts, short(row["firm"], lang), short(row["at_most"], lang), decided)


def _totals(summary: Mapping[str, Any], lang: str) -> None:
    totals, rows = summary["totals"], summary["measures"]
    title(words("totals.title", lang))
    lines = [
        ("totals.firm", short(totals["firm"], lang)),
        ("totals.provisional", short(totals["provisional"], lang)),
        ("totals.at_most", short(totals["at_most"], lang)),
        ("totals.to_be_decided", short(totals["to_be_decided"], lang) + _without(rows, "without_maximum", lang)),
        ("totals.unknown", short(totals["unknown_bound"], lang) + _without(rows, "unknown_without_bound", lang)),
        ("totals.conflict", count(sum(row["conflict"] for row in rows))),
    ]
    for key, amount in lines:
        if amount != NOTHING or key in ("totals.firm", "totals.at_most", "totals.to_be_decided"):
            say(f"  {words(key, lang)}{'：' if lang == 'zh' else ': '}{amount}")


def _without(rows: Iterable[Row], key: str, lang: str) -> str:
    number = sum(row[key] for row in rows)
    said = words("totals.without", lang, count=f"{number:,}")
    return "" if not number else f"（{said}）" if lang == "zh" else f" ({said})"


def _pools(policy: Package, rows: Sequence[Row], lang: str) -> None:
    if not rows:
        return
    title(words("pools.title", lang))
    keys = ("pool", "rule", "pot", "claims", "pressure", "given", "residue", "winners", "undecided", "cutoff")
    table([words(f"pools.{key}", lang) for key in keys], [_pool(policy, row, lang) for row in rows], frozenset(range(2, len(keys))))


def _pool(policy: Package, row: Row, lang: str) -> tuple[str, ...]:
    places = [words("pools.places", lang, count=row["quota"])] if row["quota"] is not None else []
    pot = " / ".join([short(row["pot"], lang)] * (row["pot"] is not None) + places)
    residue = NOTHING if row["residue"] is None else exact(row["residue"])
    winners = f"{row['winners']:,}/{row['applicants']:,}"
    rule, pressure = words(f"rule.{row['rule']}", lang), share(row["claims"], row["pot"])
    ends = (winners, count(row["undecided"]), NOTHING if row["rule"] == "lottery" else row["cutoff"] or NOTHING)
    return (
        _budget(policy, row["budget"], lang),
        rule,
        pot,
        short(row["claims"], lang),
        pressure,
        short(row["given"], lang),
        residue,
        *ends,
    )


def _budget(policy: Package, name: str, lang: str) -> str:
    """Return the title of a pool, or of the measure that has a quota of its own."""
    known = policy.pools.get(name) or policy.measures.get(name)
    return known.title.say(lang) if known is not None else name


def _ties(policy: Package, rows: Sequence[Row], lang: str) -> None:
    if not rows:
        return
    title(words("ties.title", lang))
    for row in rows:
        numbers = {key: row[key] for key in ("key", "funded", "partly", "unfunded")}
        say("  " + words("ties.row", lang, budget=_budget(policy, row["budget"], lang), units=_listed(row["units"], lang), **numbers))


def _assumptions(summary: Mapping[str, Any], lang: str) -> None:
    if not summary["assumptions"]:
        return
    title(words("assumptions.title", lang))
    for each in summary["assumptions"]:
        code, _, name = each.partition(":")
        key = f"assumption.{code}"
        say("  " + (words(key, lang, name=name) if key in WORDS else each))


def _not_run(policy: Package, rows: Sequence[Row], lang: str) -> None:
    if not rows:
        return
    title(words("not_run.title", lang))
    grouped: dict[str, list[str]] = {}
    for row in rows:
        grouped.setdefault(row["reason"], []).append(policy.measures[row["measure"]].title.say(lang))
    for reason in sorted(grouped, key=lambda r: (_REASONS.index(r) if r in _REASONS else len(_REASONS), r)):
        if reason.startswith("needs:"):
            needed = [policy.measures[m].title.say(lang) for m in reason.removeprefix("needs:").split(",")]
            said = words("not_run.needs", lang, measures=_listed(needed, lang))
            say("  " + words("not_run.row", lang, reason=said, count=len(grouped[reason]), measures=_listed(grouped[reason], lang)))
            continue
        key = f"not_run.{reason}" if f"not_run.{reason}" in WORDS else f"status.{reason}"
        said = words(key, lang) if key in WORDS else reason
        say("  " + words("not_run.row", lang, reason=said, count=len(grouped[reason]), measures=_listed(grouped[reason], lang)))


def _listed(names: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else "; ").join(names)
