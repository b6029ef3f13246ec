"""How far the newest run is from what a step asks of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from engine.document import Document
from templates.conditions import ONE, AllOf, Condition, Range, parts_of
from templates.fair_runs import Difference
from templates.network_conditions import (
    DataIs,
    HasLayer,
    NodeIs,
    RecipeIs,
    data_settings,
)
from templates.run_conditions import Predicted, RunReached, RunsCompare
from templates.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A number of the newest run that is not what was asked for."""

    name: str
    """Of a metric, such as `test_accuracy`, or of a field of the recipe."""
    value: float
    wanted: Range
    over: str = ""
    """The metric that it was divided by, or none."""
    is_of_recipe: bool = False
    """Whether the run was made so, rather than came to it."""
    node: str = ""
    """The node that has the value as a setting, where one has it."""


def shortfall(check: Condition, situation: Situation) -> Shortfall | None:
    """What the newest run lacks for a check; None where no number tells it.

    A run of quite another network than the check is about says nothing of it.
    """
    reached = (each for each in _parts(check) if isinstance(each, RunReached))
    asked = next((each for each in reached if not each.judge(situation).holds), None)
    if asked is None or not situation.runs:
        return None
    run = situation.runs[-1]
    of_run = replace(situation, network=run.network)
    amiss = [
        part
        for part in (_parts(asked.where) if asked.where is not None else ())
        if not part.judge(of_run).holds
    ]
    if amiss:
        return _of_node(amiss, of_run) or _of_recipe(amiss, of_run)
    value = run.metrics.get(asked.metric)
    base = run.metrics.get(asked.over, 0.0) if asked.over else 1.0
    if value is None or base == 0:
        return None
    return Shortfall(
        name=asked.metric, value=value / base, wanted=asked.values, over=asked.over
    )


def misplaced(
    check: Condition, situation: Situation, start: Document
) -> HasLayer | None:
    """The layer that a check wants on a way, if one more was put elsewhere.

    `start` is the network that the lesson began with.
    """
    for part in _parts(check):
        if not isinstance(part, HasLayer) or not (part.after and part.before):
            continue
        now = sum(n.layer in part.types for n in situation.network.graph)
        before = sum(n.layer in part.types for n in start.graph)
        if now > before and part.count == ONE and not part.judge(situation).holds:
            return part
    return None


def asks_for_a_run(check: Condition) -> bool:
    """Whether a check can only be met by a run that ended."""
    return any(
        isinstance(part, RunReached | RunsCompare | Predicted) for part in _parts(check)
    )


def lacks_a_run(decided_by: Condition, situation: Situation) -> bool:
    """Whether of the runs that a prediction compares some are there, and not all."""
    held = {part.judge(situation).holds for part in _parts(decided_by)}
    return held == {True, False}


def unlike(check: Condition, situation: Situation) -> tuple[Difference, ...]:
    """What keeps the newest two runs that a check compares from being compared."""
    found: list[Condition] = []
    for part in parts_of(check):
        found += part.compares if isinstance(part, Predicted) else [part]
    compares = (part for part in found if isinstance(part, RunsCompare))
    return next((d for each in compares if (d := each.unlike(situation))), ())


def _of_node(amiss: list[Condition], of_run: Situation) -> Shortfall | None:
    """The setting of a node that is amiss, where that is all."""
    match amiss:
        case [NodeIs(name=node, setting=name, values=values)] if name:
            pass
        case _:
            return None
    known = of_run.network.known(node)
    value = known.values.get(name) if known is not None and known.type else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if values.holds(value):  # it is of another type, or frozen
        return None
    return Shortfall(
        name=name, value=value, wanted=values, is_of_recipe=True, node=node
    )


def _of_recipe(amiss: list[Condition], of_run: Situation) -> Shortfall | None:
    """The first value that is amiss, where only values of recipe and data are."""
    asked: list[tuple[str, Range]] = []
    for part in amiss:
        match part:
            case RecipeIs(name=name, values=values):
                asked.append((name, values))
            case DataIs(setting=name, values=values):
                asked.append((name, values))
            case _:
                return None
    document = of_run.network.document
    held = data_settings(document.data) | asdict(document.recipe)
    for name, values in asked:
        value = held.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Shortfall(name=name, value=value, wanted=values, is_of_recipe=True)
    return None


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)
