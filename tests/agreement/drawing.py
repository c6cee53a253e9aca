"""Random packages and registers: every function, nulls, zero denominators, extreme amounts, missing years."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

CITE = '{document: doc, article: "1"}'
WORDS = "{zh: 文, en: text}"
YEARS = (2022, 2023, 2024)
CHILDREN = ("project", "loan")

ENTERPRISE = {
    **{f"m{i}": "{type: money, unit: 万元, title: %s}" for i in range(4)},
    "m4": "{type: money, decimals: 4, title: %s}",
    **{f"r{i}": "{type: ratio, title: %s}" for i in range(2)},
    **{f"c{i}": "{type: count, title: %s}" for i in range(2)},
    **{f"b{i}": "{type: bool, title: %s}" for i in range(3)},
    **{f"d{i}": "{type: date, title: %s}" for i in range(2)},
    "t0": "{type: text, title: %s, alias: 文本}",
    "e0": "{type: enum, title: %s, values: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}, c: {zh: 丙, en: C}}}",
    "e1": "{type: enum, title: %s, values: {x: {zh: 子, en: X}, y: {zh: 丑, en: Y}}}",
    "q0": "{type: quantity, unit: kW, title: %s}",
    "term": "{type: quantity, unit: 个月, title: %s}",
}
PROJECT = {
    "pm": "{type: money, title: %s}",
    "pr": "{type: ratio, decimals: 4, title: %s}",
    "pc": "{type: count, title: %s}",
    "pb": "{type: bool, title: %s}",
    "pd": "{type: date, title: %s}",
    "pe": "{type: enum, title: %s, values: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}}",
    "name": "{type: text, title: %s}",
}
LOAN = {"lm": "{type: money, title: %s}", "lb": "{type: bool, title: %s}", "name": "{type: text, title: %s}"}
COLUMNS = {"enterprise": ENTERPRISE, "project": PROJECT, "loan": LOAN}


class Drawing:
    """Draws one package; `text` is its YAML."""

    def __init__(self, seed: int) -> None:
        self.r = Random(seed)
        self.measures: list[tuple[str, str]] = []
        self.nested = 0

    # --- names ---------------------------------------------------------------------------------------------------

    def columns(self, entity: str, kind: str) -> list[str]:
        return [n for n, spec in COLUMNS[entity].items() if f"type: {kind}," in spec]

    def pick(self, *options: str) -> str:
        return self.r.choice(options)

    # --- expressions ---------------------------------------------------------------------------------------------

    def expr(self, kind: str, entity: str, depth: int, **limits: bool) -> str:
        """Draw an expression of a kind read at an entity."""
        leaves = getattr(self, f"_{kind}_leaf")
        if depth <= 0 or self.r.random() < 0.12:
            return str(leaves(entity))
        return str(getattr(self, f"_{kind}")(entity, depth - 1, limits))

    def divisor(self, text: str, e: str) -> str:
        """A written 0 is refused; a column that may be 0 is not."""
        zero = text.strip("()") in ("0", "0元")
        return self.r.choice(self.columns(e, "money") if "元" in text else self.columns(e, "count") or ["1"]) if zero else text

    def _money_leaf(self, e: str) -> str:
        return self.pick(*self.columns(e, "money"), self.literal(), "p_money", "p_money_late", "p_excused")

    def literal(self) -> str:
        return self.pick("0元", "1元", "0.01元", "100万元", "1234.56元", "3亿元", "99999999999万元", "(-5万元)", "33.3333元")

    def _money(self, e: str, d: int, lim: dict[str, bool]) -> str:
        m, r, c, b = (lambda k: lambda: self.expr(k, e, d, **lim))("money"), *((lambda k=k: self.expr(k, e, d, **lim)) for k in ("ratio", "count", "bool"))
        made = [
            lambda: f"({m()} {self.pick('+', '-')} {m()})",
            lambda: f"{m()} * {r()}",
            lambda: f"({r()}) * ({m()})",
            lambda: f"({m()}) / ({self.divisor(r(), e)})",
            lambda: f"({m()}) / ({self.divisor(c(), e)})",
            lambda: f"({c()}) * ({m()})",
            lambda: f"if({b()}, {m()}, {m()})",
            lambda: f"case when {b()} then {m()} when {b()} then {m()} else {m()} end",
            lambda: f"{self.pick('least', 'greatest')}({m()}, {m()}, {m()})",
            lambda: f"coalesce({m()}, {m()})",
            lambda: f"round({m()}, {self.pick('1万元', '0.01元', '7元', '1000元')}, {self.pick(chr(39) + 'up' + chr(39), chr(39) + 'down' + chr(39), chr(39) + 'half_up' + chr(39))})",
            lambda: f"brackets(p_scale, {m()})",
            lambda: f"steps({self.pick('p_steps', 'p_steps_above')}, {m()})",
            lambda: f"(-({m()}))",
        ]
        if e == "enterprise":
            made += [lambda: "lookup(p_table, e0)", lambda: f"lookup(p_table2, {self.pick('e0', chr(39) + 'a' + chr(39))}, e1)"]
            made += [lambda: f"({self.pick('100元/kW', '0.5元/kW')}) * q0", lambda: f"{self.pick('60元/个月', '1250.5元/个月')} * least(term, 36个月)"]
            made.append(lambda: "v_money")
        else:
            made.append(lambda: f"enterprise.{self.pick(*self.columns('enterprise', 'money'), 'v_money')}")
        if not lim.get("history"):
            h = {**lim, "history": True}
            made += [
                lambda: f"prior({self.expr('money', e, d - 1, **h)}, {self.pick('1', '2')})",
                lambda: f"highest_before({self.expr('money', e, d - 1, **h)})",
                lambda: f"sum_over({self.expr('money', e, d - 1, **h)}, {self.pick('2', '3')})",
            ]
        if e == "enterprise" and not lim.get("rowwise"):
            made.append(lambda: self.total(d, lim))
        if not lim.get("history") and not lim.get("child"):
            mine = [name for name, entity in self.measures if entity == e]
            if mine:
                made.append(lambda: f"{self.pick('raw', 'awarded', 'paid')}({self.pick(*mine)})")
        return str(self.r.choice(made)())

    def total(self, d: int, lim: dict[str, bool]) -> str:
        child = self.pick(*CHILDREN)
        inner = {**lim, "child": True, "history": True}
        where = f", {self.expr('bool', child, d - 1, **inner)}" if self.r.random() < 0.6 else ""
        return f"total({child}, {self.expr('money', child, d - 1, **inner)}{where})"

    def _ratio_leaf(self, e: str) -> str:
        return self.pick(*self.columns(e, "ratio") or ["1.5"], "3%", "5‰", "0.5", "p_ratio", "0.0000000001", "100%", "12345.6789")

    def _ratio(self, e: str, d: int, lim: dict[str, bool]) -> str:
        r, m, c, b = ((lambda k=k: self.expr(k, e, d, **lim)) for k in ("ratio", "money", "count", "bool"))
        made = [
            lambda: f"({m()}) / ({self.divisor(m(), e)})",
            lambda: f"({c()}) / ({self.divisor(c(), e)})",
            lambda: f"({r()} {self.pick('+', '-')} {r()})",
            lambda: f"({r()}) * ({r()})",
            lambda: f"({r()}) / ({self.divisor(r(), e)})",
            lambda: f"if({b()}, {r()}, {r()})",
            lambda: f"{self.pick('least', 'greatest')}({r()}, {r()})",
            lambda: f"round({r()}, {self.pick('1%', '0.1%', '0.25')})",
            lambda: f"coalesce({r()}, {r()})",
        ]
        return str(self.r.choice(made)())

    def _count_leaf(self, e: str) -> str:
        return self.pick(*self.columns(e, "count") or ["3"], "0", "1", "7", "p_count", "20000")

    def _count(self, e: str, d: int, lim: dict[str, bool]) -> str:
        c, day, b = ((lambda k=k: self.expr(k, e, d, **lim)) for k in ("count", "date", "bool"))
        made = [
            lambda: f"({c()} {self.pick('+', '-')} {c()})",
            lambda: f"({c()}) * {self.pick('c0' if e == 'enterprise' else '2', '3')}",
            lambda: f"years_between({day()}, {day()})",
            lambda: f"months_between({day()}, {day()})",
            lambda: f"if({b()}, {c()}, {c()})",
        ]
        if e == "enterprise" and not lim.get("rowwise"):
            inner = {**lim, "child": True, "history": True}
            made.append(lambda: f"count({(child := self.pick(*CHILDREN))}, {self.expr('bool', child, d - 1, **inner)})")
        if not lim.get("history"):
            made.append(lambda: f"years_in_a_row({self.expr('bool', e, d - 1, **{**lim, 'history': True})})")
        return str(self.r.choice(made)())

    def _date_leaf(self, e: str) -> str:
        return self.pick(*self.columns(e, "date") or ["as_of"], "as_of", "date '2024-02-29'", "date '2021-12-31'")

    def _date(self, e: str, d: int, lim: dict[str, bool]) -> str:
        return self.pick(self._date_leaf(e), f"least({self._date_leaf(e)}, {self._date_leaf(e)})", f"if({self.expr('bool', e, d, **lim)}, {self._date_leaf(e)}, {self._date_leaf(e)})")

    def _bool_leaf(self, e: str) -> str:
        return self.pick(*self.columns(e, "bool"), "true", "false", *(["v_bool"] if e == "enterprise" else ["enterprise.b0"]))

    def _bool(self, e: str, d: int, lim: dict[str, bool]) -> str:
        b, m, r, c, day = ((lambda k=k: self.expr(k, e, d, **lim)) for k in ("bool", "money", "ratio", "count", "date"))
        op = lambda: self.pick("=", "!=", "<", "<=", ">", ">=")  # noqa: E731
        made = [
            lambda: f"({b()} {self.pick('and', 'or', '且', '或')} {b()})",
            lambda: f"({b()} and {b()} or {b()})",
            lambda: f"not ({b()})",
            lambda: f"({m()}) {op()} ({m()})",
            lambda: f"({r()}) {op()} ({r()})",
            lambda: f"({c()}) {op()} ({c()})",
            lambda: f"({day()}) {op()} ({day()})",
            lambda: f"({m()}) {self.pick('between', 'not between')} {self.pick('0元', '10元')} and greatest({m()}, 10元)",
            lambda: f"known({self.pick(m(), r(), b())})",
            lambda: f"({c()} + p_count) in (1, 3, {c()})",
        ]
        if e == "enterprise":
            made += [
                lambda: f"e0 {self.pick('=', '!=')} {self.pick(chr(39) + 'a' + chr(39), chr(39) + '乙' + chr(39))}",
                lambda: f"e1 {self.pick('in', 'not in')} ('x')",
                lambda: f"{self.pick('contains', 'starts_with')}(文本, '{self.pick('芯', 'a')}')",
                lambda: f"q0 {op()} 500kW",
                lambda: f"term {op()} {self.pick('12个月', '3年')}",
            ]
        else:
            made.append(lambda: f"{self.pick('name = ' + chr(39) + 'a' + chr(39), 'enterprise.e0 = ' + chr(39) + 'b' + chr(39))}")
        if not lim.get("history"):
            h = {**lim, "history": True}
            made.append(lambda: f"years_in_a_row({self.expr('bool', e, d - 1, **h)}) {op()} {self.pick('0', '1', '2', '3', 'p_count')}")
            made.append(lambda: f"prior({self.expr('bool', e, d - 1, **h)}, 1)")
        return str(self.r.choice(made)())

    # --- the package ---------------------------------------------------------------------------------------------

    def package(self, measures: int) -> str:
        rows = [f"package: {{id: drawn, title: {WORDS}, currency: CNY, money_scale: {self.r.choice((2, 2, 2, 0, 4))}, invented: true}}"]
        rows += ["documents:", f"- {{id: doc, title: {WORDS}, source_kind: invented, source: {WORDS}}}", "entities:"]
        for entity, columns in COLUMNS.items():
            rows += [f"- id: {entity}", f"  title: {WORDS}"] + (["  parent: enterprise"] if entity != "enterprise" else [])
            rows += ["  columns:"] + [f"    {n}: {spec % WORDS}" for n, spec in columns.items()]
        rows += self.parameters()
        rows += ["variables:"]
        rows += [f"- {{id: v_money, entity: enterprise, title: {WORDS}, cite: {CITE}, expr: \"{self.expr('money', 'enterprise', 2, child=True)}\"}}"]
        rows += [f"- {{id: v_bool, entity: enterprise, title: {WORDS}, cite: {CITE}, expr: \"{self.expr('bool', 'enterprise', 1, child=True).replace('v_bool', 'b0')}\"}}"]
        rows = [row.replace("v_money, entity", "@@").replace("v_money", "m0").replace("@@", "v_money, entity") if row.startswith("- {id: v_") else row for row in rows]
        rows += ["measures:"]
        for place in range(measures):
            rows += self.measure(f"x{place}")
        rows += self.limits()
        return "\n".join(rows) + "\n"

    def parameters(self) -> list[str]:
        def dated(kind: str, *values: str, more: str = "") -> str:
            days = sorted(self.r.sample(["2020-01-01", "2023-06-01", "2024-12-31", "2025-06-30"], len(values)))
            listed = ", ".join(f"{{from: {day}, value: {v}, cite: {CITE}}}" for day, v in zip(days, values, strict=True))
            return f"type: {kind}, values: [{listed}]{more}"

        def entry(name: str, body: str) -> str:
            return f"- {{id: {name}, title: {WORDS}, {body}}}"

        excused = f", entity: enterprise, exceptions: [{{when: b0, value: 9万元, cite: {CITE}}}, {{when: b1, value: 1234元, cite: {CITE}}}]"
        bands = "[{from: 0元, to: 100万元, value: %s}, {from: 100万元, to: 1亿元, value: %s}, {from: 1亿元, value: %s}]"
        return [
            "parameters:",
            entry("p_money", dated("money", "50万元", "75.5万元")),
            entry("p_money_late", f"type: money, values: [{{from: 2024-12-31, value: 10元, cite: {CITE}}}]"),
            entry("p_excused", dated("money", "3万元", more=excused)),
            entry("p_ratio", dated("ratio", "30%", "33.33333333%")),
            entry("p_count", dated("number", "2", "3")),
            entry("p_steps", f"type: steps, of: money, gives: money, values: [{{from: 2020-01-01, bands: {bands % ('1万元', '2万元', '3.33万元')}, cite: {CITE}}}]"),
            entry("p_steps_above", f"type: steps, of: money, gives: money, edge: above, values: [{{from: 2020-01-01, bands: {bands % ('1元', '2元', '3元')}, cite: {CITE}}}]"),
            entry("p_scale", f"type: scale, of: money, gives: ratio, values: [{{from: 2020-01-01, bands: {bands % ('3%', '33.33333%', '0.1')}, cite: {CITE}}}]"),
            entry("p_table", f"type: table, keys: [e0], entity: enterprise, gives: money, values: [{{from: 2020-01-01, rows: [{{key: [a], value: 5元}}, {{key: [乙], value: 7万元}}], cite: {CITE}}}]"),
            entry("p_table2", f"type: table, keys: [e0, e1], entity: enterprise, gives: money, values: [{{from: 2020-01-01, rows: [{{key: [a, x], value: 5元}}, {{key: [c, y], value: 7万元}}], cite: {CITE}}}]"),
        ]

    def measure(self, name: str) -> list[str]:
        entity = self.pick("enterprise", "enterprise", "project", "loan")
        days = {"enterprise": "d0", "project": "pd"}
        as_of = self.pick("day", "year_end", *([days[entity]] if entity in days else []))
        lim = {"rowwise": True} if as_of in ("d0", "pd") else {}
        rows = [f"- id: {name}", f"  title: {WORDS}", f"  cite: {CITE}", "  status: issued", "  valid: {from: 2020-01-01, to: 2027-01-01}", f"  entity: {entity}", f"  as_of: {as_of}", "  conditions:"]
        for place in range(self.r.randint(1, 3)):
            rows += [f"    k{place}:", f'      expr: "{self.expr("bool", entity, self.r.randint(1, 3), **lim)}"', f"      text: {WORDS}", f"      cite: {CITE}"]
            if self.r.random() < 0.25:
                when = [self._bool_leaf(entity) for _ in range(self.r.randint(1, 2))]
                rows += ["      exceptions:"] + [f"      - {{when: {w}, value: {self.pick('true', 'false')}, cite: {CITE}}}" for w in when]
        rows.append(f'  amount: "{self.expr("money", entity, self.r.randint(1, 3), **lim)}"')
        if self.r.random() < 0.4:
            rows.append(f'  cap: "{self.expr("money", entity, 1, **lim)}"')
        if self.r.random() < 0.25:
            rows.append(f"  rounding: {{unit: {self.pick('1元', '1000元', '1万元')}, mode: {self.pick('up', 'down', 'half_up')}}}")
        if self.r.random() < 0.3:
            item = self.pick("unit", "t0" if entity == "enterprise" else "name")
            rows.append(f"  once_per: {{object: {item}, period: {self.pick('year', 'lifetime')}}}")
        rows.append("  delivery: {instrument: grant}")
        self.measures.append((name, entity))
        return rows

    def limits(self) -> list[str]:
        names = [n for n, e in self.measures if e == "enterprise"]
        if len(names) < 2:
            return []
        return [f"caps:\n- {{id: yearly, title: {WORDS}, measures: [{', '.join(names[:3])}], by: enterprise, at: award, limit: {self.pick('p_money', '3万元', 'm0')}, cite: {CITE}}}"]

    # --- the register --------------------------------------------------------------------------------------------

    def value(self, spec: str) -> Any:
        if self.r.random() < 0.15:
            return None
        if "type: money" in spec or "type: quantity" in spec:
            text = self.pick("0", "0.01", "1000000", "1000000.01", "999999.99", "100000000", "123456.78", "-5000", "9999999999999.99", "33.33", "7", "250000")
            return Decimal(text).quantize(Decimal("0.0001" if "decimals: 4" in spec or "quantity" in spec else "0.01"))
        if "type: ratio" in spec:
            return Decimal(self.pick("0", "0.5", "1", "0.03", "-0.2", "99999999.5", "0.3333", "1.2")).quantize(Decimal("0.0001" if "decimals" in spec else "0.0000000001"))
        if "type: count" in spec:
            return Decimal(self.r.choice((0, 1, 3, 7, 20000, 999999999999)))
        if "type: bool" in spec:
            return self.r.random() < 0.5
        if "type: date" in spec:
            return date(2020, 2, 29) + timedelta(days=self.r.choice((0, 1, 30, 366, 730, 1096, 1461, 1827, 2000)))
        if "type: enum" in spec:
            return self.r.choice([c for c in "abcxy" if f"{{{c}:" in spec or f" {c}:" in spec])
        return self.pick("a", "b", "芯片设计", "abc")

    def rows(self, units: int) -> dict[str, list[dict[str, Any]]]:
        """Draw the tables: some units lack a year, some a child."""
        made: dict[str, list[dict[str, Any]]] = {"enterprise": [], "project": [], "loan": []}
        for unit in range(units):
            for year in YEARS:
                if year != YEARS[-1] and self.r.random() < 0.2:
                    continue
                made["enterprise"].append({"id": f"E{unit}", "year": year, **{n: self.value(s) for n, s in ENTERPRISE.items()}})
                for child, columns in (("project", PROJECT), ("loan", LOAN)):
                    for place in range(self.r.choice((0, 1, 1, 2))):
                        row = {"id": f"{child[0].upper()}{unit}_{place}", "year": year, "enterprise": f"E{unit}"}
                        made[child].append({**row, **{n: self.value(s) for n, s in columns.items()}})
        return made

    def paid(self, tables: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """Draw payments made before, some on the very day of the run (which do not count)."""
        made = []
        for _ in range(30):
            measure, entity = self.r.choice(self.measures)
            row = self.r.choice(tables[entity])
            made.append(
                {
                    "measure": measure,
                    "unit": row["id"],
                    "enterprise": row["id"] if entity == "enterprise" else row["enterprise"],
                    "object": self.r.choice((None, "a", "b", "芯片设计")),
                    "date": self.r.choice((date(2024, 5, 1), date(2025, 1, 2), date(2025, 6, 30), date(2026, 1, 1))),
                    "amount": Decimal(self.pick("100.00", "0.01", "50000.00")),
                }
            )
        return made
