"""Metrics: how good the network's answers are, over many batches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from engine.data.samples import Samples
from engine.training.goals import Goal
from engine.training.objective import Outcome


class Score:
    """Adds up losses and metrics over batches, on the device, without waiting for it.

    `units` turns a target's errors back into its own unit, by target.
    """

    def __init__(self, goals: Sequence[Goal], units: dict[str, float]) -> None:
        self._goals = goals
        self._units = units
        self._samples = 0
        self._loss: Tensor | float = 0.0
        self._sums: dict[tuple[int, str], Tensor] = {}
        self._counts = [0] * len(goals)
        self._measures: dict[str, tuple[Tensor | float, int]] = {}

    @torch.no_grad()
    def add(self, outcomes: Mapping[str, Outcome], batch: Samples) -> None:
        """Count one batch: what it came to for each player."""
        samples = len(batch)
        self._samples += samples
        for player, outcome in outcomes.items():
            self._loss = self._loss + outcome.loss.double() * samples
            if len(outcomes) > 1:
                self._measure(f"{player}_loss", outcome.loss, samples)
            for name, value in outcome.measures.items():
                self._measure(name, value, samples)
            if outcome.answers:
                self._add_answers(outcome.answers, batch.targets)

    def _measure(self, name: str, value: Tensor, samples: int) -> None:
        total, count = self._measures.get(name, (0.0, 0))
        self._measures[name] = (total + value.double() * samples, count + samples)

    def _add_answers(
        self, outputs: Sequence[Tensor], targets: dict[str, Tensor]
    ) -> None:
        for index, (goal, output) in enumerate(zip(self._goals, outputs, strict=True)):
            if goal.loss == "itself":
                continue
            target = targets[goal.target]
            if goal.loss == "cross_entropy":
                right = output.argmax(-1).flatten() == target.flatten()
                self._count(index, right.numel(), accuracy=right.sum())
            elif goal.loss == "bce_with_logits" and not target.is_floating_point():
                right = (output > 0).flatten() == target.flatten().bool()
                self._count(index, right.numel(), accuracy=right.sum())
            else:
                answer = output.float()
                if goal.loss == "bce_with_logits":  # people read no logits
                    answer = answer.sigmoid()
                error = answer - target.reshape(output.shape)
                self._count(
                    index, error.numel(), mae=error.abs().sum(), rmse=(error**2).sum()
                )

    def _count(self, index: int, count: int, **sums: Tensor) -> None:
        self._counts[index] += count
        for name, value in sums.items():
            self._sums[index, name] = self._sums.get((index, name), 0) + value.double()

    def loss(self) -> float:
        """The mean loss over all samples; not a number when there were none."""
        return float(self._loss) / self._samples if self._samples else math.nan

    def metrics(self) -> dict[str, float]:
        """The metrics over all samples; for several targets also each one's own.

        `accuracy` is a share from 0 to 1; `mae` and `rmse` are in the target's unit.
        """
        metrics = {
            name: float(total) / count
            for name, (total, count) in self._measures.items()
        }
        each: dict[str, dict[str, float]] = {}
        for (index, name), total in self._sums.items():
            goal, value = self._goals[index], float(total) / self._counts[index]
            if name == "rmse":
                value = math.sqrt(value)
            if name != "accuracy":
                value *= self._units.get(goal.target, 1.0)
            each.setdefault(name, {})[goal.target] = value
        metrics |= {
            name: sum(values.values()) / len(values) for name, values in each.items()
        }
        if len({target for values in each.values() for target in values}) > 1:
            for name, values in each.items():
                metrics |= {f"{target}_{name}": v for target, v in values.items()}
        return metrics
