"""Time series: made by formula, or a column of the user's own table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import (
    Bool,
    Choice,
    Count,
    Float,
    Int,
    Setting,
    Text,
    Values,
)
from engine.catalog.spec import TensorSpec
from engine.data.declaration import TEST, VALIDATION, DataInfo, DataKind, Source
from engine.data.keeping import amount
from engine.data.parts import window_counts
from engine.data.room import READ_TIMES, lacking_room
from engine.data.sources.files import FILE, PATH
from engine.data.tables import cells_folder, chosen_file

WINDOW = Count(
    name="window",
    default=20,
    minimum=1,
    maximum=100_000,
    unit="steps",
    help="How many values of the past the network sees.",
)
HORIZON = Count(
    name="horizon",
    default=1,
    minimum=1,
    maximum=10_000,
    unit="steps",
    help="How many values it has to foretell.",
)
NORMALISE = Bool(
    name="normalise",
    label="Normalize",
    default=True,
    help="Bring the series to mean 0 and standard deviation 1, by the training part's "
    "figures.",
)
SAMPLES = Count(
    name="samples",
    label="Length",
    default=1000,
    minimum=10,
    maximum=1_000_000,
    unit="steps",
    help="How long the series is.",
)
ENDS: tuple[Setting, ...] = (WINDOW, HORIZON, NORMALISE, VALIDATION, TEST)


class _Series(Source):
    """A window of the past as input, what came next as target, split by time."""

    module = "engine.data.forecasting"

    def _info(self, values: Values, count: int, columns: int = 1) -> DataInfo:
        counts = window_counts(
            count, values.window, values.horizon, values.validation, values.test
        )
        return DataInfo(
            inputs={"window": TensorSpec((values.window, columns))},
            targets={"next": TensorSpec((values.horizon,))},
            task="regression",
            counts=dict(zip(("train", "validation", "test"), counts, strict=True)),
            shared_numbers=count * columns,
        )


class Sine(_Series):
    """A sine with noise on it: the plainest series there is to continue."""

    id = "sine"
    title = "Noisy sine"
    kind = DataKind.SERIES
    licence = "Made by formula; nobody's data."
    settings: ClassVar[tuple[Setting, ...]] = (
        SAMPLES,
        Float(
            name="period",
            default=25.0,
            above=0.0,
            unit="steps",
            help="How long one wave is.",
        ),
        Float(
            name="noise",
            default=0.1,
            minimum=0.0,
            maximum=100.0,
            help="The noise's standard deviation; the wave's amplitude is 1.",
        ),
        Int(name="seed", default=0, minimum=0, help="The same seed, the same noise."),
        *ENDS,
    )
    function = "load_sine"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return self._info(values, values.samples)


class MackeyGlass(_Series):
    """A chaotic series from a model of blood cells, long a yardstick of forecasting.

    dx/dt = 0.2 x(t-τ) / (1 + x(t-τ)¹⁰) - 0.1 x(t), from τ = 17 on without a period.
    """

    id = "mackey-glass"
    title = "Mackey-Glass"
    kind = DataKind.SERIES
    licence = "Made by formula (Mackey and Glass, Science 197, 1977); nobody's data."
    settings: ClassVar[tuple[Setting, ...]] = (
        SAMPLES,
        Float(
            name="tau",
            default=17.0,
            minimum=1.0,
            maximum=100.0,
            label="Delay τ",
            help="How far back the formula looks; chaotic from about 17 on.",
        ),
        *ENDS,
    )
    function = "load_mackey_glass"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return self._info(values, values.samples)


class CsvSeries(_Series):
    """One column of your own table as a series, in the order of its rows.

    The network sees a window of it, and of further columns if you like. The last values
    are the test part, those before them the validation part.
    """

    id = "csv-series"
    title = "Series from a table"
    kind = DataKind.SERIES
    licence = "Your own data."
    settings: ClassVar[tuple[Setting, ...]] = (
        PATH,
        Text(
            name="column",
            default="",
            kind="column",
            empty="the last",
            help="The column to foretell, by its name or number; empty is the last.",
        ),
        Text(
            name="with_columns",
            default="",
            kind="columns",
            label="Further columns",
            empty="none",
            help="Columns of numbers that the network sees beside the one it "
            "foretells, with commas between.",
        ),
        Choice(
            name="gaps",
            default="refuse",
            options=("refuse", "interpolate", "drop"),
            help="What to do where a value is missing: say so, draw a straight line "
            "between its neighbours, or leave the row out.",
        ),
        *ENDS,
        *FILE,
    )
    function = "load_csv_series"
    needs_data_dir = True

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        # Here, because it brings numpy, and the window is up before that is needed.
        from engine.data.series import column_values

        path = chosen_file(data_dir, values.path)
        series = column_values(
            path,
            values.column,
            values.with_columns,
            gaps=values.gaps,
            delimiter=values.delimiter,
            header=values.header,
            encoding=values.encoding,
            on_disk=cells_folder(data_dir, "auto", [path]),
        )
        lacking = lacking_room([path], READ_TIMES)
        read = f"Read piece by piece: {lacking}." if lacking else "Read once."
        info = self._info(values, *series.shape)
        note = f"{read} The series is kept in memory: {amount(4 * series.size)}."
        return replace(info, note=note)
