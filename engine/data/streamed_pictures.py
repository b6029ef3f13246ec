"""Pictures that stay on disk and are decoded when a batch asks for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.errors import DataError
from engine.data.picture_reading import (
    DECODING_THREADS,
    PictureForm,
    read_picture,
    scaled_pictures,
)


class StreamedPictures:
    """Stands where a tensor (N, C, H, W) of float32 stands, and reads what is asked.

    It answers the questions that the training loop asks of a tensor, and stays where
    it is: only batches go to a device. Threads decode; any thread may ask.
    """

    dtype = torch.float32
    device = torch.device("cpu")

    def __init__(
        self,
        files: list[Path],
        form: PictureForm,
        mean: NDArray[np.float32],
        std: NDArray[np.float32],
    ) -> None:
        self._files = files
        self._form = form
        self._mean, self._std = mean, std
        self._layout = torch.contiguous_format
        self.complaint: Callable[[DataError], Exception] = lambda error: error
        """What is raised for a picture that cannot be read; the application's own."""
        self._pool = ThreadPoolExecutor(DECODING_THREADS)

    @property
    def shape(self) -> torch.Size:
        """(N, C, H, W)."""
        form = self._form
        return torch.Size((len(self._files), form.channels, form.height, form.width))

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, indices: Tensor) -> Tensor:
        """The pictures at `indices` (int64); raises `complaint` for a damaged one."""
        if indices.dim() == 0:
            return self[indices.unsqueeze(0)][0]
        pixels = np.empty((len(indices), *self.shape[1:]), np.uint8)
        wanted = list(enumerate(self._files[index] for index in indices.tolist()))

        def read(share: list[tuple[int, Path]]) -> None:
            for place, path in share:
                pixels[place] = read_picture(path, self._form)

        # A share for each thread: to hand over small pictures singly costs more.
        shares = [wanted[i::DECODING_THREADS] for i in range(DECODING_THREADS)]
        try:
            list(self._pool.map(read, shares))
        except DataError as error:
            raise self.complaint(error) from error
        batch = scaled_pictures(pixels, self._mean, self._std)
        return batch.contiguous(memory_format=self._layout)

    def file_bytes(self, index: int) -> bytes:
        """What stands in one picture's file."""
        return self._files[index].read_bytes()

    def dim(self) -> int:
        """How many dimensions it has, as `Tensor.dim`."""
        return 4

    def numel(self) -> int:
        """How many numbers it has, as `Tensor.numel`."""
        return self.shape.numel()

    def element_size(self) -> int:
        """The bytes of one number, as `Tensor.element_size`."""
        return 4

    def is_floating_point(self) -> bool:
        """As `Tensor.is_floating_point`."""
        return True

    def to(self, device: torch.device | str) -> StreamedPictures:
        """Itself: the pictures stay on disk whatever the device."""
        return self

    def contiguous(self, *, memory_format: torch.memory_format) -> StreamedPictures:
        """The same pictures, with batches laid out in memory as told."""
        same = StreamedPictures(self._files, self._form, self._mean, self._std)
        same._layout, same.complaint = memory_format, self.complaint
        return same
