"""CIFAR-10: 60,000 colour pictures of 32 by 32 pixels in ten classes."""

from __future__ import annotations

import csv
import tarfile
import zlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.data.download import Progress, download
from engine.data.errors import DataError
from engine.data.images import scaled_images
from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices

CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR10_MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
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
CIFAR10_TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR10_TEST = ("test_batch.bin",)

Pictures = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Pixels (N, 3, 32, 32) and classes (N,)."""


def load_cifar10(
    data_dir: Path,
    *,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """CIFAR-10 with its published test part; validation is split off training.

    Pictures are float32 from -1 to 1, (N, 3, 32, 32), red, green, blue. Read from the
    binary version (unpacked or as `cifar-10-binary.tar.gz`), or from picture tiles;
    never from the Python version: unpickling a file can run what is in it.
    """
    folder = data_dir / "cifar-10-batches-bin"
    packed = data_dir / "cifar-10-binary.tar.gz"
    tiles = data_dir / "cifar10-tiles"
    if folder.is_dir():
        (pixels, labels), test_part = read_cifar10_folder(folder)
    elif tiles.is_dir() and not packed.is_file():
        (pixels, labels), test_part = read_cifar10_tiles(tiles)
    else:
        if not packed.is_file():
            remedy = (
                f"Put {packed.name} into {data_dir}, or connect to the internet and "
                f"try again."
            )
            download(CIFAR10_URL, packed, CIFAR10_MD5, remedy, progress)
        (pixels, labels), test_part = read_cifar10_archive(packed)
    train, watched, _ = split_indices(len(labels), validation, 0.0, split_seed, labels)
    train_part, watched_part, tested_part = (
        Samples(
            {"image": scaled_images(some_pixels)},
            {"label": torch.from_numpy(some_labels)},
        )
        for some_pixels, some_labels in (
            (pixels[train], labels[train]),
            (pixels[watched], labels[watched]),
            test_part,
        )
    )
    return Splits(
        train_part, watched_part, tested_part, "classification", CIFAR10_CLASSES
    )


def read_cifar10_folder(folder: Path) -> tuple[Pictures, Pictures]:
    """The training and the test pictures of the unpacked binary version."""
    records = {}
    for name in CIFAR10_TRAIN + CIFAR10_TEST:
        path = folder / name
        if not path.is_file():
            raise DataError(
                f"{path} is not there.",
                f"Put all six .bin files of CIFAR-10 into {folder}.",
            )
        records[name] = path.read_bytes()
    return cifar10_pictures(records, CIFAR10_TRAIN), cifar10_pictures(
        records, CIFAR10_TEST
    )


def read_cifar10_archive(path: Path) -> tuple[Pictures, Pictures]:
    """The training and the test pictures of the packed binary version."""
    records = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member)
                if file is not None:
                    records[Path(member.name).name] = file.read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise DataError(
            f"{path} cannot be unpacked: it is cut off or damaged ({error}).",
            "Delete it and try again, so that it is downloaded.",
        ) from error
    for name in CIFAR10_TRAIN + CIFAR10_TEST:
        if name not in records:
            raise DataError(
                f"{path} does not hold {name}.",
                "Delete it and try again, so that it is downloaded.",
            )
    return cifar10_pictures(records, CIFAR10_TRAIN), cifar10_pictures(
        records, CIFAR10_TEST
    )


def cifar10_pictures(records: dict[str, bytes], names: tuple[str, ...]) -> Pictures:
    """The pictures in binary files: a byte of class, then red, green, blue planes."""
    for name in names:
        if len(records[name]) == 0 or len(records[name]) % 3073:
            raise DataError(
                f"{name} of CIFAR-10 is damaged: {len(records[name]):,} bytes are not "
                f"a whole number of pictures of 3,073 bytes.",
                "Delete it and try again, so that it is downloaded.",
            )
    raw = b"".join(records[name] for name in names)
    table = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3073)
    return table[:, 1:].reshape(-1, 3, 32, 32), table[:, 0].astype(np.int64)


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
