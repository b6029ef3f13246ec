"""Checkpoints and weights on disk: safetensors files, whole or not there at all.

A checkpoint is one file: every tensor by name, and the plain facts as JSON in the
file's metadata. One file is replaced in one step, so that its parts always belong
together. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from engine.problems import Refusal
from engine.recipe import Recipe
from engine.storage import write_whole
from engine.training.loop import State

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The end of an epoch, kept in main memory and independent of the network."""

    tensors: dict[str, Tensor]
    """`model.*`, `optimizer.<player>.<weight>.<name>`, `random.cpu`, `random.cuda`."""
    facts: dict[str, Any]  # JSON

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return int(self.facts["epoch"])

    @property
    def weights(self) -> dict[str, Tensor]:
        """The network's state dict."""
        return _within(self.tensors, "model.")


def take(state: State, recipe: Recipe) -> Checkpoint:
    """What is needed to go on from here exactly; copies every tensor."""
    tensors = {
        f"model.{name}": _copy(tensor)
        for name, tensor in state.model.state_dict().items()
    }
    optimizers: dict[str, Any] = {}
    for player, optimizer in state.optimizers.items():
        found = optimizer.state_dict()
        numbers: dict[str, dict[str, Any]] = {}
        for index, entries in found["state"].items():
            for name, value in entries.items():
                if isinstance(value, Tensor):
                    tensors[f"optimizer.{player}.{index}.{name}"] = _copy(value)
                elif value is not None:
                    numbers.setdefault(str(index), {})[name] = value
        optimizers[player] = {
            "kind": type(optimizer).__name__,
            "state": numbers,
            "param_groups": found["param_groups"],
        }
    tensors["random.cpu"] = torch.get_rng_state().clone()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state().clone()
    facts = {
        "format": FORMAT,
        "epoch": state.epoch,
        "best_epoch": state.best_epoch,
        "best_loss": state.best_loss if state.best_epoch else None,
        "recipe": asdict(recipe),
        "optimizers": optimizers,
    }
    return Checkpoint(tensors, facts)


def restore(checkpoint: Checkpoint, state: State) -> None:
    """Put a network, its optimizer and the random numbers back to a checkpoint.

    Raises Refusal when it is the checkpoint of another network or optimizer.
    """
    _check_fit(checkpoint, state)
    state.model.load_state_dict(checkpoint.weights)
    for player, optimizer in state.optimizers.items():
        _restore_optimizer(checkpoint, player, optimizer)
    torch.set_rng_state(checkpoint.tensors["random.cpu"].clone())
    if torch.cuda.is_available() and "random.cuda" in checkpoint.tensors:
        torch.cuda.set_rng_state(checkpoint.tensors["random.cuda"].clone())
    state.epoch = checkpoint.epoch
    state.best_epoch = checkpoint.facts["best_epoch"]
    best = checkpoint.facts["best_loss"]
    state.best_loss = float("inf") if best is None else best


def _restore_optimizer(
    checkpoint: Checkpoint, player: str, optimizer: torch.optim.Optimizer
) -> None:
    entries: dict[int, dict[str, Any]] = {}  # tensors and numbers
    weights = [w for group in optimizer.param_groups for w in group["params"]]
    for key, tensor in _within(checkpoint.tensors, f"optimizer.{player}.").items():
        index, name = key.split(".", 1)
        entries.setdefault(int(index), {})[name] = _laid_out(
            tensor, weights[int(index)]
        )
    for index, numbers in checkpoint.facts["optimizers"][player]["state"].items():
        entries.setdefault(int(index), {}).update(numbers)
    now = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": entries, "param_groups": now})


def _check_fit(checkpoint: Checkpoint, state: State) -> None:
    saved = {name: tuple(tensor.shape) for name, tensor in checkpoint.weights.items()}
    here = {n: tuple(tensor.shape) for n, tensor in state.model.state_dict().items()}
    for name in [*here, *saved]:
        if saved.get(name) != here.get(name):
            there, now = _shape(saved.get(name)), _shape(here.get(name))
            raise Refusal(
                f"The checkpoint is of another network: in it {name} is {there}, here "
                f"it is {now}.",
                "Train anew, or open the document that was trained.",
                code="other-network",
            )
    saved_kinds = {
        player: facts["kind"]
        for player, facts in checkpoint.facts["optimizers"].items()
    }
    kinds = {player: type(each).__name__ for player, each in state.optimizers.items()}
    if list(saved_kinds) != list(kinds):
        raise Refusal(
            f"The checkpoint was made while {_names(saved_kinds)} learned, and now "
            f"{_names(kinds)} would.",
            "Choose the same method again to go on, or train anew.",
            code="other-method",
        )
    for player, trained in saved_kinds.items():
        if trained != kinds[player]:
            raise Refusal(
                f"The checkpoint was made with {trained}, and the recipe says "
                f"{kinds[player]}.",
                f"Choose {trained} again to go on, or train anew.",
                code="other-optimizer",
            )


def _names(players: dict[str, str]) -> str:
    return " and ".join(f"the {player}" for player in players)


def _shape(shape: tuple[int, ...] | None) -> str:
    return "missing" if shape is None else " × ".join(map(str, shape)) or "one number"


def write(checkpoint: Checkpoint, path: Path) -> None:
    """Replace the file at `path` by a checkpoint. Raises Refusal."""
    facts = json.dumps(checkpoint.facts, sort_keys=True)
    data = safetensors.torch.save(checkpoint.tensors, {"espalier": facts})
    write_whole(path, data)


def read(path: Path) -> Checkpoint:
    """The checkpoint in a file. Raises Refusal when there is none that is whole."""
    try:
        with safetensors.safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {})["espalier"])
            names = file.keys()
            tensors = {name: file.get_tensor(name) for name in names}
        if facts["format"] > FORMAT:
            raise Refusal(
                f"{path} was written by a newer Espalier (format {facts['format']}; "
                f"this one reads {FORMAT}).",
                "Update Espalier.",
                code="newer-checkpoint",
            )
        if facts["format"] < FORMAT:
            raise Refusal(
                f"{path} was written by an older Espalier (format {facts['format']}; "
                f"this one reads {FORMAT}).",
                "Train anew.",
                code="older-checkpoint",
            )
        _recipe_of(facts)
    except FileNotFoundError:
        raise Refusal(
            f"There is no checkpoint at {path}.", "Train anew.", code="no-checkpoint"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, safetensors.SafetensorError) as e:
        raise Refusal(
            f"{path} is no whole checkpoint of Espalier ({e}).",
            "Train anew.",
            code="broken-checkpoint",
        ) from e
    return Checkpoint(tensors, facts)


def _recipe_of(facts: dict[str, Any]) -> Recipe:
    known = {field.name for field in fields(Recipe)}
    return Recipe(**{k: v for k, v in facts["recipe"].items() if k in known})


def write_weights(weights: dict[str, Tensor], path: Path) -> None:
    """Replace the file at `path` by a network's weights. Raises Refusal."""
    tensors = {name: _copy(tensor) for name, tensor in weights.items()}
    write_whole(path, safetensors.torch.save(tensors, {"format": "pt"}))


def load_weights(path: Path, model: nn.Module) -> None:
    """Load a weights file into the network it was made from. Raises Refusal."""
    try:
        weights = safetensors.torch.load_file(path)
        model.load_state_dict(weights)
    except FileNotFoundError:
        raise Refusal(f"There are no weights at {path}.", "Train first.") from None
    except (OSError, safetensors.SafetensorError) as error:
        raise Refusal(f"{path} is no whole file of weights ({error}).") from error
    except RuntimeError:  # PyTorch lists every key that differs
        raise Refusal(
            f"The weights in {path} are of another network.",
            "Open the document that was trained, or train anew.",
            code="other-network",
        ) from None


def _copy(tensor: Tensor) -> Tensor:
    # In PyTorch's own layout: a file knows nothing of channels_last.
    return tensor.detach().to("cpu", copy=True).contiguous()


def _laid_out(tensor: Tensor, weight: Tensor) -> Tensor:
    # A fused optimizer walks a weight and its moments in the order they lie in memory.
    if tensor.shape == weight.shape:
        return torch.empty_like(weight, dtype=tensor.dtype).copy_(tensor).detach()
    return tensor.clone()


def _within(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
