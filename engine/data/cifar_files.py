"""CIFAR's binary files, unpacked or as they are published, downloaded if need be."""

from __future__ import annotations

import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.download import Progress, download
from engine.data.errors import DataError

Pictures = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Pixels (N, 3, 32, 32) and classes (N,)."""


@dataclass(frozen=True, slots=True)
class CifarSet:
    """Where a CIFAR is published, and what its records are."""

    name: str
    url: str
    md5: str
    archive: str
    folder: str
    """What the archive unpacks to."""
    train: tuple[str, ...]
    test: tuple[str, ...]
    label_bytes: int
    """How many bytes of classes stand before the 3,072 of a picture."""


def read_cifar(
    data_dir: Path, published: CifarSet, label_at: int, progress: Progress | None
) -> tuple[Pictures, Pictures]:
    """The training and the test pictures; `label_at` says which byte is the class.

    Read from the binary version alone, never from the Python version: unpickling a
    file can run what is in it.
    """
    folder, packed = data_dir / published.folder, data_dir / published.archive
    if folder.is_dir():
        records = cifar_folder(folder, published)
    else:
        if not packed.is_file():
            remedy = (
                f"Put {packed.name} into {data_dir}, or connect to the internet and "
                f"try again."
            )
            download(published.url, packed, published.md5, remedy, progress)
        records = cifar_archive(packed, published)
    return (
        cifar_pictures(records, published.train, published, label_at),
        cifar_pictures(records, published.test, published, label_at),
    )


def cifar_folder(folder: Path, published: CifarSet) -> dict[str, bytes]:
    """The contents of the unpacked files, by name."""
    records = {}
    names = published.train + published.test
    for name in names:
        path = folder / name
        if not path.is_file():
            raise DataError(
                f"{path} is not there.",
                f"Put all {len(names)} .bin files of {published.name} into {folder}.",
            )
        records[name] = path.read_bytes()
    return records


def cifar_archive(path: Path, published: CifarSet) -> dict[str, bytes]:
    """The contents of the packed files, by name."""
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
    for name in published.train + published.test:
        if name not in records:
            raise DataError(
                f"{path} does not hold {name}.",
                "Delete it and try again, so that it is downloaded.",
            )
    return records


def cifar_pictures(
    records: dict[str, bytes],
    names: tuple[str, ...],
    published: CifarSet,
    label_at: int,
) -> Pictures:
    """The pictures in binary files: bytes of class, then red, green, blue planes."""
    size = published.label_bytes + 3072
    for name in names:
        if len(records[name]) == 0 or len(records[name]) % size:
            raise DataError(
                f"{name} of {published.name} is damaged: {len(records[name]):,} bytes "
                f"are not a whole number of pictures of {size:,} bytes.",
                "Delete it and try again, so that it is downloaded.",
            )
    raw = b"".join(records[name] for name in names)
    table = np.frombuffer(raw, dtype=np.uint8).reshape(-1, size)
    pixels = table[:, published.label_bytes :].reshape(-1, 3, 32, 32)
    return pixels, table[:, label_at].astype(np.int64)
