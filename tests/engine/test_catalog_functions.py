"""What single layers compute, against PyTorch, transformers, or their own reverse."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engine.analysis import analyse
from engine.catalog import CATALOG, TensorSpec
from engine.document import Document
from engine.graph import Edge, Node
from tests.engine.documents import chain
from tests.engine.layer_row import Row
from tests.engine.test_catalog import build, run


@pytest.fixture(autouse=True)
def _same_numbers() -> None:
    torch.manual_seed(0)


def made(name: str, *tensors: torch.Tensor, **settings: Any) -> list[torch.Tensor]:
    """What a layer makes of tensors, outside training."""
    kinds = [str(each.dtype).removeprefix("torch.") for each in tensors]
    specs = tuple(
        TensorSpec(tuple(each.shape[1:]), kind)
        for each, kind in zip(tensors, kinds, strict=True)
    )
    row = Row(name=name, settings=settings, inputs=specs)
    module = build(row)
    if module is not None:
        module.eval()
    return run(row, module, [*tensors])


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("name", ["MultiheadAttention", "ScaledDotProductAttention"])
def test_what_fills_is_not_looked_at(name: str, causal: bool) -> None:
    tokens = torch.tensor([[4, 3, 0, 0, 0], [4, 3, 2, 1, 0]])
    bias = made("PaddingMask", tokens)[0]
    assert bias.shape == (2, 1, 1, 5)
    x = torch.randn(2, 2, 5, 4) if name.startswith("Scaled") else torch.randn(2, 5, 8)
    row = Row(
        name=name,
        settings={"causal": causal, "num_heads": 2}
        if x.ndim == 3
        else {"causal": causal},
        inputs=(TensorSpec(tuple(x.shape[1:])),) * 3 + (TensorSpec((1, 1, 5)),),
    )
    module = build(row)
    outputs = ("y", None)[: len(row.layer.outputs)]
    before = run(row, module, [x, x, x, bias], outputs)[0]
    other = x.clone()
    other[0, ..., 2:, :] = 7.0
    after = run(row, module, [x, other, other, bias], outputs)[0]
    torch.testing.assert_close(before, after)
    plain = run(row, module, [x, other, other, torch.zeros_like(bias)], outputs)[0]
    assert torch.allclose(plain[0, ..., 0, :], before[0, ..., 0, :]) is causal
    assert not torch.allclose(plain[0, ..., 4, :], before[0, ..., 4, :])


@pytest.mark.parametrize("causal", [False, True])
def test_heads_split_and_merged_attend_as_multihead_attention_does(
    causal: bool,
) -> None:
    x = torch.randn(3, 6, 8)
    layer = nn.MultiheadAttention(8, 2, batch_first=True)
    projected = F.linear(x, layer.in_proj_weight, layer.in_proj_bias)
    parts = [
        made("SplitHeads", part, num_heads=2)[0] for part in made("Chunk3", projected)
    ]
    gathered = made("ScaledDotProductAttention", *parts, causal=causal)[0]
    given = layer.out_proj(made("MergeHeads", gathered)[0])
    mask = nn.Transformer.generate_square_subsequent_mask(6) if causal else None
    torch.testing.assert_close(given, layer(x, x, x, attn_mask=mask)[0])


@pytest.mark.parametrize("bidirectional", [False, True])
def test_relative_positions_have_the_buckets_of_t5(bidirectional: bool) -> None:
    from transformers.models.t5.modeling_t5 import T5Attention

    spec = TensorSpec((300, 4))
    settings = {"num_heads": 2, "bidirectional": bidirectional}
    row = Row(name="RelativePositionBias", settings=settings, inputs=(spec, spec))
    distance = torch.arange(-300, 301)
    theirs = T5Attention._relative_position_bucket(distance, bidirectional)
    assert torch.equal(build(row).buckets(distance), theirs)


def test_positions_feed_a_table_as_long_as_the_sequence() -> None:
    tokens = torch.zeros(2, 5, dtype=torch.int64)
    assert made("Positions", tokens, start=2)[0].tolist() == [[2, 3, 4, 5, 6]] * 2


def test_a_spectrum_becomes_its_signal_again() -> None:
    signal = torch.randn(2, 3, 9)
    magnitude, real, imaginary = made("FourierTransform", signal)
    torch.testing.assert_close(magnitude**2, real**2 + imaginary**2)
    again = made("InverseFourierTransform", real, imaginary, n=9)[0]
    torch.testing.assert_close(again, signal)


def test_patches_are_laid_back_where_they_came_from() -> None:
    image = torch.randn(2, 3, 6, 4)
    patches = made("Unfold", image, kernel_size=2, stride=2)[0]
    sizes = {"output_size": (6, 4), "kernel_size": 2, "stride": 2}
    torch.testing.assert_close(made("Fold", patches, **sizes)[0], image)


def test_training_alone_is_noisy() -> None:
    for name, settings in {
        "StochasticDepth": {"p": 0.5},
        "GaussianNoise": {},
        "GaussianSample": {},
    }.items():
        count = len(CATALOG[name].inputs)
        row = Row(name=name, settings=settings, inputs=(TensorSpec((4,)),) * count)
        x = torch.randn(64, 4)
        module = build(row)
        assert torch.equal(run(row, module.eval(), [x] * count)[0], x)
        noisy = run(row, module.train(), [x] * count)[0]
        assert not torch.allclose(noisy, x)
        if name == "StochasticDepth":
            kept = noisy.any(dim=1)
            assert 16 < int(kept.sum()) < 48
            torch.testing.assert_close(noisy[kept], 2 * x[kept])


def _between(layer: tuple[str, str]) -> Document:
    data = ("data", "Input", {"shape": (5, 8)})
    layers = [data, (*layer, {}), ("answer", "Output", {})]
    return chain("One layer", layers, "digits")


def test_an_optional_input_may_stay_open_or_be_fed() -> None:
    document = _between(("attend", "ScaledDotProductAttention"))
    analysis = analyse(document)
    assert analysis.problems == []
    assert "F.scaled_dot_product_attention(data, data, data)" in analysis.code
    graph = document.graph
    graph.add_node(
        Node(name="bias", layer="MatMul", settings={"transpose_other": True})
    )
    for port in ("input", "other"):
        graph.add_edge(Edge("data", "output", "bias", port))
    graph.add_edge(Edge("bias", "output", "attend", "bias"))
    analysis = analyse(document)
    assert analysis.problems == []
    assert "(data, data, data, attn_mask=x)" in analysis.code


def test_a_learned_tensor_is_an_attribute_of_the_module() -> None:
    document = _between(("scale", "Multiply"))
    graph = document.graph
    graph.add_node(Node(name="gain", layer="Parameter", settings={"shape": (1, 8)}))
    graph.add_edge(Edge("data", "output", "gain", "like"))
    graph.add_edge(Edge("gain", "output", "scale", "input"))
    analysis = analyse(document)
    assert analysis.problems == []
    assert "self.gain = nn.Parameter(torch.zeros(1, 1, 8))" in analysis.code
    assert "self.gain.expand(data.shape[0], -1, -1)" in analysis.code
    assert analysis.parameters("gain") == 8
