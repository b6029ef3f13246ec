"""Published pictures in colour, as samples: validation is split off training."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.images import scaled_images
from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices

LabelledPixels = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Pixels (N, 3, H, W) and classes (N,)."""


def published_splits(
    name: str,
    training: LabelledPixels,
    testing: LabelledPixels,
    classes: tuple[str, ...],
    validation: float,
    split_seed: int,
) -> Splits:
    """Pictures as float32 from -1 to 1, with the published test part.

    Raises DataError for a label that is no class.
    """
    for _, given in (training, testing):
        if len(given) and not 0 <= given.min() <= given.max() < len(classes):
            raise DataError(
                f"{name} has labels from {given.min()} to {given.max()}, and only 0 to "
                f"{len(classes) - 1} are classes.",
                "Put the published files there.",
            )
    pixels, labels = training
    train, watched, _ = split_indices(len(labels), validation, 0.0, split_seed, labels)
    train_part, watched_part, tested_part = (
        Samples(
            {"image": scaled_images(some_pixels)},
            {"label": torch.from_numpy(some_labels)},
        )
        for some_pixels, some_labels in (
            (pixels[train], labels[train]),
            (pixels[watched], labels[watched]),
            testing,
        )
    )
    return Splits(train_part, watched_part, tested_part, "classification", classes)
