"""First come, first served (先到先得): by day, the earliest first unless said otherwise."""

from __future__ import annotations

from jiqun.compile.allocate.ordered import Ordered

_DAYS = "DATE_DIFF('day', DATE '1970-01-01', s.rank_day)"

RULE = Ordered(key=f"CASE WHEN d.descending THEN -{_DAYS} ELSE {_DAYS} END", unplaced="s.rank_day IS NULL")
