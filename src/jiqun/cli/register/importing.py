"""`jiqun register import FILE…`: files people hold, into a register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer

from jiqun.cli import given, options
from jiqun.cli.console import print_json, progress, say
from jiqun.cli.given import Refused
from jiqun.cli.words import words
from jiqun.model.package import Package
from jiqun.register.faults import REASONS
from jiqun.register.mapping import SheetMapping, read_mapping, suggest
from jiqun.register.read import ImportReport, Source, SourceReport, import_register, importable
from jiqun.register.sheets import headers_of


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("import", help=words("import.help", lang))
    def import_(
        files: list[Path] = typer.Argument(help=words("import.files", lang), metavar="FILE…"),
        package: Path = options.package(lang),
        out: Path = typer.Option(..., "--out", metavar="FOLDER", help=words("import.out", lang)),
        mapping: list[Path] = typer.Option([], "--mapping", metavar="FILE", help=words("import.mapping", lang)),
        entity: str = typer.Option("", "--entity", help=words("import.entity", lang)),
        year: int = typer.Option(None, "--year", metavar="YEAR", help=words("import.year", lang)),
        origin: str = typer.Option("", "--origin", help=words("import.origin", lang)),
        plain: bool = options.plain(lang),
        lang: str = options.lang(lang),
    ) -> None:
        policy = given.package(package)
        sources = _sources(policy, files, mapping, entity or policy.root.id, year)
        said = origin or words("import.origin.default", lang, files=", ".join(file.name for file in files))
        with progress(words("import.reading", lang)) as told:
            made = import_register(sources, policy.entities, given.folder_to_write(out), origin=said, progress=told)
        if plain:
            print_json(_as_json(made))
        else:
            _print(made, lang)


def _sources(policy: Package, files: Sequence[Path], mappings: Sequence[Path], entity: str, year: int | None) -> list[Source]:
    """Return each file with how it is read: by the mapping given, by the one beside it, or by its headers."""
    entities = importable(policy.entities)
    for file in (*files, *mappings):
        if not file.is_file():
            raise Refused("refused.no-file", path=file)
    if entity not in entities:
        given.unknown("refused.unknown-entity", entity, entities)
    if len(mappings) not in (0, 1, len(files)):
        raise Refused("import.mapping-count", mappings=len(mappings), files=len(files))
    sources = []
    for place, file in enumerate(files):
        beside = file.with_name(f"{file.stem}.mapping.yaml")
        chosen = mappings[place % len(mappings)] if mappings else beside if beside.is_file() else None
        mapping = read_mapping(chosen, entities) if chosen is not None else _by_headers(policy, file, entity)
        sources.append(Source(file, _dated(mapping, file, year)))
    return sources


def _by_headers(policy: Package, file: Path, entity: str) -> SheetMapping:
    headers = headers_of(file)
    found = suggest(importable(policy.entities)[entity], headers)
    if not found.mapping.columns:
        raise Refused("import.nothing-matched", file=file, entity=entity, headers=", ".join(headers))
    return found.mapping


def _dated(mapping: SheetMapping, file: Path, year: int | None) -> SheetMapping:
    """Return a mapping with its year; two that differ are refused. A payment has a date instead."""
    if mapping.year is None and year is None and mapping.entity != "payments":
        raise Refused("import.year-missing", file=file)
    if year is not None and isinstance(mapping.year, int) and mapping.year != year:
        raise Refused("import.year-conflict", written=mapping.year, given=year)
    return replace(mapping, year=year) if mapping.year is None and year is not None else mapping


def _print(made: ImportReport, lang: str) -> None:
    for source in made.sources:
        _print_source(source, lang)
    if len(made.sources) > 1:
        say(words("import.total", lang, read=f"{made.read:,}", kept=f"{made.kept:,}", quarantined=f"{made.quarantined:,}"), "bold")
    if made.quarantine is not None:
        say(words("import.quarantine", lang, path=made.quarantine), "yellow")
    say(words("import.done", lang, path=made.register.path, years=", ".join(map(str, made.register.years))))


def _print_source(source: SourceReport, lang: str) -> None:
    counts = {"read": f"{source.read:,}", "kept": f"{source.kept:,}", "quarantined": f"{source.quarantined:,}"}
    say(words("import.file", lang, file=source.file.name, entity=source.entity, **counts))
    joint = "，" if lang == "zh" else ", "
    if source.encoding is not None:
        say("    " + words("import.encoding", lang, encoding=source.encoding), "dim")
    if source.units:
        say("    " + words("import.units", lang, units=joint.join(f"{column} {unit}" for column, unit in source.units.items())), "dim")
    if source.unused:
        say("    " + words("import.unused", lang, headers=joint.join(source.unused)), "dim")
    for code, count in source.reasons.items():
        reason = REASONS[code].say(lang).format_map(defaultdict(lambda: "…"))
        say("    " + words("import.reason", lang, reason=f"[{code}] {reason}", count=count), "yellow")


def _as_json(made: ImportReport) -> dict[str, object]:
    sources = [
        {
            "file": str(source.file),
            "sheet": source.sheet,
            "encoding": source.encoding,
            "entity": source.entity,
            "read": source.read,
            "kept": source.kept,
            "quarantined": source.quarantined,
            "reasons": dict(source.reasons),
            "units": dict(source.units),
            "unused": list(source.unused),
        }
        for source in made.sources
    ]
    counts = {"read": made.read, "kept": made.kept, "quarantined": made.quarantined}
    held = {"register": str(made.register.path), "years": list(made.register.years), "digest": made.register.digest}
    return {**held, **counts, "quarantine": str(made.quarantine) if made.quarantine else None, "sources": sources}
