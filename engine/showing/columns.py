"""The columns of a table behind the numbers a network reads, there and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from torch import Tensor

from engine.catalog.settings import Values
from engine.data.columns import MISSING
from engine.data.csv_table import (
    Planned,
    planned_tables,
    table_figures,
    target_labels,
    whole_column,
)
from engine.data.dates import date_numbers
from engine.data.declaration import default_data_dir
from engine.data.errors import DataError, quoted
from engine.data.samples import Samples
from engine.data.source import source_of
from engine.data.splitting import mean_and_std, places_to_look_at, split_indices
from engine.data.tables import GAPS, cells_folder, chosen_file, is_number
from engine.document import DataConfig
from engine.figures import figure
from engine.problems import Refusal
from engine.showing.trained import Trained

Scale = tuple[float, float]
"""Mean and standard deviation: what is read is (value - mean) / std."""
PLAIN: Scale = (0.0, 1.0)
_NOTHING = 1e-6
"""Below this part of a column's standard deviation a number is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: a number, one of some words, or a date."""

    name: str
    scales: tuple[Scale, ...] = (PLAIN,)
    """That of each number the network reads of it."""
    words: tuple[str, ...] = ()
    """For a category: its words, each of which is a 0 or a 1."""
    date_order: str = ""
    """For dates: how they are written, see `engine.data.dates`."""
    low: float = 0.0
    high: float = 1.0
    """Between which numbers the training part lies, for a number."""
    fills: tuple[float, ...] = ()
    """What the network reads of a gap, as numbers of the table; empty if it cannot."""
    gaps: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict, compare=False)
    """Of which samples of each part the cell is a gap; empty where none is one."""

    def is_gap(self, part: str, index: int) -> bool:
        """Whether a sample of a part has nothing in this column."""
        gaps = self.gaps.get(part, ())  # shorter where the file was cut meanwhile
        return index < len(gaps) and bool(gaps[index])

    @property
    def width(self) -> int:
        """How many numbers the network reads of it."""
        return len(self.scales)

    def encoded(self, text: str) -> list[float]:
        """What the network reads for a cell. Raises Refusal for what is none."""
        return [
            (number - mean) / std
            for number, (mean, std) in zip(
                self._numbers(text), self.scales, strict=True
            )
        ]

    def _numbers(self, text: str) -> Sequence[float]:
        cell = text.strip()
        if self.words:
            if cell not in self.words:
                raise Refusal(
                    f"{self.name} has no “{cell}”.",
                    f"Choose one of {quoted(self.words[:8])}.",
                )
            return [float(word == cell) for word in self.words]
        if self.fills and cell in GAPS | {MISSING}:
            return self.fills
        if self.date_order:
            found = date_numbers(cell, self.date_order)
            if found is None:
                raise Refusal(
                    f"{self.name} needs a date; received “{cell}”.",
                    "Write it as in the table.",
                )
            return found[: self.width]
        if not is_number(cell):
            raise Refusal(
                f"{self.name} needs a number; received “{cell}”.",
                f"In the training part it is from {figure(self.low)} to "
                f"{figure(self.high)}.",
            )
        return [float(cell)]

    def told(self, read: Sequence[float]) -> str:
        """The cell behind what the network reads."""
        numbers = [
            value * std + mean
            for value, (mean, std) in zip(read, self.scales, strict=True)
        ]
        if self.words:
            likeliest = int(np.argmax(numbers))
            # A test file may hold a word that the training file does not.
            return self.words[likeliest] if numbers[likeliest] > 0.25 else "?"
        if self.date_order:
            year, month, day = (round(number) for number in numbers[:3])
            try:
                return date(year, month, day).isoformat()
            except ValueError:  # a gap, filled with means
                return "?"
        (number,), (_, std) = numbers, self.scales[0]
        # What float32 leaves of a zero that was normalised.
        return figure(0.0 if abs(number) < _NOTHING * std else number)


def encoded_row(columns: Sequence[Column], cells: Mapping[str, str]) -> Tensor:
    """What the network reads for a row (1, width). Raises Refusal for a wrong cell."""
    numbers = [x for column in columns for x in column.encoded(cells[column.name])]
    return torch.tensor([numbers], dtype=torch.float32)


def told_row(
    columns: Sequence[Column], row: Tensor, sample: tuple[str, int] | None = None
) -> Iterator[tuple[str, str]]:
    """Each column's name with the cell behind what the network reads (width,).

    With `sample`, the part and the place of the row, a gap is told as one: what fills
    it stands in no file.
    """
    place = 0
    for column in columns:
        if sample is not None and column.is_gap(*sample):
            yield column.name, MISSING
        else:
            yield column.name, column.told(row[place : place + column.width].tolist())
        place += column.width


def columns_behind(trained: Trained, field: str) -> tuple[Column, ...]:
    """The columns behind a field that a trained network reads. Raises Refusal."""
    key = f"columns of {field}"
    if key not in trained.kept:
        config, train = trained.document.data, trained.splits.train
        trained.kept[key] = columns_of(config, train, field, trained.data_dir)
    found: tuple[Column, ...] = trained.kept[key]
    return found


def columns_of(
    config: DataConfig, train: Samples, field: str, data_dir: Path | None
) -> tuple[Column, ...]:
    """The columns behind a field of the data (N, width). Raises Refusal."""
    source = source_of(config)
    values = source.values(config.settings)
    try:
        if config.source == "csv-table":
            return tuple(_table_columns(values, data_dir or default_data_dir()))
        if config.source == "iris":
            return tuple(_iris_columns(values))
    except (DataError, OSError) as error:
        raise Refusal(f"The table cannot be read any more: {error}") from error
    numbers = train.inputs[field]
    if not isinstance(numbers, Tensor):  # they are on disk
        numbers = numbers[torch.tensor(places_to_look_at(len(train)))]
    names = ["x", "y"] if field == "point" else None
    return tuple(
        Column(
            name=names[place] if names else str(place + 1),
            low=float(numbers[:, place].min()),
            high=float(numbers[:, place].max()),
        )
        for place in range(numbers.shape[1])
    )


def _iris_columns(values: Values) -> Iterator[Column]:
    iris = load_iris()
    shares = values.validation, values.test, values.split_seed
    train, _, _ = split_indices(len(iris.target), *shares, iris.target)
    for name, numbers in zip(iris.feature_names, iris.data[train].T, strict=True):
        figures = mean_and_std(numbers) if values.normalise else PLAIN
        low, high = _span(numbers)
        yield Column(name=str(name), scales=(figures,), low=low, high=high)


def _table_columns(values: Values, data_dir: Path) -> Iterator[Column]:
    """As `engine.data.csv_table` makes them."""
    files = [chosen_file(data_dir, values.path)]
    if values.test_path:
        files.append(data_dir / values.test_path)
    reading = ("delimiter", "header", "encoding")
    names = ("target", "ignore", "categories", "dates", "task", "gaps")
    planned = planned_tables(
        files,
        {name: values[name] for name in reading},
        {name: values[name] for name in names},
        cells_folder(data_dir, values.kept, files),
    )
    parts = _parts_of(planned, values)
    table, plan = planned[0]
    for index in plan.features:
        name = table.columns[index]
        if index in plan.categories:
            words = plan.categories[index]
            yield Column(name=name, words=words, scales=(PLAIN,) * len(words))
            continue
        read = [*whole_column(planned, index)]
        figures = table_figures(read, parts["train"], values.normalise).T.tolist()
        is_missing = np.isnan(read[0])
        fills = tuple(fill for fill, _, _ in figures)
        gaps = {part: is_missing[rows] for part, rows in parts.items()}
        column = Column(
            name=name,
            scales=tuple((mean, std) for _, mean, std in figures),
            fills=fills if values.gaps == "fill" else (),
            gaps=gaps if is_missing.any() else {},
        )
        if index in plan.dates:
            order, _ = plan.dates[index]
            yield replace(column, date_order=order or "year first")
        else:
            low, high = _span(read[0][parts["train"]])
            yield replace(column, low=low, high=high)


def _parts_of(planned: Planned, values: Values) -> dict[str, NDArray[np.int64]]:
    """The rows of tables behind each other that each part consists of."""
    (table, plan), *tests = planned
    labels = target_labels(table, plan) if plan.task == "classification" else None
    share = 0.0 if tests else values.test
    count = len(plan.rows)
    shares = values.validation, share, values.split_seed
    train, validation, test = split_indices(count, *shares, labels)
    if tests:
        test = np.arange(count, count + sum(len(each.rows) for _, each in tests))
    return {"train": train, "validation": validation, "test": test}


def _span(numbers: NDArray[np.float64]) -> tuple[float, float]:
    """Between which numbers a column lies; NaN where it has none."""
    seen = numbers[~np.isnan(numbers)]
    if not len(seen):
        return math.nan, math.nan
    return float(seen.min()), float(seen.max())
