"""A table as samples: the features of each row, and the column to foretell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from engine.data.columns import feature_matrix, plan_table
from engine.data.samples import Samples, Splits
from engine.data.splitting import mean_and_std, split_indices
from engine.data.tables import number_in, read_table


def load_csv_table(
    data_dir: Path,
    *,
    path: str,
    target: str,
    task: str,
    ignore: str,
    categories: str,
    gaps: str,
    normalise: bool,
    delimiter: str,
    header: str,
    encoding: str,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """The rows of a text table: features (N, width); a class (N,) or a number (N, 1).

    `normalise` brings columns of numbers, and a target of numbers, to mean 0 and
    standard deviation 1; gaps are filled with the mean. Means and deviations are the
    training part's alone.
    """
    table = read_table(
        data_dir / path, delimiter=delimiter, header=header, encoding=encoding
    )
    plan = plan_table(
        table,
        target=target,
        ignore=ignore,
        categories=categories,
        task=task,
        gaps=gaps,
    )
    features = feature_matrix(table, plan)
    cells = [table.rows[row][plan.target] for row in plan.rows]
    if plan.task == "classification":
        answers = np.array([plan.classes.index(cell) for cell in cells], dtype=np.int64)
    else:
        answers = np.array([[number_in(table, r, plan.target)] for r in plan.rows])
    labels = answers if plan.task == "classification" else None
    parts = split_indices(len(cells), validation, test, split_seed, labels)
    for column in range(features.shape[1]):
        values = features[:, column]
        seen = values[parts[0]]
        seen = seen[~np.isnan(seen)]
        mean, std = mean_and_std(seen) if len(seen) else (0.0, 1.0)
        values[np.isnan(values)] = mean
        if normalise and not set(np.unique(seen)) <= {0.0, 1.0}:
            # Columns of zeros and ones (categories, yes or no) stay as they are.
            features[:, column] = (values - mean) / std
    scales = {}
    if normalise and plan.task == "regression":
        mean, std = mean_and_std(answers[parts[0]])
        answers = (answers - mean) / std
        scales = {"target": (mean, std)}
    if plan.task == "regression":
        answers = answers.astype(np.float32)
    train, watched, tested = (
        Samples(
            {"features": torch.from_numpy(features[part].astype(np.float32))},
            {"target": torch.from_numpy(answers[part])},
        )
        for part in parts
    )
    return Splits(train, watched, tested, plan.task, plan.classes, scales)
