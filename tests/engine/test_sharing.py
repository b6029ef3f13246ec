"""Shared weights: siamese networks, tied embeddings, and what cannot be shared."""

from __future__ import annotations

import torch

from engine import edits, storage
from engine.analysis import analyse
from engine.compiler import compile_document
from engine.document import Document
from engine.edits import SetShares
from tests.engine.drawing import Drawing


def siamese() -> Document:
    drawing = Drawing("siamese").node("left", "Input", shape=(4,))
    drawing.node("right", "Input", shape=(4,))
    drawing.node("tower", "Linear", out_features=3)
    drawing.node("tower_again", "Linear", out_features=3)
    drawing.node("joined", "Concatenate").node("answer", "Output")
    drawing.edges("left > tower > joined > answer", "right > tower_again > joined")
    SetShares("tower_again", "tower").apply(drawing.document)
    return drawing.document


def tied() -> Document:
    drawing = Drawing("tied").node("tokens", "Input", shape=(5,), dtype="int64")
    drawing.node("embedding", "Embedding", num_embeddings=20, embedding_dim=6)
    drawing.node("head", "Linear", out_features=20, bias=False)
    drawing.node("answer", "Output").edges("tokens > embedding > head > answer")
    SetShares("head", "embedding").apply(drawing.document)
    return drawing.document


def test_two_nodes_are_one_module_called_twice() -> None:
    document = siamese()
    analysis = analyse(document)
    assert analysis.problems == []
    assert analysis.total_parameters == 15
    assert analysis.code.count("nn.Linear") == 1
    assert analysis.code.count("self.tower(") == 2
    module = compile_document(document).module_class()
    x = torch.randn(2, 4)
    y = module(x, x)
    assert torch.equal(y[:, :3], y[:, 3:])


def test_a_linear_is_tied_to_its_embedding() -> None:
    document = tied()
    analysis = analyse(document)
    assert analysis.total_parameters == 120
    module = compile_document(document).module_class()
    assert module.head.weight is module.embedding.weight
    assert sum(weight.numel() for weight in module.parameters()) == 120


def test_weights_of_unequal_shape_are_told() -> None:
    document = tied()
    edits.change_settings(document.graph, "head", {"out_features": 7}).apply(document)
    (problem,) = analyse(document).problems
    assert problem.message == (
        "head shares the weights of embedding, and they are not alike: "
        "20 × 6 there, 7 × 6 here."
    )
    problem.fixes[0].edits[0].apply(document)
    assert analyse(document).problems == []


def test_sharing_with_nobody_and_in_a_chain() -> None:
    document = tied()
    SetShares("head", "ghost").apply(document)
    assert "ghost, which does not exist" in analyse(document).problems[0].message
    SetShares("head", "head").apply(document)
    assert "has no weights of its own" in analyse(document).problems[0].message


def test_renaming_and_saving_keep_the_share() -> None:
    document = tied()
    inverse = edits.RenameNode("embedding", "table").apply(document)
    assert document.graph["head"].shares == "table"
    assert storage.loads(storage.dumps(document)) == document
    inverse.apply(document)
    assert document == tied()
