"""What the user gave, read or refused: folders, days, years, names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn, get_args

from jiqun import shipped
from jiqun.check import accept
from jiqun.cli.words import words
from jiqun.language.diagnostics import LABEL, Rejected, nearest
from jiqun.model.measure import Status
from jiqun.model.package import Package
from jiqun.register.store import Register, open_register

STATUSES: tuple[str, ...] = get_args(Status)


class Refused(Exception):
    """What was given cannot be used: the text that says so, what fills it, and the text that says how to mend it."""

    def __init__(self, key: str, fix: str = "", /, **values: object) -> None:
        super().__init__(key)
        self.key, self.fix, self.values = key, fix or f"{key}.fix", values

    def say(self, lang: str) -> str:
        fix = f"\n  {LABEL[lang]['fix']}: {words(self.fix, lang, **self.values)}"
        return f"{LABEL[lang]['error']} [{self.code}]\n  {words(self.key, lang, **self.values)}{fix}"

    @property
    def code(self) -> str:
        return self.key.rpartition(".")[2]

    def as_json(self) -> dict[str, object]:
        """Return it in the shape of a finding."""
        said = {
            part: {lang: words(key, lang, **self.values) for lang in ("zh", "en")}
            for part, key in (("message", self.key), ("fix", self.fix))
        }
        return {"code": self.code, "severity": "error", **said}


def package_folder(path: Path) -> Path:
    """Return a folder, or that of a shipped package; refuse one that is not there."""
    found = shipped.find(path)
    if not found.is_dir():
        raise Refused("refused.no-folder", path=path, known=", ".join(shipped.names()))
    return found


def package(path: Path) -> Package:
    """Read a package that may be run."""
    return accept(package_folder(path))


def register(path: Path, policy: Package) -> Register:
    """Open a register to be used with a package."""
    return open_register(path, policy.entities.values())


def any_register(path: Path) -> tuple[Register, Package]:
    """Open a register with the shipped package whose columns it fits; if none fits, the first one's findings stand."""
    misfit: Rejected | None = None
    for name in shipped.names():
        policy = accept(shipped.policies() / name)
        try:
            found = register(path, policy)
        except Rejected as cause:
            misfit = misfit or cause
        else:
            if any(
                table in policy.entities and set(found.columns(table)) & set(policy.entities[table].columns)
                for table in found.manifest.rows
            ):
                return found, policy
    assert misfit is not None
    raise misfit


def day(text: str) -> date:
    """Read a day written as 2026-01-31, and nothing else.

    >>> day("2026-01-31")
    datetime.date(2026, 1, 31)
    """
    try:
        made = date.fromisoformat(text)
    except ValueError:
        raise Refused("refused.bad-day", given=text) from None
    if made.isoformat() != text:
        raise Refused("refused.bad-day", given=text)
    return made


def years(text: str) -> tuple[int, ...]:
    """Read years written as 2023,2024,2025: one after another.

    >>> years("2023, 2024")
    (2023, 2024)
    """
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    made = tuple(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) == 4)
    if len(made) != len(parts) or made != tuple(range(made[0], made[0] + len(made))):
        raise Refused("refused.bad-years", given=text)
    return made


def data_year(given: int | None, on: date, held: Sequence[int]) -> int:
    """Return the data year: the one given, or the latest before the year of the day.

    >>> data_year(None, date(2026, 2, 20), (2023, 2024, 2025))
    2025
    """
    if given is not None:
        return given
    earlier = [year for year in held if year < on.year]
    if not earlier:
        raise Refused("refused.no-year", day=on, years=", ".join(map(str, held)))
    return max(earlier)


def unknown(key: str, name: str, known: Iterable[str]) -> NoReturn:
    """Refuse a name that is not known, with the nearest one or else the list."""
    listed = tuple(known)
    near = nearest(name, listed)
    raise Refused(key, "refused.near.fix" if near else "refused.list.fix", given=name, near=near, known=", ".join(listed))


def measures(names: Iterable[str], policy: Package, on: date | None = None) -> tuple[str, ...]:
    """Check that a package has measures of these names, in force on the day if one is given."""
    made = tuple(names)
    for name in made:
        if name not in policy.measures:
            unknown("refused.unknown-measure", name, policy.measures)
        if on is not None and not policy.measures[name].in_force(on):
            raise Refused("refused.not-in-force", measure=name, day=on)
    return made


def statuses(names: Iterable[str]) -> tuple[str, ...]:
    """Check statuses of measures."""
    made = tuple(dict.fromkeys(names))
    for name in made:
        if name not in STATUSES:
            unknown("refused.unknown-status", name, STATUSES)
    return made


def folder_to_write(path: Path) -> Path:
    """Return where a folder is to be written; refuse a file."""
    if path.exists() and not path.is_dir():
        raise Refused("refused.out-is-file", path=path)
    return path
