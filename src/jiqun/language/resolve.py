"""Syntax → typed tree: names looked up, dimensions matched, impossible things refused.

Every fault in an expression is found, not only the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from jiqun.language import syntax as s
from jiqun.language import tree as t
from jiqun.language.diagnostics import Finding, Span, finding, nearest
from jiqun.language.extent import MAX_HEIGHT, MAX_SIZE, extent
from jiqun.language.functions import FUNCTIONS
from jiqun.language.grammar import Unreadable, parse
from jiqun.language.names import Names, Shape, Symbol
from jiqun.language.source import Located
from jiqun.language.types import BOOL, COUNT, DATE, RATIO, TEXT, Type, common, product, quantity, quotient

MAX_CHAIN = 20
"""Variables that need one another, one inside the next, while they are being read."""


def resolve(text: Located, entity: str, names: Names, expected: Type | None = None) -> tuple[t.Node | None, list[Finding]]:
    """Parse and type one expression read at `entity`.

    Args:
        text: the expression as written.
        entity: whose columns it may use.
        names: what the package declares.
        expected: the type it must have, if any; a count may stand for a ratio.
    """
    reader = Resolver(text, entity, names)
    try:
        written = parse(text)
    except Unreadable as cause:
        return None, [cause.found]
    made = reader.node(written)
    if made is not None and expected is not None and not fits(made.type, expected):
        reader.fault("wrong-type", written, needed_zh=expected.say("zh"), needed_en=expected.say("en"), **_given(made.type))
        made = None
    if made is not None and extent(made, names.extents).excessive:
        reader.fault("too-large", written, height=MAX_HEIGHT, size=MAX_SIZE)
    return (None if reader.found else made), reader.found


def fits(given: Type, needed: Type) -> bool:
    """Whether a value of type `given` can stand where `needed` is asked for."""
    if given.is_number and needed.is_number:
        return given.dims == needed.dims
    return given.kind == needed.kind


def _given(given: Type) -> dict[str, str]:
    return {"given_zh": given.say("zh"), "given_en": given.say("en")}


class Resolver:
    """Types one expression; collects findings instead of stopping."""

    def __init__(self, text: Located, entity: str, names: Names) -> None:
        self.text, self.entity, self.names = text, entity, names
        self.found: list[Finding] = []

    def fault(self, code: str, at: s.Syntax, **args: object) -> None:
        """Record a finding at a part of the text."""
        self.found.append(finding(code, self.text.place(at.start, at.end), **args))

    def listed(self, names: Sequence[str]) -> dict[str, str]:
        """Return names as a list in each language."""
        return {"known_zh": "、".join(names) or "（无）", "known_en": ", ".join(names) or "none"}

    def node(self, given: s.Syntax) -> t.Node | None:
        """Type any syntax; None where a finding was recorded."""
        match given:
            case s.Number():
                kind = COUNT if given.whole else (RATIO if not given.dims else quantity(given.dims))
                return t.Literal(kind, given.start, given.end, given.value, self.text[given.start : given.end])
            case s.Text():
                return t.Literal(TEXT, given.start, given.end, given.value, given.value)
            case s.Truth():
                return t.Literal(BOOL, given.start, given.end, given.value)
            case s.Day():
                return t.Literal(DATE, given.start, given.end, given.value)
            case s.Name():
                return self.name(given)
            case s.Unary():
                return self.unary(given)
            case s.Binary():
                return self.binary(given)
            case s.Between():
                return self.between(given)
            case s.Among():
                return self.among(given)
            case s.Case():
                return self.case(given)
            case s.Call():
                return self.call(given)
        raise AssertionError(given)

    def name(self, given: s.Name) -> t.Node | None:
        """Look a name up: a column or variable here, a parameter, or `parent.name`."""
        if given.parts == ("as_of",):
            return t.AsOf(DATE, given.start, given.end)
        *path, last = given.parts
        entity = self.entity
        for step in path:
            if step != self.names.entities[entity].parent:
                self.fault("no-such-parent", given, entity=entity, name=step, **self.listed(self.names.above(self.entity)))
                return None
            entity = step
        symbol = self.names.entities[entity].symbols.get(last)
        made: t.Node | None
        if symbol is not None:
            made = self.symbol(given, entity, symbol)
        elif not path and (shape := self.names.parameters.get(last)) is not None:
            made = self.parameter(given, shape)
        elif last in self.names.broken:
            return None
        else:
            known = self.names.visible(entity) if not path else tuple(self.names.entities[entity].symbols)
            self.unknown_name(given, last, entity, known)
            return None
        for step in reversed(path):
            made = t.OfParent(made.type, given.start, given.end, step, made) if made is not None else None
        return made

    def symbol(self, given: s.Syntax, entity: str, symbol: Symbol) -> t.Node | None:
        if symbol.kind == "column":
            assert symbol.type is not None
            return t.Column(symbol.type, given.start, given.end, entity, symbol.id)
        tree = self.variable(given, entity, symbol)
        return t.VariableOf(tree.type, given.start, given.end, entity, symbol.id) if tree is not None else None

    def variable(self, given: s.Syntax, entity: str, symbol: Symbol) -> t.Node | None:
        """Resolve a variable's own expression once; a variable that needs itself is a finding."""
        key, names = (entity, symbol.id), self.names
        if key in names.underway:
            ring = [*names.underway[names.underway.index(key) :], key]
            self.fault("cyclic-variable", given, ring=" → ".join(name for _, name in ring))
            return None
        if key not in names.variables:
            assert symbol.expr is not None
            if len(names.underway) >= MAX_CHAIN:
                self.fault("too-large", given, height=MAX_HEIGHT, size=MAX_SIZE)
                return None
            names.underway.append(key)
            names.variables[key], found = resolve(symbol.expr, entity, names)
            names.found.extend(found)
            names.underway.pop()
            made = names.variables[key]
            if made is not None:
                names.extents[key] = extent(made, names.extents)
        return names.variables[key]

    def parameter(self, given: s.Name, shape: Shape) -> t.Node | None:
        if shape.kind != "value":
            self.fault("not-a-value", given, name=shape.id, use=shape.use)
            return None
        if shape.entity and shape.entity != self.entity and shape.entity not in self.names.above(self.entity):
            self.fault("parameter-elsewhere", given, name=shape.id, entity=shape.entity, here=self.entity)
            return None
        return t.ParameterOf(shape.type, given.start, given.end, shape.id)

    def unknown_name(self, given: s.Syntax, name: str, entity: str, known: tuple[str, ...]) -> None:
        """Record an unknown name with the nearest one and where that is declared."""
        near = nearest(name, known)
        at = self.declared(entity, near)
        place = f"{at.file}:{at.line}" if at else ""
        self.fault(
            "unknown-name",
            given,
            name=name,
            entity=entity,
            hint_zh=(f"写成“{near}”" + (f"（定义在 {place}）" if place else "") + "。")
            if near
            else "先在 entities、variables 或 parameters 中定义它。",
            hint_en=(f"write '{near}'" + (f" (declared at {place})" if place else "") + ".")
            if near
            else "declare it in entities, variables or parameters.",
        )

    def declared(self, entity: str, name: str | None) -> Span | None:
        if name is None:
            return None
        symbol = self.names.entities[entity].symbols.get(name) or self.names.parameters.get(name)
        return symbol.at if symbol else None

    def unary(self, given: s.Unary) -> t.Node | None:
        of = self.node(given.of)
        if of is None:
            return None
        if given.op == "not":
            return t.Not(BOOL, given.start, given.end, of) if self.needs_truth(given.of, of, "not") else None
        if not of.type.is_number:
            self.fault("wrong-operand", given.of, op="-", **_given(of.type))
            return None
        if isinstance(of, t.Literal) and isinstance(of.value, Decimal):
            return t.Literal(of.type, given.start, given.end, -of.value, "-" + of.written)
        zero = t.Literal(of.type, given.start, given.start, Decimal(0), "0")
        return t.Arithmetic(of.type, given.start, given.end, "-", zero, of)

    def needs_truth(self, given: s.Syntax, made: t.Node, op: str) -> bool:
        if made.type.kind != "bool":
            self.fault("wrong-operand", given, op=op, **_given(made.type))
        return made.type.kind == "bool"

    def binary(self, given: s.Binary) -> t.Node | None:
        left, right = self.node(given.left), self.node(given.right)
        if left is None or right is None:
            return None
        if given.op in ("and", "or"):
            fine = [self.needs_truth(given.left, left, given.op), self.needs_truth(given.right, right, given.op)]
            made = t.Both if given.op == "and" else t.Either
            return made(BOOL, given.start, given.end, left, right) if all(fine) else None
        if given.op in ("+", "-", "*", "/"):
            return self.arithmetic(given, left, right)
        return self.compare(given, given.op, left, right)

    def arithmetic(self, given: s.Binary, left: t.Node, right: t.Node) -> t.Node | None:
        for part, made in ((given.left, left), (given.right, right)):
            if not made.type.is_number:
                if {left.type.kind, right.type.kind} == {"date"} and given.op == "-":
                    self.fault("subtract-dates", given)
                else:
                    self.fault("wrong-operand", part, op=given.op, **_given(made.type))
                return None
        if given.op == "*":
            kind: Type | None = product(left.type, right.type)
        elif given.op == "/":
            kind = quotient(left.type, right.type)
            if isinstance(right, t.Literal) and right.value == 0:
                self.fault("divides-by-zero", given.right)
                return None
        else:
            kind = common(left.type, right.type)
        if kind is None:
            self.mismatch(given, given.op, left, right)
            return None
        return t.Arithmetic(kind, given.start, given.end, given.op, left, right)

    def mismatch(self, given: s.Syntax, op: str, left: t.Node, right: t.Node) -> None:
        """Record that two operands do not match; money against a bare number has its own advice."""
        pair = (left, right) if not isinstance(left, t.Literal) else (right, left)
        advice_zh, advice_en = "让两边是同一种量。", "make both sides the same kind of value."
        bare = isinstance(pair[1], t.Literal) and pair[1].type.is_number and not pair[1].type.dims
        if isinstance(pair[1], t.Literal) and bare and pair[0].type.is_money:
            advice_zh, advice_en = f"写明单位，如 {pair[1].written}万元。", f"write its unit, for instance {pair[1].written}万元."
        elif isinstance(pair[1], t.Literal) and bare and pair[0].type.is_number and pair[0].type.dims:
            base = pair[0].type.dims[0][0]
            advice_zh, advice_en = f"写明单位，如 {pair[1].written}{base}。", f"write its unit, for instance {pair[1].written}{base}."
        self.fault(
            "unit-mismatch" if left.type.is_number and right.type.is_number else "type-mismatch",
            given,
            op=op,
            left_zh=left.type.say("zh"),
            left_en=left.type.say("en"),
            right_zh=right.type.say("zh"),
            right_en=right.type.say("en"),
            hint_zh=advice_zh,
            hint_en=advice_en,
        )

    def compare(self, given: s.Syntax, op: str, left: t.Node, right: t.Node) -> t.Node | None:
        pair = self.enum_pair(given, left, right)
        if pair is None:
            return None
        left, right = pair
        shared = common(left.type, right.type)
        if shared is None:
            self.mismatch(given, op, left, right)
            return None
        if op not in ("=", "!=") and shared.kind in ("bool", "enum", "text"):
            self.fault("no-order", given, op=op, **_given(shared))
            return None
        return t.Compare(BOOL, given.start, given.end, op, left, right)

    def enum_pair(self, given: s.Syntax, left: t.Node, right: t.Node) -> tuple[t.Node, t.Node] | None:
        """Turn a text literal beside an enum into its code; an unlisted one is a finding."""
        if isinstance(left, t.Literal) and left.type == TEXT and right.type.kind == "enum":
            turned = self.enum_literal(left, right.type)
            return (turned, right) if turned else None
        if isinstance(right, t.Literal) and right.type == TEXT and left.type.kind == "enum":
            turned = self.enum_literal(right, left.type)
            return (left, turned) if turned else None
        return left, right

    def enum_literal(self, text: t.Literal, kind: Type) -> t.Literal | None:
        code = kind.code(str(text.value))
        if code is not None:
            return t.Literal(kind, text.start, text.end, code, str(text.value))
        known = [x for row in kind.values for x in row[:2]]
        near = nearest(str(text.value), known)
        self.fault(
            "unlisted-value",
            s.Syntax(text.start, text.end),
            value=text.value,
            **self.listed([row[0] for row in kind.values]),
            hint_zh=f"写成 '{near}'。" if near else "写一个列出的取值。",
            hint_en=f"write '{near}'." if near else "write a listed value.",
        )
        return None

    def between(self, given: s.Between) -> t.Node | None:
        of, low, high = self.node(given.of), self.node(given.low), self.node(given.high)
        if of is None or low is None or high is None:
            return None
        above, below = self.compare(given, ">=", of, low), self.compare(given, "<=", of, high)
        if above is None or below is None:
            return None
        if isinstance(low, t.Literal) and isinstance(high, t.Literal) and low.value > high.value:  # type: ignore[operator]
            self.fault("reversed-between", given, low=self.text[low.start : low.end], high=self.text[high.start : high.end])
            return None
        made = t.Both(BOOL, given.start, given.end, above, below)
        return t.Not(BOOL, given.start, given.end, made) if given.negated else made

    def among(self, given: s.Among) -> t.Node | None:
        of, items = self.node(given.of), [self.node(item) for item in given.items]
        if of is None or any(item is None for item in items):
            return None
        if isinstance(of, t.Literal):
            self.fault("literal-first", given.of)
            return None
        checked: list[t.Node] = []
        for item, part in zip(items, given.items, strict=True):
            assert item is not None
            made = self.compare(part, "=", of, item)
            if not isinstance(made, t.Compare):
                return None
            checked.append(made.right)
        test = t.Among(BOOL, given.start, given.end, of, tuple(checked))
        return t.Not(BOOL, given.start, given.end, test) if given.negated else test

    def case(self, given: s.Case) -> t.Node | None:
        tests = [self.node(test) for test, _ in given.branches]
        values = [self.node(value) for _, value in given.branches] + [self.node(given.otherwise)]
        if any(x is None for x in (*tests, *values)):
            return None
        fine = [self.needs_truth(given.branches[i][0], test, "if") for i, test in enumerate(tests) if test is not None]
        written = [value for _, value in given.branches] + [given.otherwise]
        kind = self.shared(list(zip(written, values, strict=True)))
        if kind is None or not all(fine):
            return None
        branches = tuple((test, value) for test, value in zip(tests, values, strict=False) if test is not None and value is not None)
        assert values[-1] is not None
        return t.Choose(kind, given.start, given.end, branches, values[-1])

    def shared(self, parts: list[tuple[s.Syntax, t.Node | None]]) -> Type | None:
        """Return the one type several values share, or record where they part."""
        kind: Type | None = None
        first: t.Node | None = None
        for written, made in parts:
            if made is None:
                return None
            if kind is None or first is None:
                kind, first = made.type, made
                continue
            joined = common(kind, made.type)
            if joined is None:
                self.mismatch(written, "if", first, made)
                return None
            kind = joined
        return kind

    def call(self, given: s.Call) -> t.Node | None:
        function = FUNCTIONS.get(given.name)
        if given.name == "if":
            self.fault("argument-count", given, name="if", given=len(given.args), usage="if(condition, a, b)")
            return None
        if function is None:
            near = nearest(given.name, FUNCTIONS)
            self.fault(
                "unknown-function",
                s.Syntax(given.start, given.name_end),
                name=given.name,
                hint_zh=f"写成“{near}”。" if near else "函数见语言参考。",
                hint_en=f"write '{near}'." if near else "see the functions of the language.",
            )
            return None
        if not function.least <= len(given.args) <= function.most:
            self.fault("argument-count", given, name=given.name, given=len(given.args), usage=function.usage)
            return None
        return function.build(self, given)
