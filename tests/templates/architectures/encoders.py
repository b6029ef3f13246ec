"""Transformers that read: BERT and DistilBERT."""

from __future__ import annotations

from dataclasses import dataclass

from engine.document import Document
from tests.templates.architectures.attention import attention_block
from tests.templates.architectures.sketch import Sketch
from tests.templates.architectures.tokens import TRAINING, made_up_text, reviews, tokens

_EPS = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSizes:
    """Devlin et al. 2019, section 3, and Sanh et al. 2019: the defaults are BERT's."""

    vocabulary: int = 30_522
    positions: int = 512
    width: int = 768
    heads: int = 12
    layers: int = 12
    length: int = 32


def bert_base(sizes: ReaderSizes | None = None) -> Document:
    """Devlin et al. 2019: the encoder, and the pooler that sums a text up."""
    size = sizes or ReaderSizes()
    net = tokens("BERT-base", size.length)
    _layer(net, size, drops_attended=True)
    net.add(
        "words",
        "Embedding",
        num_embeddings=size.vocabulary,
        embedding_dim=size.width,
        padding_idx=0,
    )
    net.add("places", "Positions", after="tokens")
    net.add(
        "positions",
        "Embedding",
        num_embeddings=size.positions,
        embedding_dim=size.width,
    )
    net.add("one_text", "Constant", after="tokens", dtype="int64")
    net.add("segments", "Embedding", num_embeddings=2, embedding_dim=size.width)
    net.add("embedded", "Add", after=("words", "positions", "segments"))
    _encoder(net, size)
    net.add("first", "SelectStep", step=0)
    net.add("pooler", "Linear", out_features=size.width).add("tanh", "Tanh")
    net.add("pooled", "Output")
    data = made_up_text(size.length, level="words", answers="last step")
    return net.finished(data, TRAINING)


def distilbert(sizes: ReaderSizes | None = None) -> Document:
    """Sanh et al. 2019: half of BERT's layers; two classes."""
    size = sizes or ReaderSizes(layers=6)
    net = tokens("DistilBERT", size.length)
    _layer(net, size, drops_attended=False)
    net.add(
        "words",
        "Embedding",
        num_embeddings=size.vocabulary,
        embedding_dim=size.width,
        padding_idx=0,
    )
    net.add("places", "Positions", after="tokens")
    net.add(
        "positions",
        "Embedding",
        num_embeddings=size.positions,
        embedding_dim=size.width,
    )
    net.add("embedded", "Add", after=("words", "positions"))
    _encoder(net, size)
    net.add("first", "SelectStep", step=0)
    net.add("head", "Linear", out_features=size.width).add("relu", "ReLU")
    net.add("dropout_head", "Dropout", p=0.2)
    net.add("scores", "Linear", out_features=2).add("label", "Output")
    return net.finished(reviews(size.length, padding="right"), TRAINING)


def _encoder(net: Sketch, size: ReaderSizes) -> None:
    """The layers on what is `embedded`; the tokens that fill are not looked at."""
    net.add("norm", "LayerNorm", eps=_EPS).add("dropout", "Dropout", p=0.1)
    net.add("mask", "PaddingMask", after="tokens")
    net.add(
        "layers",
        "EncoderLayer",
        after=("dropout", "mask"),
        width=size.width,
        heads=size.heads,
        repeat=size.layers,
    )


def _layer(net: Sketch, size: ReaderSizes, *, drops_attended: bool) -> None:
    attention_block(net, "SelfAttention", size.width, size.heads, inputs=("bias",))
    block = net.block(
        "EncoderLayer",
        {"width": size.width, "heads": size.heads},
        help="Every word looks at every other, then thinks for itself; what comes of "
        "it is added and normalized each time.",
    )
    block.add("mask", "Input", after=())
    block.add(
        "attention",
        "SelfAttention",
        after=("x_in", "mask"),
        width="width",
        heads="heads",
    )
    if drops_attended:
        block.add("dropout1", "Dropout", p=0.1)
    attended = "dropout1" if drops_attended else "attention"
    block.add("sum1", "Add", after=("x_in", attended))
    block.add("norm1", "LayerNorm", eps=_EPS)
    block.add("expand", "Linear", out_features="4 * width").add("gelu", "GELU")
    block.add("contract", "Linear", out_features="width")
    block.add("dropout2", "Dropout", p=0.1)
    block.add("sum2", "Add", after=("norm1", "dropout2"))
    block.add("norm2", "LayerNorm", eps=_EPS).add("y", "Output")
