"""Losses and metrics: how good the network's answers are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.training.goals import Goal

DISTANCES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "bce_with_logits": F.binary_cross_entropy_with_logits,
    "mse": F.mse_loss,
    "l1": F.l1_loss,
    "smooth_l1": F.smooth_l1_loss,
}
"""Losses between numbers and numbers of the same shape."""


def loss_of(goal: Goal, output: Tensor, target: Tensor) -> Tensor:
    """The mean loss of one output over a batch; always computed in float32.

    For `cross_entropy` the output is (N, ..., classes) and the target (N, ...), int64;
    else both hold equally many numbers.
    """
    output = output.float()
    if goal.loss == "cross_entropy":
        return F.cross_entropy(output.flatten(0, -2), target.flatten())
    return DISTANCES[goal.loss](output, target.reshape(output.shape).float())


def total_loss(
    goals: Sequence[Goal], outputs: Sequence[Tensor], targets: dict[str, Tensor]
) -> Tensor:
    """The weighted sum of every output's loss: what the optimizer makes smaller."""
    losses = [
        goal.weight * loss_of(goal, output, targets[goal.target])
        for goal, output in zip(goals, outputs, strict=True)
    ]
    return torch.stack(losses).sum() if len(losses) > 1 else losses[0]


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

    @torch.no_grad()
    def add(
        self, loss: Tensor, outputs: Sequence[Tensor], targets: dict[str, Tensor]
    ) -> None:
        """Count one batch with its mean loss."""
        samples = len(outputs[0])
        self._samples += samples
        self._loss = self._loss + loss.double() * samples
        for index, (goal, output) in enumerate(zip(self._goals, outputs, strict=True)):
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
        """The metrics over all samples; for several outputs also each one's own.

        `accuracy` is a share from 0 to 1; `mae` and `rmse` are in the target's unit.
        """
        each: dict[str, dict[str, float]] = {}
        for (index, name), total in self._sums.items():
            goal, value = self._goals[index], float(total) / self._counts[index]
            if name == "rmse":
                value = math.sqrt(value)
            if name != "accuracy":
                value *= self._units.get(goal.target, 1.0)
            each.setdefault(name, {})[goal.target] = value
        metrics = {
            name: sum(values.values()) / len(values) for name, values in each.items()
        }
        if len(self._goals) > 1:
            for name, values in each.items():
                metrics |= {f"{target}_{name}": v for target, v in values.items()}
        return metrics
