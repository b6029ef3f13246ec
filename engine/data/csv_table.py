"""A table as samples: the features of each row, and the column to foretell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
from engine.data.errors import DataError
from engine.data.samples import Samples, Splits
from engine.data.splitting import mean_and_std, split_indices
from engine.data.table_cells import in_pieces
from engine.data.table_numbers import numbers_in
from engine.data.tables import (
    GAPS,
    Table,
    chosen_file,
    read_table,
)


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
    files = [
        chosen_file(data_dir, path),
        *([data_dir / test_path] if test_path else []),
    ]
    table, *tests = (
        read_table(file, delimiter=delimiter, header=header, encoding=encoding)
        for file in files
    )
    plan = plan_table(
        table,
        target=target,
        ignore=ignore,
        categories=categories,
        dates=dates,
        task=task,
        gaps=gaps,
    )
    planned = [(table, plan)]
    planned += [(one, plan_of_tests(one, table, plan, gaps)) for one in tests]
    classify = plan.task == "classification"
    answers = np.concatenate(
        [(target_labels if classify else target_numbers)(*each) for each in planned]
    )
    count = len(plan.rows)
    labels = answers[:count] if classify else None
    share = 0.0 if tests else test
    parts = list(split_indices(count, validation, share, split_seed, labels))
    if tests:
        parts[2] = np.arange(count, len(answers))
    features = np.concatenate([feature_matrix(*each) for each in planned])
    inputs = torch.from_numpy(
        prepared(features, parts[0], normalise).astype(np.float32)
    )
    scales = {}
    if classify:
        goals = torch.from_numpy(answers)
    else:
        goals, scales["target"] = scaled_answers(answers, parts[0], normalise)
    train, watched, tested = (
        Samples({"features": inputs[part]}, {"target": goals[part]}) for part in parts
    )
    return Splits(train, watched, tested, plan.task, plan.classes, scales)


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
            f"{', '.join(plan.classes[:6])}.",
            "Use the same classes in both files.",
        )
    return labels


def numbered_words(cells: Sequence[str], numbers: dict[str, int]) -> NDArray[np.int64]:
    """The number of each word (N,); -1 for one that has none."""
    found = np.empty(len(cells), np.int64)
    start = 0
    for piece in in_pieces(cells):
        found[start : start + len(piece)] = [numbers.get(cell, -1) for cell in piece]
        start += len(piece)
    return found


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


def prepared(
    features: NDArray[np.float64], train: NDArray[np.int64], normalise: bool
) -> NDArray[np.float64]:
    """The features without gaps and, with `normalise`, all of the same scale.

    Means and deviations are those of the rows `train`. Columns of zeros and ones
    (categories, yes or no) stay as they are.
    """
    columns = []
    for values in features.T:
        seen = values[train]
        seen = seen[~np.isnan(seen)]
        mean, std = mean_and_std(seen) if len(seen) else (0.0, 1.0)
        filled = np.where(np.isnan(values), mean, values)
        if normalise and not ((seen == 0.0) | (seen == 1.0)).all():
            filled = (filled - mean) / std
        columns.append(filled)
    return np.stack(columns, axis=1)


def feature_matrix(table: Table, plan: TablePlan) -> NDArray[np.float64]:
    """The features (rows, width): numbers, NaN where missing; categories as 0 and 1.

    A word that the plan does not know, as one of a test file may be, is 0 everywhere.
    A date is year, month, day and weekday, and the hour where there are times.
    """
    columns = []
    for index in plan.features:
        cells = table.cells(plan.rows, index)
        if index in plan.categories:
            places = {word: i for i, word in enumerate(plan.categories[index])}
            known = places | dict.fromkeys(GAPS, places.get(MISSING, -1))
            found = numbered_words(cells, known)
            hot = np.zeros((len(cells), len(places)))
            rows = np.flatnonzero(found >= 0)
            hot[rows, found[rows]] = 1.0
            columns.append(hot)
        elif index in plan.dates:
            columns.append(dates_in(table, plan, index))
        else:
            columns.append(numbers_in(table, plan.rows, index)[:, np.newaxis])
    return np.concatenate(columns, axis=1)


def dates_in(table: Table, plan: TablePlan, column: int) -> NDArray[np.float64]:
    """The numbers of each date of a column (rows, parts), NaN where it is missing."""
    order, parts = plan.dates[column]
    cells = table.cells(plan.rows, column)
    words: dict[str, int] = {}
    read: list[tuple[float, ...]] = []
    for row, cell in zip(plan.rows, cells, strict=True):
        if cell not in words:  # one date occurs in many rows
            words[cell] = len(read)
            read.append(date_parts(table, row, column, order, parts))
    return np.array(read).reshape(-1, parts)[numbered_words(cells, words)]
