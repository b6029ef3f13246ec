"""What an objective is: how a network learns from one batch, and who of it learns."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.recipe import Recipe
from engine.training.device import AUTOCAST, Hardware
from engine.training.goals import Goal, Learning
from engine.training.stem import recalled

if TYPE_CHECKING:
    from engine.training.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What stays the same from the first step to the last."""

    recipe: Recipe
    fields: tuple[str, ...]
    """The data that each input of the network takes, in their order."""
    learning: Learning
    hardware: Hardware
    objective: Objective
    augment: Callable[[Samples], Samples] | None = None
    """What changes the batches of the training by chance, where anything does."""
    recording: Recording | None = None
    """What records a step on CUDA and plays it again, where that can be done."""

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What each output of the network is trained for, in their order."""
        return self.learning.goals

    @property
    def players(self) -> dict[str, tuple[str, ...]]:
        """Who learns: by player the modules whose weights are its own."""
        return self.learning.players


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose optimizer steps next, and how far training is."""

    player: str
    epoch: int
    """From 1."""
    share: float
    """The part of all steps that is done, from 0 to 1."""
    step: int = 0
    """Which step of the epoch it is, from 1; 0 where none is made."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to."""

    loss: Tensor
    """The mean over the batch: one number."""
    answers: tuple[Tensor, ...] = ()
    """The network's answers, one for each goal; none where nothing is to be scored."""
    measures: dict[str, Tensor] = field(default_factory=dict)
    """What else is worth a curve, by name: means over the batch."""


class Objective:
    """How a network learns. A subclass says what is made smaller, on about a page.

    It keeps nothing: what training changes is in the network and the optimizers.
    """

    picks_best = True
    """Whether the lowest validation loss marks the best epoch; else the newest is."""

    def turns(self, epoch: int, plan: Plan) -> tuple[str, ...]:
        """The players that step with each batch of an epoch, in their order."""
        return tuple(plan.players)

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """The loss that `turn.player` makes smaller; only its weights learn from it."""
        raise NotImplementedError

    def settle(
        self, epoch: int, model: nn.Module, training: Samples, plan: Plan
    ) -> None:
        """At the end of an epoch: what is computed rather than stepped towards."""

    def judge(
        self, epoch: int, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """How good the network is on samples it does not learn from."""
        turn = Turn(player=self.turns(epoch, plan)[-1], epoch=epoch, share=1.0)
        return self.outcome(turn, model, batch, plan)


def forward(model: nn.Module, batch: Samples, plan: Plan) -> tuple[Tensor, ...]:
    """The network's answers to a batch, one for each output."""
    kind = torch.device(plan.hardware.device).type
    dtype = AUTOCAST.get(plan.hardware.precision)
    inputs = [batch.inputs[name] for name in plan.fields]
    with torch.autocast(kind, dtype, enabled=dtype is not None):
        if plan.learning.stem:
            with recalled(model, batch, plan.learning):
                outputs = model(*inputs)
        else:
            outputs = model(*inputs)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def objective_in(module: str, name: str) -> Objective:
    """The objective that a module defines under a name."""
    objective = getattr(importlib.import_module(module), name)()
    if not isinstance(objective, Objective):
        raise TypeError(f"{name} is no objective")
    return objective
