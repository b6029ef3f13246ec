"""STL-10: 13,000 labelled colour pictures of 96 by 96 pixels in ten classes."""

from __future__ import annotations

import shutil
import tarfile
import zlib
from pathlib import Path

import numpy as np

from engine.data.class_names import STL10_CLASSES
from engine.data.download import Progress, download
from engine.data.errors import DataError
from engine.data.published_pictures import LabelledPixels, published_splits
from engine.data.samples import Splits

STL10_URL = "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz"
STL10_MD5 = "91f7769df0f17e558f3565bffb0c7dfb"
STL10_FILES = ("train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin")
STL10_PICTURE = 3 * 96 * 96  # bytes


def load_stl10(
    data_dir: Path,
    *,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """STL-10's labelled pictures with their published test part.

    Pictures are float32 from -1 to 1, (N, 3, 96, 96): 5,000 to learn from, 8,000 to
    test with. The 100,000 without a label are left alone.
    """
    folder = data_dir / "stl10_binary"
    if not all((folder / name).is_file() for name in STL10_FILES):
        packed = data_dir / "stl10_binary.tar.gz"
        if not packed.is_file():
            remedy = (
                f"Put {packed.name} into {data_dir}, or connect to the internet and "
                f"try again."
            )
            download(STL10_URL, packed, STL10_MD5, remedy, progress)
        unpack_stl10(packed, folder)
    training, testing = (read_stl10(folder, part) for part in ("train", "test"))
    return published_splits(
        "STL-10", training, testing, STL10_CLASSES, validation, split_seed
    )


def unpack_stl10(packed: Path, folder: Path) -> None:
    """Takes the labelled pictures out of the archive, once: it is 2.6 GB."""
    folder.mkdir(exist_ok=True)
    missing = set(STL10_FILES)
    try:
        with tarfile.open(packed) as archive:
            for member in archive:
                name = Path(member.name).name
                file = archive.extractfile(member)
                if name not in missing or file is None:
                    continue
                part = folder / (name + ".part")
                with part.open("wb") as whole:
                    shutil.copyfileobj(file, whole)
                part.replace(folder / name)
                missing.remove(name)
                if not missing:
                    return
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DataError(
            f"{packed} cannot be unpacked: it is cut off or damaged ({error}).",
            "Delete it and try again, so that it is downloaded.",
        ) from error
    raise DataError(
        f"{packed} does not hold {', '.join(sorted(missing))}.",
        "Delete it and try again, so that it is downloaded.",
    )


def read_stl10(folder: Path, part: str) -> LabelledPixels:
    """The pictures of one part; the file keeps each channel column by column."""
    raw = np.fromfile(folder / f"{part}_X.bin", dtype=np.uint8)
    labels = np.fromfile(folder / f"{part}_y.bin", dtype=np.uint8)
    if len(raw) != len(labels) * STL10_PICTURE:
        raise DataError(
            f"{folder / part}_X.bin holds {len(raw):,} bytes for {len(labels):,} "
            f"labels; {len(labels) * STL10_PICTURE:,} were expected.",
            f"Delete {folder} and try again.",
        )
    pixels = raw.reshape(-1, 3, 96, 96).transpose(0, 1, 3, 2)
    return np.ascontiguousarray(pixels), labels.astype(np.int64) - 1
