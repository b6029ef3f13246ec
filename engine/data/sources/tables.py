"""The user's own table: features of each row, and a column to foretell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Bool, Choice, Setting, Text, Values
from engine.catalog.spec import TensorSpec
from engine.data.columns import TablePlan, plan_of_tests, plan_table
from engine.data.declaration import SPLIT, DataInfo, DataKind, Source
from engine.data.parts import part_counts, part_sizes
from engine.data.room import text_keeping
from engine.data.sources.files import FILE, KEPT, PATH, TEST_PATH
from engine.data.tables import Table, cells_folder, chosen_file, read_table


class CsvTable(Source):
    """Your own table (CSV, TSV, Parquet): one column is foretold from the others.

    Numbers are taken as they are, words as categories: each word becomes a place that
    is 1 or 0; a date becomes year, month, day and weekday. A target of words, or of few
    whole numbers, is a class to tell; any other target is a number to come close to.
    """

    id = "csv-table"
    title = "Table: CSV, Parquet"
    kind = DataKind.NUMBERS
    licence = "Your own data."
    settings: ClassVar[tuple[Setting, ...]] = (
        PATH,
        replace(
            TEST_PATH,
            empty="a part of the first",
            help="A table with the same columns to test with; empty takes a part of "
            "the first.",
        ),
        Text(
            name="target",
            default="",
            kind="column",
            empty="the last",
            help="The column to foretell, by name or number; empty is the last one.",
        ),
        Choice(
            name="task",
            default="auto",
            options=("auto", "classification", "regression"),
            help="Tell classes or come close to a number; auto looks at the target.",
        ),
        Text(
            name="ignore",
            default="",
            kind="columns",
            label="Columns to ignore",
            empty="none",
            help="Columns not to learn from, with commas between.",
        ),
        Text(
            name="categories",
            default="",
            kind="columns",
            advanced=True,
            label="Numbers that are categories",
            empty="none",
            help="Columns whose numbers are names (a class, a code), with commas "
            "between.",
        ),
        Text(
            name="dates",
            default="",
            kind="columns",
            advanced=True,
            label="Numbers that are dates",
            empty="none",
            help="Columns whose numbers are dates, as 20241231, with commas between; "
            "dates as 2024-12-31 or 31.12.2024 are found without.",
        ),
        Choice(
            name="gaps",
            default="refuse",
            options=("refuse", "drop", "fill"),
            help="What to do where a value is missing: say so, leave the row out, or "
            "fill in the training part's mean (for words, a word of its own).",
        ),
        Bool(
            name="normalise",
            label="Normalize",
            default=True,
            help="Bring numbers to mean 0 and standard deviation 1, by the training "
            "part's figures.",
        ),
        KEPT,
        *FILE,
        *SPLIT,
    )
    module = "engine.data.csv_table"
    function = "load_csv_table"
    needs_data_dir = True

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        files = [
            chosen_file(data_dir, values.path),
            *([data_dir / values.test_path] if values.test_path else []),
        ]
        on_disk = cells_folder(data_dir, values.kept, files)
        table, *tests = (self._read(values, file, on_disk) for file in files)
        plan = plan_table(
            table,
            target=values.target,
            ignore=values.ignore,
            categories=values.categories,
            dates=values.dates,
            task=values.task,
            gaps=values.gaps,
        )
        classify = plan.task == "classification"
        counts = self._counts(values, table, plan, tests)
        size = 4 * plan.width * sum(counts.values())
        is_kept, keeping = text_keeping(values.kept, files, size)
        return DataInfo(
            inputs={"features": TensorSpec((plan.width,))},
            targets={
                "target": TensorSpec((), "int64") if classify else TensorSpec((1,))
            },
            task=plan.task,
            classes=plan.classes,
            target_classes={"target": plan.classes} if classify else {},
            counts=counts,
            is_on_disk=not is_kept,
            note=f"{_types_note(table, plan)} {keeping}",
        )

    def _counts(
        self, values: Values, table: Table, plan: TablePlan, tests: list[Table]
    ) -> dict[str, int]:
        if not tests:
            return part_counts(len(plan.rows), values.validation, values.test)
        tested = plan_of_tests(tests[0], table, plan, values.gaps).rows
        train, validation, _ = part_sizes(len(plan.rows), values.validation, 0.0)
        return {"train": train, "validation": validation, "test": len(tested)}

    def _read(self, values: Values, path: Path, on_disk: Path | None) -> Table:
        return read_table(
            path,
            delimiter=values.delimiter,
            header=values.header,
            encoding=values.encoding,
            on_disk=on_disk,
        )


def _types_note(table: Table, plan: TablePlan) -> str:
    """What each column was taken for, and how many rows were left out."""
    kinds = {
        "numbers": [table.columns[index] for index in plan.numbers],
        "categories": [
            f"{table.columns[index]} ({len(words)})"
            for index, words in plan.categories.items()
        ],
        "dates": [table.columns[index] for index in plan.dates],
    }
    parts = [f"as {kind} {_listed(names)}" for kind, names in kinds.items() if names]
    left = len(table) - len(plan.rows)
    rows = f" {left:,} rows with gaps are left out." if left else ""
    return f"Read {'; '.join(parts)}.{rows}"


def _listed(names: list[str]) -> str:
    """The first six names, and how many more there are."""
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more
