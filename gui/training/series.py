"""Numbers that grow while they are drawn."""

from __future__ import annotations

import numpy as np

_FIRST_SIZE = 1024


class Series:
    """Numbers that are appended to and read as one array, without copying either."""

    def __init__(self) -> None:
        self._numbers = np.empty(_FIRST_SIZE, dtype=np.float64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def extend(self, numbers: list[float] | tuple[float, ...]) -> None:
        """Append; the room is doubled when it is used up."""
        needed = self._count + len(numbers)
        if needed > len(self._numbers):
            grown = np.empty(max(needed, 2 * len(self._numbers)), dtype=np.float64)
            grown[: self._count] = self._numbers[: self._count]
            self._numbers = grown
        self._numbers[self._count : needed] = numbers
        self._count = needed

    def array(self) -> np.ndarray:
        """What was appended so far, as a view; not to be changed."""
        return self._numbers[: self._count]
