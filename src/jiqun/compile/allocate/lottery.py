"""Lottery (摇号): by a draw that anyone can repeat from the published seed."""

from __future__ import annotations

from jiqun.compile.allocate.ordered import Ordered

DRAW = "MD5(d.seed || ':' || s.measure || ':' || s.unit)"

RULE = Ordered(key=DRAW, unplaced="FALSE")
