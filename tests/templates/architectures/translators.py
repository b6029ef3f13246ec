"""Transformers that read one sequence and write another: T5, and the first of all."""

from __future__ import annotations

from dataclasses import dataclass

from engine.document import Document
from engine.edits import SetShares
from tests.templates.architectures.attention import attention_block
from tests.templates.architectures.sketch import Sketch
from tests.templates.architectures.tokens import (
    DATE_LENGTHS,
    DATES,
    TRAINING,
    tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatorSizes:
    """How large an encoder-decoder is."""

    vocabulary: int
    width: int = 512
    heads: int = 8
    layers: int = 6
    lengths: tuple[int, int] = DATE_LENGTHS


T5_SMALL = TranslatorSizes(vocabulary=32_128)
"""Raffel et al. 2020, section 3.7, with the padding of the table to 128."""
TRANSFORMER_BASE = TranslatorSizes(vocabulary=37_000)
"""Vaswani et al. 2017, table 3, base model, and section 5.1 for the vocabulary."""


def t5_small(sizes: TranslatorSizes = T5_SMALL) -> Document:
    """Raffel et al. 2020, section 2.1: one table for what is read and written."""
    net = tokens("T5-small", sizes.lengths[0])
    net.add(
        "written",
        "Input",
        after=(),
        shape=sizes.lengths[1:],
        dtype="int64",
        field="written",
    )
    _t5_blocks(net, sizes)
    table = {"num_embeddings": sizes.vocabulary, "embedding_dim": sizes.width}
    stack = {"width": sizes.width, "heads": sizes.heads, "repeat": sizes.layers}
    net.add("words", "Embedding", after="tokens", **table)
    net.add("dropout1", "Dropout", p=0.1)
    net.add("mask", "PaddingMask", after="tokens")
    net.add("distances", "RelativePositionBias", after="tokens", num_heads=sizes.heads)
    net.add("bias", "Add", after=("distances", "mask"))
    net.add("encoder", "EncoderLayer", after=("dropout1", "bias"), **stack)
    net.add("norm1", "RMSNorm", eps=1e-6).add("dropout2", "Dropout", p=0.1)
    net.add("words_written", "Embedding", after="written", **table)
    net.add("dropout3", "Dropout", p=0.1)
    net.add(
        "distances_back",
        "RelativePositionBias",
        after="written",
        num_heads=sizes.heads,
        bidirectional=False,
    )
    net.add(
        "decoder",
        "DecoderLayer",
        after=("dropout3", "dropout2", "distances_back", "mask"),
        **stack,
    )
    net.add("norm2", "RMSNorm", eps=1e-6).add("dropout4", "Dropout", p=0.1)
    net.add("scale", "Scale", factor=sizes.width**-0.5)
    net.add("scores", "Linear", out_features=sizes.vocabulary, bias=False)
    net.add("following", "Output")
    document = net.finished(DATES, TRAINING)
    SetShares("words_written", "words").apply(document)
    SetShares("scores", "words").apply(document)
    return document


def _t5_blocks(net: Sketch, sizes: TranslatorSizes) -> None:
    own = {"width": sizes.width, "heads": sizes.heads}
    passed = {"width": "width", "heads": "heads"}
    # T5 does not divide by the root of the size; its weights begin smaller instead.
    plain = {"bias": False, "scale": 1.0}
    attention_block(net, "Attention", **own, inputs=("memory", "bias"), **plain)
    attention_block(
        net, "CausalAttention", **own, inputs=("bias",), causal=True, **plain
    )
    feed = net.block(
        "FeedForward",
        {"width": sizes.width},
        help="Each step thinks for itself: to four times the size and back.",
    )
    feed.add("expand", "Linear", out_features="4 * width", bias=False)
    feed.add("relu", "ReLU").add("dropout", "Dropout", p=0.1)
    feed.add("contract", "Linear", out_features="width", bias=False)
    feed.add("y", "Output")

    layer = net.block(
        "EncoderLayer",
        own,
        help="Every token looks at every other, nearer or farther, then thinks for "
        "itself; what comes of it is added each time.",
    )
    layer.add("bias", "Input", after=())
    layer.add("norm1", "RMSNorm", after="x_in", eps=1e-6)
    layer.add("attention", "Attention", after=("norm1", "norm1", "bias"), **passed)
    _added(layer, "x_in", 1)
    _thought(layer, 2)

    layer = net.block(
        "DecoderLayer",
        own,
        help="What is written looks back at itself, then at what was read, then thinks "
        "for itself; what comes of it is added each time.",
    )
    for name in ("memory", "bias", "memory_bias"):
        layer.add(name, "Input", after=())
    layer.add("norm1", "RMSNorm", after="x_in", eps=1e-6)
    layer.add("attention", "CausalAttention", after=("norm1", "bias"), **passed)
    _added(layer, "x_in", 1)
    layer.add("norm2", "RMSNorm", eps=1e-6)
    layer.add(
        "cross_attention",
        "Attention",
        after=("norm2", "memory", "memory_bias"),
        **passed,
    )
    _added(layer, "sum1", 2)
    _thought(layer, 3)


def _added(layer: Sketch, to: str, number: int) -> None:
    layer.add(f"dropout{number}", "Dropout", p=0.1)
    layer.add(f"sum{number}", "Add", after=(to, f"dropout{number}"))


def _thought(layer: Sketch, number: int) -> None:
    layer.add(f"norm{number}", "RMSNorm", eps=1e-6)
    layer.add("feed_forward", "FeedForward", width="width")
    _added(layer, f"sum{number - 1}", number)
    layer.add("y", "Output")


def transformer_base(sizes: TranslatorSizes = TRANSFORMER_BASE) -> Document:
    """Vaswani et al. 2017, figure 1: normalization after each sum, one table."""
    net = tokens("Transformer-base", sizes.lengths[0])
    net.add(
        "written",
        "Input",
        after=(),
        shape=sizes.lengths[1:],
        dtype="int64",
        field="written",
    )
    _first_blocks(net, sizes)
    stack = {"width": sizes.width, "heads": sizes.heads, "repeat": sizes.layers}
    for name, source in (("words", "tokens"), ("words_written", "written")):
        net.add(
            name,
            "Embedding",
            after=source,
            num_embeddings=sizes.vocabulary,
            embedding_dim=sizes.width,
            std=sizes.width**-0.5,
        )
        net.add(f"scale_{source}", "Scale", factor=sizes.width**0.5)
        net.add(f"placed_{source}", "PositionalEncoding", dropout=0.1)
    net.add("mask", "PaddingMask", after="tokens")
    net.add("encoder", "EncoderLayer", after=("placed_tokens", "mask"), **stack)
    net.add(
        "decoder",
        "DecoderLayer",
        after=("placed_written", "encoder", "mask"),
        **stack,
    )
    net.add("scores", "Linear", out_features=sizes.vocabulary, bias=False)
    net.add("following", "Output")
    document = net.finished(DATES, TRAINING)
    SetShares("words_written", "words").apply(document)
    SetShares("scores", "words").apply(document)
    return document


def _first_blocks(net: Sketch, sizes: TranslatorSizes) -> None:
    own = {"width": sizes.width, "heads": sizes.heads}
    layer = net.block(
        "EncoderLayer",
        own,
        help="Every token looks at every other, then thinks for itself; what comes of "
        "it is added and normalized each time.",
    )
    layer.add("mask", "Input", after=())
    layer.add(
        "attention",
        "MultiheadAttention",
        after=("x_in", "x_in", "x_in", "mask"),
        num_heads="heads",
    )
    _normalized(layer, "x_in", 1)
    _fed(layer, 2)

    layer = net.block(
        "DecoderLayer",
        own,
        help="What is written looks back at itself, then at what was read, then thinks "
        "for itself; what comes of it is added and normalized each time.",
    )
    for name in ("memory", "memory_mask"):
        layer.add(name, "Input", after=())
    layer.add(
        "attention", "MultiheadAttention", after="x_in", num_heads="heads", causal=True
    )
    _normalized(layer, "x_in", 1)
    layer.add(
        "cross_attention",
        "MultiheadAttention",
        after=("norm1", "memory", "memory", "memory_mask"),
        num_heads="heads",
    )
    _normalized(layer, "norm1", 2)
    _fed(layer, 3)


def _normalized(layer: Sketch, to: str, number: int) -> None:
    _added(layer, to, number)
    layer.add(f"norm{number}", "LayerNorm")


def _fed(layer: Sketch, number: int) -> None:
    layer.add("expand", "Linear", out_features="4 * width").add("relu", "ReLU")
    layer.add("contract", "Linear", out_features="width")
    _normalized(layer, f"norm{number - 1}", number)
    layer.add("y", "Output")
