"""Losses: how far the network's answers are from what they should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

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


def loss_of(
    goal: Goal, output: Tensor, targets: dict[str, Tensor], smoothing: float = 0.0
) -> Tensor:
    """The mean loss of one output over a batch; always computed in float32.

    For `cross_entropy` the output is (N, ..., classes) and the target (N, ...), int64;
    for `itself` the output's own mean is what is made smaller; else both hold equally
    many numbers.
    """
    output = output.float()
    if goal.loss == "itself":
        return output.mean()
    target = targets[goal.target]
    if goal.loss == "cross_entropy":
        weights = (
            class_weights_on(output.device, goal.class_weights)
            if goal.class_weights
            else None
        )
        return F.cross_entropy(
            output.flatten(0, -2), target.flatten(), weights, label_smoothing=smoothing
        )
    return DISTANCES[goal.loss](output, target.reshape(output.shape).float())


@lru_cache(8)
def class_weights_on(device: torch.device, weights: tuple[float, ...]) -> Tensor:
    """The weights of classes where they are needed, brought there once."""
    return torch.tensor(weights, device=device)


def total_loss(
    goals: Sequence[Goal],
    outputs: Sequence[Tensor],
    targets: dict[str, Tensor],
    smoothing: float = 0.0,
) -> Tensor:
    """The weighted sum of every output's loss: what the optimizer makes smaller."""
    losses = [
        goal.weight * loss_of(goal, output, targets, smoothing)
        for goal, output in zip(goals, outputs, strict=True)
    ]
    return torch.stack(losses).sum() if len(losses) > 1 else losses[0]


def balanced(goals: Sequence[Goal], targets: dict[str, Tensor]) -> tuple[Goal, ...]:
    """The goals with weights for their classes: as many times as each is too rare.

    All classes then count alike (King and Zeng 2001, section 4).
    """
    weighed = []
    for goal in goals:
        target = targets.get(goal.target)
        if goal.loss == "cross_entropy" and target is not None:
            counts = class_counts_of(target).clamp(min=1).double()
            weights = counts.sum() / (len(counts) * counts)
            goal = replace(goal, class_weights=tuple(weights.tolist()))
        weighed.append(goal)
    return tuple(weighed)


def class_counts_of(target: Tensor) -> Tensor:
    """How many samples each class has (C,), of answers that may be on disk."""
    counts = torch.zeros(0, dtype=torch.int64)
    for first in range(0, len(target), COUNTED):
        chosen = torch.arange(first, min(first + COUNTED, len(target)))
        more = target[chosen.to(target.device)].flatten().bincount().cpu()
        if len(more) > len(counts):
            more, counts = counts, more
        counts[: len(more)] += more
    return counts


COUNTED = 4096
"""Samples that are looked at in one go."""
