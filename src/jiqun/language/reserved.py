"""Names a package may not give: the words of the language, and tables that a run makes itself."""

from __future__ import annotations

import re

_WORDS = "id year weight as_of and or not in between case when then else end true false date if decision unit select"
WORDS = frozenset(_WORDS.split())
"""No column, variable or parameter is called so: the language has its own meaning for each."""

_TABLES = frozenset(["payments", "payments_due", "payments_before", "outcome", "awards", "pools", "ties"])
_STEPS = re.compile(r"(claims|open|used|run|sum)\d.*|(raw|awarded|paid|once)_.*")
_KEYWORDS = """
    alter as create cross describe distinct drop except fetch for from glob grant group having ilike inner insert intersect into
    join lateral like natural notnull on order outer qualify regexp returning revoke rlike rollback select table tablesample
    uncache union using values where with xor
"""
_SQL = frozenset(_KEYWORDS.split())


def is_table(name: str) -> bool:
    """Whether an entity cannot be called so, because a run has a table of that name or SQL could not name it.

    >>> is_table("payments"), is_table("project")
    (True, False)
    """
    return name in WORDS or name in _TABLES or name in _SQL or _STEPS.fullmatch(name) is not None
