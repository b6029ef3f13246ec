"""What the columns of a table are: numbers, categories, dates; and Parquet files."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.data.source import DataInfo, describe, load
from engine.document import DataConfig
from engine.problems import Refusal
from tests.engine.test_data_tables import config, refusal_of

DATES = [
    ("2024-02-29", (2024, 2, 29, 3)),
    ("2023-12-31", (2023, 12, 31, 6)),
    ("1999-01-04", (1999, 1, 4, 0)),
]


_HELD = " Read once and kept: in memory they take "


def types_of(info: DataInfo) -> str:
    """What is said of the columns, without what they take in memory."""
    types, between, size = info.note.partition(_HELD)
    assert between
    assert size
    return types


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%SZ"],
)
def test_dates_become_numbers_however_they_are_written(
    form: str, tmp_path: Path
) -> None:
    days = [datetime.date.fromisoformat(day) for day, _ in DATES]
    moments = [datetime.datetime(d.year, d.month, d.day, 13, 5) for d in days]
    rows = [f"{one.strftime(form)},{i % 2}" for i in range(10) for one in moments]
    (tmp_path / "a.csv").write_text("when,y\n" + "\n".join(rows))
    given = config(normalise=False, header="yes")
    splits, info = load(given, tmp_path), describe(given, tmp_path)
    width = 5 if "%H" in form else 4
    assert info.inputs["features"].shape == (width,)
    assert types_of(info) == "Read as dates when."
    found = {tuple(map(int, row)) for row in splits.train.inputs["features"].tolist()}
    assert found == {(*parts, 13)[:width] for _, parts in DATES}


def test_dates_with_gaps_are_filled_like_numbers(tmp_path: Path) -> None:
    rows = [f"2024-01-0{1 + i % 9},{i % 2}" for i in range(30)]
    rows[7] = "NA,1"
    (tmp_path / "a.csv").write_text("when,y\n" + "\n".join(rows))
    splits = load(config(gaps="fill", normalise=False), tmp_path)
    parts = (splits.train, splits.validation, splits.test)
    days = torch.cat([part.inputs["features"][:, 2] for part in parts])
    assert int((days != days.round()).sum()) == 1


def test_numbers_can_be_dates_and_dates_categories(tmp_path: Path) -> None:
    rows = [f"{day.replace('-', '')},{i % 2}" for i in range(10) for day, _ in DATES]
    (tmp_path / "a.csv").write_text("when,y\n" + "\n".join(rows))
    told = config(dates="when", normalise=False, header="yes")
    first = load(told, tmp_path).train.inputs["features"][0]
    assert tuple(map(int, first.tolist())) in {parts for _, parts in DATES}
    (tmp_path / "a.csv").write_text("when,y\n2024-01-01,1\n2024-01-02,0\n" * 9)
    rows = [f"{day},{i % 2}" for i in range(10) for day, _ in DATES]
    (tmp_path / "a.csv").write_text("when,y\n" + "\n".join(rows))
    named = describe(config(categories="when"), tmp_path)
    assert named.inputs["features"].shape == (3,)
    assert types_of(named) == "Read as categories when (3)."


def test_dates_that_cannot_be(tmp_path: Path) -> None:
    rows = "2024-01-31,1\n2024-01-30,0\n" * 9
    assert refusal_of(tmp_path, "d,y\n" + rows + "2023-02-29,1\n") == (
        "a.csv, row 20: the column “d” holds “2023-02-29”, and a date was expected. "
        "Mend that cell, or ignore the column."
    )
    assert refusal_of(tmp_path, "d,y\n" + rows + "soon,1\n") == (
        "a.csv, row 20: the column “d” holds “soon”, and a date was expected. Mend "
        "that cell, or ignore the column."
    )
    assert refusal_of(tmp_path, "d,y\n" + "3/4/2024,1\n1/2/2024,0\n" * 9) == (
        "a.csv: the dates of the column “d”, such as 3/4/2024, do not tell which "
        "number is the day and which the month. Write them as 2024-12-31, or add d to "
        "the columns to ignore."
    )


def test_what_columns_were_taken_for_is_said(data_dir: Path) -> None:
    def note(path: str, **settings: Any) -> str:
        told = {"path": f"tabular/{path}", **settings}
        info = describe(DataConfig(source="csv-table", settings=told), data_dir)
        return types_of(info)

    assert note("california-housing.csv", gaps="drop", target="median_house_value") == (
        "Read as numbers longitude, latitude, housing_median_age, total_rooms, "
        "total_bedrooms, population and 2 more; as categories ocean_proximity (5). "
        "207 rows with gaps are left out."
    )
    assert note("abalone.csv") == (
        "Read as numbers 2, 3, 4, 5, 6, 7 and 1 more; as categories 1 (3)."
    )


@pytest.mark.parametrize(
    ("path", "task", "width", "classes"),
    [
        ("abalone.csv", "regression", 10, 0),
        ("adult-train.csv", "classification", 108, 2),
        ("adult-test.csv", "classification", 107, 2),
        ("boston-housing.csv", "regression", 13, 0),
        ("california-housing.csv", "classification", 9, 5),
        ("iris.csv", "classification", 4, 3),
        ("pima-indians-diabetes.csv", "classification", 8, 2),
        ("winequality-red.csv", "classification", 11, 6),
        ("winequality-white.csv", "classification", 11, 7),
    ],
)
def test_every_real_table_is_understood_without_help(
    path: str, task: str, width: int, classes: int, data_dir: Path
) -> None:
    """Six of these have no header row."""
    settings = {"path": f"tabular/{path}", "gaps": "fill"}
    info = describe(DataConfig(source="csv-table", settings=settings), data_dir)
    assert (info.task, len(info.classes)) == (task, classes)
    assert info.inputs["features"].shape == (width,)


def test_a_parquet_file_is_the_same_table(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra tables; CI has it")
    parquet = pytest.importorskip("pyarrow.parquet")
    days = [datetime.date(2024, 1, 1 + i % 28) for i in range(60)]
    columns = {
        "x": [None if i == 5 else i / 4 for i in range(60)],
        "n": list(range(60)),
        "colour": ["red" if i % 3 else "blue" for i in range(60)],
        "seen": [i % 2 == 0 for i in range(60)],
        "when": days,
        "y": [float(i) * 1.5 for i in range(60)],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet")
    lines = [",".join(columns)]
    for row in zip(*columns.values(), strict=True):
        lines.append(",".join("" if cell is None else str(cell) for cell in row))
    (tmp_path / "a.csv").write_text("\n".join(lines))
    one, other = (
        load(config(path=path, gaps="fill"), tmp_path)
        for path in ("a.csv", "a.parquet")
    )
    assert torch.equal(one.train.inputs["features"], other.train.inputs["features"])
    assert torch.equal(one.test.targets["target"], other.test.targets["target"])
    info = describe(config(path="a.parquet", gaps="fill"), tmp_path)
    assert (
        types_of(info)
        == "Read as numbers x, n; as categories colour (2), seen (2); as dates when."
    )


def test_bad_parquet_files(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra tables; CI has it")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"

    def said() -> str:
        with pytest.raises(Refusal) as caught:
            describe(config(path="a.parquet"), tmp_path)
        return str(caught.value)

    assert said() == f"There is no file {path}. Choose a file that exists."
    path.write_bytes(b"PAR1 no table")
    assert said().startswith("a.parquet cannot be read as a Parquet file (")
    assert said().endswith(" Choose another file, or save it again as CSV.")
    lists = {"x": [[1, 2]] * 9, "y": [0, 1, 2] * 3}
    parquet.write_table(pyarrow.table(lists), path)
    assert said() == (
        "a.parquet: the column “x” holds list values, and numbers, words or dates were "
        "expected. Save the file again without that column."
    )


def test_parquet_without_its_package_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(Refusal) as caught:
        describe(config(path="a.parquet"), tmp_path)
    assert str(caught.value) == (
        "a.parquet is a Parquet file, and reading one needs the package pyarrow, which "
        'is not installed. Install it with: pip install "espalier[tables]"'
    )
