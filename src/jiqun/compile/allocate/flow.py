"""The rows on their way through the stages: which table holds them now, with which columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

import sqlglot
from sqlglot import exp

from jiqun.compile.plan import Step


@lru_cache(maxsize=1024)
def parse(text: str) -> exp.Expression:
    """Read a select template; DuckDB's spelling is the one templates are written in.

    Runs that differ in their constants share most of their steps, so trees are kept: they are printed, never altered.
    """
    tree = sqlglot.parse_one(text, read="duckdb")
    assert isinstance(tree, exp.Expression)
    return tree


def literal(value: object) -> str:
    """Write a constant of a rule as SQL.

    >>> literal("it's"), literal(None), literal(True), literal(12)
    ("'it''s'", 'NULL', 'TRUE', '12')
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case str():
            return exp.Literal.string(value).sql("duckdb")
        case int():
            return str(value)
    return exp.Literal.string(str(value)).sql("duckdb")


def constants(columns: Mapping[str, str], rows: list[tuple[object, ...]]) -> str:
    """A select of constant rows; `columns` gives the type of each.

    >>> constants({"measure": "VARCHAR", "place": "INT"}, [("a", 1)])
    "SELECT CAST(v.measure AS VARCHAR) AS measure, CAST(v.place AS INT) AS place FROM (VALUES ('a', 1)) AS v(measure, place)"
    """
    if not rows:
        return "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items()) + " WHERE FALSE"
    typed = ", ".join(f"CAST(v.{name} AS {kind}) AS {name}" for name, kind in columns.items())
    listed = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
    return f"SELECT {typed} FROM (VALUES {listed}) AS v({', '.join(columns)})"


def tagged(column: str, tables: Mapping[str, str | None], select: str, where: str = "TRUE") -> str:
    """One select over several tables the caller named, each row marked in `column` with the rule whose table it is.

    >>> tagged("cap", {"yearly": "limits_1", "ever": None}, "t.key")
    "SELECT 'yearly' AS cap, t.key FROM limits_1 AS t WHERE TRUE"
    """
    return " UNION ALL ".join(
        f"SELECT {literal(rule)} AS {column}, {select} FROM {table} AS t WHERE {where}" for rule, table in tables.items() if table
    )


ARRIVING = ("measure", "unit", "enterprise", "weight", "object", "at_most", "amount", "rank_number", "rank_day", "instalments")
"""What no stage alters. `status` and `bound` arrive, too."""

ROW = "rowid"
"""What identifies a row of the source: DuckDB numbers the rows of a table, which joins far faster than ids do."""

AMOUNTS = ("amount", "stacked", "claim", "granted", "award")


NOTES = {
    "stack_group": "VARCHAR",
    "stack_winner": "VARCHAR",
    "claim_cap": "VARCHAR",
    "place": "INT",
    "unranked": "BOOLEAN",
    "award_cap": "VARCHAR",
    "reason": "VARCHAR",
}
"""What stages note about a row."""


def _fresh(column: str) -> str:
    """What is noted about a row that no stage has changed."""
    return "FALSE" if column == "provisional" else f"CAST(NULL AS {NOTES[column]})"


def _set(columns: tuple[str, ...], new: Mapping[str, str]) -> str:
    return ", ".join(f"{new[column]} AS {column}" if column in new else f"s.{column}" for column in columns)


@dataclass(frozen=True)
class Flow:
    """Where the rows are: `source` as they came, and over it the latest table of those that some stage has changed, with its `columns`.

    Few rows change, so this copies few. `money` is the column of the latest stage, NULL unless the status is yes; `bound` is the most
    an undecided row could still become, NULL where nothing bounds it.
    """

    prefix: str
    scale: int
    source: str
    money: str = "amount"
    changed: str | None = None
    columns: tuple[str, ...] = ("status", "bound", "provisional", "reason")
    steps: tuple[Step, ...] = ()
    used: str = "payments_before"

    @property
    def kind(self) -> str:
        """The SQL type of money."""
        return f"DECIMAL(18, {self.scale})"

    @property
    def wide(self) -> str:
        """The SQL type of sums of money."""
        return f"DECIMAL(38, {self.scale})"

    def name(self, label: str) -> str:
        return f"{self.prefix}_{label}"

    def rows(self, rule: str = "", columns: tuple[str, ...] = (), where: str = "TRUE") -> str:
        """The rows as they are now, to select from; given a `rule` table, those of its measures, with its `columns`."""
        joined = f"{self.source} AS b" + (f" JOIN {self.name(rule)} AS r ON r.measure = b.measure" if rule else "")
        if self.changed:
            joined += f" LEFT JOIN {self.changed} AS o ON o.row_ = b.{ROW}"
        now = [f"{self._now(column)} AS {column}" for column in self.columns]
        selected = [f"b.{ROW} AS row_"] + [f"b.{column}" for column in ARRIVING] + now + [f"r.{column}" for column in columns]
        return f"(SELECT {', '.join(selected)} FROM {joined} WHERE {where})"

    def _now(self, column: str) -> str:
        before = "b.amount" if column in AMOUNTS else f"b.{column}" if column in ("status", "bound") else _fresh(column)
        return f"CASE WHEN o.row_ IS NULL THEN {before} ELSE o.{column} END" if self.changed else before

    def beside(self, label: str, select: str) -> Flow:
        """Add a table next to the rows: sums, verdicts, reports."""
        return replace(self, steps=(*self.steps, Step(self.name(label), parse(select))))

    def advance(self, label: str, changes: Sequence[tuple[str, Mapping[str, str]]], money: str) -> Flow:
        """Write the rows changed so far. Each pair of `changes` is where changed rows `s` come from, and the SQL of the columns it sets."""
        columns = tuple(dict.fromkeys((*self.columns, *changes[0][1])))
        now = " UNION ALL ".join(f"SELECT s.row_, {_set(columns, new)} {rows}" for rows, new in changes)
        select = f"WITH now AS ({now}) SELECT * FROM now"
        if self.changed:
            fresh = {c: f"o.{self.money}" if c == money else _fresh(c) for c in columns if c not in self.columns}
            before = ", ".join(f"{fresh.get(c, f'o.{c}')} AS {c}" for c in columns)
            rest = f"{self.changed} AS o LEFT JOIN now AS n ON n.row_ = o.row_ WHERE n.row_ IS NULL"
            select += f" UNION ALL SELECT o.row_, {before} FROM {rest}"
        return replace(self.beside(label, select), changed=self.name(label), columns=columns, money=money)

    def kept(self, column: str) -> str:
        """An annotation so far."""
        return f"s.{column}" if column in self.columns else _fresh(column)

    def share(self, claim: str, room: str, claims: str) -> str:
        """The part of `room` that `claim` has in `claims`, rounded down, in whole units of the smallest coin: never a fraction."""
        whole = f"{self.coins_of(claim)} * {self.coins_of(room)} // {self.coins_of(claims)}"
        return self.money_of(whole)

    def coins_of(self, money: str) -> str:
        """Money as a whole number of the smallest coin; wide enough for the product of two."""
        return f"CAST(CAST({money} AS {self.wide}) * {10**self.scale} AS HUGEINT)"

    def money_of(self, coins: str) -> str:
        """Money from a whole number of the smallest coin."""
        unit = f"CAST('{Decimal(1).scaleb(-self.scale):f}' AS DECIMAL({self.scale + 1}, {self.scale}))"
        return f"CAST(CAST({coins} AS DECIMAL(18, 0)) * {unit} AS {self.kind})"
