"""What recurrent layers start from, and tables of vectors that begin small."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.analysis import analyse
from engine.catalog import CATALOG
from engine.compiler import compile_document
from tests.engine.drawing import Drawing


def continuing(layer: str, size: int = 6, **settings: object) -> Drawing:
    drawing = Drawing("continuing").node("words", "Input", shape=(5, 4))
    drawing.node("before", "Input", shape=(size,))
    drawing.node("reader", layer, hidden_size=6, **settings)
    drawing.node("answer", "Output")
    drawing.edges("words > reader > answer")
    return drawing.edges("before > reader.start")


@pytest.mark.parametrize("layer", ["RNN", "GRU"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
def test_the_first_step_continues_from_the_start(
    layer: str, layers: int, both: bool
) -> None:
    drawing = continuing(layer, num_layers=layers, bidirectional=both)
    assert analyse(drawing.document).problems == []
    network = compile_document(drawing.document).module_class()
    published = getattr(nn, layer)(
        4, 6, num_layers=layers, bidirectional=both, batch_first=True
    )
    published.load_state_dict(network.reader.state_dict())
    words, before = torch.randn(3, 5, 4), torch.randn(3, 6)
    states = torch.stack([before] * (layers * (1 + both)))
    assert torch.equal(network(words, before), published(words, states)[0])
    assert not torch.equal(network(words, before), published(words)[0])


def test_a_start_of_another_size_is_told_and_mended() -> None:
    document = continuing("GRU", size=8).document
    (problem,) = analyse(document).problems
    assert problem.sentence() == (
        "reader remembers 6 numbers, and starts from 8. Set hidden_size to 8."
    )
    problem.fixes[0].edits[0].apply(document)
    assert analyse(document).problems == []


def test_an_embedding_begins_as_small_as_said_and_padding_stays_zero() -> None:
    drawing = Drawing("table").node("tokens", "Input", shape=(5,), dtype="int64")
    drawing.node(
        "table",
        "Embedding",
        num_embeddings=500,
        embedding_dim=80,
        std=0.02,
        padding_idx=0,
    )
    drawing.node("answer", "Output").edges("tokens > table > answer")
    torch.manual_seed(0)
    module = compile_document(drawing.document).module_class()
    weight = module.table.weight.detach()
    assert float(weight[1:].std()) == pytest.approx(0.02, rel=0.02)
    assert float(weight[0].abs().max()) == 0.0
    module(torch.tensor([[0, 0, 1, 2, 3]])).sum().backward()
    assert float(module.table.weight.grad[0].abs().max()) == 0.0
    assert CATALOG["Embedding"].definition(CATALOG["Embedding"].defaults) == ""
