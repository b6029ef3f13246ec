"""Which samples train, which watch, and which are kept for the end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.keeping import LOOKED_AT
from engine.data.parts import part_sizes


def split_indices(
    count: int,
    validation: float,
    test: float,
    seed: int,
    labels: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The indices of the training, validation and test samples, each ascending.

    With `labels` each part holds the classes in the same proportions, to within one
    sample of each class.
    """
    _, validation_count, test_count = part_sizes(count, validation, test)
    order = np.random.default_rng(seed).permutation(count)
    if labels is not None:
        # Shuffled, then sorted by class: picks at even distances take a fair share of
        # every class, and random ones of it.
        order = order[np.argsort(labels[order], kind="stable")]
    tested, order = take_evenly(order, test_count)
    watched, order = take_evenly(order, validation_count)
    return np.sort(order), np.sort(watched), np.sort(tested)


def take_evenly(
    order: NDArray[np.int64], wanted: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`wanted` elements at even distances in `order`, and all the others."""
    taken = np.zeros(len(order), dtype=bool)
    if wanted:
        taken[(2 * np.arange(wanted) + 1) * len(order) // (2 * wanted)] = True
    return order[taken], order[~taken]


def places_to_look_at(count: int) -> list[int]:
    """At most `LOOKED_AT` of `count` samples on disk, at even distances."""
    return [round(at) for at in np.linspace(0, count - 1, min(LOOKED_AT, count))]


def mean_and_std(values: NDArray[np.float64]) -> tuple[float, float]:
    """The mean and the standard deviation; 1 for values that are all the same.

    With numpy, because its sums do not depend on how many threads there are: the same
    data gives the same digits everywhere.
    """
    std = float(values.std())
    return float(values.mean()), std if std > 0 else 1.0
