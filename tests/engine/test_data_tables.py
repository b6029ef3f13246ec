"""Tables of the user's own: read right, and refused in one clear sentence each."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.data.source import describe, load
from engine.data.table_cells import CELLS_AT_ONCE, Column
from engine.data.tables import read_table
from engine.document import DataConfig, Document
from engine.problems import Refusal

EVEN = "x,y\n" + "1,a\n2,b\n" * 20

FORM = {"delimiter": "auto", "header": "auto", "encoding": "utf-8"}
OnDisk = Callable[[Path], Path | None]
WHERE = pytest.mark.parametrize(
    "on_disk", [lambda _: None, lambda folder: folder], ids=["in memory", "on disk"]
)
"""Where the cells of a table are."""


def config(**settings: Any) -> DataConfig:
    return DataConfig(source="csv-table", settings={"path": "a.csv", **settings})


def refusal_of(tmp_path: Path, content: str | bytes, **settings: Any) -> str:
    """What is said of a file with this content: the same by both ways to it."""
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "a.csv").write_bytes(raw)
    with pytest.raises(Refusal) as described:
        describe(config(**settings), tmp_path)
    with pytest.raises(Refusal) as loaded:
        load(config(**settings), tmp_path)
    assert str(described.value) == str(loaded.value)
    with pytest.raises(Refusal) as streamed:
        load(config(**{"kept": "on disk", **settings}), tmp_path)
    assert str(streamed.value) == str(loaded.value)
    return str(loaded.value)


def test_no_file_is_chosen() -> None:
    with pytest.raises(Refusal) as caught:
        load(DataConfig(source="csv-table"), Path())
    assert str(caught.value) == (
        "No file is chosen yet. Choose one in the data's settings."
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        describe(config(), tmp_path)
    assert str(caught.value) == (
        f"There is no file {tmp_path / 'a.csv'}. Choose a file that exists."
    )


@pytest.mark.parametrize(
    ("content", "settings", "sentence"),
    [
        (
            b"PK\x03\x04\0\0binary",
            {},
            "a.csv is not a text file: it holds bytes that are no text. Choose a file "
            "of plain text, such as CSV or TSV.",
        ),
        ("\n\n", {}, "a.csv is empty. Choose another file."),
        ("", {}, "a.csv is empty. Choose another file."),
        (
            "x,y\n1,a\n2,b\n".encode("utf-16"),
            {},
            "a.csv is not utf-8 text: it begins with the mark of utf-16. Set the "
            "encoding to utf-16.",
        ),
        ("x,y\n", {"header": "yes"}, "a.csv has no rows. Choose another file."),
        (
            "x,y\n1,a\n2\n",
            {},
            "a.csv is not an even table: row 3 has 1 cells, and row 1 has 2. Mend that "
            "row, or choose another delimiter.",
        ),
        (
            'x,y\n1,"' + "a" * 200_000 + '"\n',
            {},
            "a.csv cannot be read as a table after row 1 (field larger than field "
            "limit (131072)). Save it as CSV from a spreadsheet and choose that file.",
        ),
        (
            "x,y,x\n1,2,3\n",
            {},
            "a.csv has two columns called “x”. Rename one of them in the file.",
        ),
        (
            EVEN,
            {"target": "z"},
            "a.csv has no column “z”; it has “x”, “y”. Choose one of these.",
        ),
        (
            EVEN,
            {"ignore": "x, q"},
            "a.csv has no column “q”; it has “x”, “y”. Choose one of these.",
        ),
        (
            EVEN,
            {"ignore": "x"},
            "a.csv has no column left to learn from. Ignore fewer columns.",
        ),
        (
            "x,y\n1,a\n2,b\n\n3 m,a\n4,b\n5,a\n6,b\n7,a\n8,b\n9,a\n9,b\n9,a\n",
            {},
            "a.csv, row 5: the column “x” holds “3 m”, and a number was expected. Mend "
            "that cell, or choose another column.",
        ),
        (
            "x,y\n1,a\nNA,b\n,b\n",
            {},
            "a.csv, row 3: the column “x” has no value (and 1 more are missing). Set "
            "gaps to drop or fill, ignore that column, or fill it in the file.",
        ),
        (
            "x,z,y\n1,,a\n,2,b\n",
            {"gaps": "drop"},
            "Every row of a.csv has a gap. Set gaps to fill, or ignore the columns "
            "that are mostly empty.",
        ),
        (
            "x,y\n1,a\n2,a\n3,a\n",
            {},
            "a.csv: the column “y” holds one class only, “a”. Choose another target: "
            "there is nothing to tell apart.",
        ),
        (
            EVEN + "3,c\n",
            {},
            "a.csv: the class “c” of “y” has 1 row(s); at least 3 are needed to train, "
            "watch and test. Take such rows out, or set the task to regression.",
        ),
        (
            "x,y\n1,0.5\n2,1.5\n3,2.5\n",
            {},
            "The data has 3 samples, too few to keep 10\u00a0% for validation "
            "and 20\u00a0% for "
            "the test and still train. Use more data, or other shares.",
        ),
        (
            "x,y\n1,a\n2,b\n" + "3,a\n4,b\n" * 3,
            {"task": "regression"},
            "a.csv, row 2: the column “y” holds “a”, and a number was expected. Mend "
            "that cell, or choose another column.",
        ),
        (
            "x,y\n" + "".join(f"w{i},{i % 2}\n" for i in range(300)),
            {},
            "a.csv: the column “x” holds 300 different words; as categories, at most "
            "200 are taken. Add x to the columns to ignore.",
        ),
    ],
)
def test_bad_tables(
    content: str | bytes, settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    assert refusal_of(tmp_path, content, **settings) == sentence


@pytest.mark.parametrize(
    ("content", "settings", "labels"),
    [
        ("x,y\n" + "1,a\n2,b\n,b\n" * 20, {}, ["Set gaps to fill", "Set gaps to drop"]),
        ("x,z,y\n" + "1,,a\n,2,b\n" * 20, {}, ["Set gaps to fill"]),
        ("x,z,y\n" + "1,,a\n,2,b\n" * 20, {"gaps": "drop"}, ["Set gaps to fill"]),
    ],
)
def test_gaps_go_by_a_click(
    content: str, settings: dict[str, Any], labels: list[str], tmp_path: Path
) -> None:
    refusal_of(tmp_path, content, **settings)
    document = Document(data=config(**settings))
    with pytest.raises(Refusal) as caught:
        describe(document.data, tmp_path)
    fixes = caught.value.problem.fixes
    assert [fix.label for fix in fixes] == labels
    for edit in fixes[0].edits:
        edit.apply(document)
    load(document.data, tmp_path)


def test_a_wrong_encoding_names_the_line_and_a_better_one(tmp_path: Path) -> None:
    raw = "x,y\n1,a\n2,café\n".encode("latin-1")
    assert refusal_of(tmp_path, raw) == (
        "a.csv is not utf-8 text: line 3 holds the byte 0xe9, which has no meaning "
        "there. Set the encoding to latin-1."
    )


@WHERE
@pytest.mark.parametrize(
    ("name", "text", "columns", "first"),
    [
        ("a.csv", "\ufeffx,y\r\n1,2\r\n", ("x", "y"), ["1", "2"]),
        ("a.csv", "x;y\n1,5;2\n", ("x", "y"), ["1,5", "2"]),
        ("a.tsv", 'say "x\t1\nno" \t0\n', ("1", "2"), ['say "x', "1"]),
        ("a.csv", 'n,t\n1,"a, ""b"""\n', ("n", "t"), ["1", 'a, "b"']),
        ("a.csv", "1, a\n2, b\n", ("1", "2"), ["1", "a"]),
        ("a.csv", "p,q\nr,s\n", ("1", "2"), ["p", "q"]),
        ("a.csv", "p,q\nr,2024-01-31\n", ("p", "q"), ["r", "2024-01-31"]),
        ("a.csv", "p,2024-01-30\nr,2024-01-31\n", ("1", "2"), ["p", "2024-01-30"]),
    ],
)
def test_forms_of_tables(
    name: str,
    text: str,
    columns: tuple[str, ...],
    first: list[str],
    on_disk: OnDisk,
    tmp_path: Path,
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    table = read_table(path, **FORM, on_disk=on_disk(tmp_path))
    assert table.columns == columns
    assert list(table.row(0)) == first


def test_words_become_places_and_gaps_the_training_mean(tmp_path: Path) -> None:
    rows = [f"{i},{'red' if i % 3 else 'blue'},{i * 2.5}" for i in range(30)]
    rows[4] = "NA,,10.0"
    rows[5] = "5,red,"
    (tmp_path / "a.csv").write_text("x,colour,y\n" + "\n".join(rows))
    splits = load(config(gaps="fill", normalise=False), tmp_path)
    parts = (splits.train, splits.validation, splits.test)
    features = torch.cat([part.inputs["features"] for part in parts])
    targets = torch.cat([part.targets["target"] for part in parts])
    assert splits.task == "regression"
    # 29 rows: a missing answer is never made up. Places: (missing), blue, red.
    assert features.shape == (29, 4)
    assert targets.shape == (29, 1)
    assert features[:, 1:].sum(0).tolist() == [1.0, 10.0, 18.0]
    holed = features[:, 1] == 1.0
    train = splits.train.inputs["features"]
    train_mean = train[train[:, 1] == 0.0, 0].double().mean()
    assert float(features[holed, 0]) == pytest.approx(float(train_mean))
    assert float(targets[holed]) == 10.0


def test_figures_are_those_of_the_training_part_alone(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(50.0, 9.0, 60)
    lines = [f"{value:.6f},{value * 3 + 1:.6f}" for value in values]
    (tmp_path / "a.csv").write_text("x,y\n" + "\n".join(lines))
    splits = load(config(), tmp_path)
    train = splits.train.inputs["features"].double()
    assert float(train.mean()) == pytest.approx(0.0, abs=1e-6)
    assert float(train.std(correction=0)) == pytest.approx(1.0, abs=1e-6)
    mean, std = splits.scales["target"]
    back = splits.test.targets["target"].double() * std + mean
    assert all(np.isclose(values * 3 + 1, float(y), atol=1e-3).any() for y in back)


def test_latin_1_and_quotes_together(tmp_path: Path) -> None:
    rows = '"Müller, ""Jo""";1.5\n"Çelik";2.5\n' * 20
    (tmp_path / "a.csv").write_bytes(("name;y\n" + rows).encode("latin-1"))
    given = config(encoding="latin-1", target="name", categories="y")
    assert load(given, tmp_path).classes == ('Müller, "Jo"', "Çelik")


def test_numbers_can_be_categories_and_order_by_size(data_dir: Path) -> None:
    settings = {
        "path": "tabular/titanic.csv",
        "target": "Survived",
        "ignore": "PassengerId,Name,Ticket,Cabin,Age,SibSp,Parch,Fare,Embarked,Sex",
        "categories": "Pclass",
    }
    splits = load(DataConfig(source="csv-table", settings=settings), data_dir)
    parts = (splits.train, splits.validation, splits.test)
    places = sum(part.inputs["features"].sum(0) for part in parts)
    assert places.tolist() == [216.0, 184.0, 491.0]
    survived = sum(int(part.targets["target"].sum()) for part in parts)
    assert survived == 342


def test_titanic_gaps_are_found_behind_quoted_commas(data_dir: Path) -> None:
    settings = {"path": "tabular/titanic.csv", "target": "Survived"}
    with pytest.raises(Refusal) as caught:
        load(
            DataConfig(source="csv-table", settings={**settings, "ignore": "Cabin"}),
            data_dir,
        )
    assert caught.value.problem.message == (
        "titanic.csv, row 7: the column “Age” has no value (and 178 more are missing)."
    )


def test_classes_of_numbers_stand_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "1,10\n2,9\n3,2\n" * 10)
    assert describe(config(), tmp_path).classes == ("2", "9", "10")


def test_a_file_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(EVEN)

    def forbidden(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(Refusal) as caught:
        load(config(), tmp_path)
    assert str(caught.value) == (
        f"The data cannot be read or kept: {path} (Permission denied). See that the "
        f"file may be read and that the disk is not full."
    )


# A table to test with.

TRAIN = "x,w,y\n" + "".join(f"{i},{'pq'[i % 2]},{'ab'[i % 2]}\n" for i in range(20))


def with_tests(tmp_path: Path, content: str, **settings: Any) -> DataConfig:
    (tmp_path / "a.csv").write_text(TRAIN)
    (tmp_path / "b.csv").write_text(content)
    files = {"path": "a.csv", "test_path": "b.csv"}
    return DataConfig(source="csv-table", settings={**files, **settings})


def test_a_second_table_tests_and_gives_no_figures(tmp_path: Path) -> None:
    config = with_tests(tmp_path, "x,w,y\n1000,q,a.\n2000,new,b\n,p,b\n", gaps="fill")
    info = describe(config, tmp_path)
    assert info.counts == {"train": 18, "validation": 2, "test": 3}
    splits = load(config, tmp_path)
    assert [len(part) for part in (splits.train, splits.validation, splits.test)] == [
        18,
        2,
        3,
    ]
    # The class may end with a full stop, as in the test file of adult.
    assert splits.test.targets["target"].tolist() == [0, 1, 1]
    x, *words = splits.test.inputs["features"].T
    assert splits.train.inputs["features"][:, 0].mean().abs() < 1e-6
    assert x[0] > 100
    assert x[2] == 0.0  # the training part's mean
    assert torch.stack(words, 1).tolist() == [[0, 1], [0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "x,v,y\n1,q,a\n",
            "b.csv has the columns “x”, “v”, “y”, and a.csv has “x”, “w”, “y”. "
            "Choose a test file with the same columns in the same order.",
        ),
        (
            "x,w,y\n1,q,c\n",
            "b.csv, row 2: the class “c” is not in the training file, which holds “a”, "
            "“b”. Use the same classes in both files.",
        ),
        (
            "x,w,y\n1 m,q,a\n",
            "b.csv, row 2: the column “x” holds “1 m”, and a number was expected. Mend "
            "that cell, or choose another column.",
        ),
        ("x,w,y\n", "b.csv has no rows. Choose another test file."),
        ("", "b.csv is empty. Choose another file."),
    ],
)
def test_bad_tables_to_test_with(content: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        load(with_tests(tmp_path, content, header="yes"), tmp_path)
    assert str(caught.value) == sentence


def test_adult_has_a_test_file_of_its_own(data_dir: Path) -> None:
    files = {"path": "tabular/adult-train.csv", "test_path": "tabular/adult-test.csv"}
    config = DataConfig(source="csv-table", settings={**files, "gaps": "drop"})
    assert describe(config, data_dir).counts == {
        "train": 27_146,
        "validation": 3_016,
        "test": 15_060,
    }


@WHERE
@pytest.mark.parametrize("header", [True, False])
def test_tables_of_many_pieces_are_read_as_they_are(
    header: bool, on_disk: OnDisk, tmp_path: Path
) -> None:
    rows = [[str(i), f"w{i % 5}"] for i in range(2 * CELLS_AT_ONCE + 100)]
    lines = [",".join(row) for row in rows]
    lines[3000:3000] = ["", ""]  # blank lines are counted and left out
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["x,y"] * header + lines))
    table = read_table(path, **FORM, on_disk=on_disk(tmp_path))
    assert table.columns == (("x", "y") if header else ("1", "2"))
    assert len(table) == len(rows)
    for place, column in enumerate(zip(*rows, strict=True)):
        assert tuple(table.by_column[place]) == column
        assert table.by_column[place][-1:] == [column[-1]]
    for place in (0, CELLS_AT_ONCE - 1, CELLS_AT_ONCE, len(rows) - 1):
        assert table.row(place) == tuple(rows[place])
    with pytest.raises(IndexError):
        table.by_column[0][len(rows)]
    assert list(table.row_numbers[:2]) == [1 + header, 2 + header]
    assert table.row_numbers[3000] == 3003 + header
    rows_chosen = range(0, len(rows), 2)
    chosen = table.cells(rows_chosen, 1)
    assert [*chosen] == [rows[place][1] for place in rows_chosen]
    assert chosen[5] == rows[10][1]
    if on_disk(tmp_path):
        return
    # No search for garbage goes through the words.
    column = table.by_column[1]
    assert isinstance(column, Column)
    assert len(column._pieces) == 2
    assert not any(map(gc.is_tracked, column._pieces))


def test_what_is_wrong_far_down_is_named(tmp_path: Path) -> None:
    lines = [f"{i},{i % 2}" for i in range(9_000)]
    lines[8_500] = "8500,"
    text = "x,y\n" + "\n".join(lines)
    assert refusal_of(tmp_path, text).startswith(
        "a.csv, row 8502: the column “y” has no value. "
    )
    lines[8_500] = "here,1"
    assert refusal_of(tmp_path, "x,y\n" + "\n".join(lines)).startswith(
        "a.csv, row 8502: the column “x” holds “here”, and a number was expected. "
    )
    lines[8_500] = "8500,1,2"
    assert refusal_of(tmp_path, "x,y\n" + "\n".join(lines)) == (
        "a.csv is not an even table: row 8502 has 3 cells, and row 1 has 2. Mend that "
        "row, or choose another delimiter."
    )
