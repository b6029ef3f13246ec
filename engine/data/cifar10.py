"""CIFAR-10: 60,000 colour pictures of 32 by 32 pixels in ten classes."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.data.cifar_files import CifarSet, Pictures, read_cifar
from engine.data.download import Progress
from engine.data.errors import DataError
from engine.data.published_pictures import published_splits
from engine.data.samples import Splits

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
CIFAR10 = CifarSet(
    name="CIFAR-10",
    url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    md5="c32a1d4ab5d03f1284b67883e8d87530",
    archive="cifar-10-binary.tar.gz",
    folder="cifar-10-batches-bin",
    train=tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
    test=("test_batch.bin",),
    label_bytes=1,
)
"""Address and MD5 as its page lists them: https://www.cs.toronto.edu/~kriz/cifar.html."""


def load_cifar10(
    data_dir: Path,
    *,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """CIFAR-10 with its published test part; validation is split off training.

    Pictures are float32 from -1 to 1, (N, 3, 32, 32), red, green, blue. Read from the
    binary version, or from picture tiles where only these are there.
    """
    whole = (data_dir / CIFAR10.folder, data_dir / CIFAR10.archive)
    tiles = data_dir / "cifar10-tiles"
    if tiles.is_dir() and not any(path.exists() for path in whole):
        training, testing = read_cifar10_tiles(tiles)
    else:
        training, testing = read_cifar(data_dir, CIFAR10, 0, progress)
    return published_splits(
        CIFAR10.name, training, testing, CIFAR10_CLASSES, validation, split_seed
    )


def read_cifar10_tiles(folder: Path) -> tuple[Pictures, Pictures]:
    """A part of CIFAR-10 as picture tiles: a row of 1,024 pixels is one picture.

    `labels.csv` names tile, row and class. Tiles below 50 are of the training part.
    """
    rows: dict[int, list[tuple[int, int]]] = {}
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            chosen = rows.setdefault(int(line["tile"]), [])
            chosen.append((int(line["row"]), int(line["label"])))
    pixels: dict[bool, list[NDArray[np.uint8]]] = {True: [], False: []}
    labels: dict[bool, list[int]] = {True: [], False: []}
    for tile in sorted(rows):
        path = folder / f"cifar10_batch_{tile}.png"
        if not path.is_file():
            raise DataError(
                f"{path} is not there, and {folder / 'labels.csv'} names it.",
                "Put it there, or take its rows out of labels.csv.",
            )
        with Image.open(path) as picture:
            pictures = np.asarray(picture.convert("RGB")).reshape(-1, 32, 32, 3)
        places = [row for row, _ in rows[tile]]
        pixels[tile < 50].append(pictures[places].transpose(0, 3, 1, 2))
        labels[tile < 50].extend(label for _, label in rows[tile])
    if not pixels[True] or not pixels[False]:
        raise DataError(
            f"{folder} holds no training tile or no test tile.",
            "Put tiles below 50 (training) and from 50 (test) there.",
        )
    return (
        (np.concatenate(pixels[True]), np.array(labels[True], dtype=np.int64)),
        (np.concatenate(pixels[False]), np.array(labels[False], dtype=np.int64)),
    )
