"""Conditions on runs, and on what was answered before and after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from templates.conditions import (
    ANY,
    Condition,
    Never,
    Range,
    read_inner,
    read_range,
    verb,
)
from templates.situation import NO, RunResult, Situation, Verdict
from templates.tables import Table, one_of

_MEASURES = (
    *("loss", "accuracy", "rmse", "mae"),
    *("perplexity", "bits_per_token", "free_energy"),
    *("quantization_error", "topographic_error"),
    *("discriminator_loss", "generator_loss", "made_believed", "data_believed"),
)
METRICS = (
    *(f"{part}_{name}" for name in _MEASURES for part in ("train", "val", "test")),
    *("best_val_loss", "epochs", "best_epoch", "seconds"),
)
"""What a check may ask of a run. Train and validation are of its last epoch."""


def _matching(
    situation: Situation, where: Condition | None
) -> Iterator[tuple[int, RunResult]]:
    """The runs whose own network meets a condition, the newest first."""
    for place in reversed(range(len(situation.runs))):
        run = situation.runs[place]
        if where is None or where.judge(replace(situation, network=run.network)).holds:
            yield place, run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReached:
    """The newest run, of networks as `where` says, has a number in a range."""

    metric: str = ""
    over: str = ""
    """Divide by this other number of the same run."""
    values: Range = ANY
    where: Condition | None = None

    def judge(self, situation: Situation) -> Verdict:
        newest = next(_matching(situation, self.where), None)
        if newest is None or not self._holds(newest[1]):
            return NO
        return Verdict(True, frozenset({newest[0]}))

    def _holds(self, run: RunResult) -> bool:
        if not self.metric:
            return True
        value = run.metrics.get(self.metric)
        if value is None:
            return False
        if self.over:
            by = run.metrics.get(self.over)
            if by is None or by == 0:
                return False
            value /= by
        return self.values.holds(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsCompare:
    """Of the newest runs of two kinds, the first has the lower number, by a factor."""

    metric: str
    lower: Condition
    than: Condition
    times: float = 1.0

    def judge(self, situation: Situation) -> Verdict:
        places = []
        values = []
        for where in (self.lower, self.than):
            found = next(
                (
                    (place, run.metrics[self.metric])
                    for place, run in _matching(situation, where)
                    if self.metric in run.metrics
                ),
                None,
            )
            if found is None:
                return NO
            places.append(found[0])
            values.append(found[1])
        if places[0] == places[1] or values[0] * self.times >= values[1]:
            return NO
        return Verdict(True, frozenset(places))


@dataclass(frozen=True, slots=True)
class Predicted:
    """A question was answered before one of the runs that decide it ended."""

    step: str
    decided_by: Condition

    def judge(self, situation: Situation) -> Verdict:
        answer = situation.answers.get(self.step)
        if answer is None:
            return NO
        verdict = self.decided_by.judge(situation)
        later = any(place >= answer.runs_before for place in verdict.runs)
        return verdict if verdict.holds and later else NO


@dataclass(frozen=True, slots=True)
class Answered:
    """A question was answered, rightly where it has a right answer."""

    step: str
    options: frozenset[int] | None = None
    value: float | None = None
    tolerance: float = 0.0

    def judge(self, situation: Situation) -> Verdict:
        answer = situation.answers.get(self.step)
        if answer is None or (isinstance(answer.value, str) and not answer.value):
            return NO
        return Verdict(self.is_right(answer.value))

    def is_right(self, value: float | str) -> bool:
        """Whether a value is the answer; any is, where none is the right one."""
        if self.options is not None:
            return value in self.options
        if self.value is None:
            return True
        return not isinstance(value, str) and abs(value - self.value) <= self.tolerance


def _metric(table: Table, key: str) -> str:
    name = table.text(key)
    if name and name not in METRICS:
        table.say(f"a run has no “{name}”.", f"It has {one_of(METRICS)}.")
    return name


@verb("run")
def _read_run(table: Table) -> Condition:
    where = read_inner(table, "where")
    if table.value("run") is True:
        return RunReached(where=where)
    metric, over = _metric(table, "run"), _metric(table, "over")
    return RunReached(metric=metric, over=over, values=read_range(table), where=where)


@verb("compare")
def _read_compare(table: Table) -> Condition:
    sides = [read_inner(table, key) for key in ("lower", "than")]
    if None in sides:
        table.say(
            "two runs are compared by “lower” and “than”.",
            "Give each a condition on the network that was trained.",
        )
    times = table.number("times")
    lower, than = (side or Never() for side in sides)
    return RunsCompare(
        metric=_metric(table, "compare"),
        lower=lower,
        than=than,
        times=1.0 if times is None else times,
    )
