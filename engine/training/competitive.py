"""Learning by winning: prototypes on a grid come to stand for the samples."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.objective import Objective, Outcome, Plan, Turn
from engine.training.stages import reaching


class Competitive(Objective):
    """The winner comes nearer to a sample, and takes its neighbours on the grid along.

    Kohonen 1982 (Biological Cybernetics 43). The step of gradient descent on
    ½ Σⱼ h(c, j) ‖x − wⱼ‖², with the neighbourhood h of the winner c taken as given, is
    his rule wⱼ ← wⱼ + η h(c, j) (x − wⱼ), averaged over a batch. The neighbourhood is
    a bell whose radius shrinks from the first step to the last.
    """

    picks_best = False  # early maps are smooth because they are coarse

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """The distances of a batch to the prototypes, weighed by the neighbourhood."""
        (name,) = plan.players[turn.player]
        # Any: the class is in the generated code.
        grid_map: Any = model.get_submodule(name)
        with torch.no_grad():
            samples = reaching(name, model, batch, plan)
        squares: Tensor = grid_map(samples)
        best = squares.detach().topk(min(2, squares.shape[1]), largest=False)
        winner, second = best.indices[:, 0], best.indices[:, -1]
        steps = torch.cdist(grid_map.grid, grid_map.grid)
        near = neighbourhood(steps, radius_at(turn.share, plan))
        loss = 0.5 * (near[winner] * squares).sum(1).mean()
        apart = steps[winner, second] > 1.5  # neighbours touch, at a corner at least
        measures = {
            "quantization_error": best.values[:, 0].clamp(min=0).sqrt().mean(),
            "topographic_error": apart.float().mean(),
        }
        return Outcome(loss, measures=measures)

    def judge(
        self, epoch: int, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """The same with the radius at the end of the epoch."""
        (player,) = plan.players
        share = epoch / plan.recipe.epochs
        turn = Turn(player=player, epoch=epoch, share=share)
        return self.outcome(turn, model, batch, plan)


def radius_at(share: float, plan: Plan) -> float:
    """How far a winner's influence reaches, in units of the grid."""
    first, last = plan.recipe.radius, plan.recipe.final_radius
    return float(first * (last / first) ** share)


def neighbourhood(steps: Tensor, radius: float) -> Tensor:
    """How strongly one unit takes another along, by their distance on the grid."""
    return torch.exp(-steps.square() / (2 * radius**2))
