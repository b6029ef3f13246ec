"""Made-up pictures of any size: what large networks can be tried on at once."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices

COARSE = 4
"""Into how many rows and columns of even patches a class's pattern is divided."""


def load_made_up_pictures(
    *,
    channels: int,
    height: int,
    width: int,
    classes: int,
    samples: int,
    noise: float,
    seed: int,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Each class is a pattern of coarse patches, each picture that pattern with noise.

    Patches and noise are normal, so that pictures have mean 0 and about the variance
    1 + noise². The classes take turns: of more classes than samples some have none.
    """
    labels = np.arange(samples, dtype=np.int64) % classes
    rows = np.arange(height) * COARSE // height
    columns = np.arange(width) * COARSE // width
    pictures = np.empty((samples, channels, height, width), dtype=np.float32)
    for picture, label in zip(pictures, labels, strict=True):
        pattern = _pattern(channels, seed, int(label))
        picture[:] = pattern[:, rows[:, None], columns]
    strays = np.random.default_rng(seed)
    pictures += np.float32(noise) * strays.standard_normal(pictures.shape, np.float32)
    names = tuple(f"kind {number}" for number in range(1, classes + 1))
    parts = split_indices(samples, validation, test, split_seed, labels)
    train, watched, tested = (
        Samples(
            {"image": torch.from_numpy(pictures[part])},
            {"label": torch.from_numpy(labels[part])},
        )
        for part in parts
    )
    return Splits(train, watched, tested, "classification", names)


def _pattern(channels: int, seed: int, label: int) -> NDArray[np.float32]:
    """A class's patches (channels, COARSE, COARSE), the same wherever they are made."""
    source = np.random.default_rng((seed, label))
    return source.standard_normal((channels, COARSE, COARSE), np.float32)


def load_made_up_discs(
    *,
    height: int,
    width: int,
    samples: int,
    noise: float,
    seed: int,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Noisy grey pictures of a few bright discs (N, 1, height, width), and their masks.

    A mask has a 1 where a disc is and a 0 elsewhere, as large as its picture.
    """
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[0.5:height, 0.5:width]
    masks = np.zeros((samples, 1, height, width), dtype=np.float32)
    for mask in masks[:, 0]:
        for _ in range(int(chance.integers(1, 4))):
            middle_y, middle_x = chance.uniform(0, height), chance.uniform(0, width)
            radius = chance.uniform(0.1, 0.25) * min(height, width)
            mask[(y - middle_y) ** 2 + (x - middle_x) ** 2 < radius**2] = 1.0
    strays = chance.standard_normal(masks.shape, np.float32)
    pictures = masks + np.float32(noise) * strays
    train, watched, tested = (
        Samples(
            {"image": torch.from_numpy(pictures[part])},
            {"mask": torch.from_numpy(masks[part])},
        )
        for part in split_indices(samples, validation, test, split_seed)
    )
    return Splits(train, watched, tested, "regression")
