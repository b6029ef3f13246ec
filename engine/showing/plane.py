"""How a network parts the plane: each place in the colour of the answer there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from engine.showing.exhibit import Exhibit, Sheet
from engine.showing.scene import Scene
from engine.training.objective import forward

SIDE = 96
"""Places along each side of the picture."""
MOST_POINTS = 600
_MARGIN = 0.08
"""The part of the points' span that is left free around them."""
_COLORS = ((38, 110, 196), (200, 92, 12), (0, 128, 96), (150, 60, 130))
"""Told apart by eyes of every kind; later classes begin again."""
_PALE = 0.62
"""How much white is in the colour of a place."""


def parted(scene: Scene) -> Iterator[Exhibit]:
    """The plane with its border, of a network that puts points into classes."""
    points = _points(scene)
    if points is None:
        return
    samples, labels = points
    low, high = samples.amin(0), samples.amax(0)
    low, high = low - _MARGIN * (high - low), high + _MARGIN * (high - low)
    chances = _chances(scene, _places(low, high))
    colors = torch.tensor(_COLORS, dtype=torch.float32)
    colors = colors[torch.arange(chances.shape[-1]) % len(colors)]
    pale = colors + (255 - colors) * _PALE
    picture = (chances.cpu() @ pale).reshape(SIDE, SIDE, 3)
    across, down = _cells(samples, low, high)
    picture[down, across] = colors[labels % len(colors)] * 0.75
    painted = picture.round().clamp(0, 255).to(torch.uint8)
    yield Sheet(
        title="The plane, parted",
        caption="Each place in the colour of the answer there, pale where the network "
        "is unsure. The dots are points it learns from.",
        pictures=painted.numpy()[None, None],
    )


def _points(scene: Scene) -> tuple[Tensor, Tensor] | None:
    """Training points (N, 2) and their classes (N,); None where there are none."""
    goals, plan = scene.plan.goals, scene.plan
    training = scene.splits.train
    if len(plan.fields) != 1 or len(goals) != 1:
        return None
    if scene.splits.task != "classification" or goals[0].loss != "cross_entropy":
        return None
    few = training.batch(torch.arange(min(len(training), MOST_POINTS)))
    points, labels = few.inputs[plan.fields[0]], few.targets[goals[0].target]
    if points.dim() != 2 or points.shape[1] != 2 or not points.is_floating_point():
        return None
    return points.float().cpu(), labels.cpu()


def _places(low: Tensor, high: Tensor) -> Tensor:
    """The middle of each cell, row by row, the highest first: (SIDE * SIDE, 2)."""
    along = (torch.arange(SIDE) + 0.5) / SIDE
    x = low[0] + (high[0] - low[0]) * along
    y = high[1] - (high[1] - low[1]) * along
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([columns, rows], dim=-1).reshape(-1, 2)


def _chances(scene: Scene, places: Tensor) -> Tensor:
    few = scene.few(1)
    inputs = {scene.plan.fields[0]: places.to(scene.plan.hardware.device)}
    answers = forward(scene.network, replace(few, inputs=inputs), scene.plan)
    return answers[0].float().softmax(-1)


def _cells(points: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """The column and the row of each point."""
    shares = (points - low) / (high - low).clamp(min=1e-12)
    across = (shares[:, 0] * SIDE).long().clamp(0, SIDE - 1)
    down = ((1 - shares[:, 1]) * SIDE).long().clamp(0, SIDE - 1)
    return across, down
