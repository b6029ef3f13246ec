"""A table as samples: the features of each row, and the column to foretell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.columns import (
    MISSING,
    TablePlan,
    counts_of_words,
    date_parts,
    plan_of_tests,
    plan_table,
)
from engine.data.disk_cache import cached_on_disk
from engine.data.errors import DataError, quoted
from engine.data.room import text_keeping
from engine.data.samples import Samples, Splits
from engine.data.splitting import mean_and_std, split_indices
from engine.data.streamed import as_field
from engine.data.streamed_rows import StreamedRows
from engine.data.table_cells import in_pieces
from engine.data.table_numbers import numbered_words, numbers_in, numbers_of
from engine.data.tables import (
    GAPS,
    Table,
    cells_folder,
    chosen_file,
    read_table,
)

Planned = Sequence[tuple[Table, TablePlan]]
"""Tables with what their columns are: the training's, and then one to test with."""


def load_csv_table(
    data_dir: Path,
    *,
    path: str,
    test_path: str,
    target: str,
    task: str,
    ignore: str,
    categories: str,
    dates: str,
    gaps: str,
    normalise: bool,
    kept: str,
    delimiter: str,
    header: str,
    encoding: str,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """The rows of a table: features (N, width); a class (N,) or a number (N, 1).

    The test part is the table in `test_path`, where there is one.
    `normalise` brings columns of numbers, and a target of numbers, to mean 0 and
    standard deviation 1; gaps are filled with the mean. Means and deviations are the
    training part's alone.
    """
    files = [chosen_file(data_dir, path)]
    if test_path:
        files.append(data_dir / test_path)
    on_disk = cells_folder(data_dir, kept, files)
    words = {"delimiter": delimiter, "header": header, "encoding": encoding}
    choices = {
        "target": target,
        "ignore": ignore,
        "categories": categories,
        "dates": dates,
        "task": task,
        "gaps": gaps,
    }
    planned = planned_tables(files, words, choices, on_disk)
    _, plan = planned[0]
    classify = plan.task == "classification"
    answers = np.concatenate(
        [(target_labels if classify else target_numbers)(*each) for each in planned]
    )
    count = len(plan.rows)
    labels = answers[:count] if classify else None
    share = 0.0 if test_path else test
    parts = list(split_indices(count, validation, share, split_seed, labels))
    if test_path:
        parts[2] = np.arange(count, len(answers))
    is_kept, _ = text_keeping(kept, files, 4 * plan.width * len(answers))
    if on_disk is None and is_kept:
        fields = held_features(planned, parts, normalise)
    else:
        told = (words, choices, normalise, validation, share, split_seed)
        fields = stored_features(data_dir, files, told, planned, parts, normalise)
    scales = {}
    if classify:
        goals = torch.from_numpy(answers)
    else:
        goals, scales["target"] = scaled_answers(answers, parts[0], normalise)
    train, watched, tested = (
        Samples({"features": field}, {"target": goals[part]})
        for field, part in zip(fields, parts, strict=True)
    )
    return Splits(train, watched, tested, plan.task, plan.classes, scales)


def planned_tables(
    files: Sequence[Path],
    words: dict[str, str],
    choices: dict[str, str],
    on_disk: Path | None,
) -> Planned:
    """The tables of files, read as `words` say; the first one's columns decide."""
    table, *tests = (read_table(file, **words, on_disk=on_disk) for file in files)
    plan = plan_table(table, **choices)
    others = [
        (other, plan_of_tests(other, table, plan, choices["gaps"])) for other in tests
    ]
    return [(table, plan), *others]


def held_features(
    planned: Planned, parts: Sequence[NDArray[np.int64]], normalise: bool
) -> list[Tensor]:
    """The features of each part, in memory."""
    matrix = np.concatenate([feature_matrix(*each) for each in planned])
    figures = table_figures(matrix.T, parts[0], normalise)
    inputs = torch.from_numpy(prepared(matrix, figures).astype(np.float32))
    return [inputs[part] for part in parts]


def stored_features(
    data_dir: Path,
    files: Sequence[Path],
    told: Sequence[object],
    planned: Planned,
    parts: Sequence[NDArray[np.int64]],
    normalise: bool,
) -> list[Tensor]:
    """The features of each part, to be read from disk; written there at first.

    `told` is all that they depend on beside the `files`.
    """
    _, plan = planned[0]

    def write(file: IO[bytes]) -> object:
        columns = (
            numbers
            for index in plan.features
            for numbers in whole_column(planned, index)
        )
        figures = table_figures(columns, parts[0], normalise)
        for block in feature_blocks(planned):
            file.write(prepared(block, figures).astype(np.float32).tobytes())
        return {}

    path, _ = cached_on_disk(data_dir, files, ("features", *told), write)
    row = np.dtype(np.float32).itemsize * plan.width
    return [
        as_field(StreamedRows(path, part * row, (plan.width,), np.dtype(np.float32)))
        for part in parts
    ]


def target_labels(table: Table, plan: TablePlan) -> NDArray[np.int64]:
    """The number of each row's class (N,)."""
    places = {name: place for place, name in enumerate(plan.classes)}
    cells = table.cells(plan.rows, plan.target)
    # The published test file of adult ends each class with a full stop.
    known = {
        cell: places.get(cell, places.get(cell.removesuffix("."), -1))
        for cell in counts_of_words(cells)
    }
    labels = numbered_words(cells, known)
    for place in np.flatnonzero(labels < 0)[:1].tolist():
        raise DataError(
            f"{table.name}, row {table.row_numbers[plan.rows[place]]}: the class "
            f"“{cells[place]}” is not in the training file, which holds "
            f"{quoted(plan.classes[:6])}.",
            "Use the same classes in both files.",
        )
    return labels


def target_numbers(table: Table, plan: TablePlan) -> NDArray[np.float64]:
    """The number to foretell in each row (N,)."""
    return numbers_in(table, plan.rows, plan.target)


def scaled_answers(
    numbers: NDArray[np.float64], train: NDArray[np.int64], normalise: bool
) -> tuple[Tensor, tuple[float, float]]:
    """The numbers to foretell (N, 1), and mean and deviation that turn them back."""
    mean, std = mean_and_std(numbers[train]) if normalise else (0.0, 1.0)
    answers = torch.from_numpy(((numbers - mean) / std).astype(np.float32))
    return answers.unsqueeze(1), (mean, std)


def table_figures(
    columns: Iterable[NDArray[np.float64]], train: NDArray[np.int64], normalise: bool
) -> NDArray[np.float64]:
    """What fills the gaps of each column, and its mean and deviation (3, width).

    They are those of the rows `train`. Columns of zeros and ones (categories, yes or
    no) stay as they are, and all do without `normalise`: their mean is said to be 0
    and their deviation 1.
    """
    figures = []
    for values in columns:
        seen = values[train]
        seen = seen[~np.isnan(seen)]
        mean, std = mean_and_std(seen) if len(seen) else (0.0, 1.0)
        is_scaled = normalise and not ((seen == 0.0) | (seen == 1.0)).all()
        figures.append((mean, mean, std) if is_scaled else (mean, 0.0, 1.0))
    return np.array(figures).T


def prepared(
    features: NDArray[np.float64], figures: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The features without gaps, each column scaled by its figures."""
    fill, mean, std = figures
    scaled: NDArray[np.float64]
    scaled = (np.where(np.isnan(features), fill, features) - mean) / std
    return scaled


def feature_matrix(table: Table, plan: TablePlan) -> NDArray[np.float64]:
    """The features (rows, width): numbers, NaN where missing; categories as 0 and 1.

    A word that the plan does not know, as one of a test file may be, is 0 everywhere.
    A date is year, month, day and weekday, and the hour where there are times.
    """
    columns = [
        np.concatenate([*column_blocks(table, plan, index)]) for index in plan.features
    ]
    return np.concatenate(columns, axis=1)


def feature_blocks(planned: Planned) -> Iterator[NDArray[np.float64]]:
    """The features of tables behind each other, some rows at a time."""
    for table, plan in planned:
        columns = (column_blocks(table, plan, index) for index in plan.features)
        for blocks in zip(*columns, strict=True):
            yield np.concatenate(blocks, axis=1)


def whole_column(planned: Planned, index: int) -> Iterator[NDArray[np.float64]]:
    """The numbers (rows,) that one column of tables behind each other becomes."""
    _, plan = planned[0]
    if index in plan.categories:  # zeros and ones, whatever is in the rows
        for _ in plan.categories[index]:
            yield np.zeros(sum(len(each.rows) for _, each in planned))
        return
    blocks = [block for each in planned for block in column_blocks(*each, index)]
    yield from np.concatenate(blocks).T


def column_blocks(
    table: Table, plan: TablePlan, index: int
) -> Iterator[NDArray[np.float64]]:
    """What one column of a table becomes (rows, numbers), some rows at a time."""
    places = {word: i for i, word in enumerate(plan.categories.get(index, ()))}
    known = places | dict.fromkeys(GAPS, places.get(MISSING, -1))
    dates: dict[str, tuple[float, ...]] = {}
    start = 0
    for piece in in_pieces(table.cells(plan.rows, index)):
        rows = plan.rows[start : start + len(piece)]
        start += len(piece)
        if index in plan.categories:
            found = np.array([known.get(cell, -1) for cell in piece])
            hot = np.zeros((len(piece), len(places)))
            seen = np.flatnonzero(found >= 0)
            hot[seen, found[seen]] = 1.0
            yield hot
        elif index in plan.dates:
            for row, cell in zip(rows, piece, strict=True):
                if cell not in dates:  # one date occurs in many rows
                    dates[cell] = date_parts(table, row, index, *plan.dates[index])
            yield np.array([dates[cell] for cell in piece])
        else:
            yield numbers_of(table, piece, rows, index)[:, np.newaxis]
