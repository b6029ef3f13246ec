"""What of the palette is seen at first: the usual layers; the others wait in folds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from engine.catalog import Layer
from gui.texts import Texts

tr = Texts("inspector")

USUAL = (
    "Input",
    "Output",
    "Conv2d",
    "Conv1d",
    "ConvTranspose2d",
    "MaxPool2d",
    "AvgPool2d",
    "AdaptiveAvgPool2d",
    "Linear",
    "Embedding",
    "RNN",
    "LSTM",
    "GRU",
    "MultiheadAttention",
    "TransformerEncoderLayer",
    "PositionalEncoding",
    "ReLU",
    "GELU",
    "Sigmoid",
    "Tanh",
    "Softmax",
    "BatchNorm1d",
    "BatchNorm2d",
    "LayerNorm",
    "Dropout",
    "Flatten",
    "Reshape",
    "SelectStep",
    "Add",
    "Multiply",
    "Concatenate",
    "Mean",
    "Python",
)
"""What the lessons are made of, and most networks that people draw first; in order."""
_FIRST = "ends"
"""The family that every network begins with."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The row that stands for the other layers of a family, or folds them away."""

    family: str
    count: int
    is_open: bool

    @property
    def text(self) -> str:
        """What the row says."""
        return (
            tr("Show fewer") if self.is_open else tr("{count} more", count=self.count)
        )


Row = Layer | str | Rest


def folded(
    layers: Iterable[Layer], titles: Mapping[str, str], opened: Collection[str]
) -> list[Row]:
    """All layers by family, each under its heading: the usual ones, and a fold.

    `layers` come family by family; those of the families `opened` are all there. What
    a network begins with is first, where it is among them.
    """
    rows: dict[str, list[Row]] = {}
    for family, members in groupby(layers, key=lambda each: each.family):
        known = list(members)
        usual = [each for each in known if each.name in USUAL] or known
        usual.sort(key=_place)
        others = [each for each in known if each not in usual]
        rows[family] = [titles.get(family, family.capitalize()), *usual]
        if others:
            is_open = family in opened
            rows[family] += others if is_open else ()
            rows[family].append(Rest(family, len(others), is_open))
    begins = any(isinstance(r, Layer) and not r.inputs for r in rows.get(_FIRST, ()))
    first = rows.pop(_FIRST) if begins else []
    return [*first, *(row for each in rows.values() for row in each)]


def _place(layer: Layer) -> int:
    return USUAL.index(layer.name) if layer.name in USUAL else len(USUAL)
