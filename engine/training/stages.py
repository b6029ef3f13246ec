"""Learning one part of a network after the other: whose turn it is, what reaches it."""

from __future__ import annotations

from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.objective import Plan


def stage_of(epoch: int, plan: Plan) -> str:
    """The player that learns in an epoch: each has its `layer_epochs`, the last all
    that are left."""
    players = list(plan.players)
    done = (epoch - 1) // plan.recipe.layer_epochs
    return players[min(done, len(players) - 1)]


def reaching(name: str, model: nn.Module, batch: Samples, plan: Plan) -> Tensor:
    """What reaches the module of that name when the network answers a batch.

    Always float32, and never compiled: a compiled network calls no hooks.
    """
    caught: list[Tensor] = []

    def catch(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        caught.append(inputs[0])

    handle = model.get_submodule(name).register_forward_pre_hook(catch)
    try:
        model.forward(*(batch.inputs[field] for field in plan.fields))
    finally:
        handle.remove()
    return caught[0]
