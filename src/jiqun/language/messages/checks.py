"""Findings of the drafting checks."""

from jiqun.language.messages.message import Message

MESSAGES: dict[str, Message] = {}
WARNINGS: tuple[str, ...] = ()
