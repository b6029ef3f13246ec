"""Real pictures as a user has them: a folder for each class, with a file for each."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from engine.data.cifar10 import read_cifar10_tiles
from engine.data.sources.images_published import CIFAR10_NAMES


def unpacked_tiles(tiles: Path, folder: Path) -> None:
    """Writes the pictures of CIFAR-10 that `tiles` holds as PNG, `train` and `test`."""
    parts = zip(("train", "test"), read_cifar10_tiles(tiles), strict=True)
    for part, (pixels_nchw, labels) in parts:
        for name in CIFAR10_NAMES:
            (folder / part / name).mkdir(parents=True)
        for place, (pixels, label) in enumerate(zip(pixels_nchw, labels, strict=True)):
            where = folder / part / CIFAR10_NAMES[label]
            picture = Image.fromarray(pixels.transpose(1, 2, 0))
            picture.save(where / f"{place:05}.png")
