"""Industry codes of GB/T 4754-2017: names, hierarchy, and codes that come from another edition.

The same digits can name different industries: 3963 is 智能无人飞行器制造 in the 2017 edition and 集成电路制造 in that of 2011.
So a code is only ever read in the 2017 edition, and what it meant before is said, not guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from jiqun.language.diagnostics import nearest
from jiqun.model.words import Words

EDITION = "2017"


@dataclass(frozen=True, slots=True)
class Industry:
    """One entry of the classification; `level` is 1 门类, 2 大类, 3 中类, 4 小类."""

    section: str
    code: str
    level: int
    name: str


@dataclass(frozen=True, slots=True)
class Former:
    """What a code meant in an earlier edition, and the 2017 codes where that activity mainly is now."""

    edition: str
    code: str
    name: str
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code is one of 2017, and what else there is to say about it."""

    status: Literal["known", "other_edition", "unknown"]
    industry: Industry | None
    former: Former | None
    nearest: str | None
    text: Words


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table shipped with the register."""
    text = files("jiqun.register").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def industries() -> Mapping[str, Industry]:
    """Return every entry of GB/T 4754-2017 by its code."""
    listed = (Industry(r["section"], r["code"], int(r["level"]), r["name"]) for r in rows("gbt4754_2017.csv"))
    return MappingProxyType({entry.code: entry for entry in listed})


@cache
def _former() -> Mapping[str, Former]:
    listed = rows("gbt4754_other_editions.csv")
    return MappingProxyType({r["code"]: Former(r["edition"], r["code"], r["name"], tuple(r["now"].split("|"))) for r in listed})


def normal(code: str) -> str:
    """Return the bare code: `C3963` and ` 3963 ` are 3963, `c` is C."""
    bare = code.strip().upper()
    return bare[1:] if bare[:1].isalpha() and bare[1:].isdigit() else bare


def lookup(code: str) -> Industry | None:
    """Return the industry of a code (a letter, or 2 to 4 digits, with or without its letter), or None.

    A letter that does not belong to the digits is no code. A group with a single class has no row of its own: 591 is 5910.

    >>> lookup("3963").name
    '智能无人飞行器制造'
    >>> lookup("C3963") == lookup("3963"), lookup("D3963")
    (True, None)
    """
    bare, known = normal(code), industries()
    entry = known.get(bare)
    if entry is None and len(bare) == 3 and (only := known.get(bare + "0")) is not None:
        entry = Industry(only.section, bare, 3, only.name)
    letter = code.strip().upper()[:1]
    return None if entry is None or (letter.isalpha() and letter != entry.section) else entry


def path(code: str) -> tuple[Industry, ...]:
    """Return the industry and everything above it, from the section down.

    >>> [entry.code for entry in path("3963")]
    ['C', '39', '396', '3963']
    """
    entry = lookup(code)
    if entry is None:
        return ()
    digits = [entry.code[:length] for length in range(2, len(entry.code) + 1)] if entry.level > 1 else []
    return tuple(found for step in (entry.section, *digits) if (found := lookup(step)) is not None)


def within(code: str, ancestor: str) -> bool:
    """Return whether a code is `ancestor` or stands below it.

    >>> within("3963", "C"), within("3963", "39"), within("3963", "38")
    (True, True, False)
    """
    return any(entry.code == normal(ancestor) for entry in path(code))


def check(code: str) -> Verdict:
    """Say what a code is in 2017, what it was in another edition if that differs, and the nearest code if it is none.

    >>> check("6592").text.zh
    '6592 不是 GB/T 4754-2017 的代码；在 2011 版中是“呼叫中心”，2017 版主要对应 6591 呼叫中心。'
    """
    entry, former = lookup(code), _former().get(normal(code))
    if entry is not None:
        return Verdict("known", entry, former, None, _known(entry, former))
    if former is not None:
        return Verdict("other_edition", None, former, former.now[0], _gone(former))
    close = _nearest(normal(code))
    return Verdict("unknown", None, None, close, _unknown(code, close))


def _known(entry: Industry, former: Former | None) -> Words:
    zh, en = f"{entry.code} {entry.name}", f"{entry.code} {entry.name} (GB/T 4754-{EDITION})"
    if former is None:
        return Words(zh=zh, en=en)
    return Words(
        zh=f"{zh}；注意：{former.edition} 版中 {former.code} 是“{former.name}”，2017 版主要对应 {_listed(former.now)}。",
        en=f"{en}; note: in the {former.edition} edition {former.code} was '{former.name}', now mainly {_listed(former.now)}.",
    )


def _gone(former: Former) -> Words:
    code, name, then, now = former.code, former.name, former.edition, _listed(former.now)
    return Words(
        zh=f"{code} 不是 GB/T 4754-2017 的代码；在 {then} 版中是“{name}”，2017 版主要对应 {now}。",
        en=f"{code} is no code of GB/T 4754-2017; in the {then} edition it was '{name}', now mainly {now}.",
    )


def _unknown(code: str, close: str | None) -> Words:
    zh, en = f"GB/T 4754-2017 中没有 {code.strip()!r}", f"GB/T 4754-2017 has no code {code.strip()!r}"
    return (
        Words(zh=f"{zh}；最接近的是 {_listed((close,))}。", en=f"{en}; the nearest is {_listed((close,))}.")
        if close
        else Words(zh=zh, en=en)
    )


def _listed(codes: tuple[str, ...]) -> str:
    return "、".join(f"{code} {entry.name}" for code in codes if (entry := lookup(code)))


def _nearest(bare: str) -> str | None:
    """Prefer the entry above, which the writer most likely meant to refine; else the most alike."""
    above = next((bare[:length] for length in range(len(bare) - 1, 1, -1) if lookup(bare[:length])), None)
    return above or nearest(bare, industries())
