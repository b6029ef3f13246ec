"""Whether a network fits its data and its loss, in plain words, before it is trained.

Needs no PyTorch and no data: only what is known of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.data.source import describe
from engine.document import DataConfig, Document
from engine.pretrained.problems import pretrained_problems
from engine.problems import Problem, Refusal
from engine.training.augmentation_fit import augmentation_problems
from engine.training.inputs import input_problems
from engine.training.methods import method_of
from engine.training.methods.freezing import all_frozen


class Shapes(Protocol):
    """What `engine.analysis.Analysis` knows that is needed here."""

    def inputs(self, name: str) -> tuple[TensorSpec, ...] | None:
        """What reaches a node."""

    @property
    def network(self) -> list[str]:
        """The nodes that reach an Output."""

    @property
    def total_parameters(self) -> int:
        """How many weights there are."""

    @property
    def trainable_parameters(self) -> int:
        """How many of them are not frozen."""


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

    def __call__(self, document: Document, analysis: Shapes) -> list[Problem]:
        return data_problems(document, analysis, self.info(document.data))


def data_problems(
    document: Document, analysis: Shapes, info: DataInfo | Problem
) -> list[Problem]:
    """What keeps the network from learning from data of which `info` is known."""
    if isinstance(info, Problem):
        return [info]
    inputs, outputs = ends_of(document, analysis)
    problems = training_problems(document, info, inputs, outputs)
    if outputs and not analysis.total_parameters:
        problems.append(_nothing_to_learn())
    elif outputs and not analysis.trainable_parameters:
        problems.append(all_frozen(document))
    return problems


def ends_of(
    document: Document, analysis: Shapes
) -> tuple[list[str], dict[str, TensorSpec]]:
    """The Input nodes that the network uses, and the Output nodes with what reaches
    them, where that is known.
    """
    graph, network = document.graph, set(analysis.network)
    inputs = [n.name for n in graph if n.layer == "Input" and n.name in network]
    return inputs, outputs_of(document, analysis)


def outputs_of(document: Document, analysis: Shapes) -> dict[str, TensorSpec]:
    """The Output nodes with what reaches them, where that is known."""
    return {
        node.name: specs[0]
        for node in document.graph
        if node.layer == "Output" and (specs := analysis.inputs(node.name))
    }


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
    method = method_of(document.recipe.method)
    return [
        *input_problems(document, info, inputs),
        *pretrained_problems(document, info),
        *method.problems(document, info, outputs),
        *augmentation_problems(document, info),
    ]


def _nothing_to_learn() -> Problem:
    return Problem(
        code="no-weights",
        message="The network has no weights, so there is nothing to learn.",
        remedy="Add a layer with weights, such as Linear.",
    )
