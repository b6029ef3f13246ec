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


class CellsInPieces(Cells):
    """Words in pieces of `CELLS_AT_ONCE` and a rest; the first may be left out."""

    def __init__(self, left_out: int = 0) -> None:
        self._left_out = left_out
        self._last: tuple[int, Sequence[str]] = (-1, ())

    def piece(self, number: int) -> Sequence[str]:
        """One of the pieces, or the rest."""
        raise NotImplementedError

    def piece_count(self) -> int:
        """How many pieces there are, the rest among them."""
        raise NotImplementedError

    def pieces(self) -> Iterator[Sequence[str]]:
        skip = self._left_out
        for number in range(self.piece_count()):
            check_wanted()
            piece = self.piece(number)
            if len(piece) > skip:
                yield piece[skip:] if skip else piece
            skip = 0

    def cell(self, place: int) -> str:
        number, at = divmod(place + self._left_out, CELLS_AT_ONCE)
        last, piece = self._last
        if last != number:  # whoever asks for single cells goes from row to row
            piece = self.piece(number)
            self._last = number, piece
        return piece[at]


class Column(CellsInPieces):
    """Words in memory, `CELLS_AT_ONCE` and a rest.

    Many are held as one text: a word of its own takes fifty bytes more, and whenever
    Python searches for garbage it goes through new tuples and lists word by word.
    """

    def __init__(self, cells: Iterable[str] = ()) -> None:
        self._pieces: list[str | tuple[str, ...]] = []
        self._rest: list[str] = []
        super().__init__()
        self.extend(cells)

    def extend(self, cells: Iterable[str]) -> None:
        """Add cells at the end."""
        self._rest.extend(cells)
        while len(self._rest) >= CELLS_AT_ONCE:
            piece = self._rest[:CELLS_AT_ONCE]
            text = BETWEEN.join(piece)
            is_plain = text.count(BETWEEN) == CELLS_AT_ONCE - 1
            self._pieces.append(text if is_plain else tuple(piece))
            del self._rest[:CELLS_AT_ONCE]

    def without_first(self) -> Column:
        """Itself, beginning with the second cell: the first is a header."""
        self._left_out = 1
        return self

    def __len__(self) -> int:
        whole = len(self._pieces) * CELLS_AT_ONCE + len(self._rest)
        return whole - self._left_out

    def piece_count(self) -> int:
        return len(self._pieces) + 1

    def piece(self, number: int) -> Sequence[str]:
        if number == len(self._pieces):
            return tuple(self._rest)
        held = self._pieces[number]
        return held.split(BETWEEN) if isinstance(held, str) else held


BETWEEN = "\0"
"""Stands between words that are held as one text; no text file has it in a word."""


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
