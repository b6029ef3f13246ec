"""What the letters of a layer's formula stand for, in words, for all layers at once."""

from __future__ import annotations

import re
import unicodedata

from engine.catalog.layer import Layer

_SETTINGS: dict[str, tuple[str, ...]] = {
    "k": ("kernel_size", "exponent", "k"),
    "s": ("stride",),
    "p": ("padding", "p", "norm_type"),
    "d": ("dilation",),
    "o": ("output_padding",),
    "m": ("depth_multiplier",),
    "r": ("upscale_factor", "downscale_factor"),
    "g": ("groups",),
    "n": ("size", "n"),
    "a": ("negative_slope", "alpha"),
    "α": ("alpha",),
    "β": ("beta",),
    "λ": ("lambd",),
    "σ": ("std",),
    "ε": ("eps",),
}
"""Letters that are settings: of a layer the first of these that it has."""
_SAME = {"p": "order of the norm", "k": "what is added"}
"""Of a setting that is called as its letter."""

_NORMALIZED = {"g": "learned factor", "b": "learned shift"}
_ATTENTION = {"Q": "queries", "K": "keys", "V": "values", "d": "features of a head"}
_TRANSFORMER = {
    "LN": "layer norm",
    "MHA": "multi-head attention",
    "FF": "two linear layers",
    "W": "weights",
    "f": "activation",
}
_LAYERS: dict[str, dict[str, str]] = {
    "Linear": {"W": "weights", "b": "bias"},
    "Bilinear": {"a": "first input", "b": "second input", "W": "weights", "c": "bias"},
    "RNN": {"h": "state", "W": "weights", "U": "weights", "b": "bias"},
    "LSTM": {
        "c": "cell",
        "f": "forget gate",
        "i": "input gate",
        "g": "what is new",
        "h": "state",
        "o": "output gate",
    },
    "GRU": {"h": "state", "z": "update gate", "n": "what is new"},
    "BatchNorm": _NORMALIZED,
    "InstanceNorm": _NORMALIZED,
    "LayerNorm": _NORMALIZED,
    "GroupNorm": _NORMALIZED,
    "RMSNorm": _NORMALIZED,
    "MultiheadAttention": _ATTENTION,
    "ScaledDotProductAttention": _ATTENTION,
    "TransformerEncoderLayer": _TRANSFORMER,
    "TransformerDecoderLayer": _TRANSFORMER,
    "PositionalEncoding": {"t": "position", "i": "pair of features", "d": "features"},
    "RelativePositionBias": {"h": "head", "i": "query", "j": "key", "W": "weights"},
    "AlphaDropout": {"α'": "what is put in the place of what is dropped"},
    "FeatureAlphaDropout": {"α'": "what is put in the place of what is dropped"},
    "GaussianSample": {"μ": "means", "v": "logarithms of variances"},
    "GaussianDivergence": {"μ": "means", "v": "logarithms of variances"},
    "GaussianNoise": {"ε": ""},  # the formula says it
    "RestrictedBoltzmannMachine": {
        "h": "hidden units",
        "v": "visible units",
        "σ": "sigmoid",
        "W": "weights",
        "c": "bias of the hidden",
        "b": "bias of the visible",
    },
    "SelfOrganizingMap": {"d": "distance", "w": "vector of a unit"},
    "ImageNetNormalize": {"μ": "mean in ImageNet", "σ": "deviation in ImageNet"},
    "GLU": {"σ": "sigmoid"},
    "DepthwiseConv2d": {"c": "channel", "w": "filters"},
    "ChannelShuffle": {"C": "channels"},
    "FourierTransform": {"k": "frequency", "t": "step", "n": "length"},
    "InverseFourierTransform": {"t": "step", "k": "frequency"},
    "Mean": {"n": "how many there are"},
    "Std": {"n": "how many there are"},
    "Var": {"n": "how many there are"},
    "Flip": {"n": "how many there are"},
    "Roll": {"n": "how many there are"},
    "Repeat": {"r": "how often along one", "q": "how often along the other"},
    "SplitHeads": {"N": "samples", "L": "steps", "H": "heads", "E": "features of one"},
    "MergeHeads": {"N": "samples", "L": "steps", "H": "heads", "E": "features of one"},
    "Parameter": {"W": "learned numbers"},
}
"""Letters that are no settings, by how the names of the layers begin."""

_ALL = {"T": "transposed"}
_IMAGE = {"N": "samples", "C": "channels", "H": "height", "W": "width"}
_SIZES = {"L": "length", "H": "height", "D": "depth", "W": "width"}
_STAYS = "\N{NO-BREAK SPACE}"
_LETTER = re.compile(r"(?<![^\W\d_]|')(?:[^\W\d_]'?|LN|MHA|FF)(?![^\W\d_])")


def letters(layer: Layer) -> str:
    """The letters of a layer's formula, explained: `k kernel size, s stride`.

    In the order of the formula. Empty where there are none that need a word: x is what
    a layer reads and y what it gives.
    """
    said: dict[str, str] = {}
    for letter in letters_of(layer.formula):
        words = _meaning(layer, letter)
        if words:
            said.setdefault(letter, words)
    shown = {"T": "ᵀ"}  # as the formula writes it
    return ", ".join(
        f"{shown.get(one, one)}{_STAYS}{words}" for one, words in said.items()
    )


def letters_of(formula: str) -> list[str]:
    """The letters of a formula, those of exponents and indices too, each once."""
    raised = (
        f" {plain} " if (plain := unicodedata.normalize("NFKC", sign)) != sign else sign
        for sign in formula
    )
    return list(dict.fromkeys(_LETTER.findall("".join(raised))))


def _meaning(layer: Layer, letter: str) -> str:
    own = _LAYERS.get(layer.name) or _LAYERS.get(layer.name.rstrip("123d"), {})
    if letter in own:
        return own[letter]
    for name in _SETTINGS.get(letter, ()):
        setting = layer.setting(name)
        if setting is not None:
            title = setting.title.lower()
            return _SAME.get(letter, title) if title == letter else title
    bare = letter.removesuffix("'")
    if f"{bare}'" in layer.formula and bare in _SIZES:
        return f"{_SIZES[bare]} {'before' if letter == bare else 'after'}"
    if "N × " in layer.formula and "W" in layer.formula and letter in _IMAGE:
        return _IMAGE[letter]
    return _ALL.get(letter, "")
