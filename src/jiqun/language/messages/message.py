"""The shape of a finding's text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """What is wrong and how to mend it, in both languages; fields in braces are the finding's arguments."""

    zh: str
    en: str
    fix_zh: str
    fix_en: str
