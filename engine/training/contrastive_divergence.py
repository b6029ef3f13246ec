"""Learning without targets: the data shall be likelier than what the machine dreams."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.objective import Objective, Outcome, Plan, Turn
from engine.training.stages import reaching


class ContrastiveDivergence(Objective):
    """Lowers a Boltzmann machine's energy at the data, and raises it where it drifts.

    CD-k of Hinton 2002 (Neural Computation 14), with the advice of Hinton 2012 ("A
    practical guide to training restricted Boltzmann machines"), section 3: hidden units
    are drawn, visible ones keep their chances.
    """

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """What the machine of `turn.player` learns from a batch."""
        (name,) = plan.players[turn.player]
        return divergence(name, model, batch, plan)

    def judge(
        self, epoch: int, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """How well the machine gives back what it sees; nothing is drawn for it."""
        ((name,),) = plan.players.values()
        return reconstruction(name, model, batch, plan)


def divergence(name: str, model: nn.Module, batch: Samples, plan: Plan) -> Outcome:
    """The reconstruction error, with the gradient of contrastive divergence.

    The difference of two free energies has the gradient of CD-k, and a value that says
    nothing by itself; so the error that can be read stands in for the value.
    """
    # Any, here and below: the class is in the generated code.
    machine: Any = model.get_submodule(name)
    with torch.no_grad():
        data = reaching(name, model, batch, plan)
        dreamt = dream(machine, data, plan.recipe.gibbs_steps)
        shown = reconstruction(name, model, batch, plan)
    gap = (machine.free_energy(data) - machine.free_energy(dreamt)).mean()
    return Outcome(shown.loss + (gap - gap.detach()), measures=shown.measures)


def dream(machine: Any, visible: Tensor, steps: int) -> Tensor:
    """Where `steps` steps of Gibbs sampling lead to, from the data on."""
    for _ in range(steps):
        visible = machine.reconstruct(torch.bernoulli(machine(visible)))
    return visible


def reconstruction(name: str, model: nn.Module, batch: Samples, plan: Plan) -> Outcome:
    """How far what a machine sees is from what it makes of it, by mean squares."""
    machine: Any = model.get_submodule(name)
    data = reaching(name, model, batch, plan)
    error = F.mse_loss(machine.reconstruct(machine(data)), data)
    return Outcome(error, measures={"free_energy": machine.free_energy(data).mean()})
