"""Which data each input takes, and what each output is trained for.

Knows a document and what is known of its data; needs neither the data nor PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.graph import Graph
from engine.training.goals import Goal

CLASS_LOSSES = ("cross_entropy", "bce_with_logits")
NUMBER_LOSSES = ("mse", "l1", "smooth_l1", "bce_with_logits")


def fields_of(
    graph: Graph, inputs: Iterable[str], info: DataInfo
) -> dict[str, str | None]:
    """The field of the data that each Input takes; None where none is left for it."""
    return _assign(graph, inputs, "field", info.inputs)


def targets_of(
    graph: Graph, outputs: Iterable[str], info: DataInfo
) -> dict[str, str | None]:
    """The target that each Output answers; None where none is left for it.

    An Output whose value is the loss `itself` answers none and is left out.
    """
    asked = [name for name in outputs if graph[name].values.loss != "itself"]
    return _assign(graph, asked, "target", info.targets)


def _assign(
    graph: Graph, names: Iterable[str], setting: str, offered: Iterable[str]
) -> dict[str, str | None]:
    chosen: dict[str, str] = {name: graph[name].values[setting] for name in names}
    free = [field for field in offered if field not in chosen.values()]
    return {
        name: field or (free.pop(0) if free else None) for name, field in chosen.items()
    }


def loss_for(chosen: str, output: TensorSpec, target: TensorSpec) -> str:
    """The loss of one output; a chosen loss that does not fit gives way to `auto`.

    With several outputs one recipe can so name the loss of the numbers, and the
    classes keep theirs. `problems` in `fitness` tells when a loss fits no output.
    """
    losses = CLASS_LOSSES if target.dtype == "int64" else NUMBER_LOSSES
    if chosen in losses:
        return chosen
    if target.dtype != "int64":
        return "mse"
    one_answer = output.numel == 1 and target.numel == 1
    return "bce_with_logits" if one_answer else "cross_entropy"


def auto_losses(
    document: Document, outputs: Mapping[str, TensorSpec], info: DataInfo
) -> tuple[str, ...]:
    """The losses that the recipe's `auto` stands for, each once.

    None where every output has a loss of its own, or no target yet.
    """
    found = [
        loss_for("auto", outputs[name], info.targets[target])
        for name, target in targets_of(document.graph, outputs, info).items()
        if target in info.targets and document.graph[name].values.loss == "auto"
    ]
    return tuple(dict.fromkeys(found))


def chosen_loss(document: Document, output: str) -> str:
    """The loss that was chosen for an Output: its own, or else the recipe's."""
    own: str = document.graph[output].values.loss
    return document.recipe.loss if own == "auto" else own


def goals_of(
    document: Document, outputs: Mapping[str, TensorSpec], info: DataInfo
) -> tuple[Goal, ...]:
    """What each output is trained for, in order; raises KeyError without a target."""
    goals = []
    targets = targets_of(document.graph, outputs, info)
    for name, output in outputs.items():
        values = document.graph[name].values
        if values.loss == "itself":
            goals.append(Goal(target="", loss="itself", weight=values.loss_weight))
            continue
        target = targets[name]
        if target is None:
            raise KeyError(name)
        chosen = chosen_loss(document, name)
        loss = loss_for(chosen, output, info.targets[target])
        goals.append(Goal(target=target, loss=loss, weight=values.loss_weight))
    return tuple(goals)
