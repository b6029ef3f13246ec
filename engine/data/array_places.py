"""Where the numbers of NumPy's files stand, so that single rows can be read."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from engine.data.errors import DataError

LOCAL_HEADER = 30
"""Bytes before the name of a file in an archive (APPNOTE 6.3.10, section 4.3.7)."""


@dataclass(frozen=True, slots=True)
class ArrayPlace:
    """One array on disk."""

    file: Path
    offset: int
    """Where in the file its first number is."""
    shape: tuple[int, ...]
    dtype: np.dtype
    why_not: str
    """Why single rows cannot be read, as a part of a sentence; empty where they can."""

    @property
    def row_bytes(self) -> int:
        """What one sample takes."""
        size: int = self.dtype.itemsize
        for length in self.shape[1:]:
            size *= length
        return size


def array_places(path: Path) -> dict[str, ArrayPlace]:
    """Every array of an archive, or of the folder of a `.npy` file, by name.

    Raises DataError where the file is no archive of arrays.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}.", "Choose a file that exists.")
    remedy = "Save it with numpy.savez and choose that file."
    try:
        if path.suffix.lower() == ".npy":
            places = arrays_beside(path)
        else:
            places = arrays_in_archive(path)
    # A RuntimeError: the archive has a password, or is packed in a way unknown here.
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        EOFError,
        RuntimeError,
    ) as error:
        raise DataError(
            f"{path.name} cannot be read as a NumPy archive ({error}).", remedy
        ) from error
    if not places:
        raise DataError(f"{path.name} holds no arrays.", remedy)
    return places


def arrays_in_archive(path: Path) -> dict[str, ArrayPlace]:
    """The arrays of a `.npz` file."""
    places = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
        for info in archive.infolist():
            if not info.filename.endswith(".npy"):
                continue
            with archive.open(info) as file:
                shape, dtype, why_not = array_header(file)
                offset = file.tell()
            if info.compress_type != zipfile.ZIP_STORED:
                why_not = "the archive is compressed, so no row can be found in it"
            raw.seek(info.header_offset)
            local = raw.read(LOCAL_HEADER)
            beside = int.from_bytes(local[26:28], "little")
            beside += int.from_bytes(local[28:30], "little")
            offset += info.header_offset + LOCAL_HEADER + beside
            places[info.filename[:-4]] = ArrayPlace(path, offset, shape, dtype, why_not)
    return places


def arrays_beside(path: Path) -> dict[str, ArrayPlace]:
    """The arrays of a folder: each `.npy` file beside one, by its name."""
    places = {}
    for each in sorted(path.parent.glob("*.npy")):
        with each.open("rb") as file:
            try:
                shape, dtype, why_not = array_header(file)
            except ValueError as error:
                raise DataError(
                    f"{each.name} cannot be read as a NumPy array ({error}).",
                    "Save it with numpy.save, or take it out of the folder.",
                ) from error
            places[each.stem] = ArrayPlace(each, file.tell(), shape, dtype, why_not)
    return places


def array_header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype, str]:
    """Shape and type of an array, and why its rows cannot be read one by one."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
    else:
        shape, is_fortran, dtype = np.lib.format.read_array_header_2_0(file)
    by_column = is_fortran and len(shape) > 1
    return shape, dtype, "an array is stored column by column" if by_column else ""
