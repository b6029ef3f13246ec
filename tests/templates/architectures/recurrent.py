"""Networks that read step by step: classifiers, and a translator with attention."""

from __future__ import annotations

from engine.document import Document
from engine.recipe import Recipe
from tests.templates.architectures.sketch import Sketch
from tests.templates.architectures.tokens import (
    DATE_LENGTHS,
    DATES,
    reviews,
    tokens,
)

LENGTH = 20
_WORDS = 10_000


def rnn_classifier() -> Document:
    """Elman 1990: the last state tells the class."""
    net = _read("RNN classifier")
    net.add("rnn", "RNN", hidden_size=128)
    return _answered(net, "rnn.last")


def gru_classifier() -> Document:
    """Cho et al. 2014: the last state tells the class."""
    net = _read("GRU classifier")
    net.add("gru", "GRU", hidden_size=128)
    return _answered(net, "gru.last")


def bilstm_classifier() -> Document:
    """Graves and Schmidhuber 2005: both directions' last memories tell the class."""
    net = _read("Bidirectional LSTM classifier")
    net.add("lstm", "LSTM", hidden_size=128, bidirectional=True)
    return _answered(net, "lstm.hidden")


def _read(title: str) -> Sketch:
    net = tokens(title, LENGTH)
    return net.add("words", "Embedding", num_embeddings=_WORDS, embedding_dim=64)


def _answered(net: Sketch, after: str) -> Document:
    net.add("dropout", "Dropout", after=after, p=0.3)
    net.add("scores", "Linear", out_features=2).add("label", "Output")
    return net.finished(reviews(LENGTH), Recipe(epochs=5, batch_size=16))


def seq2seq_attention() -> Document:
    """Luong et al. 2015: dot-product attention over a bidirectional encoder."""
    net = tokens("Sequence to sequence with attention", DATE_LENGTHS[0])
    net.add(
        "written",
        "Input",
        after=(),
        shape=DATE_LENGTHS[1:],
        dtype="int64",
        field="written",
    )
    characters = {"num_embeddings": 64, "embedding_dim": 64}
    net.add("letters", "Embedding", after="tokens", **characters)
    net.add("encoder", "GRU", hidden_size=128, bidirectional=True)
    net.add("letters_written", "Embedding", after="written", **characters)
    net.add(
        "decoder", "GRU", after=("letters_written", "encoder.hidden"), hidden_size=256
    )
    net.add("mask", "PaddingMask", after="tokens").add("for_all", "Squeeze")
    net.add(
        "attention",
        "ScaledDotProductAttention",
        after=("decoder", "encoder", "encoder", "for_all"),
        scale=1.0,
    )
    net.add("joined", "Concatenate", after=("attention", "decoder"), dim=-1)
    net.add("mixed", "Linear", out_features=256, bias=False).add("tanh", "Tanh")
    net.add("scores", "Linear", out_features=64).add("following", "Output")
    return net.finished(DATES, Recipe(epochs=10, batch_size=64))
