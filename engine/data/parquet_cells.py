"""Parquet files: their columns as the cells of a text table."""

from __future__ import annotations

import datetime
from pathlib import Path

from engine.data.errors import DataError
from engine.data.table_cells import Column

PARQUET_ROWS = 512
"""So many are decoded in one go: no other thread runs meanwhile."""


def parquet_cells(path: Path) -> tuple[tuple[str, ...], list[Column]]:
    """The names of the columns, and the cells of each. Raises DataError without any."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DataError(
            f"{path.name} is a Parquet file, and reading one needs the package "
            f"pyarrow, which is not installed.",
            'Install it with: pip install "espalier[tables]"',
        ) from error
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            columns = tuple(map(str, file.schema_arrow.names))
            cells = [Column() for _ in columns]
            for batch in file.iter_batches(PARQUET_ROWS):
                for name, so_far, more in zip(columns, cells, batch, strict=True):
                    so_far.extend(
                        parquet_cell(path.name, name, value)
                        for value in more.to_pylist()
                    )
    except (pyarrow.ArrowException, OSError) as error:
        first = str(error).strip().split("\n")[0]
        raise DataError(
            f"{path.name} cannot be read as a Parquet file ({first}).",
            "Choose another file, or save it again as CSV.",
        ) from error
    if not columns:
        raise DataError(f"{path.name} holds no columns.", "Choose another file.")
    return columns, cells


def parquet_cell(name: str, column: str, value: object) -> str:
    """One value of a Parquet file as a text table would write it."""
    if value is None:
        return ""
    if isinstance(value, (list, dict, bytes)):
        raise DataError(
            f"{name}: the column “{column}” holds {type(value).__name__} values, and "
            f"numbers, words or dates were expected.",
            "Save the file again without that column.",
        )
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value).strip()
