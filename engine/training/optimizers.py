"""The optimizers: which weights each of them steps, how far, and with what decay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from engine.recipe import Recipe
from engine.training.goals import Learning


def freeze(model: nn.Module, frozen: Iterable[str]) -> None:
    """Keep the weights of the modules of these names as they are."""
    for name in frozen:
        for weight in weights_of(model, (name,)).values():
            weight.requires_grad_(False)


def hold(model: nn.Module, frozen: Iterable[str]) -> None:
    """While the rest trains, frozen modules stay as they answer, statistics too.

    cuDNN gives no gradient through an LSTM that is not in training: without dropout it
    answers the same there.
    """
    names = set(frozen)
    for name, module in model.named_modules():
        if name in names:  # a Parameter is no module, and has nothing to switch
            module.eval()
            for part in module.modules():
                if isinstance(part, nn.RNNBase):
                    part.dropout = 0.0
                    part.train()


def weights_of(model: nn.Module, modules: Iterable[str]) -> dict[str, nn.Parameter]:
    """The weights that can learn in the modules of these names; "" is all of them."""
    return {
        name: weight
        for name, weight in model.named_parameters()
        if weight.requires_grad and any(is_within(name, module) for module in modules)
    }


def is_within(weight: str, module: str) -> bool:
    """Whether the weight of that name belongs to the module."""
    return module in ("", weight) or weight.startswith(f"{module}.")


def make_optimizers(
    recipe: Recipe, learning: Learning, model: nn.Module
) -> dict[str, tuple[torch.optim.Optimizer, ...]]:
    """For each player the recipe's optimizer; two where it is not for all weights."""
    return {
        player: tuple(
            make_optimizer(kind, recipe, groups_of(recipe, learning, weights))
            for kind, weights in divided(recipe, weights_of(model, modules)).items()
            if weights
        )
        for player, modules in learning.players.items()
    }


def divided(
    recipe: Recipe, weights: dict[str, nn.Parameter]
) -> dict[str, dict[str, nn.Parameter]]:
    """Weights by optimizer: Muon is for matrices alone, and AdamW takes the others.

    Jordan 2024, https://kellerjordan.github.io/posts/muon
    """
    if recipe.optimizer != "Muon":
        return {recipe.optimizer: weights}
    matrices = {name: weight for name, weight in weights.items() if weight.dim() == 2}
    rest = {name: weight for name, weight in weights.items() if weight.dim() != 2}
    return {"Muon": matrices, "AdamW": rest}


def groups_of(
    recipe: Recipe, learning: Learning, weights: dict[str, nn.Parameter]
) -> list[dict[str, Any]]:
    """Weights that step alike, each with its rate and its decay."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, weight in weights.items():
        rate, decay = recipe.learning_rate, recipe.weight_decay
        for module, factor in learning.rates.items():
            rate *= factor if is_within(name, module) else 1.0
        if recipe.decay == "matrices" and weight.dim() < 2:  # biases and norms
            decay = 0.0
        groups.setdefault((rate, decay), []).append(weight)
    return [
        {"params": each, "lr": rate, "initial_lr": rate, "weight_decay": decay}
        for (rate, decay), each in groups.items()
    ]


def make_optimizer(
    kind: str, recipe: Recipe, groups: list[dict[str, Any]]
) -> torch.optim.Optimizer:
    """An optimizer; fused where PyTorch has it: one pass over the weights."""
    rate = recipe.learning_rate
    betas = (recipe.beta1, recipe.beta2)
    if kind == "SGD":
        nesterov = recipe.nesterov and recipe.momentum > 0
        return torch.optim.SGD(
            groups, rate, recipe.momentum, nesterov=nesterov, fused=True
        )
    if kind == "RMSprop":
        return torch.optim.RMSprop(groups, rate)
    if kind == "Adagrad":
        return torch.optim.Adagrad(groups, rate)
    if kind == "Adadelta":
        return torch.optim.Adadelta(groups, rate)
    if kind == "NAdam":
        return torch.optim.NAdam(groups, rate, betas)
    if kind == "Muon":
        return torch.optim.Muon(groups, rate, adjust_lr_fn="match_rms_adamw")
    if kind == "AdamW":
        return torch.optim.AdamW(groups, rate, betas, fused=True)
    return torch.optim.Adam(groups, rate, betas, fused=True)


def stepped(optimizers: Iterable[torch.optim.Optimizer]) -> list[nn.Parameter]:
    """The weights that optimizers step."""
    return [
        weight
        for optimizer in optimizers
        for group in optimizer.param_groups
        for weight in group["params"]
    ]
