"""Pictures that stay on disk and are decoded when a batch asks for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.data.picture_reading import PictureForm, read_picture, scaled_pictures
from engine.data.streamed import Raw, Streamed


class StreamedPictures(Streamed):
    """Stands for pictures (N, C, H, W)."""

    def __init__(
        self,
        files: list[Path],
        form: PictureForm,
        mean: NDArray[np.float32],
        std: NDArray[np.float32],
    ) -> None:
        shape = form.channels, form.height, form.width
        super().__init__((len(files), *shape), shape, np.dtype(np.uint8))
        self._files = files
        self._form = form
        self._mean, self._std = mean, std

    def read(self, share: list[tuple[int, int]], raw: Raw) -> None:
        for number, place in share:
            raw[place] = read_picture(self._files[number], self._form)

    def finished(self, raw: Raw) -> Tensor:
        return scaled_pictures(raw, self._mean, self._std)

    def file_bytes(self, index: int) -> bytes:
        return self._files[index].read_bytes()
