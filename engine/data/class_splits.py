"""Files in class folders, divided into the three parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.class_folders import ClassFiles, class_file_counts, shares_of
from engine.data.errors import DataError
from engine.data.splitting import split_indices

LabelledFiles = tuple[list[Path], NDArray[np.int64]]
"""Files, and the number of each one's class (N,)."""


def split_class_files(
    found: ClassFiles, validation: float, test: float, seed: int
) -> dict[str, LabelledFiles]:
    """Files and classes by part; raises DataError where they are too few.

    What has no folder of its own is split off the training files, each class in the
    same proportion.
    """
    class_file_counts(found, validation, test)
    files = found.parts["train"]
    labels = np.array([label for _, label in files], dtype=np.int64)
    first, second = shares_of(found, validation, test)
    if first > 0:
        train, watched, tested = split_indices(len(files), first, second, seed, labels)
    elif second > 0:
        train, tested, watched = split_indices(len(files), second, 0.0, seed, labels)
    else:
        train, watched, tested = np.arange(len(files)), labels[:0], labels[:0]
    chosen = {"train": train, "validation": watched, "test": tested}
    parts: dict[str, LabelledFiles] = {}
    for part, indices in chosen.items():
        if part != "train" and part in found.parts:
            own = found.parts[part]
            numbers = np.array([label for _, label in own], dtype=np.int64)
            parts[part] = [file for file, _ in own], numbers
        else:
            parts[part] = [files[index][0] for index in indices], labels[indices]
    return parts


def check_some_sound(part: str, sound: list[int], what: str) -> None:
    """Raises DataError where no file of a part could be read."""
    if not sound:
        raise DataError(
            f"Every {what} of the {part} part is damaged.",
            f"Choose another folder, or look at one of the {what}s.",
        )


def left_out_note(left_out: list[Path], what: str) -> str:
    """Which files are missing: how many, and the first three by name."""
    if not left_out:
        return ""
    named = ", ".join(file.name for file in left_out[:3])
    more = f" and {len(left_out) - 3:,} more" if len(left_out) > 3 else ""
    return f"{len(left_out):,} damaged {what}(s) left out: {named}{more}."
