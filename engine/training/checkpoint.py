"""Checkpoints and weights on disk: safetensors files, whole or not there at all.

A checkpoint is one file: every tensor by name, and the plain facts as JSON in the
file's metadata. One file is replaced in one step, so that its parts always belong
together. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from engine.data.samples import Splits
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.storage import write_whole
from engine.training.loop import State, new_score
from engine.training.objective import Plan
from engine.training.optimizers import stepped

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment between two steps, kept in main memory, independent of the network."""

    tensors: dict[str, Tensor]
    """`model.*`, `average.*`, `best.*`, `optimizer.<player>.<place>.<weight>.<name>`,
    `score.*`, `random.cpu` and `random.cuda`."""
    facts: dict[str, Any]  # JSON

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return int(self.facts["epoch"])

    @property
    def step(self) -> int:
        """How many steps of the next epoch are done."""
        return int(self.facts["step"])

    @property
    def weights(self) -> dict[str, Tensor]:
        """The state dict of the network that answers."""
        average = _within(self.tensors, "average.module.")
        return average or _within(self.tensors, "model.")


def take(state: State, recipe: Recipe) -> Checkpoint:
    """What is needed to go on from here exactly; copies every tensor."""
    tensors = _under("model.", state.model.state_dict())
    if state.average is not None:
        tensors |= _under("average.", state.average.state_dict())
    tensors |= _under("best.", state.best_weights or {})
    optimizers = []
    for key, optimizer in _optimizers_of(state).items():
        found = optimizer.state_dict()
        numbers: dict[str, dict[str, Any]] = {}
        for index, entries in found["state"].items():
            for name, value in entries.items():
                if isinstance(value, Tensor):
                    tensors[f"optimizer.{key}.{index}.{name}"] = _copy(value)
                elif value is not None:
                    numbers.setdefault(str(index), {})[name] = value
        kind = type(optimizer).__name__
        rates = [group["lr"] for group in found["param_groups"]]
        optimizers.append(
            {
                "key": key,
                "kind": kind,
                "state": numbers,
                "lr": rates,
                "weights": _names_of(optimizer, state.model),
            }
        )
    score = state.score
    if score is not None:
        tensors |= _under("score.", score.sums)
    tensors["random.cpu"] = torch.get_rng_state().clone()
    if torch.cuda.is_initialized():  # to ask begins there, for a training on the CPU
        tensors["random.cuda"] = torch.cuda.get_rng_state().clone()
    facts = {
        "format": FORMAT,
        "epoch": state.epoch,
        "step": state.step,
        "score": score.counts if score is not None else None,
        "best_epoch": state.best_epoch,
        "best_loss": state.best_loss if state.best_epoch else None,
        "lowered": state.lowered,
        "lowered_epoch": state.lowered_epoch,
        "scaler": state.scaler.state_dict(),
        "recipe": asdict(recipe),
        "optimizers": optimizers,
    }
    return Checkpoint(tensors, facts)


def restore(checkpoint: Checkpoint, state: State, plan: Plan, splits: Splits) -> None:
    """Put a network, its optimizers and the random numbers back to a checkpoint.

    Raises Refusal when it is the checkpoint of another network or optimizer.
    """
    _check_fit(checkpoint, state)
    tensors, facts = checkpoint.tensors, checkpoint.facts
    state.model.load_state_dict(_within(tensors, "model."))
    average = _within(tensors, "average.")
    if state.average is not None and average:
        state.average.load_state_dict(average)
    device = plan.hardware.device
    best = {name: each.to(device) for name, each in _within(tensors, "best.").items()}
    state.best_weights = best or None
    saved = {each["key"]: each for each in facts["optimizers"]}
    for key, optimizer in _optimizers_of(state).items():
        _restore_optimizer(tensors, key, saved[key], optimizer)
    if facts["score"] is not None:
        state.score = new_score(plan, splits)
        state.score.counts = dict(facts["score"])
        sums = _within(tensors, "score.")
        state.score.sums = {name: each.to(device) for name, each in sums.items()}
    if facts["scaler"] and state.scaler.is_enabled():
        state.scaler.load_state_dict(facts["scaler"])
    torch.set_rng_state(tensors["random.cpu"].clone())
    if device == "cuda" and "random.cuda" in tensors:
        torch.cuda.set_rng_state(tensors["random.cuda"].clone())
    state.epoch, state.step = facts["epoch"], facts["step"]
    state.best_epoch, best_loss = facts["best_epoch"], facts["best_loss"]
    state.best_loss = float("inf") if best_loss is None else best_loss
    state.lowered, state.lowered_epoch = facts["lowered"], facts["lowered_epoch"]


def _optimizers_of(state: State) -> dict[str, torch.optim.Optimizer]:
    """Every optimizer by player and place."""
    return {
        f"{player}.{place}": optimizer
        for player, optimizers in state.optimizers.items()
        for place, optimizer in enumerate(optimizers)
    }


def _restore_optimizer(
    tensors: dict[str, Tensor],
    key: str,
    saved: dict[str, Any],  # JSON
    optimizer: torch.optim.Optimizer,
) -> None:
    entries: dict[int, dict[str, Any]] = {}  # tensors and numbers
    weights = stepped([optimizer])
    for path, tensor in _within(tensors, f"optimizer.{key}.").items():
        index, name = path.split(".", 1)
        entries.setdefault(int(index), {})[name] = _laid_out(
            tensor, weights[int(index)]
        )
    for index, numbers in saved["state"].items():
        entries.setdefault(int(index), {}).update(numbers)
    now = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": entries, "param_groups": now})
    for entry in optimizer.state.values():
        if "mu_product" in entry:  # NAdam asks for this number with every step
            entry["mu_product"] = entry["mu_product"].cpu()


def _check_fit(checkpoint: Checkpoint, state: State) -> None:
    weights = _within(checkpoint.tensors, "model.")
    saved = {name: tuple(tensor.shape) for name, tensor in weights.items()}
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
    saved_kinds = {each["key"]: each["kind"] for each in checkpoint.facts["optimizers"]}
    kinds = {key: type(each).__name__ for key, each in _optimizers_of(state).items()}
    if _players(saved_kinds) != _players(kinds):
        raise Refusal(
            f"The checkpoint was made while {_names(saved_kinds)} learned, and now "
            f"{_names(kinds)} would.",
            "Choose the same method again to go on, or train anew.",
            code="other-method",
        )
    _check_same_weights(checkpoint, state)
    trained, chosen = (
        " and ".join(dict.fromkeys(each.values())) for each in (saved_kinds, kinds)
    )
    if trained != chosen:
        raise Refusal(
            f"The checkpoint was made with {trained}, and the recipe says {chosen}.",
            f"Choose {trained} again to go on, or train anew.",
            code="other-optimizer",
        )


def _check_same_weights(checkpoint: Checkpoint, state: State) -> None:
    """Raise Refusal where other weights were frozen, or had rates of their own."""
    kept = checkpoint.facts["optimizers"]
    saved = {each["key"]: each.get("weights") for each in kept}
    for key, optimizer in _optimizers_of(state).items():
        before, now = saved.get(key), _names_of(optimizer, state.model)
        if before is not None and before != now:
            raise Refusal(
                "The checkpoint was made while other weights were frozen, or learned "
                "at rates of their own.",
                "Freeze the same nodes again to go on, or train anew.",
                code="other-frozen",
            )


def _names_of(optimizer: torch.optim.Optimizer, model: nn.Module) -> list[str]:
    """The weights that an optimizer steps, in its order."""
    names = {id(weight): name for name, weight in model.named_parameters()}
    return [names[id(weight)] for weight in stepped([optimizer])]


def _players(kinds: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(key.rsplit(".", 1)[0] for key in kinds))


def _names(kinds: dict[str, str]) -> str:
    return " and ".join(f"the {player}" for player in _players(kinds))


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


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}{name}": _copy(tensor) for name, tensor in tensors.items()}


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
