"""Metrics: how good the network's answers are, over many batches."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.samples import Samples
from engine.training.goals import Goal
from engine.training.objective import Outcome

TOP = 5
"""An answer among so many best is right by `top5_accuracy`."""
IN_UNITS = ("rmse", "mae")
"""Metrics that are in the target's own unit."""


class Score:
    """Adds up losses and metrics over batches, on the device, without waiting for it.

    `units` turns a target's errors back into its own unit, by target. The sums and
    counts are by what they are of: `loss/<player>`, `measure/<name>`, and
    `<place of the goal>/<metric>`. With a `task` more is counted, of which a training
    step would feel the cost: what is gathered by class or column is in `tallies`.
    """

    def __init__(
        self, goals: Sequence[Goal], units: dict[str, float], task: str = ""
    ) -> None:
        self._goals = goals
        self._units = units
        self._task = task
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}
        self.tallies: dict[str, Tensor] = {}
        self.origins: dict[int, Tensor] = {}
        """By goal, the first target: spreads are measured from there."""

    @torch.no_grad()
    def add(self, outcome: Outcome, batch: Samples, player: str = "network") -> None:
        """Count what a batch came to."""
        samples = len(batch)
        self._add(f"loss/{player}", outcome.loss.detach() * samples, samples)
        for name, value in outcome.measures.items():
            self._add(f"measure/{name}", value * samples, samples)
        if outcome.answers:
            for place, goal in enumerate(self._goals):
                if goal.target:
                    self._add_answer(place, outcome.answers[place], batch)

    def add_all(self, other: Score) -> None:
        """Count what another score has counted, and may count anew in its tensors."""
        for name, value in other.sums.items():
            mine = value if name in self.sums else value.clone()
            self._add(name, mine, other.counts[name])

    def _add_answer(self, place: int, output: Tensor, batch: Samples) -> None:
        goal = self._goals[place]
        target = batch.targets[goal.target]
        if goal.loss == "cross_entropy":
            chosen, target = output.argmax(-1).flatten(), target.flatten()
            right = chosen == target
            self._add(f"{place}/accuracy", right.sum(), right.numel())
            if self._task == "next token":
                self._add_surprise(place, output.flatten(0, -2), target)
            elif self._task:
                self._add_ranks(place, output.flatten(0, -2), target)
                self._tally(place, chosen, target, output.shape[-1])
        elif goal.loss == "bce_with_logits" and not target.is_floating_point():
            chosen, target = (output > 0).flatten(), target.flatten().bool()
            right = chosen == target
            self._add(f"{place}/accuracy", right.sum(), right.numel())
            if self._task:
                self._tally(place, chosen.long(), target.long(), 2)
        else:
            answer = output.float()
            if goal.loss == "bce_with_logits":  # people read no logits
                answer = answer.sigmoid()
            target = target.reshape(output.shape)
            error = answer - target
            # The first is the one that is drawn: it is the root of the usual loss.
            self._add(f"{place}/rmse", (error**2).sum(), error.numel())
            self._add(f"{place}/mae", error.abs().sum(), error.numel())
            if self._task == "regression":
                self._add_spread(place, error, target)

    def _add_ranks(self, place: int, output: Tensor, target: Tensor) -> None:
        """Whether the right class is among the best, where there are more classes."""
        if output.shape[-1] > TOP:
            best = output.topk(TOP, -1).indices == target.unsqueeze(-1)
            self._add(f"{place}/top5_accuracy", best.sum(), len(target))

    def _add_surprise(self, place: int, output: Tensor, target: Tensor) -> None:
        """How unlikely the tokens were that really followed."""
        lost = F.cross_entropy(output.float(), target, reduction="sum")
        self._add(f"{place}/perplexity", lost, len(target))
        self._add(f"{place}/bits_per_token", lost / math.log(2), len(target))

    def _tally(self, place: int, chosen: Tensor, target: Tensor, classes: int) -> None:
        """By class: how often it was the truth, the answer, and both."""
        # No bincount of the right ones alone: to pick them out waits for the device.
        pairs = torch.stack([target, chosen, torch.where(chosen == target, target, -1)])
        each = torch.arange(3, device=target.device).unsqueeze(1) * (classes + 1)
        found = (pairs + 1 + each).flatten().bincount(minlength=3 * (classes + 1))
        self._gather(f"{place}/f1", found.reshape(3, classes + 1)[:, 1:])

    def _add_spread(self, place: int, error: Tensor, target: Tensor) -> None:
        """By number of the answer: how many, their sum and squares, those of errors."""
        errors, targets = error.flatten(1).double(), target.flatten(1).double()
        # Squares of numbers far from zero would leave no digits for their spread.
        targets = targets - self.origins.setdefault(place, targets[0].clone())
        found = (torch.ones_like(targets), targets, targets**2, errors**2)
        self._gather(f"{place}/r2", torch.stack([each.sum(0) for each in found]))

    def _gather(self, name: str, found: Tensor) -> None:
        known = self.tallies.get(name)
        self.tallies[name] = found if known is None else known + found

    def _add(self, name: str, value: Tensor, count: int) -> None:
        value = value.double()
        self.sums[name] = self.sums[name] + value if name in self.sums else value
        self.counts[name] = self.counts.get(name, 0) + count

    def _mean(self, name: str) -> float:
        return float(self.sums[name]) / self.counts[name]

    def _means(self, kind: str) -> dict[str, float]:
        found = (name for name in self.sums if name.startswith(f"{kind}/"))
        return {name.removeprefix(f"{kind}/"): self._mean(name) for name in found}

    def loss(self) -> float:
        """The mean loss over all samples, of all players together; not a number when
        there were none."""
        return sum(self._means("loss").values()) if self.counts else math.nan

    def metrics(self) -> dict[str, float]:
        """The metrics over all samples; for several targets also each one's own.

        Where several outputs answer one target, as auxiliary heads do, the metric is
        that of the one whose loss weighs most, the first of equals.
        `accuracy`, `top5_accuracy` and `f1` are shares from 0 to 1; `mae` and `rmse`
        are in the target's unit; `perplexity` and `bits_per_token` are of tokens.
        """
        losses = self._means("loss")
        metrics = self._means("measure")
        if len(losses) > 1:
            metrics |= {f"{player}_loss": value for player, value in losses.items()}
        each: dict[str, dict[str, float]] = {}
        by_weight = sorted(enumerate(self._goals), key=lambda one: -one[1].weight)
        for place, goal in by_weight:
            for name, value in self._of_goal(place).items():
                if name in IN_UNITS:
                    value *= self._units.get(goal.target, 1.0)
                each.setdefault(name, {}).setdefault(goal.target, value)
        metrics |= {
            name: sum(values.values()) / len(values) for name, values in each.items()
        }
        if len({target for values in each.values() for target in values}) > 1:
            for name, values in each.items():
                metrics |= {f"{target}_{name}": v for target, v in values.items()}
        return metrics

    def _of_goal(self, place: int) -> dict[str, float]:
        """The metrics of one goal's answers, errors not in their unit yet."""
        found = self._means(str(place))
        if "rmse" in found:
            found["rmse"] = math.sqrt(found["rmse"])
        if "perplexity" in found:
            found["perplexity"] = safe_exp(found["perplexity"])
        for name, finish in (("f1", macro_f1), ("r2", r_squared)):
            tally = self.tallies.get(f"{place}/{name}")
            if tally is not None:
                found[name] = finish(tally)
        return found


def safe_exp(number: float) -> float:
    """e to the power of a number, infinite where that is too large for a float."""
    return math.exp(number) if number < 700 else math.inf


def macro_f1(tally: Tensor) -> float:
    """The mean over classes of 2 TP / (2 TP + FP + FN), from (3, classes) counts.

    They are of truths, of answers and of both at once. Classes that are neither truth
    nor answer are left out, as in scikit-learn's `f1_score` with `macro`.
    """
    truths, answers, both = tally.double()
    there = truths + answers > 0
    return float((2 * both[there] / (truths + answers)[there]).mean())


def r_squared(tally: Tensor) -> float:
    """1 less the errors' squares over the squares around the mean, from (4, K) sums.

    They are of ones, of targets less any number, of their squares and of the errors'
    squares; the mean over K numbers is taken. Where a target never changes, a perfect
    answer counts 1 and any other 0, as in scikit-learn's `r2_score`.
    """
    count, total, squares, errors = tally
    around = squares - total**2 / count
    perfect = (errors == 0).double()
    return float(torch.where(around <= 0, perfect, 1 - errors / around).mean())
