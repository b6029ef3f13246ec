"""Tables (CSV, TSV, Parquet): read with care, and refused in plain words."""

from __future__ import annotations

import csv
import datetime
import functools
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from engine.data.dates import looks_like_date
from engine.data.errors import DataError

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
    rows: list[list[str]]
    row_numbers: list[int]
    """Where each row stands in the file, counted from 1, as a spreadsheet shows it."""

    def cells(self, rows: Sequence[int], column: int) -> list[str]:
        """A column in some of the rows, given by their places and in their order."""
        chosen: Iterable[list[str]] = self.rows
        if len(rows) < len(self.rows):
            chosen = map(self.rows.__getitem__, rows)
        return list(map(itemgetter(column), chosen))


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
    return _remembered(
        path, delimiter, header, encoding, stat.st_mtime_ns, stat.st_size
    )


_MOST_REMEMBERED = 50_000_000
"""Bytes of a file: its cells take ten times as much in memory."""


@functools.lru_cache(maxsize=2)  # a table, and one to test with
def _remembered(
    path: Path, delimiter: str, header: str, encoding: str, written: int, size: int
) -> Table:
    """`written` and `size` tell one state of the file from another."""
    return _read(path, delimiter, header, encoding)


def _read(path: Path, delimiter: str, header: str, encoding: str) -> Table:
    if path.suffix.lower() in {".parquet", ".pq"}:
        return read_parquet(path)
    text = read_text(path, encoding)
    mark = DELIMITERS.get(delimiter) or guessed_delimiter(path, text)
    lines = io.StringIO(text, newline="")
    if mark == "\t":
        # Such files do not quote: a lone quotation mark is part of a sentence.
        reader = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=mark, skipinitialspace=True)
    rows, numbers = [], []
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                rows.append([cell.strip() for cell in cells])
                numbers.append(number)
    except csv.Error as error:
        raise DataError(
            f"{path.name} cannot be read as a table after row "
            f"{numbers[-1] if numbers else 0} ({error}).",
            "Save it as CSV from a spreadsheet and choose that file.",
        ) from error
    if not rows:
        raise DataError(f"{path.name} is empty.", "Choose another file.")
    for number, cells in zip(numbers, rows, strict=True):
        if len(cells) != len(rows[0]):
            raise DataError(
                f"{path.name} is not an even table: row {number} has {len(cells)} "
                f"cells, and row {numbers[0]} has {len(rows[0])}.",
                "Mend that row, or choose another delimiter.",
            )
    if header == "yes" or (header == "auto" and looks_like_header(rows)):
        columns, rows, numbers = tuple(rows[0]), rows[1:], numbers[1:]
        if len(set(columns)) < len(columns):
            twice = next(name for name in columns if columns.count(name) > 1)
            raise DataError(
                f"{path.name} has two columns called “{twice}”.",
                "Rename one of them in the file.",
            )
    else:
        columns = tuple(str(number) for number in range(1, len(rows[0]) + 1))
    return Table(path.name, columns, rows, numbers)


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


def read_parquet(path: Path) -> Table:
    """The table in a Parquet file, as text. Raises DataError where there is none."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DataError(
            f"{path.name} is a Parquet file, and reading one needs the package "
            f"pyarrow, which is not installed.",
            'Install it with: pip install "espalier[tables]"',
        ) from error
    try:
        held = pyarrow.parquet.read_table(path)
        values = [column.to_pylist() for column in held.columns]
    except (pyarrow.ArrowException, OSError) as error:
        first = str(error).strip().split("\n")[0]
        raise DataError(
            f"{path.name} cannot be read as a Parquet file ({first}).",
            "Choose another file, or save it again as CSV.",
        ) from error
    columns = tuple(map(str, held.column_names))
    cells = [
        [parquet_cell(path.name, name, value) for value in column]
        for name, column in zip(columns, values, strict=True)
    ]
    rows = [list(row) for row in zip(*cells, strict=True)]
    return Table(path.name, columns, rows, list(range(1, len(rows) + 1)))


def parquet_cell(name: str, column: str, value: object) -> str:
    """One value of a Parquet file as a text table would write it."""
    if value is None:
        return ""
    if isinstance(value, (list, dict, bytes)):
        raise DataError(
            f"{name}: the column “{column}” holds {type(value).__name__} values, and "
            f"numbers, words or dates were expected.",
            "Save the file again without that column.",
        )
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value).strip()


def chosen_file(data_dir: Path, path: str) -> Path:
    """The file a person chose; raises DataError where none is chosen yet."""
    if not path.strip():
        raise DataError("No file is chosen yet.", "Choose one in the data's settings.")
    return data_dir / path


def read_text(path: Path, encoding: str) -> str:
    """The text in a file; raises DataError where it is not text of that encoding."""
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
    try:
        # utf-8-sig is UTF-8 without the mark that spreadsheets put in front.
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        other = "latin-1" if encoding == "utf-8" else "utf-8"
        raise DataError(
            f"{path.name} is not {encoding} text: line {line} holds the byte "
            f"0x{raw[error.start]:02x}, which has no meaning there.",
            f"Set the encoding to {other}.",
        ) from error


def guessed_delimiter(path: Path, text: str) -> str:
    """The delimiter by the file's name, else the one the first line holds most."""
    if path.suffix.lower() in {".tsv", ".tab"}:
        return "\t"
    line = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=line.count)


def looks_like_header(rows: list[list[str]]) -> bool:
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
    cell = table.rows[row][column]
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
