"""Espalier's own code comes back to the canvas: every layer, and whole lessons."""

from __future__ import annotations

import pytest
import torch

import templates
from engine.allowed_code import ALLOWED
from engine.analysis import analyse
from engine.catalog import CATALOG
from engine.document import Document
from engine.graph import Edge, Node
from engine.importing import Imported
from engine.importing.constructors import noted_arguments
from engine.importing.definitions import network_of_file
from engine.importing.network import drawn_network
from engine.importing.samples import Sample
from engine.problems import Refusal
from tests.engine.layer_row import Row
from tests.engine.layer_rows import ROWS

_CHOSEN = [row for row in ROWS if not row.name.startswith("Pretrained")]
_MADE_INSIDE = frozenset(
    """SelfOrganizingMap ImageNetNormalize PositionalEncoding RelativePositionBias
    PaddingMask FourierTransform Parameter Constant RandomNormal Positions
    RestrictedBoltzmannMachine""".split()
)
"""Layers whose code makes tensors of its own: told, and not drawn as something else."""


def back(document: Document, samples: list[Sample]) -> Imported:
    """A document's code, imported."""
    code = analyse(document).code
    with noted_arguments():
        torch.manual_seed(0)
        made = network_of_file(code, "own.py", "", "")
    return drawn_network(made, samples)


def alone(row: Row) -> Document:
    """A network of one layer."""
    document = Document(name="One")
    graph = document.graph
    layer = CATALOG[row.name].of(row.settings)
    graph.add_node(Node(name="it", layer=row.name, settings=row.settings))
    for place, spec in enumerate(row.inputs):
        settings = {"shape": spec.shape, "dtype": spec.dtype}
        name = f"in{place + 1}"
        graph.add_node(Node(name=name, layer="Input", settings=settings))
        port = layer.inputs[min(place, len(layer.inputs) - 1)].name
        graph.add_edge(Edge(name, "output", "it", port))
    for place, port in enumerate(layer.outputs):
        name = f"out{place + 1}"
        graph.add_node(Node(name=name, layer="Output"))
        graph.add_edge(Edge("it", port.name, name, "input"))
    if isinstance(code := row.settings.get("code"), str):
        ALLOWED.allow(code)
    return document


@pytest.mark.parametrize("part", range(4))
def test_a_layer_comes_back_or_is_refused(part: int) -> None:
    wrong = []
    for row in _CHOSEN[part::4]:
        samples = [
            Sample(shape=tuple(spec.shape), is_whole=spec.dtype == "int64")
            for spec in row.inputs
        ]
        try:
            found = back(alone(row), samples)
        except Refusal as refusal:
            if row.name not in _MADE_INSIDE and row not in _REFUSED:
                wrong.append(f"{row}: {refusal}")
            continue
        if not found.sameness.is_same and row.name not in _MADE_INSIDE:
            wrong.append(f"{row}: {found.sameness.sentence()}")
    assert wrong == []


def _with_masks(row: Row) -> bool:
    """Whether an attention's code makes a mask that is not the plain causal one."""
    is_attention = row.name in {"MultiheadAttention", "ScaledDotProductAttention"}
    return is_attention and (len(row.inputs) > 1)


_REFUSED = [
    row
    for row in ROWS
    if _with_masks(row)
    # Sizes with the batch in them, as `repeat` takes them.
    or (row.name == "Repeat" and row.settings)
    or (row.name == "GRU" and len(row.inputs) > 1 and row.settings["num_layers"] > 1)
]


@pytest.mark.parametrize(
    "lesson_id",
    ["digits-cnn", "fnn-iris", "rnn-classifier", "conv-autoencoder", "small-gpt"],
)
def test_a_lesson_comes_back_as_it_was(lesson_id: str) -> None:
    document = templates.open_lesson(lesson_id)
    samples = [
        Sample(shape=node.values.shape, is_whole=node.values.dtype == "int64")
        for node in document.graph
        if node.layer == "Input"
    ]
    found = back(document, samples)
    assert found.sameness.is_same, found.sameness.sentence()
    assert found.sameness.parameters == analyse(document).total_parameters
