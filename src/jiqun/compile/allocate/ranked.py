"""Ranked (择优): by score, the highest first unless said otherwise."""

from __future__ import annotations

from jiqun.compile.allocate.ordered import Ordered

RULE = Ordered(key="CASE WHEN d.descending THEN -s.rank_number ELSE s.rank_number END", unplaced="s.rank_number IS NULL")
