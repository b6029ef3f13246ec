"""Which units of a network are never above zero, and so no longer learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


def learning_relus(model: nn.Module) -> dict[str, nn.Module]:
    """By name, the ReLUs that are not inside a module whose weights are all frozen.

    A pretrained body does not learn, and to run it once more may take a minute.
    """
    frozen = tuple(
        f"{name}."
        for name, module in model.named_modules()
        if name
        and (weights := list(module.parameters()))
        and not any(each.requires_grad for each in weights)
    )
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.ReLU | nn.ReLU6) and not name.startswith(frozen)
    }


def dead_shares(
    model: nn.Module, inputs: tuple[Tensor, ...], batch_size: int
) -> dict[str, float]:
    """By module, the share of a ReLU's units that give 0 for all of these samples.

    A unit of a picture is a channel, else a feature. The network is left in evaluation.
    """
    alive: dict[str, list[Tensor]] = {}

    def hook(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def note(_module: nn.Module, _given: object, output: Tensor) -> None:
            ways = {output.dim() - 1, 1} if output.dim() == 3 else {1}
            seen = alive.setdefault(name, [])
            for place, way in enumerate(sorted(ways)):
                others = [d for d in range(output.dim()) if d != way]
                active = (output > 0).amax(others)
                if place < len(seen) and seen[place].shape == active.shape:
                    seen[place] |= active
                elif place >= len(seen):
                    seen.append(active)

        return note

    hooks = [
        module.register_forward_hook(hook(name))
        for name, module in learning_relus(model).items()
    ]
    try:
        model.eval()
        with undisturbed():
            for chosen in zip(
                *(each.split(batch_size) for each in inputs), strict=True
            ):
                model(*chosen)
    finally:
        for each in hooks:
            each.remove()
    # Of a series it is not known which dimension has the units: the kinder one counts.
    return {
        name: min(1 - seen.float().mean().item() for seen in ways)
        for name, ways in alive.items()
    }


@contextmanager
def undisturbed() -> Iterator[None]:
    """Whatever happens within draws no random numbers of the training."""
    devices = [torch.cuda.current_device()] if torch.cuda.is_initialized() else []
    with torch.random.fork_rng(devices), torch.compiler.set_stance("force_eager"):
        yield
