"""Series as samples: a window of the past as input, what came next as target."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.parts import window_counts
from engine.data.samples import Samples, Splits
from engine.data.series import (
    column_values,
    mackey_glass_values,
    sine_values,
)
from engine.data.splitting import mean_and_std
from engine.data.tables import cells_folder, chosen_file


def load_sine(
    *,
    samples: int,
    period: float,
    noise: float,
    seed: int,
    window: int,
    horizon: int,
    normalise: bool,
    validation: float,
    test: float,
) -> Splits:
    """A noisy sine, to be continued."""
    values = sine_values(samples, period, noise, seed)
    return split_series(values, window, horizon, normalise, validation, test)


def load_mackey_glass(
    *,
    samples: int,
    tau: float,
    window: int,
    horizon: int,
    normalise: bool,
    validation: float,
    test: float,
) -> Splits:
    """The chaotic Mackey-Glass series, to be continued."""
    values = mackey_glass_values(samples, tau)
    return split_series(values, window, horizon, normalise, validation, test)


def load_csv_series(
    data_dir: Path,
    *,
    path: str,
    column: str,
    with_columns: str,
    window: int,
    horizon: int,
    gaps: str,
    normalise: bool,
    delimiter: str,
    header: str,
    encoding: str,
    validation: float,
    test: float,
) -> Splits:
    """One column of a table, to be continued; others may be seen beside it."""
    file = chosen_file(data_dir, path)
    values = column_values(
        file,
        column,
        with_columns,
        gaps=gaps,
        delimiter=delimiter,
        header=header,
        encoding=encoding,
        on_disk=cells_folder(data_dir, "auto", [file]),
    )
    return split_series(values, window, horizon, normalise, validation, test)


def split_series(
    values: NDArray[np.float64],
    window: int,
    horizon: int,
    normalise: bool,
    validation: float,
    test: float,
) -> Splits:
    """Windows (N, window, columns) and what follows (N, horizon), cut by time.

    `values` are (steps,), or (steps, columns) of which the first is forecast.
    `normalise` brings each column to mean 0 and standard deviation 1 by the figures of
    the values before the validation part; `scales` turns forecasts back.
    """
    counts = window_counts(len(values), window, horizon, validation, test)
    columns = [np.ascontiguousarray(one) for one in values.reshape(len(values), -1).T]
    scales = {}
    if normalise:
        end = counts[0] + window + horizon - 1
        figures = [mean_and_std(one[:end]) for one in columns]
        columns = [
            (one - mean) / std
            for one, (mean, std) in zip(columns, figures, strict=True)
        ]
        scales = {"next": figures[0]}
    table = torch.from_numpy(np.stack(columns, axis=1).astype(np.float32))
    # Views: what overlaps is there once, whatever the length of a window.
    width, places = table.shape[1], len(table) - window - horizon + 1
    inputs = table.as_strided((places, window, width), (width, width, 1))
    targets = table[window:, 0].clone().unfold(0, horizon, 1)
    parts = []
    start = 0
    for count in counts:
        part = slice(start, start + count)
        parts.append(Samples({"window": inputs[part]}, {"next": targets[part]}))
        # No forecast may straddle two parts.
        start += count + horizon - 1
    return Splits(parts[0], parts[1], parts[2], "regression", scales=scales)
