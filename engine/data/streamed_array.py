"""Arrays that stay on disk: rows are read when a batch asks for them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.array_numbers import Figures, array_numbers, scaled_array
from engine.data.array_places import ArrayPlace
from engine.data.arrays import input_shape
from engine.data.errors import DataError
from engine.data.streamed import Raw, Streamed


class StreamedArray(Streamed):
    """Stands for some rows of an array (N, ...), as a network reads them."""

    figures: Figures | None = None
    """The means and the deviations that become 0 and 1."""

    def __init__(
        self, name: str, place: ArrayPlace, rows: NDArray[np.int64], layout: str
    ) -> None:
        shape = input_shape(name, place.shape, place.dtype, layout)
        super().__init__((len(rows), *shape), place.shape[1:], place.dtype)
        self._name, self._place = name, place
        self._rows, self._array_layout = rows, layout

    def read(self, share: list[tuple[int, int]], raw: Raw) -> None:
        place = self._place
        try:
            with place.file.open("rb") as file:
                for number, at in share:
                    start = int(self._rows[number]) * place.row_bytes
                    file.seek(place.offset + start)
                    # Not mapped into memory: a file that became shorter would then
                    # end the whole program.
                    row = raw[at : at + 1].reshape(-1).view(np.uint8).data
                    if file.readinto(row) < len(row):
                        raise DataError(
                            f"The array “{self._name}” of {place.file} is cut off.",
                            "Save the file again.",
                        )
        except FileNotFoundError as error:
            raise DataError(
                f"The file {place.file} is not there any more.",
                "Put it back, or begin again without it.",
            ) from error

    def finished(self, raw: Raw) -> Tensor:
        numbers = array_numbers(self._name, raw, self._array_layout, "numbers")
        if self.figures is not None:
            numbers = scaled_array(numbers, self.figures)
        return torch.from_numpy(np.ascontiguousarray(numbers))

    def file_bytes(self, index: int) -> bytes:
        raw = np.empty((1, *self._raw_shape), self._raw_type)
        self.read([(index, 0)], raw)
        return raw.tobytes()
