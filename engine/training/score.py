"""Metrics: how good the network's answers are, over many batches."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from engine.data.samples import Samples
from engine.training.goals import Goal
from engine.training.objective import Outcome


class Score:
    """Adds up losses and metrics over batches, on the device, without waiting for it.

    `units` turns a target's errors back into its own unit, by target. The sums and
    counts are by what they are of: `loss/<player>`, `measure/<name>`, and
    `<place of the goal>/<metric>`.
    """

    def __init__(self, goals: Sequence[Goal], units: dict[str, float]) -> None:
        self._goals = goals
        self._units = units
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}

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

    def _add_answer(self, place: int, output: Tensor, batch: Samples) -> None:
        goal = self._goals[place]
        target = batch.targets[goal.target]
        if goal.loss == "cross_entropy":
            right = output.argmax(-1).flatten() == target.flatten()
            self._add(f"{place}/accuracy", right.sum(), right.numel())
        elif goal.loss == "bce_with_logits" and not target.is_floating_point():
            right = (output > 0).flatten() == target.flatten().bool()
            self._add(f"{place}/accuracy", right.sum(), right.numel())
        else:
            answer = output.float()
            if goal.loss == "bce_with_logits":  # people read no logits
                answer = answer.sigmoid()
            error = answer - target.reshape(output.shape)
            self._add(f"{place}/mae", error.abs().sum(), error.numel())
            self._add(f"{place}/rmse", (error**2).sum(), error.numel())

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

        `accuracy` is a share from 0 to 1; `mae` and `rmse` are in the target's unit.
        """
        losses = self._means("loss")
        metrics = self._means("measure")
        if len(losses) > 1:
            metrics |= {f"{player}_loss": value for player, value in losses.items()}
        each: dict[str, dict[str, float]] = {}
        for place, goal in enumerate(self._goals):
            for name, value in self._means(str(place)).items():
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
