"""The cells of a table that is too large for memory: on disk, by column."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from engine.data.disk_cache import cached_on_disk
from engine.data.table_cells import CELLS_AT_ONCE, Block, CellsInPieces, range_of


class StoredColumn(CellsInPieces):
    """Words on disk, in pieces of `CELLS_AT_ONCE` and a rest."""

    def __init__(
        self, path: Path, spans: Sequence[int], count: int, left_out: int = 0
    ) -> None:
        """`spans` says of each piece where it begins, and then how long it is."""
        super().__init__(left_out)
        self._path, self._spans, self._count = path, spans, count

    def without_first(self) -> StoredColumn:
        """The same cells from the second on: the first is a header."""
        return StoredColumn(self._path, self._spans, self._count, 1)

    def __len__(self) -> int:
        return self._count - self._left_out

    def piece_count(self) -> int:
        return len(self._spans) // 2

    def piece(self, number: int) -> Sequence[str]:
        start, length = self._spans[2 * number : 2 * number + 2]
        # Opened anew: a table may have more columns than a process may have open files.
        with self._path.open("rb") as file:
            file.seek(start)
            cells: list[str] = json.loads(file.read(length))
        return cells


def cells_on_disk(
    data_dir: Path,
    files: Sequence[Path],
    settings: Sequence[object],
    blocks: Callable[[], Iterable[Block]],
) -> tuple[list[StoredColumn], Sequence[int]]:
    """The cells of each column, and the number of each row; read once, then found.

    `settings` say how the `files` are read.
    """

    def write(file: IO[bytes]) -> object:
        return written_cells(file, blocks())

    path, facts = cached_on_disk(data_dir, files, ("cells", *settings), write)
    numbers = array("q")
    if facts["numbers"]:
        start, length = facts["numbers"]
        with path.open("rb") as file:
            file.seek(start)
            numbers.frombytes(file.read(length))
    return [
        StoredColumn(path, array("q", spans), facts["count"])
        for spans in facts["columns"]
    ], numbers or range(1, facts["count"] + 1)


def written_cells(file: IO[bytes], blocks: Iterable[Block]) -> dict[str, Any]:
    """Write the cells piece by piece; gives where they are."""
    waiting: list[list[str]] = []
    spans: list[list[int]] = []
    numbers = array("q")
    for found, columns in blocks:
        if not waiting:
            waiting, spans = [[] for _ in columns], [[] for _ in columns]
        for cells, more in zip(waiting, columns, strict=True):
            cells.extend(more)
        numbers.extend(found)
        while waiting and len(waiting[0]) >= CELLS_AT_ONCE:
            for cells, places in zip(waiting, spans, strict=True):
                places += written_span(file, cells[:CELLS_AT_ONCE])
                del cells[:CELLS_AT_ONCE]
    for cells, places in zip(waiting, spans, strict=True):
        if cells:
            places += written_span(file, cells)
    is_whole = bool(numbers) and isinstance(range_of(numbers), range)
    start = file.tell()
    if not is_whole or numbers[0] != 1:
        file.write(numbers.tobytes())
    end = file.tell()
    return {
        "count": len(numbers),
        "columns": spans,
        "numbers": [start, end - start] if end > start else None,
    }


def written_span(file: IO[bytes], cells: list[str]) -> tuple[int, int]:
    """Write one piece; gives where it begins and how long it is."""
    start = file.tell()
    return start, file.write(json.dumps(cells).encode())
