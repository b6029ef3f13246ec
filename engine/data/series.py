"""Time series: windows of the past, and what came next."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.table_numbers import numbers_in
from engine.data.tables import column_index, column_indices, gap_error, read_table


def column_values(
    path: Path,
    column: str,
    with_columns: str,
    *,
    gaps: str,
    delimiter: str,
    header: str,
    encoding: str,
    on_disk: Path | None,
) -> NDArray[np.float64]:
    """Columns of a table as series (steps, columns): `column`, then `with_columns`.

    An empty `column` is the last one. Missing values are a DataError with `refuse`,
    straight lines between their neighbours with `interpolate`; with `drop` a step with
    any of them is left out.
    """
    table = read_table(
        path, delimiter=delimiter, header=header, encoding=encoding, on_disk=on_disk
    )
    index = column_index(table, column, setting="column")
    others = column_indices(table, with_columns, setting="with_columns")
    indices = [index, *sorted(others - {index})]
    rows = range(len(table))
    values = np.column_stack([numbers_in(table, rows, each) for each in indices])
    missing = np.isnan(values)
    if not missing.any():
        return values
    if gaps == "refuse":
        remedy = "Set gaps to interpolate or drop, or fill them in the file."
        ways = ("interpolate", "drop")
        row, place = np.argwhere(missing)[0].tolist()
        raise gap_error(table, row, indices[place], int(missing.sum()), remedy, ways)
    for place in np.flatnonzero(missing.all(axis=0)).tolist():
        raise DataError(
            f"{table.name}: the column “{table.columns[indices[place]]}” has no value "
            f"at all.",
            "Choose another column.",
        )
    if gaps == "drop":
        present: NDArray[np.float64] = values[~missing.any(axis=1)]
        return present
    return np.column_stack([interpolated(one) for one in values.T])


def interpolated(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A series without gaps: straight lines between the neighbours of each.

    Before the first and after the last value there is no line: the nearest is taken.
    """
    missing = np.isnan(values)
    places = np.arange(len(values))
    filled: NDArray[np.float64] = np.interp(places, places[~missing], values[~missing])
    return filled


def sine_values(
    samples: int, period: float, noise: float, seed: int
) -> NDArray[np.float64]:
    """A sine of amplitude 1 with normal noise; `period` in steps."""
    steps = np.arange(samples)
    noises = np.random.default_rng(seed).normal(0.0, noise, samples)
    wave: NDArray[np.float64] = np.sin(2.0 * math.pi * steps / period)
    return wave + noises


def mackey_glass_values(samples: int, tau: float) -> NDArray[np.float64]:
    """The Mackey-Glass series, one value for each unit of time.

    dx/dt = 0.2 x(t-tau) / (1 + x(t-tau)^10) - 0.1 x(t), chaotic from tau = 17 on
    (Mackey and Glass, Science 197, 1977, equation 4b), with fourth-order Runge-Kutta
    steps of 0.1 from x = 1.2. The first 300 units, before it has settled, are left out.
    """
    substeps, settling = 10, 300
    size = 1.0 / substeps
    delay = round(tau * substeps)
    x = [1.2] * (delay + 1)
    for _ in range((samples + settling) * substeps):
        # The delayed value is known at the ends of the step; half way, its mean.
        past, next_past = x[-delay - 1], x[-delay]
        middle = (past + next_past) / 2.0
        now = x[-1]
        k1 = 0.2 * past / (1.0 + past**10) - 0.1 * now
        gain = 0.2 * middle / (1.0 + middle**10)
        k2 = gain - 0.1 * (now + size / 2.0 * k1)
        k3 = gain - 0.1 * (now + size / 2.0 * k2)
        end = 0.2 * next_past / (1.0 + next_past**10)
        k4 = end - 0.1 * (now + size * k3)
        x.append(now + size / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4))
    return np.array(x[delay + 1 + settling * substeps :: substeps])
