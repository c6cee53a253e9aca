"""What an expression read of the policy: values with the day and article that set them, exceptions, assumptions."""

from __future__ import annotations

from collections.abc import Iterator

from jiqun.explain.facts import Exempted, Limit, Said, Shown
from jiqun.explain.inputs import name_of, source, yours
from jiqun.explain.walk import walk
from jiqun.interpret import evaluate, exceptional, in_force, parameters_used
from jiqun.language import tree as t
from jiqun.model.measure import Condition, Measure
from jiqun.model.parameter import ExceptionalValue, Parameter
from jiqun.model.uses import formulas
from jiqun.records import Here, Unknown


def limits(node: t.Node, here: Here) -> tuple[Limit, ...]:
    """Return each value of the policy an expression reads, once, in the order it is written."""
    return tuple(dict.fromkeys(_limits(node, here)))


def _limits(node: t.Node, here: Here) -> Iterator[Limit]:
    for part, there in walk(node, here):
        if isinstance(part, t.MoneyOf):
            continue
        if isinstance(part, t.ParameterOf):
            yield _limit(part, there.package.parameters[part.name], there)
        elif isinstance(part, t.Banded | t.Lookup):
            yield _limit(part, there.package.parameters[part.parameter], there)


def _limit(node: t.Node, parameter: Parameter, here: Here) -> Limit:
    shown = Shown(evaluate(node, here), node.type)
    applying = applying_exceptions(parameter, here)
    if len(applying) == 1:
        return Limit(parameter.id, parameter.title, shown, None, source(here.package, applying[0].cite), exceptional=True)
    value = in_force(parameter.values, here.as_of)
    if value is None:
        return Limit(parameter.id, parameter.title, shown, None, None)
    return Limit(parameter.id, parameter.title, shown, value.from_, source(here.package, value.cite))


def applying_exceptions(parameter: Parameter, here: Here) -> tuple[ExceptionalValue, ...]:
    """Return the exceptions of a parameter that apply to a unit."""
    at = exceptional(parameter, here) if parameter.exceptions else None
    return tuple(e for e in parameter.exceptions if at is not None and evaluate(e.when.typed, at) is True)


def exempted(given: Condition, here: Here) -> tuple[Exempted, ...]:
    """Return the exceptions of a condition that apply to a unit."""
    return tuple(
        Exempted(e.value, yours(e.when.typed, here), source(here.package, e.cite))
        for e in given.exceptions
        if evaluate(e.when.typed, here) is True
    )


def conflicts(measure: Measure, here: Here) -> Iterator[Said]:
    """Say which exceptions of one parameter or condition apply together, so that the text gives two answers."""
    for given in measure.conditions.values():
        applying = exempted(given, here)
        if len(applying) > 1:
            yield from (
                Said.of("conflict.condition_met" if e.met else "conflict.condition_unmet", of=given.text, cite=e.cite) for e in applying
            )
    for parameter, at in parameters_used(measure, here):
        for_parameter = applying_exceptions(parameter, at)
        if len(for_parameter) > 1:
            kind = next(
                n.type for tree in formulas(measure) for n, _ in walk(tree, here) if isinstance(n, t.ParameterOf) and n.name == parameter.id
            )
            for e in for_parameter:
                value = e.value.typed
                assert isinstance(value, t.Literal)
                yield Said.of("conflict.parameter", of=parameter.title, value=Shown(value.value, kind), cite=source(here.package, e.cite))


def assumptions(measure: Measure, here: Here) -> tuple[Said, ...]:
    """Say where `coalesce` and `known` took the place of a value that is not known at this unit."""
    made: dict[tuple[str, str], Said] = {}
    for tree in formulas(measure):
        for node, there in walk(tree, here):
            if isinstance(node, t.Coalesce) and isinstance(evaluate(node.items[0], there), Unknown):
                name = name_of(node.items[0], here.package)
                made["coalesce", name.en] = Said.of("assumed.coalesce", of=name, value=Shown(evaluate(node, there), node.type))
            elif isinstance(node, t.Known) and isinstance(evaluate(node.of, there), Unknown):
                name = name_of(node.of, here.package)
                made["known", name.en] = Said.of("assumed.known", of=name)
    return tuple(made.values())
