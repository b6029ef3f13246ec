"""The numbers of a column of a table, as an array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.data.table_cells import in_pieces
from engine.data.tables import Table, number_in


def numbers_in(table: Table, rows: Sequence[int], column: int) -> NDArray[np.float64]:
    """A column in some of the rows (N,), NaN where a value is missing.

    Raises DataError for text.
    """
    numbers = np.empty(len(rows))
    start = 0
    for piece in in_pieces(table.cells(rows, column)):
        few = rows[start : start + len(piece)]
        numbers[start : start + len(piece)] = numbers_of(table, piece, few, column)
        start += len(piece)
    return numbers


def numbers_of(
    table: Table, piece: Sequence[str], rows: Sequence[int], column: int
) -> NDArray[np.float64]:
    """The numbers (N,) in some cells of a column, which are those of `rows`."""
    try:
        read = np.array(list(map(float, piece)))
    except ValueError:
        read = np.full(len(piece), np.nan)
    if not np.isfinite(read).all():  # a gap or text: each cell is looked at
        read[:] = [number_in(table, row, column) for row in rows]
    return read


def numbered_words(cells: Sequence[str], numbers: dict[str, int]) -> NDArray[np.int64]:
    """The number of each word (N,); -1 for one that has none."""
    found = np.empty(len(cells), np.int64)
    start = 0
    for piece in in_pieces(cells):
        found[start : start + len(piece)] = [numbers.get(cell, -1) for cell in piece]
        start += len(piece)
    return found
