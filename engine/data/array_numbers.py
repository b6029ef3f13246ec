"""Arrays as the numbers that a network reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.arrays import Array, check_tokens, input_shape
from engine.data.errors import DataError
from engine.data.splitting import mean_and_std

Indices = NDArray[np.int64]
Figures = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Means and deviations."""


def array_numbers(
    name: str, array: Array, layout: str, contents: str
) -> NDArray[np.float32] | Indices:
    """An array as a network reads it: float32, or int64 for tokens."""
    shape = input_shape(name, array.shape, array.dtype, layout)
    if layout == "channels last":
        array = np.moveaxis(array, 3, 1)
    array = array.reshape(len(array), *shape)
    if contents == "tokens":
        check_tokens(name, array)
        return array.astype(np.int64)
    return finite_numbers(name, array)


def finite_numbers(name: str, array: Array) -> NDArray[np.float32]:
    """The numbers as float32; raises DataError where some are no numbers."""
    numbers = array.astype(np.float32)
    wrong = int(np.count_nonzero(~np.isfinite(numbers)))
    if wrong:
        raise DataError(
            f"The array “{name}” holds {wrong:,} value(s) that are no numbers, or too "
            f"large for 32 bits.",
            "Fill them in, or leave these samples out, and save the file again.",
        )
    return numbers


def array_figures(train: NDArray[np.float64]) -> Figures:
    """Means and deviations: of each column of a table, of other arrays as a whole."""
    if train.ndim == 2:
        figures = [mean_and_std(column) for column in train.T]
        mean, std = (np.array(one) for one in zip(*figures, strict=True))
    else:
        mean, std = map(np.array, mean_and_std(train))
    return mean, std


def scaled_array(
    numbers: NDArray[np.float32] | Indices, figures: Figures
) -> NDArray[np.float32]:
    """Numbers with mean 0 and deviation 1 where they had these `figures`."""
    mean, std = figures
    return ((numbers - mean) / std).astype(np.float32)
