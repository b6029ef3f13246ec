"""Learning layer by layer without targets, and then all together with them."""

from __future__ import annotations

from torch import nn

from engine.data.samples import Samples
from engine.training.contrastive_divergence import divergence, reconstruction
from engine.training.objective import Objective, Outcome, Plan, Turn
from engine.training.stages import stage_of
from engine.training.supervised import Supervised

TOGETHER = "network"
"""The player that comes last: all weights, from the targets."""


class GreedyLayers(Objective):
    """Each Boltzmann machine learns from what the one below it sees in the data.

    Hinton, Osindero and Teh 2006 (Neural Computation 18), section 4, and for the
    fine-tuning Bengio et al. 2007 ("Greedy layer-wise training of deep networks").
    """

    picks_best = False  # an error of pictures and one of answers do not compare

    def turns(self, epoch: int, plan: Plan) -> tuple[str, ...]:
        """One machine after the other, then everything."""
        return (stage_of(epoch, plan),)

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """What one machine, or the whole network, learns from a batch."""
        if turn.player == TOGETHER:
            return Supervised().outcome(turn, model, batch, plan)
        (name,) = plan.players[turn.player]
        return divergence(name, model, batch, plan)

    def judge(
        self, epoch: int, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """How well the machine gives back what it sees, or the network answers."""
        player = stage_of(epoch, plan)
        if player == TOGETHER:
            return Supervised().judge(epoch, model, batch, plan)
        (name,) = plan.players[player]
        return reconstruction(name, model, batch, plan)
