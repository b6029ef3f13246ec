"""Transformers that write, one token after the other: GPT-2."""

from __future__ import annotations

from dataclasses import dataclass

from engine.document import Document
from engine.edits import SetShares
from tests.templates.architectures.sketch import Sketch
from tests.templates.architectures.tokens import TRAINING, made_up_text, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSizes:
    """Radford et al. 2019, table 2, first row."""

    vocabulary: int = 50_257
    positions: int = 1_024
    width: int = 768
    heads: int = 12
    layers: int = 12
    window: int = 64


def gpt_2(sizes: WriterSizes | None = None) -> Document:
    """Radford et al. 2019: normalization first, and the output tied to the input."""
    size = sizes or WriterSizes()
    net = tokens("GPT-2", size.window)
    decoder_layers(net, size)
    net.add(
        "words",
        "Embedding",
        num_embeddings=size.vocabulary,
        embedding_dim=size.width,
        std=0.02,
    )
    net.add("places", "Positions", after="tokens")
    net.add(
        "positions",
        "Embedding",
        num_embeddings=size.positions,
        embedding_dim=size.width,
        std=0.02,
    )
    net.add("embedded", "Add", after=("words", "positions"))
    net.add("dropout", "Dropout", p=0.1)
    net.add(
        "layers",
        "DecoderLayer",
        width=size.width,
        heads=size.heads,
        repeat=size.layers,
    )
    net.add("norm", "LayerNorm")
    net.add("scores", "Linear", out_features=size.vocabulary, bias=False)
    net.add("following", "Output")
    document = net.finished(made_up_text(size.window), TRAINING)
    SetShares("scores", "words").apply(document)
    return document


def decoder_layers(net: Sketch, size: WriterSizes) -> None:
    """The block DecoderLayer and what it is made of."""
    settings = {"width": size.width, "heads": size.heads}
    block = net.block(
        "CausalSelfAttention",
        settings,
        help="Every token looks at itself and at those before it, in several heads "
        "side by side; one Linear layer makes queries, keys and values.",
    )
    block.add("all_three", "Linear", out_features="3 * width").add("parts", "Chunk3")
    for part, port in (("query", "first"), ("key", "second"), ("value", "third")):
        block.add(part, "SplitHeads", after=f"parts.{port}", num_heads="heads")
    block.add(
        "attention",
        "ScaledDotProductAttention",
        after=("query", "key", "value"),
        causal=True,
        dropout=0.1,
    )
    block.add("merged", "MergeHeads").add("project", "Linear", out_features="width")
    block.add("dropout", "Dropout", p=0.1).add("y", "Output")

    block = net.block(
        "DecoderLayer",
        settings,
        help="Tokens look back, then each thinks for itself; what comes of it is added "
        "each time. Normalization comes first.",
    )
    block.add("norm1", "LayerNorm")
    block.add("attention", "CausalSelfAttention", width="width", heads="heads")
    block.add("sum1", "Add", after=("x_in", "attention")).add("norm2", "LayerNorm")
    block.add("expand", "Linear", out_features="4 * width")
    block.add("gelu", "GELU", approximate="tanh")
    block.add("contract", "Linear", out_features="width")
    block.add("dropout", "Dropout", p=0.1)
    block.add("sum2", "Add", after=("sum1", "dropout")).add("y", "Output")
