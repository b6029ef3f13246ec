"""Small files of the kinds that data sources read, as their publishers write them."""

from __future__ import annotations

import gzip
import wave
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

from engine.data.cifar10 import CIFAR10
from engine.data.cifar100 import CIFAR100
from engine.data.cifar_files import CifarSet


def idx(array: np.ndarray) -> bytes:
    """An array of bytes as an IDX file holds it."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write_idx_set(folder: Path, *, packed: bool = True) -> np.ndarray:
    """Forty training images, of which ten are the test images, in MNIST's form."""
    folder.mkdir(parents=True)
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28)).astype(np.uint8)
    labels = (np.arange(40) % 10).astype(np.uint8)
    for name, array in {
        "train-images-idx3-ubyte": images,
        "train-labels-idx1-ubyte": labels,
        "t10k-images-idx3-ubyte": images[:10],
        "t10k-labels-idx1-ubyte": labels[:10],
    }.items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
        else:
            (folder / name).write_bytes(idx(array))
    return images


def write_cifar(folder: Path, published: CifarSet, per_file: int = 20) -> np.ndarray:
    """Its binary files of `per_file` pictures each; gives the test pictures.

    CIFAR-100's class is the picture's number, its coarse class half of that; of
    CIFAR-10 the class is the last figure of the number.
    """
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    for name in published.train + published.test:
        pixels = rng.integers(0, 256, (per_file, 3072)).astype(np.uint8)
        numbers = np.arange(per_file)
        fine = numbers if published.label_bytes == 2 else numbers % 10
        labels = [numbers // 2, fine] if published.label_bytes == 2 else [fine]
        columns = [one.astype(np.uint8) for one in labels]
        (folder / name).write_bytes(np.column_stack([*columns, pixels]).tobytes())
    return pixels.reshape(-1, 3, 32, 32)


def write_svhn(folder: Path, count: int = 30) -> np.ndarray:
    """Both MATLAB files, in which 10 means the digit 0; gives (count, 3, 32, 32)."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 256, (32, 32, 3, count)).astype(np.uint8)
    labels = (np.arange(count) % 10 + 1).astype(np.uint8)[:, np.newaxis]
    for name in ("train_32x32.mat", "test_32x32.mat"):
        savemat(folder / name, {"X": pixels, "y": labels})
    return pixels.transpose(3, 2, 0, 1)


def write_stl10(folder: Path, count: int = 20) -> np.ndarray:
    """The labelled part of STL-10; gives its pictures (count, 3, 96, 96)."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    pictures = rng.integers(0, 256, (count, 3, 96, 96)).astype(np.uint8)
    labels = (np.arange(count) % 10 + 1).astype(np.uint8)
    for part in ("train", "test"):
        # Column after column in each channel.
        stored = np.ascontiguousarray(pictures.transpose(0, 1, 3, 2))
        (folder / f"{part}_X.bin").write_bytes(stored.tobytes())
        (folder / f"{part}_y.bin").write_bytes(labels.tobytes())
    return pictures


def write_published(data_dir: Path) -> None:
    """A small version of every published set of images, where it is looked for."""
    for folder in ("mnist", "fashion-mnist", "kmnist"):
        write_idx_set(data_dir / folder)
    for published in (CIFAR10, CIFAR100):
        write_cifar(data_dir / published.folder, published)
    write_svhn(data_dir / "svhn")
    write_stl10(data_dir / "stl10_binary")


def write_pictures(
    folder: Path, counts: dict[str, int], side: int = 12, seed: int = 0
) -> None:
    """Class folders of PNG pictures: brightness tells the class, noise the picture."""
    rng = np.random.default_rng(seed)
    for place, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        ground = 255 * place // max(1, len(counts) - 1) // 2 + 32
        for number in range(count):
            noise = rng.integers(0, 96, (side, side, 3))
            picture = Image.fromarray((ground + noise).astype(np.uint8))
            picture.save(folder / name / f"{number:03}.png")


def write_wav(
    path: Path, samples: np.ndarray, rate: int = 8000, width: int = 2, channels: int = 1
) -> None:
    """Samples from -1 to 1, (frames,) or (frames, channels), as PCM."""
    path.parent.mkdir(parents=True, exist_ok=True)
    top = 2.0 ** (8 * width - 1)
    whole = np.clip(np.round(samples * top), -top, top - 1).astype(np.int64)
    if width == 1:
        raw = (whole + 128).astype(np.uint8).tobytes()
    else:
        eight = whole.astype("<i8").reshape(-1, 1).view(np.uint8)
        raw = eight[:, :width].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(raw)


def write_tones(folder: Path, count: int = 12, rate: int = 8000) -> None:
    """Class folders of tones: low ones and high ones, each a little different."""
    times = np.arange(rate // 4) / rate
    for name, hertz in {"low": 300.0, "high": 2000.0}.items():
        for number in range(count):
            tone = 0.5 * np.sin(2 * np.pi * (hertz + 5 * number) * times)
            write_wav(folder / name / f"{number:02}.wav", tone, rate)
