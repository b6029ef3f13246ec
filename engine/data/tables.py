"""Tables (CSV, TSV, Parquet): read with care, and refused in plain words."""

from __future__ import annotations

import contextlib
import functools
import io
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.data.csv_cells import (
    DELIMITERS,
    FIRST_LINE_BYTES,
    csv_blocks,
    guessed_delimiter,
)
from engine.data.dates import looks_like_date
from engine.data.errors import DataError, quoted
from engine.data.parquet_cells import PARQUET, parquet_blocks, parquet_columns
from engine.data.room import READ_TIMES, check_room, stay_on_disk
from engine.data.stored_cells import StoredColumn, cells_on_disk
from engine.data.table_cells import (
    Block,
    Cells,
    ChosenCells,
    Column,
    cells_in_memory,
)
from engine.data.text_files import codec_of, decoded, text_bytes, text_chunks

_FILE_SETTINGS = {"delimiter": "auto", "header": "auto", "encoding": "utf-8"}
GAPS = frozenset({"", "?", "NA", "N/A", "NaN", "nan", "NULL", "null"})
"""Cells that say that a value is missing."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a text table, without blanks around them."""

    name: str
    columns: tuple[str, ...]
    """The names in the header, or 1, 2, 3, ... where there is none."""
    by_column: Sequence[Cells]
    """The cells of each column, from the first row to the last."""
    row_numbers: Sequence[int]
    """Where each row stands in the file, counted from 1, as a spreadsheet shows it."""

    def __len__(self) -> int:
        return len(self.row_numbers)

    def cells(self, rows: Sequence[int], column: int) -> Cells:
        """A column in some of the rows, given by their places, which ascend."""
        whole = self.by_column[column]
        return whole if len(rows) == len(whole) else ChosenCells(whole, rows)

    def row(self, place: int) -> tuple[str, ...]:
        """The cells of one row."""
        return tuple(cells[place] for cells in self.by_column)


def read_table(
    path: Path, *, delimiter: str, header: str, encoding: str, on_disk: Path | None
) -> Table:
    """The table in a file. Raises DataError where there is none.

    `delimiter` is comma, semicolon, tab, or auto (by the file's name and first line);
    `header` is yes, no, or auto: the first row is one when none of its cells is a
    number or a date and the second row has one. Parquet says these things itself.
    The cells stay on disk where a folder of data is given for them.
    The tables read last are remembered: while their columns are being chosen, they are
    asked for again and again.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}.", "Choose a file that exists.")
    stat = path.stat()
    if on_disk is None and stat.st_size > _MOST_REMEMBERED:
        return _read(path, delimiter, header, encoding, None)
    state = stat.st_mtime_ns, stat.st_size
    # Who asks for the same table at the same time waits, and finds it there.
    with READING if stat.st_size > QUICKLY_READ else contextlib.nullcontext():
        return _remembered(path, delimiter, header, encoding, on_disk, *state)


def cells_folder(data_dir: Path, kept: str, files: Sequence[Path]) -> Path | None:
    """Where the cells of tables stay that are not read into memory."""
    return data_dir if stay_on_disk(kept, files) else None


READING = threading.Lock()
QUICKLY_READ = 100_000
"""Bytes of a file that is read at once, whatever else is being read."""


_MOST_REMEMBERED = 50_000_000
"""Bytes of a file: its cells take ten times as much in memory."""


@functools.lru_cache(maxsize=2)  # a table, and one to test with
def _remembered(
    path: Path,
    delimiter: str,
    header: str,
    encoding: str,
    on_disk: Path | None,
    written: int,
    size: int,
) -> Table:
    """`written` and `size` tell one state of the file from another."""
    return _read(path, delimiter, header, encoding, on_disk)


def _read(
    path: Path, delimiter: str, header: str, encoding: str, on_disk: Path | None
) -> Table:
    if on_disk is None:
        check_room([path], READ_TIMES)
    is_parquet = path.suffix.lower() in PARQUET
    names = parquet_columns(path) if is_parquet else ()
    mark = "" if is_parquet else _mark_of(path, delimiter, encoding)

    def blocks() -> Iterator[Block]:
        if is_parquet:
            return parquet_blocks(path)
        return _text_blocks(path, mark, encoding, on_disk is not None)

    by_column: list[Column] | list[StoredColumn]
    if on_disk is None:
        by_column, numbers = cells_in_memory(blocks())
    else:
        by_column, numbers = cells_on_disk(on_disk, [path], (mark, encoding), blocks)
    if is_parquet:
        held = by_column or [Column() for _ in names]
        return Table(path.name, names, held, numbers)
    if not by_column:
        raise DataError(f"{path.name} is empty.", "Choose another file.")
    top: list[tuple[str, ...]]
    top = list(zip(*(cells[:2] for cells in by_column), strict=True))
    first = top[0]
    if header == "yes" or (header == "auto" and looks_like_header(top)):
        if len(set(first)) < len(first):
            twice = next(name for name in first if first.count(name) > 1)
            raise DataError(
                f"{path.name} has two columns called “{twice}”.",
                "Rename one of them in the file.",
            )
        rest = [cells.without_first() for cells in by_column]
        return Table(path.name, first, rest, numbers[1:])
    columns = tuple(str(number) for number in range(1, len(first) + 1))
    return Table(path.name, columns, by_column, numbers)


def _mark_of(path: Path, delimiter: str, encoding: str) -> str:
    """What stands between the cells of a text table."""
    if delimiter in DELIMITERS:
        return DELIMITERS[delimiter]
    with path.open("rb") as file:
        return guessed_delimiter(path, file.read(FIRST_LINE_BYTES), encoding)


def _text_blocks(
    path: Path, mark: str, encoding: str, is_large: bool
) -> Iterator[Block]:
    """The cells of a text table; a large one is not held as a whole."""
    if is_large:
        for _ in text_chunks(path, encoding):  # raises where it is no such text
            pass
        with path.open("r", encoding=codec_of(encoding), newline="") as lines:
            yield from csv_blocks(path, lines, mark)
        return
    raw = text_bytes(path, encoding)
    try:
        held = io.TextIOWrapper(io.BytesIO(raw), codec_of(encoding), newline="")
        yield from csv_blocks(path, held, mark)
    except UnicodeDecodeError:
        decoded(path, raw, encoding)  # says where
        raise


def table_in(data_dir: Path, settings: Mapping[str, object]) -> Table | None:
    """The table in a file as the settings of its source say; None where there is none.

    Whatever keeps it from being learnt from, it can be looked at.
    """
    words = {
        name: str(settings.get(name, usual)) for name, usual in _FILE_SETTINGS.items()
    }
    path = data_dir / str(settings.get("path", ""))
    try:
        on_disk = cells_folder(data_dir, str(settings.get("kept", "auto")), [path])
        return read_table(path, **words, on_disk=on_disk)
    except (DataError, OSError):
        return None


def column_names(data_dir: Path, settings: Mapping[str, object]) -> tuple[str, ...]:
    """The columns of a table, read with the settings of its source; () without one."""
    table = table_in(data_dir, settings)
    return table.columns if table is not None else ()


def chosen_file(data_dir: Path, path: str) -> Path:
    """The file a person chose; raises DataError where none is chosen yet."""
    if not path.strip():
        raise DataError("No file is chosen yet.", "Choose one in the data's settings.")
    return data_dir / path


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: no number or date in it, but one below."""
    if len(rows) < 2:
        return False
    first, second = (
        any(is_number(cell) or looks_like_date(cell) for cell in row)
        for row in rows[:2]
    )
    return second and not first


def is_number(cell: str) -> bool:
    """Whether a cell holds a finite number."""
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def column_index(table: Table, name: str, *, setting: str, default: int = -1) -> int:
    """Which column is called `name`, or has that number; `default` where it is empty.

    Raises DataError with the columns there are, for the `setting` that holds the name.
    """
    if not name.strip():
        return default % len(table.columns)
    if name.strip() in table.columns:
        return table.columns.index(name.strip())
    if name.strip().isdigit() and 1 <= int(name) <= len(table.columns):
        return int(name) - 1
    raise DataError(
        f"{table.name} has no column “{name.strip()}”; it has {quoted(table.columns)}.",
        "Choose one of these.",
        setting=setting,
    )


def column_indices(table: Table, names: str, *, setting: str) -> set[int]:
    """The columns named in a list with commas between, that of a `setting`."""
    return {
        column_index(table, name, setting=setting)
        for name in names.split(",")
        if name.strip()
    }


def number_in(table: Table, row: int, column: int) -> float:
    """The number in a cell, NaN where it is missing; raises DataError for text."""
    cell = table.by_column[column][row]
    if cell in GAPS:
        return math.nan
    if not is_number(cell):
        raise DataError(
            f"{table.name}, row {table.row_numbers[row]}: the column "
            f"“{table.columns[column]}” holds “{cell}”, and a number was expected.",
            "Mend that cell, or choose another column.",
        )
    return float(cell)


def gap_error(
    table: Table,
    row: int,
    column: int,
    gaps: int,
    remedy: str,
    ways: tuple[str, ...] = (),
) -> DataError:
    """What to say of a missing value; `gaps` is how many there are in all.

    `ways` are values of the setting `gaps` with which it could stay.
    """
    more = f" (and {gaps - 1:,} more are missing)" if gaps > 1 else ""
    return DataError(
        f"{table.name}, row {table.row_numbers[row]}: the column "
        f"“{table.columns[column]}” has no value{more}.",
        remedy,
        {"gaps": ways},
    )
