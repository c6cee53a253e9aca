"""The texts of findings, by code, in zh and en. One module a subject; a code stands in one of them."""

from jiqun.language.messages import checks, expressions, package, register, run
from jiqun.language.messages.message import Message

_PARTS = (package.MESSAGES, expressions.MESSAGES, checks.MESSAGES, register.MESSAGES, run.MESSAGES)
MESSAGES: dict[str, Message] = {code: text for part in _PARTS for code, text in part.items()}
SEVERITY: dict[str, str] = dict.fromkeys(checks.WARNINGS, "warning")
assert len(MESSAGES) == sum(map(len, _PARTS)), "a code has two messages"
