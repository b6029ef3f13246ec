"""A constructor call as text with places for its arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.catalog import Call

_LEFT_OUT = "\0"


@dataclass(frozen=True, slots=True)
class Construction:
    """A constructor call as text with places for its arguments: `nn.Linear({}, {})`."""

    template: str
    atoms: tuple[str, ...] = ()
    """What stands at the places, as source text."""
    names: tuple[str, ...] = ()
    """What each argument is called, should it become a parameter."""
    defaults: tuple[str, ...] = ()
    """What each argument is when it is left out, as source text; "" for needed ones."""

    @classmethod
    def of(cls, call: Call) -> Construction:
        """The construction that a layer's call is."""
        known = _POSITIONAL.get(call.callee.rstrip("123d"), ())
        names = [*known, *["size"] * len(call.args)][: len(call.args)]
        places = ["{}"] * len(call.args) + [f"{name}={{}}" for name, _ in call.kwargs]
        atoms = tuple(_text(v) for v in (*call.args, *dict(call.kwargs).values()))
        return cls(
            f"{call.callee}({', '.join(places)})",
            atoms,
            (*names, *(name for name, _ in call.kwargs)),
            ("",) * len(atoms),
        )

    def filled(self, texts: Sequence[str]) -> str:
        """The call with these texts at its places, without those that go without."""
        put = [
            _LEFT_OUT if text == default else text
            for text, default in zip(texts, self.defaults, strict=True)
        ]
        written = self.template.format(*put)
        if _LEFT_OUT not in written:
            return written
        return re.sub(rf", \w+={_LEFT_OUT}|\w+={_LEFT_OUT}(, )?", "", written)


def _text(value: object) -> str:
    return Call.of("_", value).arguments()[0]


# What PyTorch calls the arguments that are written without a name.
_POSITIONAL: Mapping[str, tuple[str, ...]] = {
    "nn.Conv": ("in_channels", "out_channels"),
    "nn.ConvTranspose": ("in_channels", "out_channels"),
    "nn.Linear": ("in_features", "out_features"),
    "nn.BatchNorm": ("num_features",),
    "nn.InstanceNorm": ("num_features",),
    "nn.GroupNorm": ("num_groups", "num_channels"),
    "nn.LayerNorm": ("normalized_shape",),
    "nn.RMSNorm": ("normalized_shape",),
    "nn.Embedding": ("num_embeddings", "embedding_dim"),
    "nn.RNN": ("input_size", "hidden_size"),
    "nn.LSTM": ("input_size", "hidden_size"),
    "nn.GRU": ("input_size", "hidden_size"),
    "nn.MultiheadAttention": ("embed_dim", "num_heads"),
    "nn.TransformerEncoderLayer": ("d_model", "nhead"),
    "nn.TransformerDecoderLayer": ("d_model", "nhead"),
}
