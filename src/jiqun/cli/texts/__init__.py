"""The texts of the command line, by key, in zh and en. One module a subject; a key stands in one of them."""

from jiqun.cli.texts import explain, general, register, results, show

_PARTS = (general.TEXTS, register.TEXTS, results.TEXTS, show.TEXTS, explain.TEXTS)
TEXTS: dict[str, tuple[str, str]] = {key: text for part in _PARTS for key, text in part.items()}
assert len(TEXTS) == sum(map(len, _PARTS)), "a key has two texts"
