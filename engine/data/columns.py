"""How the columns of a table become numbers: decided without loading anything."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from engine.data.dates import (
    date_numbers,
    date_order,
    has_time,
    is_ambiguous,
    looks_like_date,
)
from engine.data.errors import DataError, quoted
from engine.data.table_cells import in_pieces
from engine.data.tables import (
    GAPS,
    Table,
    column_index,
    column_indices,
    gap_error,
    is_number,
    number_in,
)

MOST_CATEGORIES = 200
MOST_COUNTED = 1_000_000
"""Different words that are counted at most: a column of a large table may hold any
number of them."""
MOST_WHOLE_CLASSES = 20
MISSING = "(missing)"


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What each column of a table is."""

    features: tuple[int, ...]
    """The columns a network reads, in their order."""
    categories: dict[int, tuple[str, ...]]
    """The words of each column that is not a number, in the order of their places."""
    dates: dict[int, tuple[str, int]]
    """The columns of dates: how they are written, and into how many numbers each goes.
    """
    target: int
    task: str
    classes: tuple[str, ...]
    rows: Sequence[int]
    """The rows that are used; those with gaps may be left out."""

    @property
    def width(self) -> int:
        """How many numbers a network reads: a category takes a place for each word."""
        words = sum(len(words) for words in self.categories.values())
        dates = sum(parts for _, parts in self.dates.values())
        return len(self.numbers) + words + dates

    @property
    def numbers(self) -> tuple[int, ...]:
        """The features that are taken as numbers, in their order."""
        return tuple(
            index
            for index in self.features
            if index not in self.categories and index not in self.dates
        )


def plan_table(
    table: Table,
    *,
    target: str,
    ignore: str,
    categories: str,
    dates: str,
    task: str,
    gaps: str,
) -> TablePlan:
    """What each column is; raises DataError where that cannot be.

    A column named in `categories` or in `dates` is that; of the others, those are
    numbers, or else dates, of which most cells are. Words are taken from the whole
    table: they say what may occur, and nothing of how often.
    """
    if not len(table):
        raise DataError(f"{table.name} has no rows.", "Choose another file.")
    target_index = column_index(table, target, setting="target")
    ignored = column_indices(table, ignore, setting="ignore")
    features = tuple(
        index
        for index in range(len(table.columns))
        if index != target_index and index not in ignored
    )
    if not features:
        raise DataError(
            f"{table.name} has no column left to learn from.",
            "Ignore fewer columns.",
            setting="ignore",
        )
    rows = usable_rows(table, features, target_index, gaps)
    words, moments = {}, {}
    named = column_indices(table, categories, setting="categories")
    told = column_indices(table, dates, setting="dates")
    for index in features:
        cells = table.cells(rows, index)
        # Numbers before dates: 2401.0 has the form of a year and a month, too.
        is_text = index in named or not holds_mostly(count_of_numbers, cells)
        is_date = index in told or (is_text and holds_mostly(count_of_dates, cells))
        if is_date and index not in named:
            moments[index] = planned_dates(table, rows, index)
        elif is_text:
            words[index] = column_words(table, rows, index)
        else:
            check_numbers(table, rows, index)
    task, classes = planned_target(table, rows, target_index, task)
    if task == "regression":
        check_numbers(table, rows, target_index)
    return TablePlan(features, words, moments, target_index, task, classes, rows)


def plan_of_tests(tests: Table, table: Table, plan: TablePlan, gaps: str) -> TablePlan:
    """The plan of a table for another one, to test with; of the same columns."""
    if tests.columns != table.columns:
        raise DataError(
            f"{tests.name} has the columns {quoted(tests.columns)}, and "
            f"{table.name} has {quoted(table.columns)}.",
            "Choose a test file with the same columns in the same order.",
            setting="test_path",
        )
    if not len(tests):
        raise DataError(
            f"{tests.name} has no rows.",
            "Choose another test file.",
            setting="test_path",
        )
    rows = usable_rows(tests, plan.features, plan.target, gaps)
    return replace(plan, rows=rows)


def check_numbers(table: Table, rows: Sequence[int], column: int) -> None:
    """Raises DataError for the first cell of a column that is text."""
    cells = table.cells(rows, column)
    if count_of_numbers(cells) + count_of_gaps(cells) < len(cells):
        for row in rows:
            number_in(table, row, column)


def holds_mostly(
    count_of: Callable[[Sequence[str]], int], cells: Sequence[str]
) -> bool:
    """Whether more than half of the cells that are not missing are of a kind."""
    return 2 * count_of(cells) > len(cells) - count_of_gaps(cells)


def count_of_numbers(cells: Sequence[str]) -> int:
    """How many cells hold a finite number."""
    count = 0
    for piece in in_pieces(cells):
        try:
            count += sum(map(math.isfinite, map(float, piece)))
        except ValueError:  # one of them is text
            count += count_of_kind(is_number, piece)
    return count


def count_of_dates(cells: Sequence[str]) -> int:
    """How many cells have the form of a date."""
    return sum(count_of_kind(looks_like_date, piece) for piece in in_pieces(cells))


def count_of_gaps(cells: Sequence[str]) -> int:
    """How many cells say that a value is missing."""
    return sum(
        sum(map(piece.count, GAPS))
        for piece in in_pieces(cells)
        if not GAPS.isdisjoint(piece)
    )


def count_of_kind(is_one: Callable[[str], bool], piece: Sequence[str]) -> int:
    """How many cells are of a kind; each word is asked once."""
    return sum(count for cell, count in Counter(piece).items() if is_one(cell))


def counts_of_words(cells: Sequence[str]) -> Counter[str]:
    """How often each word occurs, in the order in which they first do."""
    counts: Counter[str] = Counter()
    for piece in in_pieces(cells):
        counts.update(piece)
    return counts


def few_words(cells: Sequence[str], most: int) -> set[str]:
    """The different words; none where there are more than `most`."""
    words: set[str] = set()
    for piece in in_pieces(cells):
        words.update(piece)
        if len(words) > most:
            return set()
    return words


def usable_rows(
    table: Table, features: tuple[int, ...], target: int, gaps: str
) -> Sequence[int]:
    """The rows to learn from: all, or those without gaps, or a DataError."""
    columns = (*features, target)
    holed, gaps_found = bytearray(len(table)), 0
    first: tuple[int, int] | None = None
    for column in columns:
        # An answer that is missing cannot be filled in: it would be made up.
        goes = gaps != "fill" or column == target
        for row in rows_with_gaps(table.by_column[column]):
            gaps_found += 1
            holed[row] |= goes
            if first is None or row < first[0]:
                first = row, column
    if first is None:
        return range(len(table))
    if gaps == "refuse":
        remedy = "Set gaps to drop or fill, ignore that column, or fill it in the file."
        ways = ("fill", "drop") if holed.count(0) else ("fill",)
        raise gap_error(table, *first, gaps_found, remedy, ways)
    rows = array("q", (row for row, is_holed in enumerate(holed) if not is_holed))
    if not rows:
        raise DataError(
            f"Every row of {table.name} has a gap.",
            "Set gaps to fill, or ignore the columns that are mostly empty.",
            {"gaps": ("fill",) if gaps != "fill" else ()},
        )
    return rows


def rows_with_gaps(cells: Sequence[str]) -> Iterator[int]:
    """The places of the cells that are missing."""
    start = 0
    for piece in in_pieces(cells):
        if not GAPS.isdisjoint(piece):  # of few pieces only is each cell looked at
            for place, cell in enumerate(piece, start=start):
                if cell in GAPS:
                    yield place
        start += len(piece)


def planned_dates(table: Table, rows: Sequence[int], column: int) -> tuple[str, int]:
    """How the dates of a column are written, and into how many numbers each goes."""
    cells = [
        cell for cell in counts_of_words(table.cells(rows, column)) if cell not in GAPS
    ]
    name = table.columns[column]
    if is_ambiguous(cells):
        raise DataError(
            f"{table.name}: the dates of the column “{name}”, such as {cells[0]}, do "
            f"not tell which number is the day and which the month.",
            f"Write them as 2024-12-31, or add {name} to the columns to ignore.",
        )
    order, parts = date_order(cells), 5 if has_time(cells) else 4
    if any(date_numbers(cell, order) is None for cell in cells):
        for row in rows:
            date_parts(table, row, column, order, parts)  # raises where there is text
    return order, parts


def date_parts(
    table: Table, row: int, column: int, order: str, parts: int
) -> tuple[float, ...]:
    """The numbers of one date, NaN where it is missing; raises DataError for text."""
    cell = table.by_column[column][row]
    if cell in GAPS:
        return (math.nan,) * parts
    numbers = date_numbers(cell, order)
    if numbers is None:
        raise DataError(
            f"{table.name}, row {table.row_numbers[row]}: the column "
            f"“{table.columns[column]}” holds “{cell}”, and a date was expected.",
            "Mend that cell, or ignore the column.",
        )
    return numbers[:parts]


def column_words(table: Table, rows: Sequence[int], column: int) -> tuple[str, ...]:
    """The different words of a column, sorted, numbers by their size."""
    words: set[str] = set()
    for piece in in_pieces(table.cells(rows, column)):
        words.update(piece)
        if len(words) > MOST_COUNTED:
            break
    if not words.isdisjoint(GAPS):
        words = words - GAPS | {MISSING}
    if len(words) > MOST_CATEGORIES:
        more = "more than " if len(words) > MOST_COUNTED else ""
        count = min(len(words), MOST_COUNTED)
        raise DataError(
            f"{table.name}: the column “{table.columns[column]}” holds {more}{count:,} "
            f"different words; as categories, at most {MOST_CATEGORIES} are taken.",
            f"Add {table.columns[column]} to the columns to ignore.",
        )
    return tuple(
        sorted(words, key=lambda w: (0, float(w), w) if is_number(w) else (1, 0.0, w))
    )


def planned_target(
    table: Table, rows: Sequence[int], target: int, task: str
) -> tuple[str, tuple[str, ...]]:
    """The task and its classes.

    With `auto`, words and few different whole numbers are classes.
    """
    cells = table.cells(rows, target)
    name = table.columns[target]
    if task == "auto":
        words = few_words(cells, MOST_WHOLE_CLASSES)
        few = bool(words) and all(is_number(w) and float(w).is_integer() for w in words)
        numbers = holds_mostly(count_of_numbers, cells)
        task = "classification" if few or not numbers else "regression"
    if task == "regression":
        return task, ()
    classes = column_words(table, rows, target)
    if len(classes) < 2:
        raise DataError(
            f"{table.name}: the column “{name}” holds one class only, “{classes[0]}”.",
            "Choose another target: there is nothing to tell apart.",
            setting="target",
        )
    found = counts_of_words(cells)
    rarest = min(classes, key=found.__getitem__)
    if found[rarest] < 3:
        raise DataError(
            f"{table.name}: the class “{rarest}” of “{name}” has {found[rarest]} "
            f"row(s); at least 3 are needed to train, watch and test.",
            "Take such rows out, or set the task to regression.",
        )
    return task, classes
