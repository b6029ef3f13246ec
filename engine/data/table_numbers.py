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
    cells = table.cells(rows, column)
    numbers = np.empty(len(cells))
    start = 0
    for piece in in_pieces(cells):
        read = numbers[start : start + len(piece)]
        try:
            read[:] = list(map(float, piece))
        except ValueError:
            read[:] = np.nan
        if not np.isfinite(read).all():  # a gap or text: each cell is looked at
            few = rows[start : start + len(piece)]
            read[:] = [number_in(table, row, column) for row in few]
        start += len(piece)
    return numbers
