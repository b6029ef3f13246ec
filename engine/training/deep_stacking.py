"""Learning module by module, the upper weights of each computed in closed form."""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.objective import Objective, Outcome, Plan, Turn
from engine.training.placing import device_of, fetched
from engine.training.stages import reaching, stage_of

SETTLING_BATCH = 4096
"""Samples at a time while the upper weights are computed from all of them."""


class DeepStacking(Objective):
    """Each module answers by itself, and sees what those before it answered.

    Deng and Yu 2011 ("Deep convex net: a scalable architecture for speech pattern
    classification", Interspeech): with given lower weights, a module's upper ones are a
    least-squares problem with one solution. So the lower weights learn from the error
    that the best upper ones leave, and those depend on them.
    The last module named for a player is its upper one, a Linear.
    """

    picks_best = False  # a module that has just begun does not compare with the last

    def turns(self, epoch: int, plan: Plan) -> tuple[str, ...]:
        """One module after the other."""
        return (stage_of(epoch, plan),)

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """The error of one module with the upper weights that are best for a batch."""
        hidden, wanted = seen_by(turn.player, model, batch, plan)
        best = solution(*products(hidden, wanted), len(hidden), plan.recipe.ridge)
        answers = hidden @ best
        return Outcome(F.mse_loss(answers, wanted), (answers,))

    @torch.no_grad()
    def settle(
        self, epoch: int, model: nn.Module, training: Samples, plan: Plan
    ) -> None:
        """Give the module the upper weights that are best for all samples."""
        player = stage_of(epoch, plan)
        model.eval()
        sums: list[tuple[Tensor, Tensor]] = []
        for chosen in torch.arange(len(training)).split(SETTLING_BATCH):
            batch = fetched(training, chosen.to(device_of(training)), plan.hardware)
            sums.append(products(*seen_by(player, model, batch, plan)))
        gram, moment = (torch.stack(each).sum(0) for each in zip(*sums, strict=True))
        best = solution(gram, moment, len(training), plan.recipe.ridge).T
        upper = upper_of(player, model, plan)
        upper.weight.copy_(best[:, : upper.in_features])
        if upper.bias is not None:
            upper.bias.copy_(best[:, -1])

    def judge(
        self, epoch: int, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """How well the module answers with the upper weights it was given."""
        player = stage_of(epoch, plan)
        upper = upper_of(player, model, plan)
        answers = upper(reaching(plan.players[player][-1], model, batch, plan))
        wanted = wanted_by(batch, upper.out_features, plan)
        return Outcome(F.mse_loss(answers, wanted), (answers,))


def upper_of(player: str, model: nn.Module, plan: Plan) -> nn.Linear:
    """The layer of a module whose weights are computed."""
    return cast(nn.Linear, model.get_submodule(plan.players[player][-1]))


def seen_by(
    player: str, model: nn.Module, batch: Samples, plan: Plan
) -> tuple[Tensor, Tensor]:
    """What the upper layer weighs, (N, hidden), and what it should answer.

    Where it has a bias, a one at the end of what it weighs stands for that.
    """
    upper = upper_of(player, model, plan)
    hidden = reaching(plan.players[player][-1], model, batch, plan)
    if upper.bias is not None:
        hidden = F.pad(hidden, (0, 1), value=1.0)
    return hidden, wanted_by(batch, upper.out_features, plan)


def wanted_by(batch: Samples, size: int, plan: Plan) -> Tensor:
    """What should be answered, (N, size): of a class a one at its place."""
    (goal,) = plan.goals
    target = batch.targets[goal.target]
    if goal.loss == "cross_entropy":
        return F.one_hot(target.flatten(), size).float()
    return target.float().flatten(1)


def products(hidden: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """HᵀH and HᵀT: sums over samples, so that those of batches can be added up."""
    return hidden.T @ hidden, hidden.T @ wanted


def solution(gram: Tensor, moment: Tensor, count: int, ridge: float) -> Tensor:
    """The weights U of least squares, (hidden, size): (HᵀH / N + λ) U = HᵀT / N."""
    held = (gram / count).double()  # what is nearly singular needs the digits
    held = held + ridge * torch.eye(len(held), dtype=held.dtype, device=held.device)
    # Without the question whether it went well, for which a GPU would be waited for.
    best: Tensor = torch.linalg.solve_ex(held, (moment / count).double()).result
    return best.float()
