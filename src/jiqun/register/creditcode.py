"""Unified social credit codes (统一社会信用代码, GB 32100-2015), their check digits, and what a wrong one may have been meant to be.

18 characters: department, category, 6 digits of the registering authority's area, 9 of the organisation code (GB 11714, with a
check character of its own), and a check character. The alphabet has no I, O, S, V and Z.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jiqun.model.words import Words

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
VALUE = MappingProxyType({letter: value for value, letter in enumerate(ALPHABET)})
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

DEPARTMENTS: Mapping[str, str] = MappingProxyType(
    {
        "1": "1239",
        "2": "19",
        "3": "123459",
        "4": "19",
        "5": "1239",
        "6": "129",
        "7": "129",
        "8": "19",
        "9": "123",
        "A": "19",
        "N": "1239",
        "Y": "1",
    }
)
"""Departments (1 机构编制, 2 外交, 3 司法行政, 4 文化, 5 民政, 6 旅游, 7 宗教, 8 工会, 9 工商, A 中央军委改革和编制办公室, N 农业, Y 其他)
and the categories of each. The list has grown before, so a code outside it is remarked on, never refused."""

CONFUSABLE = MappingProxyType({"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"})
_ALIKE = MappingProxyType(
    {
        frozenset(pair): rank
        for rank, pair in enumerate(("0D", "0Q", "8B", "1L", "17", "5S", "6G", "2Z", "UW", "CG", "EF", "PR", "38", "56", "MN", "KX"))
    }
)
_TEXTS: Mapping[str, Words] = MappingProxyType(
    {
        "length": Words(zh="应为 18 位，实有 {count} 位", en="must have 18 characters, has {count}"),
        "character": Words(zh="第 {place} 位不能是“{letter}”", en="character {place} cannot be '{letter}'"),
        "organisation-check": Words(
            zh="第 9–17 位组织机构代码的校验码应为 {right}（GB 11714）",
            en="the check character of the organisation code (9–17) should be {right} (GB 11714)",
        ),
        "check-digit": Words(zh="校验码应为 {right}，写的是 {letter}", en="the check character should be {right}, is {letter}"),
        "department": Words(
            zh="登记管理部门代码“{letter}”不在已知之列", en="registration department '{letter}' is not among the known ones"
        ),
        "category": Words(zh="部门 {department} 没有机构类别“{letter}”", en="department {department} has no known category '{letter}'"),
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to say about a code; `code` is length, character, check-digit, organisation-check, department or category."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code is valid; `faults` say why not, `remarks` what is unusual about it."""

    text: str
    faults: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()

    @property
    def valid(self) -> bool:
        return not self.faults


def _reason(code: str, **args: object) -> Reason:
    return Reason(code, _TEXTS[code].zh.format(**args), _TEXTS[code].en.format(**args))


def check_digit(body: str) -> str:
    """Return the 18th character of a code from its first 17.

    >>> check_digit("91110000600037341")
    'L'
    """
    total = sum(VALUE[letter] * weight for letter, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """Return the 9th character of an organisation code (GB 11714) from its first 8.

    >>> organisation_check("60003734")
    '1'
    """
    values = (int(letter) if letter.isdigit() else ord(letter) - ord("A") + 10 for letter in body)
    rest = -sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def check(code: str) -> Verdict:
    """Check a code as written; blanks, lower case and full-width characters are faults that `suggest` mends.

    >>> check("91110000600037341L").valid
    True
    >>> [fault.code for fault in check("9111000060003734IL").faults]
    ['character']
    """
    if len(code) != LENGTH:
        return Verdict(code, (_reason("length", count=len(code)),))
    wrong = tuple(_reason("character", place=place + 1, letter=letter) for place, letter in enumerate(code) if not _allowed(place, letter))
    if wrong:
        return Verdict(code, wrong)
    return Verdict(code, tuple(_check_faults(code)), tuple(_remarks(code)))


def _allowed(place: int, letter: str) -> bool:
    digits_only = 2 <= place <= 7
    return letter in VALUE and not (digits_only and letter not in "0123456789")


def _check_faults(code: str) -> Iterator[Reason]:
    if code[16] != (right := organisation_check(code[8:16])):
        yield _reason("organisation-check", right=right)
    if code[17] != (right := check_digit(code[:17])):
        yield _reason("check-digit", right=right, letter=code[17])


def _remarks(code: str) -> Iterator[Reason]:
    department, category = code[0], code[1]
    if department not in DEPARTMENTS:
        yield _reason("department", letter=department)
    elif category not in DEPARTMENTS[department]:
        yield _reason("category", department=department, letter=category)


def suggest(code: str, most: int = 5) -> tuple[str, ...]:
    """Return valid codes a wrong one may have been meant to be, the likeliest first.

    First the code with blanks, case, full-width and confusable characters mended; then the neighbours swapped, one character too
    many left out, one character replaced by one that looks like it, and last by any other. A check character alone can be
    mended in many ways, so these are candidates to look up, never a correction.

    >>> suggest("9111OOOO6OOO37341l")
    ('91110000600037341L',)
    """
    plain = _plain(code)
    if _usual(plain):
        return () if plain == code else (plain,)
    found: dict[str, None] = {}
    for way in (_swapped, _shortened, _replaced):
        found.update(dict.fromkeys(candidate for candidate in way(plain) if candidate != code and _usual(candidate)))
    return tuple(found)[:most]


def _plain(code: str) -> str:
    letters = (c for c in unicodedata.normalize("NFKC", code).upper() if not c.isspace() and c not in "-–—._·'`")
    return "".join(CONFUSABLE.get(letter, letter) for letter in letters)


def _usual(code: str) -> bool:
    verdict = check(code)
    return verdict.valid and not verdict.remarks


def _swapped(code: str) -> Iterator[str]:
    for place in range(len(code) - 1):
        yield code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def _shortened(code: str) -> Iterator[str]:
    if len(code) == LENGTH + 1:
        for place in range(len(code)):
            yield code[:place] + code[place + 1 :]


def _replaced(code: str) -> Iterator[str]:
    """Yield the code with one character replaced so that the check character fits: at each place one letter does that."""
    if len(code) != LENGTH:
        return
    strange = [place for place, letter in enumerate(code) if letter not in VALUE]
    values = [VALUE.get(letter, 0) for letter in code]
    weights = (*WEIGHTS, 1)
    rest = sum(value * weight for value, weight in zip(values, weights, strict=True)) % 31
    changes = [(place, ALPHABET[(values[place] - rest * pow(weights[place], -1, 31)) % 31]) for place in strange or range(LENGTH)]
    for place, letter in sorted(changes, key=lambda change: (_ALIKE.get(frozenset((code[change[0]], change[1])), len(_ALIKE)), change[0])):
        yield code[:place] + letter + code[place + 1 :]
