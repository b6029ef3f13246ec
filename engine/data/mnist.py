"""MNIST: 70,000 handwritten digits of 28 by 28 pixels, from the published files."""

from __future__ import annotations

import gzip
import zlib
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

MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
MNIST_FILES = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
"""The published files and their MD5, as torchvision lists them."""
MNIST_FOLDERS = ("mnist", "MNIST/raw")
"""Where they are looked for; the second is where torchvision keeps them."""


def load_mnist(
    data_dir: Path,
    *,
    task: str,
    flatten: bool,
    margin: int,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """MNIST with its published test part; validation is split off the training part.

    Images are float32 from -1 to 1, (N, 1, 28, 28), or (N, 784) with `flatten`; each
    side is longer by 2 `margin`. With the task `reconstruction` they are from 0 to 1,
    and each is its own target.
    """
    images = read_idx(mnist_file(data_dir, "train-images-idx3-ubyte.gz", progress), 3)
    labels = read_idx(mnist_file(data_dir, "train-labels-idx1-ubyte.gz", progress), 1)
    test_images = read_idx(
        mnist_file(data_dir, "t10k-images-idx3-ubyte.gz", progress), 3
    )
    test_labels = read_idx(
        mnist_file(data_dir, "t10k-labels-idx1-ubyte.gz", progress), 1
    )
    if (len(images), len(test_images)) != (len(labels), len(test_labels)):
        raise DataError(
            f"MNIST has {len(images):,} + {len(test_images):,} images but "
            f"{len(labels):,} + {len(test_labels):,} labels.",
            "The files do not belong together: put the four published ones there.",
        )
    train, watched, _ = split_indices(
        len(labels), validation, 0.0, split_seed, labels.astype(np.int64)
    )
    train_part = mnist_samples(images[train], labels[train], task, flatten, margin)
    watched_part = mnist_samples(
        images[watched], labels[watched], task, flatten, margin
    )
    test_part = mnist_samples(test_images, test_labels, task, flatten, margin)
    classes = tuple(str(digit) for digit in range(10))
    return Splits(
        train_part,
        watched_part,
        test_part,
        task,
        classes if task == "classification" else (),
    )


def mnist_samples(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
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
        targets = {"digit": torch.from_numpy(labels.astype(np.int64))}
    return Samples({"image": scaled}, targets)


def mnist_file(data_dir: Path, name: str, progress: Progress | None) -> Path:
    """The path of one published file, packed or unpacked; downloaded if need be."""
    for folder in MNIST_FOLDERS:
        for found in (data_dir / folder / name, data_dir / folder / name[:-3]):
            if found.is_file():
                return found
    path = data_dir / "mnist" / name
    remedy = (
        f"Put the four MNIST files ({', '.join(MNIST_FILES)}) into {path.parent}, "
        f"or connect to the internet and try again."
    )
    download(MNIST_URL + name, path, MNIST_FILES[name], remedy, progress)
    return path


def read_idx(path: Path, ndim: int) -> NDArray[np.uint8]:
    """The array in an IDX file: two zeros, a type, a rank, the sizes, the bytes.

    The format is described at http://yann.lecun.com/exdb/mnist/.
    """
    raw = unpacked(path)
    header = 4 + 4 * ndim
    # 8 is the type "unsigned byte"; sizes are big-endian.
    if len(raw) < header or raw[:4] != bytes([0, 0, 8, ndim]):
        raise DataError(
            f"{path} is not the published MNIST file: it does not begin with the "
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
