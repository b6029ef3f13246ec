"""What one sample of a network's input looks like: said by a person, or guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from engine.problems import Refusal

_STEPS = 16
"""The length of a sequence that nobody said."""
_SIDES = (28, 32, 64, 96, 128, 224, 299)
_WHOLE = "int64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The shape and type of one sample, the batch left out."""

    shape: tuple[int, ...]
    is_whole: bool = False
    """Whether it holds whole numbers (tokens)."""

    def __str__(self) -> str:
        sizes = " × ".join(map(str, self.shape)) or "one number"
        return f"{sizes} {_WHOLE}" if self.is_whole else sizes

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of an Input that takes it."""
        settings: dict[str, Any] = {"shape": self.shape}
        return settings | ({"dtype": _WHOLE} if self.is_whole else {})

    def batch(self, size: int) -> Tensor:
        """As many samples as a batch has, drawn at random."""
        if self.is_whole:
            return torch.randint(0, 2, (size, *self.shape))
        return torch.randn(size, *self.shape)


def sample_from(text: str) -> Sample:
    """The sample that a text describes, as `3 × 32 × 32` or `16 int64`."""
    words = re.split(r"[\s×x,()\[\]:]+", text.strip().lower())
    is_whole = any(word in {_WHOLE, "tokens", "int"} for word in words)
    sizes = [word for word in words if word and word not in {_WHOLE, "tokens", "int"}]
    if sizes in (["float32"], ["float"]):
        sizes = []
    sizes = [word for word in sizes if word not in {"float32", "float"}]
    if not all(size.isdigit() and int(size) > 0 for size in sizes):
        raise Refusal(
            f"The sample {text!r} cannot be read.",
            "Write its sizes without the batch, as 3 × 32 × 32; for tokens 16 int64.",
        )
    return Sample(shape=tuple(map(int, sizes)), is_whole=is_whole)


def guesses(network: nn.Module) -> Iterator[tuple[Sample, ...]]:
    """What a network may read, judged by its first layer with weights."""
    first = next(
        (m for m in network.modules() if not [*m.children()] and [*m.parameters()]),
        None,
    )
    channels = getattr(first, "in_channels", 3)
    if isinstance(first, nn.Conv1d):
        yield from (_one(channels, length) for length in (64, 128, 256, 1024))
    elif isinstance(first, nn.Conv3d):
        yield from (_one(channels, side, side, side) for side in (16, 32, 64))
    elif isinstance(first, nn.Embedding | nn.EmbeddingBag):
        yield from ((Sample(shape=(n,), is_whole=True),) for n in (_STEPS, 32, 128))
    elif isinstance(first, nn.Linear):
        yield _one(first.in_features)
        yield _one(_STEPS, first.in_features)
        side = round(first.in_features**0.5)
        if side * side == first.in_features:
            yield _one(1, side, side)
        if first.in_features % 3 == 0:
            side = round((first.in_features / 3) ** 0.5)
            yield _one(3, side, side)
    elif isinstance(first, nn.RNNBase):
        yield _one(_STEPS, first.input_size)
    elif isinstance(first, nn.BatchNorm1d | nn.LayerNorm):
        sizes = getattr(first, "normalized_shape", (getattr(first, "num_features", 8),))
        yield _one(*sizes)
        yield _one(_STEPS, *sizes)
    else:
        yield from _pictures(network, channels)


def _pictures(network: nn.Module, channels: int) -> Iterator[tuple[Sample, ...]]:
    last = [m for m in network.modules() if isinstance(m, nn.Linear)][-1:]
    sides = [*_SIDES]
    if last and last[0].out_features == 1000:  # the classes of ImageNet
        sides.sort(key=lambda side: side != 224)
    elif channels != 1:
        sides.sort(key=lambda side: side != 32)
    yield from (_one(channels, side, side) for side in sides)


def _one(*shape: int) -> tuple[Sample, ...]:
    return (Sample(shape=tuple(shape)),)
