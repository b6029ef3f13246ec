"""A table as samples: the features of each row, and the column to foretell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.columns import MISSING, TablePlan, date_parts, plan_table
from engine.data.samples import Samples, Splits
from engine.data.splitting import mean_and_std, split_indices
from engine.data.tables import GAPS, Table, chosen_file, number_in, read_table


def load_csv_table(
    data_dir: Path,
    *,
    path: str,
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

    `normalise` brings columns of numbers, and a target of numbers, to mean 0 and
    standard deviation 1; gaps are filled with the mean. Means and deviations are the
    training part's alone.
    """
    table = read_table(
        chosen_file(data_dir, path),
        delimiter=delimiter,
        header=header,
        encoding=encoding,
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
    labels = target_labels(table, plan) if plan.task == "classification" else None
    parts = split_indices(len(plan.rows), validation, test, split_seed, labels)
    features = prepared(feature_matrix(table, plan), parts[0], normalise)
    scales = {}
    if labels is not None:
        answers = torch.from_numpy(labels)
    else:
        answers, scale = scaled_answers(
            target_numbers(table, plan), parts[0], normalise
        )
        scales = {"target": scale}
    inputs = torch.from_numpy(features.astype(np.float32))
    train, watched, tested = (
        Samples({"features": inputs[part]}, {"target": answers[part]}) for part in parts
    )
    return Splits(train, watched, tested, plan.task, plan.classes, scales)


def target_labels(table: Table, plan: TablePlan) -> NDArray[np.int64]:
    """The number of each row's class (N,)."""
    places = {name: place for place, name in enumerate(plan.classes)}
    labels = [places[table.rows[row][plan.target]] for row in plan.rows]
    return np.array(labels, dtype=np.int64)


def target_numbers(table: Table, plan: TablePlan) -> NDArray[np.float64]:
    """The number to foretell in each row (N,)."""
    return np.array([number_in(table, row, plan.target) for row in plan.rows])


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
        if normalise and not set(np.unique(seen)) <= {0.0, 1.0}:
            filled = (filled - mean) / std
        columns.append(filled)
    return np.stack(columns, axis=1)


def feature_matrix(table: Table, plan: TablePlan) -> NDArray[np.float64]:
    """The features (rows, width): numbers, NaN where missing; categories as 0 and 1.

    A date is year, month, day and weekday, and the hour where there are times.
    """
    columns = []
    for index in plan.features:
        if index in plan.categories:
            places = {word: i for i, word in enumerate(plan.categories[index])}
            hot = np.zeros((len(plan.rows), len(places)))
            for row, source in enumerate(plan.rows):
                cell = table.rows[source][index]
                hot[row, places[MISSING if cell in GAPS else cell]] = 1.0
            columns.append(hot)
        elif index in plan.dates:
            order, parts = plan.dates[index]
            moments = [date_parts(table, row, index, order, parts) for row in plan.rows]
            columns.append(np.array(moments))
        else:
            numbers = [number_in(table, row, index) for row in plan.rows]
            columns.append(np.array(numbers)[:, np.newaxis])
    return np.concatenate(columns, axis=1)
