"""Pictures that stay on disk and are decoded when a batch asks for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """Pictures that are being decoded."""

    places: dict[int, int]
    """Where in `pixels` each picture will be, by its number."""
    pixels: NDArray[np.uint8]
    shares: list[Future[None]]
    """What the threads do; each is over when its pictures are there."""


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
        self._ahead: _Reading | None = None

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
        wanted: list[int] = indices.tolist()
        reading, self._ahead = self._ahead, None
        if reading is None or any(one not in reading.places for one in wanted):
            reading = self._read(wanted)
        elif len(wanted) < len(reading.places):
            self._ahead = reading  # the rest of it is asked for next
        try:
            for share in reading.shares:
                share.result()
        except DataError as error:
            raise self.complaint(error) from error
        pixels = reading.pixels[[reading.places[one] for one in wanted]]
        batch = scaled_pictures(pixels, self._mean, self._std)
        return batch.contiguous(memory_format=self._layout)

    def begin_reading(self, indices: Tensor) -> None:
        """Decode the pictures at `indices` while something else is done.

        Whoever asks for some of them next finds them there, or nearly. Only the last
        pictures that were begun are kept.
        """
        self._ahead = self._read(indices.tolist())

    def _read(self, wanted: list[int]) -> _Reading:
        places = {number: place for place, number in enumerate(dict.fromkeys(wanted))}
        pixels = np.empty((len(places), *self.shape[1:]), np.uint8)

        def read(share: list[tuple[int, int]]) -> None:
            for number, place in share:
                pixels[place] = read_picture(self._files[number], self._form)

        # A share for each thread: to hand over small pictures singly costs more.
        pairs = list(places.items())
        shares = [pairs[i::DECODING_THREADS] for i in range(DECODING_THREADS)]
        return _Reading(places, pixels, [self._pool.submit(read, s) for s in shares])

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
