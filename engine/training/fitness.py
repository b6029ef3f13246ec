"""Whether a network fits its data and its loss, in plain words, before it is trained.

Needs no PyTorch and no data: only what is known of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.data.source import describe
from engine.document import DataConfig, Document
from engine.edits import Edit, SetRecipe, change_settings
from engine.graph import Graph, Node
from engine.problems import Fix, Problem, Refusal, Severity
from engine.training.answers import output_problems
from engine.training.assignment import (
    CLASS_LOSSES,
    NUMBER_LOSSES,
    fields_of,
    loss_for,
    targets_of,
)


class Shapes(Protocol):
    """What `engine.analysis.Analysis` knows that is needed here."""

    def inputs(self, name: str) -> tuple[TensorSpec, ...] | None:
        """What reaches a node."""

    @property
    def network(self) -> list[str]:
        """The nodes that reach an Output."""

    @property
    def total_parameters(self) -> int:
        """How many trainable weights there are."""


class FitsItsData:
    """A check for `engine.analysis`: does the network fit the data it names?

    Describing a table reads its file, so the answer is kept until the data changes.
    """

    def __init__(self, data_dir: Path | None = None) -> None:
        self._data_dir = data_dir
        self._described: DataConfig | None = None
        self._info: DataInfo | Problem | None = None

    def info(self, config: DataConfig) -> DataInfo | Problem:
        """What is known of the data, or why nothing is."""
        if config != self._described or self._info is None:
            try:
                self._info = describe(config, self._data_dir)
            except Refusal as refusal:
                self._info = refusal.problem
            self._described = config
        return self._info

    def forget(self) -> None:
        """Look at the data anew next time: a file may be there now."""
        self._described = None

    def __call__(self, document: Document, analysis: Shapes) -> list[Problem]:
        info = self.info(document.data)
        if isinstance(info, Problem):
            return [info]
        graph, network = document.graph, set(analysis.network)
        inputs = [n.name for n in graph if n.layer == "Input" and n.name in network]
        outputs = {
            node.name: specs[0]
            for node in graph
            if node.layer == "Output" and (specs := analysis.inputs(node.name))
        }
        problems = training_problems(document, info, inputs, outputs)
        if outputs and not analysis.total_parameters:
            problems.append(_nothing_to_learn())
        return problems


def training_problems(
    document: Document,
    info: DataInfo,
    inputs: list[str],
    outputs: Mapping[str, TensorSpec],
) -> list[Problem]:
    """What keeps the network from learning from its data, or learning well.

    `inputs` are the Input nodes that the network uses; `outputs` the Output nodes with
    what reaches them, where that is known.
    """
    graph = document.graph
    problems = []
    fields = fields_of(graph, inputs, info)
    for name, field in fields.items():
        problems += _input_problems(graph, graph[name], field, info)
    for unused in [field for field in info.inputs if field not in fields.values()]:
        if inputs:
            problems.append(_unused_field(unused, info))
    fitting = False
    for name, target in targets_of(graph, outputs, info).items():
        if target is None or target not in info.targets:
            problems.append(_unknown(graph, name, "target", target, list(info.targets)))
            continue
        loss = loss_for(document.recipe.loss, outputs[name], info.targets[target])
        fitting = fitting or document.recipe.loss in ("auto", loss)
        problems += output_problems(graph, name, outputs[name], target, loss, info)
    if outputs and not fitting and not any(p.code == "no-target" for p in problems):
        problems.append(_loss_fits_nothing(document, info))
    return problems


def _input_problems(
    graph: Graph, node: Node, field: str | None, info: DataInfo
) -> list[Problem]:
    if field is None or field not in info.inputs:
        return [_unknown(graph, node.name, "field", field, list(info.inputs))]
    given, values = info.inputs[field], node.values
    if (values.shape, values.dtype) != (given.shape, given.dtype):
        found = TensorSpec(values.shape, values.dtype)
        change = {"shape": given.shape, "dtype": given.dtype}
        return [
            Problem(
                code="input-differs",
                node=node.name,
                message=f"{node.name} takes {_whole(found)}, and the data's "
                f"“{field}” gives {_whole(given)}.",
                found=_whole(found),
                expected=_whole(given),
                remedy=f"Set its shape to {given.brief()} and its dtype to "
                f"{given.dtype}.",
                fixes=(
                    Fix(
                        label=f"Take the data's shape, {given.brief()}",
                        edits=(change_settings(graph, node.name, change),),
                    ),
                ),
            )
        ]
    return _embedding_problems(graph, node, info)


def _embedding_problems(graph: Graph, node: Node, info: DataInfo) -> list[Problem]:
    problems = []
    size = info.vocabulary_size
    for edge in graph.edges_out_of(node.name) if size is not None else ():
        reader = graph.nodes.get(edge.target)
        if reader is None or reader.layer != "Embedding" or size is None:
            continue
        rows = reader.values.num_embeddings
        if rows < size:
            change = {"num_embeddings": size}
            problems.append(
                Problem(
                    code="vocabulary",
                    node=reader.name,
                    message=f"{reader.name} has {rows:,} vectors, and the data has "
                    f"{size:,} different tokens.",
                    found=f"{rows:,}",
                    expected=f"{size:,}",
                    remedy=f"Set num_embeddings to {size:,}.",
                    fixes=(
                        Fix(
                            label=f"Set num_embeddings to {size:,}",
                            edits=(change_settings(graph, reader.name, change),),
                        ),
                    ),
                )
            )
    return problems


def _unknown(
    graph: Graph, name: str, setting: str, chosen: str | None, offered: list[str]
) -> Problem:
    """An Input without a field of the data, or an Output without a target."""
    what = "input field" if setting == "field" else "target"
    names = ", ".join(f"“{one}”" for one in offered)
    plural = "" if len(offered) == 1 else "s"
    article = "an" if setting == "field" else "a"
    if chosen is None:
        message = (
            f"{name} is left without {article} {what}: the data has {len(offered)} "
            f"{what}{plural}, {names}, and every one is taken."
        )
        remedy = f"Remove {name}, or let two share one in its settings."
    else:
        message = f"{name} asks for the {what} “{chosen}”, and the data has {names}."
        remedy = f"Choose {names if plural == '' else 'one of ' + names}."
    fixes = [
        Fix(
            label=f"Set {setting} to {one}",
            edits=(change_settings(graph, name, {setting: one}),),
        )
        for one in offered[:3]
    ]
    return Problem(
        code=f"no-{setting}",
        node=name,
        message=message,
        found=chosen or "",
        expected=", ".join(offered),
        remedy=remedy,
        fixes=tuple(fixes),
    )


def _unused_field(field: str, info: DataInfo) -> Problem:
    return Problem(
        code="unused-field",
        severity=Severity.WARNING,
        message=f"The data's “{field}” ({info.inputs[field].brief()}) is used by no "
        "Input.",
        remedy="Add an Input for it, or leave it.",
    )


def _loss_fits_nothing(document: Document, info: DataInfo) -> Problem:
    kinds = {spec.dtype for spec in info.targets.values()}
    are_classes = "int64" in kinds
    what = "classes" if are_classes else "numbers"
    losses = CLASS_LOSSES if are_classes else NUMBER_LOSSES
    return Problem(
        code="loss",
        severity=Severity.WARNING,
        message=f"The loss {document.recipe.loss} does not fit the data, whose targets "
        f"are {what}; what fits is taken instead.",
        found=document.recipe.loss,
        expected=", ".join(losses),
        remedy="Set the loss to auto.",
        fixes=(Fix(label="Set the loss to auto", edits=(_auto_loss(document),)),),
    )


def _auto_loss(document: Document) -> Edit:
    return SetRecipe(replace(document.recipe, loss="auto"))


def _nothing_to_learn() -> Problem:
    return Problem(
        code="no-weights",
        message="The network has no weights, so there is nothing to learn.",
        remedy="Add a layer with weights, such as Linear.",
    )


def _whole(spec: TensorSpec) -> str:
    return f"{spec.brief()} {spec.dtype}"
