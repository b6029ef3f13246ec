"""The numbers that a judgement on runs rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from templates.conditions import Condition, parts_of
from templates.run_conditions import RunReached, RunsCompare
from templates.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A number of one run, or of two that are compared, the earlier first."""

    metric: str
    values: tuple[float, ...]


def measured(
    conditions: Iterable[Condition], situation: Situation
) -> tuple[Measured, ...]:
    """What the runs came to that conditions ask about, each number once."""
    found: dict[str, Measured] = {}
    for part in (each for whole in conditions for each in parts_of(whole)):
        values: dict[str, tuple[float, ...]] = {}
        if isinstance(part, RunsCompare):
            pair = sorted(part.pair(situation) or ())
            each = tuple(situation.runs[place].metrics[part.metric] for place in pair)
            values = {part.metric: each}
        elif isinstance(part, RunReached):
            run = part.newest(situation)
            names = [name for name in (part.metric, part.over) if name and run]
            values = {
                name: (run.metrics[name],)
                for name in names
                if run is not None and name in run.metrics
            }
        for name, numbers in values.items():
            if numbers:
                found.setdefault(name, Measured(metric=name, values=numbers))
    return tuple(found.values())
