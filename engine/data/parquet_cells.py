"""Parquet files: their columns as the cells of a text table."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from engine.data.errors import DataError
from engine.data.table_cells import Block
from engine.data.wanted import check_wanted

PARQUET = frozenset({".parquet", ".pq"})
PARQUET_ROWS = 512
"""So many are decoded in one go: no other thread runs meanwhile."""


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names of the columns; raises DataError without any."""
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
    except (pyarrow.ArrowException, OSError) as error:
        raise no_parquet(path, error) from error
    if not columns:
        raise DataError(f"{path.name} holds no columns.", "Choose another file.")
    return columns


def parquet_blocks(path: Path) -> Iterator[Block]:
    """The cells of each column, some rows at a time. Raises DataError for damage."""
    import pyarrow.parquet

    row = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            columns = tuple(map(str, file.schema_arrow.names))
            for batch in file.iter_batches(PARQUET_ROWS):
                check_wanted()
                numbers = list(range(row + 1, row + len(batch) + 1))
                row += len(batch)
                yield (
                    numbers,
                    [
                        tuple(
                            parquet_cell(path.name, name, value)
                            for value in more.to_pylist()
                        )
                        for name, more in zip(columns, batch, strict=True)
                    ],
                )
    except (pyarrow.ArrowException, OSError) as error:
        raise no_parquet(path, error) from error


def no_parquet(path: Path, error: Exception) -> DataError:
    """What to say of a file that is damaged."""
    first = str(error).strip().split("\n")[0]
    return DataError(
        f"{path.name} cannot be read as a Parquet file ({first}).",
        "Choose another file, or save it again as CSV.",
    )


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
