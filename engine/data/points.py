"""Points of a few numbers each: iris flowers, two moons, two spirals."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_iris

from engine.data.samples import Samples, Splits
from engine.data.splitting import mean_and_std, split_indices


def load_iris_flowers(
    *, normalise: bool, validation: float, test: float, split_seed: int
) -> Splits:
    """150 flowers: sepal length and width, petal length and width; three species.

    `normalise` brings every measure to mean 0 and standard deviation 1, by the
    training part's figures alone.
    """
    iris = load_iris()
    features, labels = iris.data.copy(), iris.target.astype(np.int64)
    parts = split_indices(len(labels), validation, test, split_seed, labels)
    if normalise:
        for column in range(features.shape[1]):
            mean, std = mean_and_std(features[parts[0], column])
            features[:, column] = (features[:, column] - mean) / std
    train, watched, tested = (
        Samples(
            {"features": torch.from_numpy(features[part].astype(np.float32))},
            {"species": torch.from_numpy(labels[part])},
        )
        for part in parts
    )
    classes = tuple(str(name) for name in iris.target_names)
    return Splits(train, watched, tested, "classification", classes)


def load_moons(
    *,
    samples: int,
    noise: float,
    seed: int,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Two half circles that reach into each other, with normal noise around them."""
    upper = samples - samples // 2
    angle = np.linspace(0.0, np.pi, upper)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    angle = np.linspace(0.0, np.pi, samples // 2)
    lower_points = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.concatenate([points, lower_points])
    labels = (np.arange(samples) >= upper).astype(np.int64)
    points += np.random.default_rng(seed).normal(0.0, noise, points.shape)
    return split_points(
        points, labels, ("upper", "lower"), validation, test, split_seed
    )


def load_spirals(
    *,
    samples: int,
    noise: float,
    turns: float,
    seed: int,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Two arms that wind around each other; the second is the first turned by 180°.

    Along an arm the radius grows from 0 to 1 with the angle. Radii are square roots of
    even steps, so that the outer turns are as densely covered as the inner ones.
    """
    labels = np.arange(samples, dtype=np.int64) % 2
    radius = np.sqrt((np.arange(samples) // 2 + 1) / ((samples + 1) // 2))
    angle = 2.0 * np.pi * turns * radius + np.pi * labels
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    points += np.random.default_rng(seed).normal(0.0, noise, points.shape)
    return split_points(
        points, labels, ("first", "second"), validation, test, split_seed
    )


def split_points(
    points: NDArray[np.float64],
    labels: NDArray[np.int64],
    classes: tuple[str, ...],
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Points and their classes in three parts with the same shares of each class."""
    train, watched, tested = (
        Samples(
            {"point": torch.from_numpy(points[part].astype(np.float32))},
            {"label": torch.from_numpy(labels[part])},
        )
        for part in split_indices(len(labels), validation, test, split_seed, labels)
    )
    return Splits(train, watched, tested, "classification", classes)
