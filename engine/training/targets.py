"""Whether the Outputs of a network can be compared with the data's targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.catalog import TensorSpec
from engine.catalog.ends import loss_name
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.edits import Edit, SetRecipe, change_settings
from engine.graph import Graph
from engine.problems import Fix, Problem, Severity
from engine.training.answers import not_real, output_problems
from engine.training.assignment import (
    CLASS_LOSSES,
    NUMBER_LOSSES,
    chosen_loss,
    loss_for,
    targets_of,
)
from engine.training.inputs import unknown_field


def target_problems(
    document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
) -> list[Problem]:
    """What keeps the outputs from being compared with the data's targets."""
    graph = document.graph
    problems: list[Problem] = []
    targets = targets_of(graph, outputs, info)
    fitting = not targets
    for name, target in targets.items():
        if target is None or target not in info.targets:
            problems.append(
                unknown_field(graph, name, "target", target, list(info.targets))
            )
            continue
        chosen = chosen_loss(document, name)
        loss = loss_for(chosen, outputs[name], info.targets[target])
        own = graph[name].values.loss
        if own not in ("auto", loss):
            problems.append(_own_loss(graph, name, own, target, info))
        fitting = fitting or chosen in ("auto", loss) or own != "auto"
        problems += output_problems(graph, name, outputs[name], target, loss, info)
    for name, spec in outputs.items():
        if name not in targets and not spec.dtype.startswith(("float", "bfloat")):
            problems.append(not_real(name, spec))
    if outputs and not fitting and not any(p.code == "no-target" for p in problems):
        problems.append(_loss_fits_nothing(document, info))
    return problems


def _own_loss(
    graph: Graph, name: str, loss: str, target: str, info: DataInfo
) -> Problem:
    """An Output's own loss that does not fit its target."""
    are_classes = info.targets[target].dtype == "int64"
    losses = CLASS_LOSSES if are_classes else NUMBER_LOSSES
    what = "classes" if are_classes else "numbers"
    return Problem(
        code="own-loss",
        node=name,
        message=f"{name} cannot be trained with {loss_name(loss)}: its target "
        f"“{target}” holds {what}.",
        found=loss_name(loss),
        expected=", ".join(map(loss_name, losses)),
        remedy="Set its loss to auto.",
        fixes=(
            Fix(
                label="Set its loss to auto",
                edits=(change_settings(graph, name, {"loss": "auto"}),),
            ),
        ),
    )


def _loss_fits_nothing(document: Document, info: DataInfo) -> Problem:
    kinds = {spec.dtype for spec in info.targets.values()}
    are_classes = "int64" in kinds
    what = "classes" if are_classes else "numbers"
    losses = CLASS_LOSSES if are_classes else NUMBER_LOSSES
    loss = loss_name(document.recipe.loss)
    return Problem(
        code="loss",
        severity=Severity.WARNING,
        message=f"The loss {loss} does not fit the data, whose targets are {what}; "
        "what fits is taken instead.",
        found=loss,
        expected=", ".join(map(loss_name, losses)),
        remedy="Set the loss to auto.",
        fixes=(Fix(label="Set the loss to auto", edits=(_auto_loss(document),)),),
    )


def _auto_loss(document: Document) -> Edit:
    return SetRecipe(replace(document.recipe, loss="auto"))
