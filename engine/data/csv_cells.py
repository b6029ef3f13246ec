"""CSV and TSV files: their cells, some rows at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from engine.data.errors import DataError
from engine.data.table_cells import Block
from engine.data.text_files import codec_of
from engine.data.wanted import check_wanted

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
CSV_ROWS = 512
"""So many are read in one go: no other thread runs meanwhile."""
FIRST_LINE_BYTES = 1 << 16
"""Bytes in which the first line is looked for."""


def csv_blocks(path: Path, lines: Iterable[str], mark: str) -> Iterator[Block]:
    """The cells by column, without blanks around them; empty rows are left out."""
    if mark == "\t":
        # Such files do not quote: a lone quotation mark is part of a sentence.
        reader = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=mark, skipinitialspace=True)
    read = first = width = 0
    rows: list[list[str]] = []
    try:
        while True:
            check_wanted()
            rows.clear()
            rows.extend(islice(reader, CSV_ROWS))  # keeps what came before trouble
            if not rows:
                break
            found = [at for at, cells in enumerate(rows, start=read + 1) if cells]
            read += len(rows)
            rows[:] = [cells for cells in rows if cells]
            if rows:
                first, width = first or found[0], width or len(rows[0])
                check_even(path, rows, found, width, first)
                yield (
                    found,
                    [tuple(map(str.strip, more)) for more in zip(*rows, strict=True)],
                )
    except csv.Error as error:
        raise DataError(
            f"{path.name} cannot be read as a table after row {read + len(rows)} "
            f"({error}).",
            "Save it as CSV from a spreadsheet and choose that file.",
        ) from error


def check_even(
    path: Path, rows: list[list[str]], numbers: list[int], width: int, first: int
) -> None:
    """Raises DataError for the first row with more or fewer cells than the first."""
    if set(map(len, rows)) <= {width}:
        return
    for number, cells in zip(numbers, rows, strict=True):
        if len(cells) != width:
            raise DataError(
                f"{path.name} is not an even table: row {number} has {len(cells)} "
                f"cells, and row {first} has {width}.",
                "Mend that row, or choose another delimiter.",
            )


def guessed_delimiter(path: Path, head: bytes, encoding: str) -> str:
    """The delimiter by the file's name, else the one the first line holds most."""
    if path.suffix.lower() in {".tsv", ".tab"}:
        return "\t"
    text = head[:FIRST_LINE_BYTES].decode(codec_of(encoding), errors="replace")
    line = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=line.count)
