"""Learning one part of a network after the other: whose turn it is, what reaches it."""

from __future__ import annotations

from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.objective import Plan


def stage_of(epoch: int, plan: Plan) -> str:
    """The player that learns in an epoch.

    Each has as many as the recipe's `layer_epochs`, the last one all that are left.
    """
    players = list(plan.players)
    done = (epoch - 1) // plan.recipe.layer_epochs
    return players[min(done, len(players) - 1)]


class Reached(Exception):  # noqa: N818  nothing has gone wrong
    """What reached a module; what lies behind it need not be computed."""

    def __init__(self, value: Tensor) -> None:
        super().__init__("reached")
        self.value = value


def reaching(name: str, model: nn.Module, batch: Samples, plan: Plan) -> Tensor:
    """What reaches the module of that name when the network answers a batch.

    Always float32, and never compiled: a compiled network calls no hooks.
    """

    def stop(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        raise Reached(inputs[0])

    handle = model.get_submodule(name).register_forward_pre_hook(stop)
    try:
        model.forward(*(batch.inputs[field] for field in plan.fields))
    except Reached as found:
        return found.value
    finally:
        handle.remove()
    raise LookupError(f"the network never comes to {name}")
