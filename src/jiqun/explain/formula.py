"""An amount's rule with the unit's own numbers in it: `50% × 20,000,000 yuan`."""

from __future__ import annotations

from jiqun.explain.facts import Shown
from jiqun.explain.values import shown
from jiqun.interpret import evaluate
from jiqun.language import tree as t
from jiqun.model.words import Words
from jiqun.records import Here

_SIGNS = {"*": " × ", "/": " ÷ ", "+": " + ", "-": " − "}
_LOOSE = ("+", "-")


def formula(node: t.Node, here: Here) -> Words:
    """Return an expression with values for names, in both languages."""
    return Words(zh=_said(node, here, "zh"), en=_said(node, here, "en"))


def _said(node: t.Node, here: Here, lang: str) -> str:
    match node:
        case t.Arithmetic():
            left, right = _operand(node.left, node, here, lang), _operand(node.right, node, here, lang)
            return left + _SIGNS[node.op] + right
        case t.Extreme():
            name = {"least": ("较小者", "the least of"), "greatest": ("较大者", "the greatest of")}[node.which]
            listed = ("、" if lang == "zh" else ", ").join(_said(item, here, lang) for item in node.items)
            return f"{listed}中{name[0]}" if lang == "zh" else f"{name[1]} {listed}"
        case t.Choose():
            taken = next((value for test, value in node.branches if evaluate(test, here) is True), None)
            undecided = any(not isinstance(evaluate(test, here), bool) for test, _ in node.branches)
            return _value(node, here, lang) if undecided else _said(taken if taken is not None else node.otherwise, here, lang)
    return _value(node, here, lang)


def _operand(node: t.Node, above: t.Arithmetic, here: Here, lang: str) -> str:
    text = _said(node, here, lang)
    loose = isinstance(node, t.Extreme | t.Choose) or (isinstance(node, t.Arithmetic) and node.op in _LOOSE)
    bracket = loose and (above.op not in _LOOSE or (above.op == "-" and node is above.right))
    return f"({text})" if bracket else text


def _value(node: t.Node, here: Here, lang: str) -> str:
    return shown(Shown(evaluate(node, here), node.type), lang)
