"""Which learning rate to begin with: a short trial in which it grows (Smith 2017).

The learning rate range test of arXiv:1506.01186, section 3.3, with the exponential
growth that fits rates better than a straight line. The network is a new one, as the
training itself would begin with; nothing of a run is touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

from engine.training.dead_units import undisturbed
from engine.training.loop import (
    batches,
    learn,
    new_score,
    shuffle,
)
from engine.training.objective import Turn
from engine.training.optimizers import hold
from engine.training.placing import device_of, fetched, place

if TYPE_CHECKING:
    from engine.data.samples import Splits
    from engine.training.loop import State
    from engine.training.objective import Plan

STEPS = 200
LOWEST, HIGHEST = 1e-7, 10.0
KEEP = 0.95
"""How much of the loss's running mean is kept at each step."""
DIVERGED = 4.0
"""The loss has diverged where its mean is so many times its lowest."""
SAFETY = 3.0
"""The steepest descent lies at the edge of what goes well: the suggestion is below."""
_LEFT_OUT = 10  # first steps, whose mean is still of too few losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One step of the trial."""

    rate: float
    loss: float
    smooth: float
    """The running mean of the losses, corrected for its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a trial came to."""

    tried: tuple[Tried, ...]
    rate: float | None
    """A learning rate to begin with; None where the loss fell nowhere."""
    diverged: bool
    """Whether the trial ended early, since the loss diverged."""

    def sentence(self) -> str:
        """The suggestion in words."""
        if self.rate is None:
            return "The loss fell at no learning rate: look at the network and the data"
        return f"A learning rate of {self.rate:g} is a good one to start with"


class Ready(Protocol):
    """A network that is ready to be trained: `engine.session.Prepared` is."""

    @property
    def state(self) -> State: ...
    @property
    def splits(self) -> Splits: ...
    @property
    def plan(self) -> Plan: ...


def trial(
    state: State, splits: Splits, plan: Plan, steps: int = STEPS
) -> Iterator[Tried]:
    """Train `state` with a rate that grows from step to step; ends where it diverges.

    Whoever iterates may stop at any time. The rates of layers keep their proportions.
    """
    training = place(splits.train, plan.hardware)
    size = plan.recipe.batch_size * plan.recipe.accumulation
    slices = batches(len(training), size)
    players = plan.objective.turns(1, plan)
    score, mean, lowest = new_score(plan, splits), 0.0, math.inf
    state.model.train()
    hold(state.model, plan.learning.frozen)
    order = torch.empty(0, dtype=torch.int64)
    for step in range(steps):
        epoch, within = divmod(step, len(slices))
        if within == 0:
            order = shuffle(len(training), plan.recipe.seed, epoch + 1)
            order = order.to(device_of(training))
        rate = LOWEST * (HIGHEST / LOWEST) ** (step / max(steps - 1, 1))
        _set_rate(state, rate / plan.recipe.learning_rate)
        chosen = slices[within]
        pieces = [
            fetched(training, order[chosen][part], plan.hardware)
            for part in batches(chosen.stop - chosen.start, plan.recipe.batch_size)
        ]
        turns = [Turn(player=p, epoch=1, share=step / steps) for p in players]
        losses = [learn(state, turn, pieces, score, plan) for turn in turns]
        loss = torch.stack(losses).sum().item()
        mean = KEEP * mean + (1 - KEEP) * loss
        smooth = mean / (1 - KEEP ** (step + 1))
        if not math.isfinite(smooth):
            return
        yield Tried(rate=rate, loss=loss, smooth=smooth)
        lowest = min(lowest, smooth)
        if step > _LEFT_OUT and lowest > 0 and smooth > DIVERGED * lowest:
            return


def suggestion(tried: list[Tried], steps: int = STEPS) -> Suggestion:
    """The rate at the steepest descent of the smoothed loss, divided by `SAFETY`.

    The steepness is by the logarithm of the rate, over a few steps to either side.
    """
    steepest, found = 0.0, None
    reach = max(2, steps // 50)
    lowest = min(range(len(tried)), key=lambda i: tried[i].smooth, default=0)
    for at in range(_LEFT_OUT + reach, min(lowest + 1, len(tried) - reach)):
        slope = tried[at + reach].smooth - tried[at - reach].smooth
        if slope < steepest:
            steepest, found = slope, tried[at].rate
    rate = None if found is None else float(f"{found / SAFETY:.1g}")
    diverged = len(tried) < steps
    return Suggestion(tried=tuple(tried), rate=rate, diverged=diverged)


def find_rate(
    prepare: Callable[[], Ready],
    is_stopped: Callable[[], bool] = lambda: False,
    steps: int = STEPS,
) -> Suggestion:
    """The suggestion of a whole trial, or of as much of it as there was time for.

    `prepare` gives a network that is nobody else's.
    """
    threads = torch.get_num_threads()
    tried: list[Tried] = []
    with undisturbed():
        try:
            ready = prepare()
            for each in trial(ready.state, ready.splits, ready.plan, steps):
                tried.append(each)
                if is_stopped():
                    break
        finally:
            torch.set_num_threads(threads)
    return suggestion(tried, steps)


def _set_rate(state: State, factor: float) -> None:
    """Multiply the learning rate of every weight by `factor`."""
    for optimizers in state.optimizers.values():
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["initial_lr"] * factor
