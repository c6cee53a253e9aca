"""The expression parser: text → syntax, one finding at the first thing that cannot be read.

A Pratt parser over a small token list. Full-width punctuation is read as its
ASCII twin, 且 或 非 are `and or not`, a number may carry a unit (`500万元`).

>>> parse(Located("rate * 500万元")).op
'*'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jiqun.language import syntax as s
from jiqun.language.diagnostics import Finding, finding, nearest
from jiqun.language.source import Located
from jiqun.language.units import UNITS, Dims, combine

MAX_LENGTH = 2_000
MAX_DEPTH = 60
MAX_DIGITS = 18
MAX_DECIMALS = 10

_TWIN = str.maketrans("（），＝＜＞＋－＊／％．：；‘’“”【】０１２３４５６７８９　×÷−", "(),=<>+-*/%.:;''''[]0123456789 */-")
_DIGITS = "0123456789"
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|(?:(?![且或])[\u3400-\u9fff])(?:(?![且或])[\u3400-\u9fffA-Za-z0-9_])*")
_SIGNS = ("<=", ">=", "!=", "<>", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", ",", ".", "≤", "≥", "≠")
_SAME = {"<>": "!=", "==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_KEYWORDS = {"and", "or", "not", "between", "in", "case", "when", "then", "else", "end", "true", "false", "date"}
_CHINESE = {"且": "and", "或": "or", "非": "not"}
_COMPARE = ("=", "!=", "<", "<=", ">", ">=")
_BINDING = {
    "or": 1,
    "and": 2,
    "=": 4,
    "!=": 4,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "between": 4,
    "in": 4,
    "not": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
}
_NOT_BINDING = 3
_MINUS_BINDING = 7


class Unreadable(Exception):
    """The text is no expression; carries the finding."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.code)
        self.found = found


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number text word sign end
    text: str
    start: int
    end: int
    dims: Dims = ()
    value: Decimal = Decimal(0)


def parse(text: Located) -> s.Syntax:
    """Parse one expression; raise `Unreadable` with the finding at the first fault."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(finding("too-long", text.place(0, 1), length=len(text), limit=MAX_LENGTH))
    reader = _Reader(text, _tokens(text))
    made = reader.expression(0)
    if reader.now.kind != "end":
        reader.unexpected()
    _measured(text, made)
    return made


def is_word(text: str) -> bool:
    """Whether a text is read as one name: no space or bracket, no 且 or 或, and no 非 at its beginning.

    >>> is_word("研发费用"), is_word("研发 费用"), is_word("甲或乙")
    (True, False, False)
    """
    return _WORD.fullmatch(text) is not None and text[0] not in _CHINESE


def _measured(text: Located, made: s.Syntax) -> None:
    """Refuse a chain that nests too deep although no bracket shows it: `a + a + …` is one sum inside another."""
    level = [made]
    for _ in range(MAX_DEPTH + 1):
        level = [part for node in level for part in s.parts(node)]
        if not level:
            return
    raise Unreadable(finding("too-deep", text.place(level[0].start, level[0].end), limit=MAX_DEPTH))


def _tokens(text: Located) -> list[_Token]:
    plain = text.translate(_TWIN)
    made: list[_Token] = []
    at = 0
    while at < len(plain):
        char = plain[at]
        if char.isspace():
            at += 1
        elif char in _DIGITS:
            made.append(_number(text, plain, at))
            at = made[-1].end
        elif char in "'\"":
            end = plain.find(char, at + 1)
            if end < 0:
                raise Unreadable(finding("open-text", text.place(at, len(text))))
            made.append(_Token("text", text[at + 1 : end], at, end + 1))
            at = end + 1
        elif char in _CHINESE:
            made.append(_Token("word", _CHINESE[char], at, at + 1))
            at += 1
        elif hit := _WORD.match(plain, at):
            made.append(_Token("word", hit.group(), at, hit.end()))
            at = hit.end()
        else:
            sign = next((x for x in _SIGNS if plain.startswith(x, at)), None)
            if sign is None:
                raise Unreadable(finding("strange-character", text.place(at), char=text[at]))
            made.append(_Token("sign", _SAME.get(sign, sign), at, at + len(sign)))
            at += len(sign)
    made.append(_Token("end", "", len(text), len(text)))
    return made


def _number(text: Located, plain: str, at: int) -> _Token:
    hit = _NUMBER.match(plain, at)
    assert hit is not None
    digits, end = hit.group(), hit.end()
    name, end = _unit_at(plain, end)
    following = _WORD.match(plain, end)
    if not name and following:
        word = following.group()
        guess = f"{word}元" if f"{word}元" in UNITS else nearest(word, UNITS)
        raise Unreadable(
            finding(
                "unknown-unit",
                text.place(end, following.end()),
                unit=following.group(),
                hint_zh=f"写成“{guess}”？" if guess else "单位见语言参考。",
                hint_en=f"write '{guess}'?" if guess else "see the units of the language.",
            )
        )
    dims: Dims = ()
    value = Decimal(digits)
    for place, part in enumerate(name.split("/") if name else ()):
        unit = UNITS[part]
        value = value * unit.factor if place == 0 else value / unit.factor
        dims = combine(dims, unit.dims, 1 if place == 0 else -1)
    if not _in_range(digits, value):
        raise Unreadable(finding("number-out-of-range", text.place(at, end), number=text[at:end], digits=MAX_DIGITS, decimals=MAX_DECIMALS))
    return _Token("number", text[at:end], at, end, dims, value)


def _in_range(digits: str, value: Decimal) -> bool:
    """Whether a number is kept as it is written, its unit applied."""
    exponent = value.as_tuple().exponent
    return len(digits) <= MAX_DIGITS + MAX_DECIMALS + 1 and abs(value) < Decimal(10) ** MAX_DIGITS and -int(exponent) <= MAX_DECIMALS


def _unit_at(plain: str, at: int) -> tuple[str, int]:
    """Return the longest unit (possibly `a/b/c`) that begins at `at`, and where it ends."""
    name, end = _longest(plain, at)
    while name and plain.startswith("/", end):
        more, after = _longest(plain, end + 1)
        if not more or plain[after : after + 1] in ("(", "."):
            break
        name, end = f"{name}/{more}", after
    return name, end


def _longest(plain: str, at: int) -> tuple[str, int]:
    for size in range(7, 0, -1):
        part = plain[at : at + size]
        follows = plain[at + size : at + size + 1]
        if (
            len(part) == size
            and part in UNITS
            and not (part[-1].isascii() and part[-1].isalnum() and (follows.isalnum() or follows == "_"))
        ):
            return part, at + size
    return "", at


class _Reader:
    """A cursor over the tokens; `expression` climbs by binding power."""

    def __init__(self, text: Located, tokens: list[_Token]) -> None:
        self.text, self.tokens, self.at, self.depth = text, tokens, 0, 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def unexpected(self) -> None:
        token = self.now
        if token.kind == "end":
            raise Unreadable(finding("ends-early", self.text.place(max(0, len(self.text) - 1), len(self.text))))
        signs = [x.text for x in self.tokens[: self.at] if x.kind == "sign"]
        code = "unbalanced" if token.text == ")" and signs.count("(") <= signs.count(")") else "unexpected"
        raise Unreadable(finding(code, self.text.place(token.start, token.end), found=token.text))

    def opened(self) -> int:
        """Return where the last bracket stands that was not closed."""
        open_: list[int] = []
        for token in self.tokens:
            if token.kind == "sign" and token.text in "()":
                if token.text == "(":
                    open_.append(token.start)
                elif open_:
                    open_.pop()
        return open_[-1]

    def expect(self, text: str) -> _Token:
        if self.now.kind not in ("sign", "word") or self.now.text != text:
            if text == ")" and self.now.kind == "end":
                start = self.opened()
                raise Unreadable(finding("unbalanced", self.text.place(start, start + 1), found="("))
            self.unexpected()
        return self.take()

    def expression(self, binding: int) -> s.Syntax:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(finding("too-deep", self.text.place(self.now.start, self.now.end), limit=MAX_DEPTH))
        left = self.prefix()
        while (op := self.operator()) is not None and _BINDING[op] > binding:
            left = self.infix(left, op)
        self.depth -= 1
        return left

    def operator(self) -> str | None:
        token = self.now
        return token.text if token.kind in ("sign", "word") and token.text in _BINDING else None

    def prefix(self) -> s.Syntax:
        token = self.now
        if token.kind == "number":
            self.take()
            unit = token.text.lstrip("0123456789.０１２３４５６７８９．").translate(_TWIN)
            whole = (
                not token.dims
                and unit not in ("%", "‰")
                and token.value == token.value.to_integral_value()
                and "." not in token.text.translate(_TWIN)
            )
            return s.Number(token.start, token.end, token.value, token.dims, unit, whole)
        if token.kind == "text":
            self.take()
            return s.Text(token.start, token.end, token.text)
        if token.kind == "word":
            return self.word()
        if token.text == "(":
            self.take()
            inner = self.expression(0)
            self.expect(")")
            return inner
        if token.text == "-":
            self.take()
            if self.now.text in ("-", "+") and self.now.kind == "sign":
                raise Unreadable(finding("two-signs", self.text.place(token.start, self.now.end), found=token.text + self.now.text))
            of = self.expression(_MINUS_BINDING)
            return s.Unary(token.start, of.end, "-", of)
        self.unexpected()
        raise AssertionError

    def word(self) -> s.Syntax:
        token = self.now
        if token.text in ("true", "false"):
            self.take()
            return s.Truth(token.start, token.end, token.text == "true")
        if token.text == "not":
            self.take()
            of = self.expression(_NOT_BINDING)
            return s.Unary(token.start, of.end, "not", of)
        if token.text == "case":
            return self.case()
        if token.text == "date" and self.tokens[self.at + 1].kind == "text":
            return self.day()
        if token.text in _KEYWORDS:
            self.unexpected()
        self.take()
        if self.now.text == "(" and self.now.kind == "sign":
            return self.call(token)
        parts = [token]
        while self.now.text == "." and self.now.kind == "sign":
            self.take()
            if self.now.kind != "word":
                self.unexpected()
            parts.append(self.take())
        return s.Name(token.start, parts[-1].end, tuple(p.text for p in parts))

    def day(self) -> s.Syntax:
        first, quoted = self.take(), self.take()
        try:
            value = date.fromisoformat(quoted.text)
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", quoted.text):
                raise ValueError
        except ValueError:
            raise Unreadable(finding("impossible-date", self.text.place(quoted.start, quoted.end), text=quoted.text)) from None
        return s.Day(first.start, quoted.end, value)

    def case(self) -> s.Syntax:
        first = self.take()
        branches: list[tuple[s.Syntax, s.Syntax]] = []
        while self.now.text == "when" and self.now.kind == "word":
            self.take()
            test = self.expression(0)
            self.expect("then")
            branches.append((test, self.expression(0)))
        if not branches:
            self.unexpected()
        if self.now.text == "end" and self.now.kind == "word":
            raise Unreadable(finding("needs-else", self.text.place(self.now.start, self.now.end)))
        self.expect("else")
        otherwise = self.expression(0)
        last = self.expect("end")
        return s.Case(first.start, last.end, tuple(branches), otherwise)

    def call(self, name: _Token) -> s.Syntax:
        self.take()
        args: list[s.Syntax] = []
        if self.now.kind != "sign" or self.now.text != ")":
            args.append(self.expression(0))
            while self.now.text == "," and self.now.kind == "sign":
                self.take()
                args.append(self.expression(0))
        last = self.expect(")")
        if name.text == "if" and len(args) == 3:
            return s.Case(name.start, last.end, ((args[0], args[1]),), args[2])
        return s.Call(name.start, last.end, name.text, name.end, tuple(args))

    def infix(self, left: s.Syntax, op: str) -> s.Syntax:
        token = self.take()
        if op == "not":
            if self.now.text not in ("in", "between"):
                self.unexpected()
            return self.membership(left, self.take().text, negated=True)
        if op in ("in", "between"):
            return self.membership(left, op, negated=False)
        if self.now.kind == "sign" and self.now.text in ("-", "+") and op in ("+", "-", "*", "/"):
            raise Unreadable(finding("two-signs", self.text.place(token.start, self.now.end), found=token.text + self.now.text))
        right = self.expression(_BINDING[op])
        if op in _COMPARE and self.operator() in _COMPARE:
            raise Unreadable(finding("chained-comparison", self.text.place(left.start, self.now.end)))
        return s.Binary(left.start, right.end, op, left, right)

    def membership(self, of: s.Syntax, op: str, negated: bool) -> s.Syntax:
        if op == "between":
            low = self.expression(_BINDING["between"])
            self.expect("and")
            high = self.expression(_BINDING["between"])
            return s.Between(of.start, high.end, of, low, high, negated)
        self.expect("(")
        items = [self.expression(0)]
        while self.now.text == "," and self.now.kind == "sign":
            self.take()
            items.append(self.expression(0))
        last = self.expect(")")
        return s.Among(of.start, last.end, of, tuple(items), negated)
