"""Rows of numbers in a file of our own: read when a batch asks for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.errors import DataError
from engine.data.streamed import Raw, Streamed


class StreamedRows(Streamed):
    """Stands for samples (N, ...) that lie in a file as a network reads them.

    With `numbers` (K, ...) what lies there says which of these are read.
    """

    def __init__(
        self,
        file: Path,
        starts: NDArray[np.int64],
        shape: tuple[int, ...],
        dtype: np.dtype,
        numbers: NDArray[np.generic] | None = None,
    ) -> None:
        """Each sample begins at one of `starts` (bytes), and is of that shape there."""
        more = () if numbers is None else numbers.shape[1:]
        super().__init__((len(starts), *shape, *more), shape, dtype)
        self._file, self._starts, self._numbers = file, starts, numbers
        self.dtype = self.finished(np.zeros((1, *shape), dtype)).dtype

    def read(self, share: list[tuple[int, int]], raw: Raw) -> None:
        try:
            with self._file.open("rb", buffering=0) as file:
                for number, at in share:
                    file.seek(int(self._starts[number]))
                    # Not mapped into memory: a file that became shorter would then
                    # end the whole program.
                    row = raw[at : at + 1].reshape(-1).view(np.uint8).data
                    if file.readinto(row) != len(row):
                        raise DataError(
                            f"{self._file} is cut off.",
                            "Remove it: it is written anew when training begins.",
                        )
        except FileNotFoundError as error:
            raise DataError(
                f"The file {self._file} is not there any more.",
                "Begin again: it is written anew.",
            ) from error

    def finished(self, raw: Raw) -> Tensor:
        return torch.from_numpy(raw if self._numbers is None else self._numbers[raw])

    def file_bytes(self, index: int) -> bytes:
        raw = np.empty((1, *self._raw_shape), self._raw_type)
        self.read([(index, 0)], raw)
        return raw.tobytes()
