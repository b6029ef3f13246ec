"""What the letters of formulas stand for is said for every layer, from one table."""

from __future__ import annotations

import re

import pytest

from engine.catalog import CATALOG, Layer
from engine.catalog.letters import letters, letters_of

FORMULAS = [layer for layer in CATALOG.values() if layer.formula]
SELDOM = set("kspdorgnmzcqHLDQKVλβασμε")
"""Letters that say nothing by themselves, unlike x, y, and i for a place."""
TOLD = {
    "DepthwiseConv2d": "m",
    "Dropout": "m",
    "Dropout1d": "m",
    "Dropout2d": "m",
    "Dropout3d": "m",
    "AlphaDropout": "m",
    "FeatureAlphaDropout": "m",
    "StochasticDepth": "m",
    "SELU": "λ",
    "GaussianNoise": "ε",
    "GaussianSample": "ε",
    "Bilinear": "k",
    "Einsum": "nk",
    "Reshape": "D",
    "TransformerDecoderLayer": "g",
}
"""What the formula tells itself, or counts with."""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "Conv2d",
            "H' height after, H height before, p padding, d dilation, k kernel size, "
            "s stride",
        ),
        ("Dropout", "p share"),
        ("Norm", "p order of the norm"),
        (
            "LSTM",
            "c cell, f forget gate, i input gate, g what is new, h state, "
            "o output gate",
        ),
        ("ReLU", ""),
    ],
)
def test_letters_are_explained_in_the_order_of_the_formula(
    name: str, said: str
) -> None:
    assert letters(CATALOG[name]).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize("layer", FORMULAS, ids=lambda layer: layer.name)
def test_no_letter_is_left_without_a_word(layer: Layer) -> None:
    said = set(re.findall(r"(?:^|, )(\S+)\s", letters(layer)))
    bare = {each for each in letters_of(layer.formula) if each in SELDOM}
    assert bare - said - set(TOLD.get(layer.name, "")) == set()
