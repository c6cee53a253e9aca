"""A few names to write expressions with: an enterprise, its projects, some parameters and measures."""

from __future__ import annotations

from jiqun.language.diagnostics import Finding, Span
from jiqun.language.names import EntityNames, Names, Shape, Symbol
from jiqun.language.resolve import resolve
from jiqun.language.source import Located
from jiqun.language.tree import Node
from jiqun.language.types import BOOL, COUNT, DATE, RATIO, TEXT, Type, money, quantity

HERE = Span("names.yaml", 7, 3, 4)
YUAN = money("CNY")
POWER = quantity((("W", 1),))
AREA = quantity((("m²", 1),))
MONTHS = quantity((("month", 1),))
SIZE = Type("enum", values=(("small", "小型", "small"), ("large", "大型", "large")))
FIELD = Type("enum", values=(("chips", "芯片", "chips"),))

COLUMNS: dict[str, Type] = {
    "id": TEXT,
    "year": COUNT,
    "name": TEXT,
    "revenue": YUAN,
    "研发费用": YUAN,
    "dollars": money("USD"),
    "growth": RATIO,
    "employees": COUNT,
    "startup": BOOL,
    "founded": DATE,
    "size": SIZE,
    "field": FIELD,
    "power": POWER,
    "area": AREA,
    "term": MONTHS,
}
CHILD: dict[str, Type] = {"id": TEXT, "year": COUNT, "cost": YUAN, "done": BOOL, "started": DATE, "kind": SIZE}
VARIABLES = {"intensity": "研发费用 / revenue", "broken": "revenue +", "first": "second", "second": "first", "young": "years_between(founded, as_of) < 3"}


def names() -> Names:
    """Return fresh names: resolving fills in what the variables are."""
    symbols = {n: Symbol("column", n, HERE, kind) for n, kind in COLUMNS.items()}
    symbols |= {n: Symbol("variable", n, HERE, expr=Located(text)) for n, text in VARIABLES.items()}
    child = {n: Symbol("column", n, HERE, kind) for n, kind in CHILD.items()}
    entities = {"enterprise": EntityNames("enterprise", None, symbols), "project": EntityNames("project", "enterprise", child)}
    parameters = {
        "rate": Shape("rate", "value", HERE, RATIO),
        "比例": Shape("rate", "value", HERE, RATIO),
        "most": Shape("most", "value", HERE, YUAN),
        "places": Shape("places", "value", HERE, COUNT),
        "per_area": Shape("per_area", "value", HERE, quantity((("CNY", 1), ("m²", -1)))),
        "special": Shape("special", "value", HERE, RATIO, entity="project"),
        "tiers": Shape("tiers", "steps", HERE, YUAN, of=YUAN),
        "scale": Shape("scale", "scale", HERE, RATIO, of=YUAN),
        "prizes": Shape("prizes", "table", HERE, YUAN, keys=(SIZE,), listed=(frozenset({"small"}),)),
    }
    return Names(entities, parameters, {"award": "enterprise", "prize": "project", "unread": ""}, YUAN, broken=frozenset({"unshaped"}))


def typed(text: str, entity: str = "enterprise", expected: Type | None = None) -> tuple[Node | None, list[Finding]]:
    return resolve(Located(text), entity, names(), expected)
