"""The cells of one column of a table, held so that no other thread waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

CELLS_AT_ONCE = 4096
"""Cells taken in one go. Python lets no other thread in until a call of its own ends:
a window would stand still while a million cells are looked at, or let go, at once."""


class Column(Sequence[str]):
    """Words in their order, in tuples of `CELLS_AT_ONCE` and a rest.

    Not in one list: whenever Python searches for garbage it goes through lists, word by
    word, and leaves tuples of words alone.
    """

    def __init__(self) -> None:
        self._pieces: list[tuple[str, ...]] = []
        self._rest: list[str] = []
        self._left_out = 0

    def extend(self, cells: Iterable[str]) -> None:
        """Add cells at the end."""
        self._rest.extend(cells)
        while len(self._rest) >= CELLS_AT_ONCE:
            self._pieces.append(tuple(self._rest[:CELLS_AT_ONCE]))
            del self._rest[:CELLS_AT_ONCE]

    def leave_out_first(self) -> None:
        """Begin with the second cell: the first is a header."""
        self._left_out = 1

    def pieces(self) -> Iterator[Sequence[str]]:
        """The cells in their order, some at a time."""
        skip = self._left_out
        for piece in (*self._pieces, tuple(self._rest)):
            if len(piece) > skip:
                yield piece[skip:] if skip else piece
            skip = 0

    def __len__(self) -> int:
        whole = len(self._pieces) * CELLS_AT_ONCE + len(self._rest)
        return whole - self._left_out

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        number, at = divmod(place + self._left_out, CELLS_AT_ONCE)
        whole = number < len(self._pieces)
        return self._pieces[number][at] if whole else self._rest[at]

    def __iter__(self) -> Iterator[str]:
        for piece in self.pieces():
            yield from piece

    def __del__(self) -> None:
        while self._pieces:
            self._pieces.pop()


def in_pieces(cells: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cells in their order, some at a time."""
    if isinstance(cells, Column):
        return cells.pieces()
    starts = range(0, len(cells), CELLS_AT_ONCE)
    return (cells[start : start + CELLS_AT_ONCE] for start in starts)
