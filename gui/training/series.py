"""Numbers that grow while they are drawn, in room that does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

ROOM = 2048
"""Pieces a curve is kept in: more than a screen has columns for it."""


class Series:
    """A curve of any length: of each piece its ends, its lowest and highest number.

    A piece is one point at first. When the room is used up, each two neighbours become
    one: a million points cost what two thousand do, and no peak is lost.
    """

    def __init__(self, room: int = ROOM) -> None:
        """`room` is an even number of pieces."""
        self._room = room
        self._pieces = np.empty((5, room))
        self._count = 0
        self._width = 1
        """How many points a whole piece has."""
        self._in_last = 0
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def extend(
        self, places: Sequence[float] | Numbers, values: Sequence[float] | Numbers
    ) -> None:
        """Append points, from left to right."""
        x, y = np.asarray(places, np.float64), np.asarray(values, np.float64)
        self._length += len(y)
        while len(y):
            if self._count and self._in_last < self._width:
                taken = min(self._width - self._in_last, len(y))
                self._fill_last(x[:taken], y[:taken])
            else:
                if self._count == self._room:
                    self._halve()
                    continue
                whole = min(len(y) // self._width, self._room - self._count)
                taken = whole * self._width or len(y)
                shape = (max(whole, 1), -1)
                self._append(x[:taken].reshape(shape), y[:taken].reshape(shape))
            x, y = x[taken:], y[taken:]

    def points(self) -> tuple[Numbers, Numbers]:
        """What is drawn of every number: of each piece its lowest and its highest."""
        first, last, low, high, _ = self._pieces[:, : self._count]
        if self._width == 1:
            return first, low
        return np.column_stack([first, last]).ravel(), np.column_stack(
            [low, high]
        ).ravel()

    def ends(self) -> tuple[Numbers, Numbers]:
        """What is drawn of numbers that change little: the last one of each piece."""
        _, last, _, _, end = self._pieces[:, : self._count]
        return last, end

    def _append(self, x: Numbers, y: Numbers) -> None:
        """New pieces, from arrays of a row for each."""
        until = self._count + len(y)
        self._pieces[:, self._count : until] = (
            x[:, 0],
            x[:, -1],
            np.fmin.reduce(y, axis=1),
            np.fmax.reduce(y, axis=1),
            y[:, -1],
        )
        self._count = until
        self._in_last = y.shape[1]

    def _fill_last(self, x: Numbers, y: Numbers) -> None:
        piece = self._pieces[:, self._count - 1]
        piece[1], piece[4] = x[-1], y[-1]
        piece[2] = np.fmin(piece[2], np.fmin.reduce(y))
        piece[3] = np.fmax(piece[3], np.fmax.reduce(y))
        self._in_last += len(y)

    def _halve(self) -> None:
        left, right = self._pieces[:, ::2], self._pieces[:, 1::2]
        self._count //= 2
        self._pieces[:, : self._count] = (
            left[0],
            right[1],
            np.fmin(left[2], right[2]),
            np.fmax(left[3], right[3]),
            right[4],
        )
        self._width *= 2
        self._in_last = self._width
