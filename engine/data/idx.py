"""Pictures published in MNIST's form: four IDX files."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.download import Progress, download
from engine.data.errors import DataError
from engine.data.images import scaled_images, unit_images
from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices


@dataclass(frozen=True, slots=True)
class IdxSet:
    """Where a data set in MNIST's form is, and what it holds."""

    name: str
    url: str
    checksums: tuple[str, str, str, str]
    """The MD5 of training images and labels, test images and labels."""
    folders: tuple[str, ...]
    """Where the files are looked for; the first is where they are downloaded to."""
    target: str
    classes: tuple[str, ...]


IDX_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def idx_splits(
    data_dir: Path,
    published: IdxSet,
    *,
    task: str,
    flatten: bool,
    margin: int,
    validation: float,
    split_seed: int,
    progress: Progress | None,
) -> Splits:
    """The published test part; validation is split off the training part.

    Images are float32 from -1 to 1, (N, 1, 28, 28), or (N, 784) with `flatten`; each
    side is longer by 2 `margin`. With the task `reconstruction` they are from 0 to 1,
    and each is its own target.
    """
    paths = [idx_file(data_dir, published, number, progress) for number in range(4)]
    images, labels, test_images, test_labels = (
        read_idx(path, ndim, published.name)
        for path, ndim in zip(paths, (3, 1, 3, 1), strict=True)
    )
    if (len(images), len(test_images)) != (len(labels), len(test_labels)):
        raise DataError(
            f"{published.name} has {len(images):,} + {len(test_images):,} images but "
            f"{len(labels):,} + {len(test_labels):,} labels.",
            "The files do not belong together: put the four published ones there.",
        )
    check_idx_labels(published, np.concatenate([labels, test_labels]))
    train, watched, _ = split_indices(
        len(labels), validation, 0.0, split_seed, labels.astype(np.int64)
    )
    train_part, watched_part, test_part = (
        idx_samples(*one, published.target, task, flatten, margin)
        for one in (
            (images[train], labels[train]),
            (images[watched], labels[watched]),
            (test_images, test_labels),
        )
    )
    return Splits(
        train_part,
        watched_part,
        test_part,
        task,
        published.classes if task == "classification" else (),
    )


def check_idx_labels(published: IdxSet, labels: NDArray[np.uint8]) -> None:
    """Raises DataError for a label that is no class of the data set."""
    if len(labels) and labels.max() >= len(published.classes):
        raise DataError(
            f"{published.name} has the label {labels.max()}, and only the labels 0 to "
            f"{len(published.classes) - 1} are classes.",
            "Put the four published files there.",
        )


def idx_samples(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    target: str,
    task: str,
    flatten: bool,
    margin: int,
) -> Samples:
    """Bytes as they are stored, (N, 28, 28) and (N,), as samples."""
    images = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    scale = scaled_images if task == "classification" else unit_images
    scaled = scale(images[:, np.newaxis])
    if flatten:
        scaled = scaled.flatten(1)
    targets: dict[str, Tensor] = {"image": scaled}
    if task == "classification":
        targets = {target: torch.from_numpy(labels.astype(np.int64))}
    return Samples({"image": scaled}, targets)


def idx_file(
    data_dir: Path, published: IdxSet, number: int, progress: Progress | None
) -> Path:
    """The path of one published file, packed or unpacked; downloaded if need be."""
    name = IDX_FILES[number]
    for folder in published.folders:
        for found in (data_dir / folder / name, data_dir / folder / name[:-3]):
            if found.is_file():
                return found
    path = data_dir / published.folders[0] / name
    remedy = (
        f"Put the four {published.name} files ({', '.join(IDX_FILES)}) into "
        f"{path.parent}, or connect to the internet and try again."
    )
    download(published.url + name, path, published.checksums[number], remedy, progress)
    return path


def read_idx(path: Path, ndim: int, name: str) -> NDArray[np.uint8]:
    """The array in an IDX file: two zeros, a type, a rank, the sizes, the bytes.

    The format is described at http://yann.lecun.com/exdb/mnist/.
    """
    raw = unpacked(path)
    header = 4 + 4 * ndim
    # 8 is the type "unsigned byte"; sizes are big-endian.
    if len(raw) < header or raw[:4] != bytes([0, 0, 8, ndim]):
        raise DataError(
            f"{path} is not the published {name} file: it does not begin with the "
            f"mark of {ndim}-dimensional bytes.",
            "Delete it and try again, so that it is downloaded.",
        )
    shape = tuple(int(size) for size in np.frombuffer(raw[4:header], dtype=">u4"))
    wanted = header + int(np.prod(shape))
    if len(raw) != wanted:
        raise DataError(
            f"{path} is incomplete: it holds {len(raw):,} bytes, and its header "
            f"announces {wanted:,}.",
            "Delete it and try again, so that it is downloaded.",
        )
    return np.frombuffer(raw, dtype=np.uint8, offset=header).reshape(shape)


def unpacked(path: Path) -> bytes:
    """The bytes of a file, unpacked where its name ends in `.gz`."""
    raw = path.read_bytes()
    if path.suffix != ".gz":
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(
            f"{path} cannot be unpacked: it is cut off or damaged ({error}).",
            "Delete it and try again, so that it is downloaded.",
        ) from error
