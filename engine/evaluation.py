"""How good a trained network is on the test part, and where it errs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import (
    confusion_matrix,
    mean_absolute_error,
    precision_recall_fscore_support,
    r2_score,
    root_mean_squared_error,
)
from torch import Tensor

from engine.data.samples import Samples
from engine.problems import Refusal
from engine.showing.asking import class_names
from engine.showing.chance import OwnChance
from engine.showing.trained import Trained
from engine.training.goals import Goal
from engine.training.loop import batches, evaluation_batch, full_score
from engine.training.objective import Outcome

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
MOST_CLASSES = 60
"""A confusion matrix shows so many of the most frequent classes; the rest as one."""
OTHERS = "others"


class Unwanted(Exception):  # noqa: N818  nobody waits for the answer any more
    """Raised out of an evaluation that was given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """How well one class is told from the others."""

    name: str
    precision: float
    """The share of right answers among those that name it."""
    recall: float
    """The share that was found of what it is."""
    f1: float
    support: int
    """How often it is the truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How one output did."""

    output: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReport(Report):
    """An output that names classes. Where it names one at each step of a sequence,
    each step counts as an answer."""

    classes: tuple[str, ...]
    truth: Places
    """(N,): the class that was right."""
    chosen: Places
    confidence: NDArray[np.float32]
    """(N,): the chance the network gave to what it chose."""
    steps: int
    """How many answers a sample has; 1 but for sequences."""
    figures: tuple[ClassFigures, ...]
    """Of every class that is a truth or an answer."""
    shown: tuple[int, ...]
    """The classes in the confusion matrix, in their order: those that are a truth or
    an answer, of many the most frequent."""
    confusion: Places
    """(rows, columns): truths by answers, of the shown classes; one more row and
    column for all the others where there are any."""

    @property
    def has_others(self) -> bool:
        """Whether the last row and column stand for the classes that are not shown."""
        return len(self.confusion) > len(self.shown)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the rows and columns of the confusion matrix."""
        named = tuple(self.classes[number] for number in self.shown)
        return (*named, OTHERS) if self.has_others else named

    def in_cell(self, row: int, column: int) -> Places:
        """The answers (places from 0 to N) that a cell counts, the surest first."""
        grouped = [self._grouped(each) for each in (self.truth, self.chosen)]
        found = np.flatnonzero((grouped[0] == row) & (grouped[1] == column))
        return self._surest(found)

    def mistakes(self) -> Places:
        """The wrong answers, the surest first."""
        return self._surest(np.flatnonzero(self.truth != self.chosen))

    def _surest(self, places: Places) -> Places:
        order = np.argsort(-self.confidence[places], kind="stable")
        found: Places = places[order]
        return found

    def _grouped(self, numbers: Places) -> Places:
        return grouped(numbers, self.shown, len(self.classes))


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberReport(Report):
    """An output that comes close to numbers, in their own unit."""

    truth: Numbers
    """(N, K)."""
    answers: Numbers
    r2: float
    mae: float
    rmse: float
    is_series: bool
    """Whether the samples follow one another in time, and K steps are foretold."""

    def worst(self) -> Places:
        """The samples, those with the largest mean error first."""
        errors = np.abs(self.truth - self.answers).mean(axis=1)
        return np.argsort(-errors, kind="stable").astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuiltReport(Report):
    """An output that gives back what the network saw."""

    errors: Numbers
    """(N,): the mean of the squares, as the network sees the numbers."""

    def worst(self) -> Places:
        """The samples, the worst rebuilt first."""
        return np.argsort(-self.errors, kind="stable").astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How a trained network did on the test part."""

    reports: tuple[Report, ...]
    """One for each output that answers a target."""
    metrics: dict[str, float]
    """As training ends with them."""
    loss: float
    samples: int


def evaluate(
    trained: Trained,
    is_wanted: Callable[[], bool] = lambda: True,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Run a trained network on the whole test part. Raises Refusal and Unwanted.

    It may be called on any thread. `is_wanted` is asked before every batch, and
    `progress` told after it how many of all samples are answered.
    """
    goals, test = trained.plan.goals, trained.splits.test
    asked = [place for place, goal in enumerate(goals) if goal.target]
    if not asked:
        raise Refusal(
            "This network answers nothing that the test part could be compared with.",
            "Look at what it shows of itself instead.",
            code="nothing-to-evaluate",
        )
    score = full_score(trained.plan, trained.splits)
    kept: dict[int, list[tuple[Tensor, ...]]] = defaultdict(list)
    order = torch.arange(len(test))
    for chosen in batches(len(test), evaluation_batch(trained.plan.recipe)):
        if not is_wanted():
            raise Unwanted
        batch = test.batch(order[chosen])
        outcome = judged(trained, batch)
        score.add(outcome, batch)
        answers = [answer.float() for answer in outcome.answers]
        for place in asked:
            target = batch.targets[goals[place].target]
            kept[place].append(_kept(goals[place], answers[place], target, trained))
        progress(min(chosen.stop, len(test)), len(test))
    reports = [
        _report(trained, place, [torch.cat(each) for each in zip(*found, strict=True)])
        for place, found in kept.items()
    ]
    return Evaluation(
        reports=tuple(reports),
        metrics=score.metrics(),
        loss=score.loss(),
        samples=len(test),
    )


@torch.no_grad()
def judged(trained: Trained, batch: Samples) -> Outcome:
    """What a batch comes to, as at the end of training; all of it on the CPU."""
    plan = trained.plan
    here = batch.to(plan.hardware.device)
    with OwnChance():
        found = plan.objective.judge(plan.recipe.epochs, trained.network, here, plan)
    answers = found.answers or trained.answers(batch)
    measures = {name: value.cpu() for name, value in found.measures.items()}
    return Outcome(found.loss.cpu(), tuple(each.cpu() for each in answers), measures)


def _kept(
    goal: Goal, answer: Tensor, target: Tensor, trained: Trained
) -> tuple[Tensor, ...]:
    """What is kept of a batch: little, since test parts are large."""
    if goal.loss == "cross_entropy":
        confidence, chosen = answer.softmax(-1).max(-1)
        return target.flatten(), chosen.flatten(), confidence.flatten()
    if not target.is_floating_point():
        yes = answer.sigmoid().flatten()
        chosen = (yes > 0.5).long()
        return target.flatten(), chosen, torch.where(chosen == 1, yes, 1 - yes)
    if goal.loss == "bce_with_logits":
        answer = answer.sigmoid()
    answer = answer.reshape(target.shape)
    if goal.target in trained.info.inputs:
        return (((answer - target) ** 2).flatten(1).mean(1),)
    return target.flatten(1), answer.flatten(1)


def _report(trained: Trained, place: int, found: Sequence[Tensor]) -> Report:
    goal, output = trained.plan.goals[place], trained.outputs[place]
    if len(found) == 3:
        return class_report(trained, goal, output, found)
    if len(found) == 1:
        errors = found[0].double().numpy()
        return RebuiltReport(output=output, target=goal.target, errors=errors)
    mean, std = trained.splits.scales.get(goal.target, (0.0, 1.0))
    truth, answers = (each.double().numpy() * std + mean for each in found)
    return NumberReport(
        output=output,
        target=goal.target,
        truth=truth,
        answers=answers,
        r2=float(r2_score(truth, answers)) if len(truth) > 1 else float("nan"),
        mae=float(mean_absolute_error(truth, answers)),
        rmse=float(root_mean_squared_error(truth.ravel(), answers.ravel())),
        is_series="series" in trained.kinds,
    )


def class_report(
    trained: Trained, goal: Goal, output: str, found: Sequence[Tensor]
) -> ClassReport:
    """The report on truths, answers and confidences (N,) each."""
    truth, chosen = found[0].numpy(), found[1].numpy()
    count = int(max(truth.max(), chosen.max())) + 1
    classes = class_names(trained, goal.target, count)
    there = np.union1d(truth, chosen)
    figures = zip(
        there.tolist(),
        *precision_recall_fscore_support(truth, chosen, labels=there, zero_division=0),
        strict=True,
    )
    shown = most_frequent(truth, there)
    rows = range(len(shown) + (len(shown) < len(there)))
    return ClassReport(
        output=output,
        target=goal.target,
        classes=classes,
        truth=truth,
        chosen=chosen,
        confidence=found[2].numpy(),
        steps=len(truth) // len(trained.splits.test),
        figures=tuple(
            ClassFigures(
                name=classes[number],
                precision=float(precision),
                recall=float(recall),
                f1=float(f1),
                support=int(support),
            )
            for number, precision, recall, f1, support in figures
        ),
        shown=shown,
        confusion=confusion_matrix(
            *(grouped(each, shown, len(classes)) for each in (truth, chosen)),
            labels=list(rows),
        ).astype(np.int64),
    )


def most_frequent(truth: Places, there: Places) -> tuple[int, ...]:
    """Of the classes that are `there`, all, or those that are most often the truth."""
    if len(there) <= MOST_CLASSES:
        return tuple(there.tolist())
    counts = np.bincount(truth, minlength=int(there[-1]) + 1)[there]
    most = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
    return tuple(sorted(there[most].tolist()))


def grouped(numbers: Places, shown: Sequence[int], classes: int) -> Places:
    """Classes (N,) as their rows in the matrix; what is not shown as the last row."""
    rows = np.full(classes, len(shown), dtype=np.int64)
    rows[list(shown)] = np.arange(len(shown))
    found: Places = rows[numbers]
    return found
