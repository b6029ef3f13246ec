"""Samples as tensors: what a network reads and what it should answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Samples:
    """Fields of equally many samples; the first dimension counts the samples.

    Inputs are float32, or int64 for tokens. Targets are float32, or int64: (N,) for
    classes, (N, T) for the tokens that follow. The order of the fields is the order in
    which a network takes them.
    """

    inputs: dict[str, Tensor]
    targets: dict[str, Tensor]

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def batch(self, indices: Tensor) -> Samples:
        """The samples at `indices` (int64, on the samples' device), copied."""
        return Samples(
            {name: tensor[indices] for name, tensor in self.inputs.items()},
            {name: tensor[indices] for name, tensor in self.targets.items()},
        )

    def to(self, device: torch.device | str) -> Samples:
        """The same samples on `device`; nothing is copied when they are there."""
        return Samples(
            {name: tensor.to(device) for name, tensor in self.inputs.items()},
            {name: tensor.to(device) for name, tensor in self.targets.items()},
        )

    def read_ahead(self, order: Tensor, coming: list[slice]) -> None:
        """Let what is read from disk begin with the next batch of the `coming` ones.

        Each is a slice of `order`, the samples' indices; tensors have nothing to read.
        """
        for values in (*self.inputs.values(), *self.targets.values()):
            begin = getattr(values, "begin_reading", None)
            if begin is not None and coming:
                begin(order[coming[0]])


@dataclass(frozen=True, slots=True)
class Mixed(Samples):
    """A batch whose every sample is blended with another one (mixup)."""

    others: dict[str, Tensor]
    """The targets of the samples that were blended in."""
    share: float
    """How much of each sample is its own; the rest is the other's."""


@dataclass(frozen=True, slots=True)
class Splits:
    """One data set in three parts; training never sees the test part."""

    train: Samples
    validation: Samples
    test: Samples
    task: str
    """`classification`, `regression`, `reconstruction` or `next token`."""
    classes: tuple[str, ...] = ()
    """The names of the first target's classes, in the order of their numbers."""
    scales: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By target: (mean, std) that turn it back: original = target * std + mean."""
    vocabulary: tuple[str, ...] = ()
    """For text: the word of each token number."""
    note: str = ""
    """What had to be left out, in one sentence; empty where nothing was."""
