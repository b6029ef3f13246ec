"""Tables (CSV, TSV, Parquet): read with care, and refused in plain words."""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from engine.data.dates import looks_like_date
from engine.data.errors import DataError
from engine.data.parquet_cells import parquet_cells
from engine.data.room import READ_TIMES, check_room
from engine.data.table_cells import Column

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_FILE_SETTINGS = {"delimiter": "auto", "header": "auto", "encoding": "utf-8"}
GAPS = frozenset({"", "?", "NA", "N/A", "NaN", "nan", "NULL", "null"})
"""Cells that say that a value is missing."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a text table, without blanks around them."""

    name: str
    columns: tuple[str, ...]
    """The names in the header, or 1, 2, 3, ... where there is none."""
    by_column: list[Column]
    """The cells of each column, from the first row to the last."""
    row_numbers: Sequence[int]
    """Where each row stands in the file, counted from 1, as a spreadsheet shows it."""

    def __len__(self) -> int:
        return len(self.row_numbers)

    def cells(self, rows: Sequence[int], column: int) -> Sequence[str]:
        """A column in some of the rows, given by their places and in their order."""
        whole = self.by_column[column]
        return whole if len(rows) == len(whole) else [whole[row] for row in rows]

    def row(self, place: int) -> tuple[str, ...]:
        """The cells of one row."""
        return tuple(cells[place] for cells in self.by_column)


def read_table(path: Path, *, delimiter: str, header: str, encoding: str) -> Table:
    """The table in a file. Raises DataError where there is none.

    `delimiter` is comma, semicolon, tab, or auto (by the file's name and first line);
    `header` is yes, no, or auto: the first row is one when none of its cells is a
    number or a date and the second row has one. Parquet says these things itself.
    The tables read last are remembered: while their columns are being chosen, they are
    asked for again and again.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}.", "Choose a file that exists.")
    stat = path.stat()
    if stat.st_size > _MOST_REMEMBERED:
        return _read(path, delimiter, header, encoding)
    state = stat.st_mtime_ns, stat.st_size
    # Who asks for the same table at the same time waits, and finds it there.
    with READING if stat.st_size > QUICKLY_READ else contextlib.nullcontext():
        return _remembered(path, delimiter, header, encoding, *state)


ROOM_REMEDY = (
    "Take a part of its rows, or save its numbers with numpy.savez and learn from "
    "NumPy arrays: these are read from disk."
)
READING = threading.Lock()
QUICKLY_READ = 100_000
"""Bytes of a file that is read at once, whatever else is being read."""


_MOST_REMEMBERED = 50_000_000
"""Bytes of a file: its cells take ten times as much in memory."""


@functools.lru_cache(maxsize=2)  # a table, and one to test with
def _remembered(
    path: Path, delimiter: str, header: str, encoding: str, written: int, size: int
) -> Table:
    """`written` and `size` tell one state of the file from another."""
    return _read(path, delimiter, header, encoding)


def _read(path: Path, delimiter: str, header: str, encoding: str) -> Table:
    check_room(path, READ_TIMES, ROOM_REMEDY)
    if path.suffix.lower() in {".parquet", ".pq"}:
        names, held = parquet_cells(path)
        return Table(path.name, names, held, range(1, len(held[0]) + 1))
    raw = text_bytes(path, encoding)
    mark = DELIMITERS.get(delimiter) or guessed_delimiter(path, raw, encoding)
    try:
        by_column, numbers = _split_cells(path, raw, encoding, mark)
    except UnicodeDecodeError:
        decoded(path, raw, encoding)  # says where
        raise
    if not by_column:
        raise DataError(f"{path.name} is empty.", "Choose another file.")
    top: list[tuple[str, ...]]
    top = list(zip(*(cells[:2] for cells in by_column), strict=True))
    first = top[0]
    if header == "yes" or (header == "auto" and looks_like_header(top)):
        for cells in by_column:
            cells.leave_out_first()
        if len(set(first)) < len(first):
            twice = next(name for name in first if first.count(name) > 1)
            raise DataError(
                f"{path.name} has two columns called “{twice}”.",
                "Rename one of them in the file.",
            )
        return Table(path.name, first, by_column, numbers[1:])
    columns = tuple(str(number) for number in range(1, len(first) + 1))
    return Table(path.name, columns, by_column, numbers)


CSV_ROWS = 512


def _split_cells(
    path: Path, raw: bytes, encoding: str, mark: str
) -> tuple[list[Column], Sequence[int]]:
    """The cells by column, and the number of each row; empty rows are left out."""
    lines = io.TextIOWrapper(io.BytesIO(raw), codec_of(encoding), newline="")
    if mark == "\t":
        # Such files do not quote: a lone quotation mark is part of a sentence.
        reader = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=mark, skipinitialspace=True)
    by_column: list[Column] = []
    numbers: list[int] = []
    read = 0
    rows: list[list[str]] = []
    try:
        while True:
            rows.clear()
            rows.extend(islice(reader, CSV_ROWS))  # keeps what came before trouble
            if not rows:
                break
            found = [at for at, cells in enumerate(rows, start=read + 1) if cells]
            read += len(rows)
            rows[:] = [cells for cells in rows if cells]
            by_column = by_column or [Column() for _ in (rows[0] if rows else ())]
            _check_even(path, rows, found, len(by_column), (numbers or found)[:1])
            for cells, more in zip(by_column, zip(*rows, strict=True), strict=False):
                cells.extend(map(str.strip, more))
            numbers += found
    except csv.Error as error:
        raise DataError(
            f"{path.name} cannot be read as a table after row {read + len(rows)} "
            f"({error}).",
            "Save it as CSV from a spreadsheet and choose that file.",
        ) from error
    is_whole = bool(numbers) and numbers[-1] == len(numbers)
    return by_column, range(1, len(numbers) + 1) if is_whole else numbers


def _check_even(
    path: Path, rows: list[list[str]], numbers: list[int], width: int, first: list[int]
) -> None:
    """Raises DataError for the first row with more or fewer cells than the first."""
    if set(map(len, rows)) <= {width}:
        return
    for number, cells in zip(numbers, rows, strict=True):
        if len(cells) != width:
            raise DataError(
                f"{path.name} is not an even table: row {number} has {len(cells)} "
                f"cells, and row {first[0]} has {width}.",
                "Mend that row, or choose another delimiter.",
            )


def table_in(path: Path, settings: Mapping[str, object]) -> Table | None:
    """The table in a file as the settings of its source say; None where there is none.

    Whatever keeps it from being learnt from, it can be looked at.
    """
    words = {
        name: str(settings.get(name, usual)) for name, usual in _FILE_SETTINGS.items()
    }
    try:
        return read_table(path, **words)
    except (DataError, OSError):
        return None


def column_names(path: Path, settings: Mapping[str, object]) -> tuple[str, ...]:
    """The columns of a table, read with the settings of its source; () without one."""
    table = table_in(path, settings)
    return table.columns if table is not None else ()


def chosen_file(data_dir: Path, path: str) -> Path:
    """The file a person chose; raises DataError where none is chosen yet."""
    if not path.strip():
        raise DataError("No file is chosen yet.", "Choose one in the data's settings.")
    return data_dir / path


def read_text(path: Path, encoding: str) -> str:
    """The text in a file; raises DataError where it is not text of that encoding."""
    if path.is_file():
        check_room(path, READ_TIMES, "Take a part of the text.")
    return decoded(path, text_bytes(path, encoding), encoding)


def text_bytes(path: Path, encoding: str) -> bytes:
    """What stands in a file; raises DataError where that cannot be such text."""
    if not path.is_file():
        raise DataError(f"There is no file {path}.", "Choose a file that exists.")
    raw = path.read_bytes()
    if encoding != "utf-16" and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(
            f"{path.name} is not {encoding} text: it begins with the mark of utf-16.",
            "Set the encoding to utf-16.",
        )
    if encoding != "utf-16" and b"\0" in raw:
        raise DataError(
            f"{path.name} is not a text file: it holds bytes that are no text.",
            "Choose a file of plain text, such as CSV or TSV.",
        )
    return raw


def codec_of(encoding: str) -> str:
    """What Python calls an encoding."""
    # utf-8-sig is UTF-8 without the mark that spreadsheets put in front.
    return "utf-8-sig" if encoding == "utf-8" else encoding


def decoded(path: Path, raw: bytes, encoding: str) -> str:
    """Bytes as text; raises DataError with the place of the first that is none."""
    try:
        return raw.decode(codec_of(encoding))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        other = "latin-1" if encoding == "utf-8" else "utf-8"
        raise DataError(
            f"{path.name} is not {encoding} text: line {line} holds the byte "
            f"0x{raw[error.start]:02x}, which has no meaning there.",
            f"Set the encoding to {other}.",
        ) from error


def guessed_delimiter(path: Path, raw: bytes, encoding: str) -> str:
    """The delimiter by the file's name, else the one the first line holds most."""
    if path.suffix.lower() in {".tsv", ".tab"}:
        return "\t"
    text = raw[:FIRST_LINE_BYTES].decode(codec_of(encoding), errors="replace")
    line = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=line.count)


FIRST_LINE_BYTES = 1 << 16
"""Bytes in which the first line is looked for."""


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


def column_index(table: Table, name: str, *, default: int = -1) -> int:
    """Which column is called `name`, or has that number; `default` where it is empty.

    Raises DataError with the columns there are.
    """
    if not name.strip():
        return default % len(table.columns)
    if name.strip() in table.columns:
        return table.columns.index(name.strip())
    if name.strip().isdigit() and 1 <= int(name) <= len(table.columns):
        return int(name) - 1
    raise DataError(
        f"{table.name} has no column “{name.strip()}”; it has "
        f"{', '.join(table.columns)}.",
        "Choose one of these.",
    )


def column_indices(table: Table, names: str) -> set[int]:
    """The columns named in a list with commas between."""
    return {column_index(table, name) for name in names.split(",") if name.strip()}


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


def gap_error(table: Table, row: int, column: int, gaps: int, remedy: str) -> DataError:
    """What to say of a missing value; `gaps` is how many there are in all."""
    more = f" (and {gaps - 1:,} more are missing)" if gaps > 1 else ""
    return DataError(
        f"{table.name}, row {table.row_numbers[row]}: the column "
        f"“{table.columns[column]}” has no value{more}.",
        remedy,
    )
