"""One wide sheet per entity: the unit's columns beside those of earlier years, of its parent, and sums over its children.

Whatever an expression reads is registered here once; the sheet becomes one
select with a join for each other year, parent, child sum or result, and a
layer for each level of variables. Expressions then read plain columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlglot import exp

from jiqun.compile.number import Sql, decimal_type
from jiqun.compile.plan import Step
from jiqun.language import tree as t
from jiqun.language.types import LIMIT_DIGITS
from jiqun.model.package import Package

ROOT = "u"


@dataclass(frozen=True)
class Source:
    """What the register holds: tables with their columns, and the years to read."""

    columns: Mapping[str, frozenset[str]]
    year: int
    first_year: int

    def has(self, entity: str, column: str | None = None) -> bool:
        return entity in self.columns and (column is None or column in self.columns[entity])


@dataclass
class Plan:
    """The steps made so far, and the child sums already among them.

    `constant` gives what an expression of parameters alone is on the day of the
    run, or None where that is unknown.
    """

    package: Package
    source: Source
    constant: Callable[[t.Node], Decimal | None]
    steps: list[Step] = field(default_factory=list)
    sums: dict[object, str] = field(default_factory=dict)

    def add(self, name: str, select: exp.Expr) -> str:
        self.steps.append(Step(name, select))
        return name


@dataclass(frozen=True)
class Alias:
    """A table joined into the sheet: whose rows, of which year."""

    name: str
    entity: str
    year: int


@dataclass
class Sheet:
    """The columns one entity's expressions need, collected while they are lowered."""

    plan: Plan
    entity: str
    year: int
    name: str
    aliases: dict[str, Alias] = field(default_factory=dict)
    joins: dict[str, exp.Expr] = field(default_factory=dict)
    leaves: dict[tuple[str, str], str] = field(default_factory=dict)
    variables: dict[tuple[str, t.Node, date | None], Sql] = field(default_factory=dict)
    named: dict[exp.Expr, tuple[str, int]] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.aliases[ROOT] = Alias(ROOT, self.entity, self.year)
        for column in self.built_in():
            self.leaf(ROOT, column)

    def built_in(self) -> tuple[str, ...]:
        parent = self.plan.package.entities[self.entity].parent
        return ("id", parent) if parent else ("id", *(("weight",) if self.plan.source.has(self.entity, "weight") else ()))

    def leaf(self, alias: str, column: str) -> exp.Expr:
        """Return the sheet's column for a table's column."""
        name = self.leaves.setdefault((alias, column), f"{alias}__{column}")
        return exp.column(name)

    def join(self, name: str, table: str, on: str) -> None:
        """Join a table once under `name`."""
        if name not in self.joins:
            self.joins[name] = exp.Join(this=exp.to_table(table).as_(name), on=exp.maybe_parse(on, dialect="duckdb"), side="LEFT")

    def earlier(self, alias: str, years: int) -> str:
        """Return the alias of the same unit's row `years` before; a negative number looks ahead."""
        at = self.aliases[alias]
        name = f"{alias}_b{years}" if years > 0 else f"{alias}_f{-years}"
        self.aliases[name] = Alias(name, at.entity, at.year - years)
        self.join(name, at.entity, f"{name}.id = {alias}.id AND {name}.year = {at.year - years}")
        return name

    def above(self, alias: str) -> str | None:
        """Return the alias of the unit's parent, or None where the register has no such table."""
        at = self.aliases[alias]
        parent = self.plan.package.entities[at.entity].parent
        assert parent is not None
        if not self.plan.source.has(parent):
            return None
        name = f"{alias}_p"
        self.aliases[name] = Alias(name, parent, at.year)
        self.join(name, parent, f"{name}.id = {alias}.{parent} AND {name}.year = {at.year}")
        return name

    def root(self) -> tuple[str, str]:
        """Return the alias and column that hold the id of the unit's root, the enterprise."""
        alias, key = ROOT, "id"
        while (parent := self.plan.package.entities[self.aliases[alias].entity].parent) is not None:
            key = parent
            if self.plan.package.entities[parent].parent is None:
                break
            above = self.above(alias)
            if above is None:
                break
            alias = above
        return alias, key

    def beside(self, alias: str, table: str, key: str = "id", other: str = "unit") -> str:
        """Return the alias of a result table joined to the unit."""
        name = f"{alias}_{table}"
        self.join(name, table, f"{name}.{other} = {alias}.{key}")
        return name

    def keep(self, made: Sql) -> Sql:
        """Name a value that is read more than once; a column or a literal stays as it is."""
        if isinstance(made.expr, exp.Column) or not any(True for _ in made.expr.find_all(exp.Column)):
            return made
        if made.expr not in self.named:
            level = 1 + max((self.levels.get(c.name, 0) for c in made.expr.find_all(exp.Column)), default=0)
            name = f"k{len(self.named)}"
            self.named[made.expr], self.levels[name] = (name, level), level
        return Sql(exp.column(self.named[made.expr][0]), made.digits, made.scale)

    def select(self) -> exp.Select:
        """Return the sheet as one select: the joins, then a layer for each level of variables."""
        table = exp.to_table(self.entity).as_(ROOT)
        columns = [exp.column(c, table=a).as_(n) for (a, c), n in sorted(self.leaves.items())]
        made = exp.select(*columns).from_(table).where(f"{ROOT}.year = {self.year}", dialect="duckdb")
        for join in self.joins.values():
            made.append("joins", join)
        for level in sorted(set(self.levels.values())):
            named = [exp.alias_(of, name, copy=False) for of, (name, lv) in self.named.items() if lv == level]
            inner = made.subquery(f"layer{level}", copy=False)
            made = exp.select(exp.Star(), *named, copy=False).from_(inner, copy=False)
        return made


def number_column(name: exp.Expr, kind: str, decimals: int) -> Sql:
    """Return a register column as a number of the language."""
    if kind == "count":
        return Sql(exp.Cast(this=name, to=decimal_type(LIMIT_DIGITS, 0)), LIMIT_DIGITS, 0)
    return Sql(name, LIMIT_DIGITS - decimals, decimals)


def letters(tests: Iterable[exp.Expr]) -> exp.Expr:
    """Return one letter a test: T, F or U."""
    parts = [
        exp.Case(
            ifs=[
                exp.If(this=test, true=exp.Literal.string("T")),
                exp.If(this=exp.Not(this=exp.Paren(this=test)), true=exp.Literal.string("F")),
            ],
            default=exp.Literal.string("U"),
        )
        for test in tests
    ]
    made: exp.Expr = parts[0]
    for part in parts[1:]:
        made = exp.DPipe(this=made, expression=part)
    return made
