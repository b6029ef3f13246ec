"""Samples that stay on disk and are read when a batch asks for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.errors import DataError
from engine.data.picture_reading import DECODING_THREADS

Raw = NDArray[Any]
"""Numbers as they come from a file: of any type there is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Samples that are being read."""

    places: dict[int, int]
    """Where in `raw` each sample will be, by its number."""
    raw: Raw
    shares: list[Future[None]]
    """What the threads do; each is over when its samples are there."""


class Streamed:
    """Stands where a tensor (N, ...) stands, and reads what is asked.

    It answers the questions that the training loop asks of a tensor, and stays where
    it is: only batches go to a device. Threads read; any thread may ask. A subclass
    says how: `read` brings samples into raw numbers, `finished` makes a batch of these.
    """

    dtype = torch.float32
    device = torch.device("cpu")

    def __init__(
        self, shape: tuple[int, ...], raw_shape: tuple[int, ...], raw_type: np.dtype
    ) -> None:
        """`shape` is that of all samples, `raw_shape` that of one as it is read."""
        self.shape = torch.Size(shape)
        self._raw_shape, self._raw_type = raw_shape, raw_type
        self._layout = torch.contiguous_format
        self.complaint: Callable[[DataError | OSError], Exception] = lambda error: error
        """What is raised for a sample that cannot be read; the application's own."""
        self._pool = ThreadPoolExecutor(DECODING_THREADS)
        self._ahead: Reading | None = None

    def read(self, share: list[tuple[int, int]], raw: Raw) -> None:
        """Read samples, given by number and place in `raw`.

        May raise DataError, and OSError as files do.
        """
        raise NotImplementedError

    def finished(self, raw: Raw) -> Tensor:
        """A batch (N, ...) of what was read; may raise DataError."""
        raise NotImplementedError

    def file_bytes(self, index: int) -> bytes:
        """What stands in one sample's file; may raise as `read` does."""
        raise NotImplementedError

    def sample_bytes(self, index: int) -> bytes:
        """What stands in one sample's file; raises `complaint` for a damaged one."""
        try:
            return self.file_bytes(index)
        except (DataError, OSError) as error:
            raise self.complaint(error) from error

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, indices: Tensor | int) -> Tensor:
        """The samples at `indices` (int64); raises `complaint` for a damaged one."""
        indices = torch.as_tensor(indices)
        if indices.dim() == 0:
            return self[indices.unsqueeze(0)][0]
        wanted: list[int] = indices.tolist()
        reading, self._ahead = self._ahead, None
        if reading is None or any(one not in reading.places for one in wanted):
            reading = self._begin(wanted)
        elif len(wanted) < len(reading.places):
            self._ahead = reading  # the rest of it is asked for next
        try:
            for share in reading.shares:
                share.result()
            batch = self.finished(reading.raw[[reading.places[one] for one in wanted]])
        except (DataError, OSError) as error:
            raise self.complaint(error) from error
        if batch.dim() != 4:
            return batch
        return batch.contiguous(memory_format=self._layout)

    def begin_reading(self, indices: Tensor) -> None:
        """Read the samples at `indices` while something else is done.

        Whoever asks for some of them next finds them there, or nearly. Only the last
        samples that were begun are kept.
        """
        self._ahead = self._begin(indices.tolist())

    def _begin(self, wanted: list[int]) -> Reading:
        places = {number: place for place, number in enumerate(dict.fromkeys(wanted))}
        raw = np.empty((len(places), *self._raw_shape), self._raw_type)
        # A share for each thread: to hand over small samples singly costs more.
        pairs = list(places.items())
        shares = [pairs[i::DECODING_THREADS] for i in range(DECODING_THREADS)]
        jobs = [self._pool.submit(self.read, share, raw) for share in shares]
        return Reading(places, raw, jobs)

    def dim(self) -> int:
        """How many dimensions it has, as `Tensor.dim`."""
        return len(self.shape)

    def numel(self) -> int:
        """How many numbers it has, as `Tensor.numel`."""
        return self.shape.numel()

    def element_size(self) -> int:
        """The bytes of one number, as `Tensor.element_size`."""
        return self.dtype.itemsize

    def is_floating_point(self) -> bool:
        """As `Tensor.is_floating_point`."""
        return self.dtype.is_floating_point

    def to(self, device: torch.device | str) -> Self:
        """Itself: the samples stay on disk whatever the device."""
        return self

    def contiguous(self, *, memory_format: torch.memory_format) -> Self:
        """The same samples, with batches laid out in memory as told."""
        same = copy(self)
        same._layout, same._ahead = memory_format, None
        return same


def as_field(stream: Streamed) -> Tensor:
    """A stream as a field of samples: what is asked of a tensor there it answers."""
    return cast(Tensor, stream)
