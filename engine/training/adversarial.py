"""Learning from an opponent: a generator against a discriminator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.objective import Objective, Outcome, Plan, Turn, forward

_SELDOM = 8
"""The penalty is paid with every eighth step, and eightfold: it costs as much as the
step, and changes slowly (Karras et al. 2020, arXiv:1912.04958, section 3.1)."""
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class Adversarial(Objective):
    """The discriminator tells data from what is made; the generator is to be believed.

    Goodfellow et al. 2014 (arXiv:1406.2661), algorithm 1, with the generator's loss of
    section 3 that does not fade while it is bad: -log D(G(z)). One output answers about
    the data, one about what was made; both are logits.

    With `gradient_penalty` the discriminator also pays for how steep it is at the data:
    γ/2 · E‖∇D(x)‖², R1 of Mescheder et al. 2018 (arXiv:1801.04406), section 4.1.
    Without it a discriminator that is too good leaves the generator no slope to follow.
    """

    picks_best = False  # the two losses only say who is ahead

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """The loss of the player whose turn it is."""
        if turn.player == "generator":
            _, fake = _answers(model, batch, plan)
            return Outcome(F.softplus(-fake).mean())
        penalty = plan.recipe.gradient_penalty
        pays = penalty > 0 and turn.step % _SELDOM == 0
        if pays:
            batch = traced(batch)
        real, fake = _answers(model, batch, plan)
        loss = F.softplus(-real).mean() + F.softplus(fake).mean()
        if pays:
            loss = loss + _SELDOM * penalty / 2 * steepness(real, batch)
        return Outcome(loss)

    def judge(
        self, epoch: int, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """Both losses on data the discriminator has not seen, and what it believes."""
        with by_batches(model, len(batch)):
            real, fake = _answers(model, batch, plan)
        discriminator = F.softplus(-real).mean() + F.softplus(fake).mean()
        generator = F.softplus(-fake).mean()
        measures = {
            "made_believed": (fake > 0).float().mean(),
            "data_believed": (real > 0).float().mean(),
            "discriminator_loss": discriminator,
            "generator_loss": generator,
        }
        return Outcome(discriminator + generator, measures=measures)


@contextmanager
def by_batches(model: nn.Module, size: int) -> Iterator[None]:
    """Let batch normalization take each batch's own mean and spread, as in training.

    A discriminator sees data and made samples in batches of their own. The running
    means are those of both together, and with them it would misjudge either. A batch
    of one sample has no spread: it has to do with them.
    """
    parts = model.modules() if size > 1 else ()
    norms = [part for part in parts if isinstance(part, _NORMS)]
    kept = [(norm.running_mean, norm.running_var) for norm in norms]
    for norm in norms:
        norm.running_mean = norm.running_var = None
    try:
        yield
    finally:
        for norm, (mean, var) in zip(norms, kept, strict=True):
            norm.running_mean, norm.running_var = mean, var


def traced(batch: Samples) -> Samples:
    """The batch, with slopes to be taken at its inputs."""
    inputs = {
        name: values.detach().requires_grad_(values.is_floating_point())
        for name, values in batch.inputs.items()
    }
    return Samples(inputs, batch.targets)


def steepness(answers: Tensor, batch: Samples) -> Tensor:
    """The squared length of the slope of `answers` at each sample's inputs, on average.

    Each answer is taken to depend on its own sample alone.
    """
    inputs = [values for values in batch.inputs.values() if values.requires_grad]
    slopes = torch.autograd.grad(
        answers.sum(), inputs, create_graph=True, allow_unused=True
    )
    parts = [slope.square().flatten(1).sum(1) for slope in slopes if slope is not None]
    return torch.stack(parts).sum(0).mean()


def _answers(model: nn.Module, batch: Samples, plan: Plan) -> tuple[Tensor, Tensor]:
    """What the discriminator says of the data and of what was made."""
    outputs = forward(model, batch, plan)
    by_goal = {
        goal.loss: answer.float()
        for goal, answer in zip(plan.goals, outputs, strict=True)
    }
    return by_goal["real"], by_goal["fake"]
