"""SVHN: 99,289 photographs of house numbers, 32 by 32 pixels around a digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import loadmat

from engine.data.download import Progress, download
from engine.data.errors import DataError
from engine.data.published_pictures import LabelledPixels, published_splits
from engine.data.samples import Splits

SVHN_URL = "http://ufldl.stanford.edu/housenumbers/"
SVHN_FILES = {
    "train_32x32.mat": "e26dedcc434d2e4c54c9b2d4a06d8373",
    "test_32x32.mat": "eb5a983be6a315427106f1b164d9cef3",
}
"""The published files and their MD5, as torchvision lists them."""
SVHN_FOLDERS = ("svhn", "SVHN", ".")
"""Where they are looked for; torchvision puts them straight into its folder."""
SVHN_DIGITS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


def load_svhn(
    data_dir: Path,
    *,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """SVHN's cropped digits with their published test part.

    Pictures are float32 from -1 to 1, (N, 3, 32, 32).
    """
    training, testing = (
        read_svhn(svhn_file(data_dir, name, progress)) for name in SVHN_FILES
    )
    return published_splits(
        "SVHN", training, testing, SVHN_DIGITS, validation, split_seed
    )


def svhn_file(data_dir: Path, name: str, progress: Progress | None) -> Path:
    """The path of one published file; downloaded if need be."""
    for folder in SVHN_FOLDERS:
        if (data_dir / folder / name).is_file():
            return data_dir / folder / name
    path = data_dir / SVHN_FOLDERS[0] / name
    remedy = (
        f"Put {' and '.join(SVHN_FILES)} into {path.parent}, or connect to the "
        f"internet and try again."
    )
    download(SVHN_URL + name, path, SVHN_FILES[name], remedy, progress)
    return path


def read_svhn(path: Path) -> LabelledPixels:
    """The pictures in a MATLAB file: `X` (32, 32, 3, N) and `y`, where 10 means 0."""
    try:
        held = loadmat(str(path))
        pixels, labels = held["X"], held["y"].reshape(-1).astype(np.int64)
    # SciPy's reader raises whatever damaged bytes lead to.
    except Exception as error:
        raise DataError(
            f"{path} cannot be read as SVHN's MATLAB file: it is cut off or damaged "
            f"({error}).",
            "Delete it and try again, so that it is downloaded.",
        ) from error
    if pixels.shape != (32, 32, 3, len(labels)) or pixels.dtype != np.uint8:
        raise DataError(
            f"{path} holds pictures of the shape {pixels.shape} for {len(labels):,} "
            f"labels; (32, 32, 3, {len(labels)}) was expected.",
            "Delete it and try again, so that it is downloaded.",
        )
    return np.ascontiguousarray(pixels.transpose(3, 2, 0, 1)), labels % 10
