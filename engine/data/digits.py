"""Handwritten digits of 8 by 8 pixels that come with scikit-learn: no download."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor

from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices

DIGITS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


def read_digits(flatten: bool) -> tuple[Tensor, Tensor]:
    """1,797 images (N, 1, 8, 8), flat (N, 64), from 0 to 1; and their digits (N,)."""
    digits = load_digits()
    images = torch.from_numpy(digits.images.astype(np.float32)).div(16.0)
    images = images.flatten(1) if flatten else images.unsqueeze(1)
    return images, torch.from_numpy(digits.target.astype(np.int64))


def load_small_digits(
    *, flatten: bool, validation: float, test: float, split_seed: int
) -> Splits:
    """The digits as images to be told apart."""
    images, labels = read_digits(flatten)
    train, watched, tested = (
        Samples({"image": images[part]}, {"digit": labels[part]})
        for part in split_indices(
            len(labels), validation, test, split_seed, labels.numpy()
        )
    )
    return Splits(train, watched, tested, "classification", DIGITS)


def load_digits_to_rebuild(
    *, flatten: bool, validation: float, test: float, split_seed: int
) -> Splits:
    """The digits as images to be given back: each is its own target."""
    images, labels = read_digits(flatten)
    parts = []
    for part in split_indices(
        len(labels), validation, test, split_seed, labels.numpy()
    ):
        chosen = images[part]
        # One tensor under two names: an image costs its memory once.
        parts.append(Samples({"image": chosen}, {"image": chosen}))
    return Splits(parts[0], parts[1], parts[2], "reconstruction")


def load_halved_digits(*, validation: float, test: float, split_seed: int) -> Splits:
    """Left and right half as two inputs; the digit and its parity as two targets."""
    images, labels = read_digits(flatten=False)
    train, watched, tested = (
        Samples(
            {
                "left": images[part][..., :4].contiguous(),
                "right": images[part][..., 4:].contiguous(),
            },
            {"digit": labels[part], "parity": labels[part] % 2},
        )
        for part in split_indices(
            len(labels), validation, test, split_seed, labels.numpy()
        )
    )
    return Splits(train, watched, tested, "classification", DIGITS)
