"""What a network showed after its epochs: some of it is kept, over the whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.exhibit import Exhibit, Shown

MOST = 100
"""How many epochs are kept at most."""
MOST_BYTES = 64 * 1024 * 1024
"""How much memory their pictures may take."""


class ShownHistory:
    """Epochs with what was shown after them, thinned evenly as they become many."""

    def __init__(self) -> None:
        self._kept: list[Shown] = []
        self._every = 1
        self._count = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def epochs(self) -> list[int]:
        """The epochs that are kept, in their order."""
        return [each.epoch for each in self._kept]

    def clear(self) -> None:
        """Begin anew."""
        self._kept.clear()
        self._every, self._count = 1, 0

    def add(self, shown: Shown) -> None:
        """Keep what was shown last; of those before it, every second goes at times."""
        if self._kept and (self._count - 1) % self._every:
            self._kept.pop()  # it was kept as the last one alone
        self._kept.append(shown)
        self._count += 1
        while len(self._kept) > 2 and self._is_too_much():
            self._thin()

    def _is_too_much(self) -> bool:
        size = sum(_size(exhibit) for each in self._kept for exhibit in each.exhibits)
        return len(self._kept) > MOST or size > MOST_BYTES

    def _thin(self) -> None:
        last = self._kept[-1]
        self._kept = self._kept[::2]
        self._every *= 2
        if self._kept[-1] is not last:
            self._kept.append(last)

    def titles(self) -> list[str]:
        """The titles of what was shown, each once."""
        found = (e.title for each in self._kept for e in each.exhibits)
        return list(dict.fromkeys(found))

    def at(self, place: int, title: str) -> Exhibit | None:
        """What was shown under a title after the epoch at a place."""
        if not self._kept:
            return None
        exhibits = self._kept[place].exhibits
        return next((each for each in exhibits if each.title == title), None)

    @property
    def trouble(self) -> str:
        """Why the last epoch showed nothing, or an empty text."""
        return self._kept[-1].trouble if self._kept else ""


def _size(exhibit: Exhibit) -> int:
    pictures = getattr(exhibit, "pictures", None)
    return 0 if pictures is None else pictures.nbytes
