"""Picture files, decoded and brought to one size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from engine.data.errors import DataError

DECODING_THREADS = min(8, os.cpu_count() or 1)
"""Pillow decodes and scales without Python's lock, so threads are enough."""
AT_ONCE = 32
"""Pictures a thread is given in one go: to hand over small ones singly costs more."""


@dataclass(frozen=True, slots=True)
class PictureForm:
    """How every picture is brought to the same size."""

    height: int
    width: int
    mode: str
    """`RGB`, or `L` for grey."""
    fit: str
    """`crop` keeps proportions and cuts the rest off; `squash` keeps everything."""

    @property
    def channels(self) -> int:
        """How many numbers a pixel has."""
        return len(self.mode)


def read_picture(path: Path, form: PictureForm) -> NDArray[np.uint8]:
    """The picture in a file (C, H, W); raises DataError where it is damaged.

    Turned as the camera noted, without transparency, of a moving picture the first.
    """
    size = (form.width, form.height)
    try:
        with Image.open(path) as picture:
            # A JPEG can be decoded at an 8th of its size: far quicker for photographs.
            picture.draft(form.mode, (2 * size[0], 2 * size[1]))
            whole = with_mode(ImageOps.exif_transpose(picture), form.mode)
            if form.fit == "crop":
                fitted = ImageOps.fit(whole, size, Image.Resampling.BILINEAR)
            else:
                fitted = whole.resize(size, Image.Resampling.BILINEAR)
    except FileNotFoundError as error:
        raise DataError(
            f"The picture {path} is not there any more.",
            "Put it back, or begin again without it.",
        ) from error
    # Pillow's readers raise these for bytes they do not understand.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(
            f"The picture {path} cannot be read: it is cut off or damaged ({error}).",
            "Mend or delete it, or set damaged pictures to skip.",
        ) from error
    pixels = np.asarray(fitted).reshape(form.height, form.width, form.channels)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def with_mode(picture: Image.Image, mode: str) -> Image.Image:
    """The picture in grey (`L`) or colour (`RGB`)."""
    if picture.mode.startswith("I"):  # 16 bits: Pillow would cut the upper off
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert(
            mode
        )
    if picture.mode == "P":  # its transparency may be a table
        picture = picture.convert("RGBA")
    return picture.convert(mode)


def read_pictures(
    files: list[Path], form: PictureForm
) -> Iterator[NDArray[np.uint8] | DataError]:
    """Each picture, or what is the matter with it, decoded by several threads."""
    with ThreadPoolExecutor(DECODING_THREADS) as pool:
        pieces = [files[i : i + AT_ONCE] for i in range(0, len(files), AT_ONCE)]
        for outcomes in pool.map(lambda piece: read_or_tell(piece, form), pieces):
            yield from outcomes


def read_or_tell(
    files: list[Path], form: PictureForm
) -> list[NDArray[np.uint8] | DataError]:
    """Each picture, or what is the matter with it, one after the other."""
    outcomes: list[NDArray[np.uint8] | DataError] = []
    for path in files:
        try:
            outcomes.append(read_picture(path, form))
        except DataError as error:
            outcomes.append(error)
    return outcomes


def scaled_pictures(
    pixels: NDArray[np.uint8], mean: NDArray[np.float32], std: NDArray[np.float32]
) -> Tensor:
    """Bytes as float32: divided by 255, less `mean`, over `std`, (C, 1, 1) each.

    With a half for both, bit for bit what `scaled_images` gives. With numpy: a batch is
    little work, and PyTorch's threads would wait for each other on a busy machine.
    """
    images = pixels.astype(np.float32)
    images /= np.float32(255)
    images -= mean
    images /= std
    return torch.from_numpy(images)
