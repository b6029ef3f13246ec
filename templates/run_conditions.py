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
from templates.fair_runs import Difference, asked_apart, differences
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

    def newest(self, situation: Situation) -> RunResult | None:
        """The run that is asked, or None."""
        return next((run for _, run in _matching(situation, self.where)), None)

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
    """Of two runs that were made alike, of two kinds, the first has the lower number.

    By a factor, where one is given. The newest such pair counts.
    """

    metric: str
    lower: Condition
    than: Condition
    times: float = 1.0

    def judge(self, situation: Situation) -> Verdict:
        pair = self.pair(situation)
        if pair is None:
            return NO
        low, high = (situation.runs[place].metrics[self.metric] for place in pair)
        return Verdict(True, frozenset(pair)) if low * self.times < high else NO

    def pair(self, situation: Situation) -> tuple[int, int] | None:
        """The newest two runs, one of each kind, that can be compared, by place."""
        lower, than = self._places(situation)
        for newest in sorted(lower | than, reverse=True):
            for older in sorted(lower | than, reverse=True):
                if older >= newest or self._differ(situation, older, newest):
                    continue
                if older in lower and newest in than:
                    return older, newest
                if newest in lower and older in than:
                    return newest, older
        return None

    def unlike(self, situation: Situation) -> tuple[Difference, ...]:
        """What keeps the newest runs of the two kinds from being compared."""
        lower, than = self._places(situation)
        if not lower or not than or self.pair(situation) is not None:
            return ()
        return self._differ(situation, *sorted((max(lower), max(than))))

    def _places(self, situation: Situation) -> tuple[set[int], set[int]]:
        first, second = (
            {
                place
                for place, run in _matching(situation, where)
                if self.metric in run.metrics
            }
            for where in (self.lower, self.than)
        )
        return first, second

    def _differ(
        self, situation: Situation, one: int, other: int
    ) -> tuple[Difference, ...]:
        return differences(
            situation.runs[one].network.document,
            situation.runs[other].network.document,
            asked_apart(self.lower, self.than),
        )


@dataclass(frozen=True, slots=True)
class Predicted:
    """A question was answered before one of the runs that decide it ended."""

    step: str
    decided_by: Condition
    compares: tuple[RunsCompare, ...] = ()
    """What its options compare: nothing is decided before two runs can be."""

    def judge(self, situation: Situation) -> Verdict:
        then = self.decided(situation)
        return NO if then is None else self.decided_by.judge(then)

    def decided(self, situation: Situation) -> Situation | None:
        """The situation as it was when the runs had decided, or None.

        Later runs, of other networks perhaps, do not turn the answer round.
        """
        answer = situation.answers.get(self.step)
        if answer is None:
            return None
        for count in range(answer.runs_before + 1, len(situation.runs) + 1):
            then = replace(situation, runs=situation.runs[:count])
            if self._decides(then, answer.runs_before):
                return then
        return None

    def _decides(self, situation: Situation, runs_before: int) -> bool:
        verdict = self.decided_by.judge(situation)
        pairs = [each.pair(situation) for each in self.compares]
        deciding = [pair or () for pair in pairs] if pairs else [verdict.runs]
        return verdict.holds and all(
            any(place >= runs_before for place in places) for places in deciding
        )


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
