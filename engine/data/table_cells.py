"""The cells of one column of a table, held so that no other thread waits for them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from engine.data.wanted import check_wanted

CELLS_AT_ONCE = 4096
"""Cells taken in one go. Python lets no other thread in until a call of its own ends:
a window would stand still while a million cells are looked at, or let go, at once."""

Block = tuple[list[int], list[Sequence[str]]]
"""Some rows as they are read: where each stands in its file, and the cells by column.
"""


class Cells(Sequence[str]):
    """The words of one column in their order, wherever they are."""

    def pieces(self) -> Iterator[Sequence[str]]:
        """The cells in their order, some at a time: as many for each column."""
        raise NotImplementedError

    def cell(self, place: int) -> str:
        """One of them; `place` is within them."""
        raise NotImplementedError

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self.cell(one) for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self.cell(place)

    def __iter__(self) -> Iterator[str]:
        for piece in self.pieces():
            yield from piece


class Column(Cells):
    """Words in memory, in tuples of `CELLS_AT_ONCE` and a rest.

    Not in one list: whenever Python searches for garbage it goes through lists, word by
    word, and leaves tuples of words alone.
    """

    def __init__(self, cells: Iterable[str] = ()) -> None:
        self._pieces: list[tuple[str, ...]] = []
        self._rest: list[str] = []
        self._left_out = 0
        self.extend(cells)

    def extend(self, cells: Iterable[str]) -> None:
        """Add cells at the end."""
        self._rest.extend(cells)
        while len(self._rest) >= CELLS_AT_ONCE:
            self._pieces.append(tuple(self._rest[:CELLS_AT_ONCE]))
            del self._rest[:CELLS_AT_ONCE]

    def without_first(self) -> Column:
        """Itself, beginning with the second cell: the first is a header."""
        self._left_out = 1
        return self

    def pieces(self) -> Iterator[Sequence[str]]:
        skip = self._left_out
        for piece in (*self._pieces, tuple(self._rest)):
            check_wanted()
            if len(piece) > skip:
                yield piece[skip:] if skip else piece
            skip = 0

    def __len__(self) -> int:
        whole = len(self._pieces) * CELLS_AT_ONCE + len(self._rest)
        return whole - self._left_out

    def cell(self, place: int) -> str:
        number, at = divmod(place + self._left_out, CELLS_AT_ONCE)
        whole = number < len(self._pieces)
        return self._pieces[number][at] if whole else self._rest[at]

    def __del__(self) -> None:
        while self._pieces:
            self._pieces.pop()


class ChosenCells(Cells):
    """The cells of a column in some of its rows, which ascend."""

    def __init__(self, whole: Cells, rows: Sequence[int]) -> None:
        self._whole, self._rows = whole, rows

    def pieces(self) -> Iterator[Sequence[str]]:
        at = start = 0
        for piece in self._whole.pieces():
            until = bisect_left(self._rows, start + len(piece), lo=at)
            if until > at:
                yield [piece[row - start] for row in self._rows[at:until]]
            at, start = until, start + len(piece)

    def __len__(self) -> int:
        return len(self._rows)

    def cell(self, place: int) -> str:
        return self._whole.cell(self._rows[place])


def in_pieces(cells: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cells in their order, some at a time."""
    if isinstance(cells, Cells):
        return cells.pieces()
    starts = range(0, len(cells), CELLS_AT_ONCE)
    return (cells[start : start + CELLS_AT_ONCE] for start in starts)


def cells_in_memory(blocks: Iterable[Block]) -> tuple[list[Column], Sequence[int]]:
    """The cells of each column, and the number of each row."""
    by_column: list[Column] = []
    numbers = array("q")
    for found, columns in blocks:
        by_column = by_column or [Column() for _ in columns]
        for cells, more in zip(by_column, columns, strict=True):
            cells.extend(more)
        numbers.extend(found)
    return by_column, range_of(numbers)


def range_of(numbers: array[int]) -> Sequence[int]:
    """The same numbers, in next to no memory where none is left out."""
    if not numbers or numbers[-1] - numbers[0] + 1 != len(numbers):
        return numbers
    return range(numbers[0], numbers[-1] + 1)
