"""A drawing or a picture file, brought to the form of the pictures in the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.data.errors import DataError
from engine.data.picture_reading import PictureForm, read_picture
from engine.problems import Refusal
from engine.showing.trained import Trained

DIGIT_BOX, DIGIT_SIDE = 20, 28
"""MNIST's digits fill a box of 20 in pictures of 28 (LeCun, Cortes and Burges)."""
INK = 0.05
"""Fainter than that is paper."""


def digit_of(ink: NDArray[np.float64], side: int, box: int) -> NDArray[np.float64]:
    """A drawing (H, W), 0 paper and 1 ink, as MNIST's digits were made: (side, side).

    What is drawn is scaled, keeping its proportions, into a box of `box` pixels, and
    moved so that its centre of mass is in the middle of the picture.
    """
    if not (ink > INK).any():
        return np.zeros((side, side))
    rows, columns = np.nonzero(ink > INK)
    cut = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    share = box / max(cut.shape)
    height, width = (max(1, round(length * share)) for length in cut.shape)
    image = Image.fromarray((cut * 255).astype(np.uint8))
    small = np.asarray(image.resize((width, height), Image.Resampling.BOX)) / 255
    total = small.sum()
    middle_row = (small.sum(1) * (np.arange(height) + 0.5)).sum() / total
    middle_column = (small.sum(0) * (np.arange(width) + 0.5)).sum() / total
    top = min(max(round(side / 2 - middle_row), 0), side - height)
    left = min(max(round(side / 2 - middle_column), 0), side - width)
    found = np.zeros((side, side))
    found[top : top + height, left : left + width] = small
    return found


def box_for(trained: Trained, side: int) -> int:
    """Into how large a box a drawn digit is scaled for the pictures of the data."""
    margin = int(trained.document.data.settings.get("margin", 0))
    inner = side - 2 * margin
    if inner <= 8:  # scikit-learn's digits fill their 8 by 8 pixels
        return inner
    return round(inner * DIGIT_BOX / DIGIT_SIDE)


def drawn_input(trained: Trained, field: str, ink: NDArray[np.float64]) -> Tensor:
    """A drawing (H, W), 0 paper and 1 ink, as one sample of a field of pictures.

    Light on dark, as MNIST's digits are.
    """
    _, channels, height, width = picture_shape(trained, field)
    side = min(height, width)
    digit = digit_of(ink, side, box_for(trained, side))
    found = np.zeros((height, width))
    top, left = (height - side) // 2, (width - side) // 2
    found[top : top + side, left : left + side] = digit
    pixels = torch.from_numpy(found).float().expand(channels, height, width)
    return in_range(trained, field, pixels)


def file_input(
    trained: Trained, field: str, path: Path, *, inverted: bool = False
) -> Tensor:
    """The picture in a file as one sample of a field of pictures. Raises Refusal.

    With `inverted` light becomes dark: ink on paper becomes a digit as MNIST has them.
    """
    _, channels, height, width = picture_shape(trained, field)
    form = PictureForm(height, width, "L" if channels == 1 else "RGB", "crop")
    try:
        pixels = torch.tensor(read_picture(path, form)).float() / 255
    except DataError as error:
        raise Refusal(error.message, "Choose another file.") from error
    return in_range(trained, field, 1 - pixels if inverted else pixels)


def picture_shape(trained: Trained, field: str) -> tuple[int, int, int, int]:
    """That of one sample of a field of pictures: (1, C, H, W)."""
    low, _ = trained.picture_range(field)
    shape = trained.info.inputs[field].shape
    if len(shape) == 3:
        return 1, shape[0], shape[1], shape[2]
    side = round((shape[0] / len(low)) ** 0.5)
    return 1, len(low), side, side


def in_range(trained: Trained, field: str, pixels: Tensor) -> Tensor:
    """Pixels (C, H, W) from 0 to 1 as the data has them, flat where it is."""
    low, high = trained.picture_range(field)
    shape = trained.info.inputs[field].shape
    return (low + pixels * (high - low)).reshape(1, *shape)
