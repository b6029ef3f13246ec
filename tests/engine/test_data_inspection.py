"""What is said of loaded data: classes, ranges, the split, duplicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.data import inspection
from engine.data.inspection import (
    class_counts,
    duplicates,
    how_split,
    value_ranges,
)
from engine.data.samples import Samples, Splits
from engine.data.source import load
from engine.document import DataConfig
from engine.problems import Refusal
from tests.engine.data_files import write_pictures


def samples(rows: list[list[float]], answers: list[float]) -> Samples:
    return Samples({"x": torch.tensor(rows)}, {"y": torch.tensor(answers)})


def test_classes_are_counted_in_each_part_even_where_there_are_none() -> None:
    def part(labels: list[int]) -> Samples:
        return Samples({"x": torch.zeros(len(labels), 1)}, {"y": torch.tensor(labels)})

    splits = Splits(
        part([0, 2, 2]), part([2]), part([0]), "classification", ("a", "b", "c")
    )
    assert class_counts(splits) == {
        "train": {"a": 1, "b": 0, "c": 2},
        "validation": {"a": 0, "b": 0, "c": 1},
        "test": {"a": 1, "b": 0, "c": 0},
    }
    assert class_counts(load(DataConfig(source="sine"))) == {}


def test_ranges_are_those_of_the_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "CHUNK_NUMBERS", 40)  # many pieces
    values = np.random.default_rng(0).normal(1e6, 2.0, (300, 7)).astype(np.float32)
    part = Samples(
        {"x": torch.from_numpy(values)}, {"y": torch.from_numpy(values[:, :1])}
    )
    tokens = Samples({"x": torch.tensor([[1, 5]])}, {"y": torch.tensor([0])})
    ranges = value_ranges(Splits(part, tokens, part, "regression"))
    assert [(one.part, one.field, one.is_target) for one in ranges] == [
        *(("train", "x", False), ("train", "y", True), ("validation", "x", False)),
        *(("test", "x", False), ("test", "y", True)),
    ]
    exact = values.astype(np.float64)
    first = ranges[0]
    assert (first.minimum, first.maximum) == (exact.min(), exact.max())
    assert first.mean == pytest.approx(exact.mean(), rel=1e-12)
    assert first.std == pytest.approx(exact.std(), rel=1e-9)
    assert first.looked_at == 300
    assert (ranges[2].minimum, ranges[2].mean, ranges[2].maximum) == (1.0, 3.0, 5.0)


def test_duplicates_are_counted_with_their_places_and_their_answers() -> None:
    train = samples([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]], [0.0, 1.0, 0.0])
    test = samples(
        [[9.0, 9.0], [3.0, 4.0], [1.0, 2.0], [3.0, 4.0]], [0.0, 1.0, 5.0, 1.0]
    )
    found = duplicates(train, test)
    assert (found.count, found.contradicting) == (3, 1)
    assert found.first == ((1, 1), (0, 2), (1, 3))
    assert duplicates(test, samples([[1.0, 2.5]], [0.0])).count == 0


def test_two_inputs_are_a_duplicate_only_together() -> None:
    def pair(left: float, right: float) -> Samples:
        inputs = {"l": torch.tensor([[left]]), "r": torch.tensor([[right]])}
        return Samples(inputs, {"y": torch.tensor([0])})

    assert duplicates(pair(1.0, 2.0), pair(1.0, 2.0)).count == 1
    assert duplicates(pair(1.0, 2.0), pair(2.0, 1.0)).count == 0


def test_real_iris_flowers_that_are_alike(data_dir: Path) -> None:
    """Rows 102 and 143 of the file are the same flower."""
    lines = (data_dir / "tabular/iris.csv").read_text().split()
    assert lines[101] == lines[142]
    settings: dict[str, Any] = {"path": "tabular/iris.csv"}
    found = 0
    for seed in range(12):
        settings["split_seed"] = seed
        splits = load(DataConfig(source="csv-table", settings=settings), data_dir)
        one = duplicates(splits.train, splits.test)
        assert one.contradicting == 0
        found += one.count
        for first, second in one.first:
            assert torch.equal(
                splits.train.inputs["features"][first],
                splits.test.inputs["features"][second],
            )
    assert found > 0


@pytest.mark.parametrize("kept", ["in memory", "on disk"])
def test_pictures_on_disk_are_inspected_too(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "STREAMED_LOOK", 4)
    write_pictures(tmp_path / "a/train", {"cat": 6, "dog": 6})
    write_pictures(tmp_path / "a/test", {"cat": 2, "dog": 2}, seed=5)
    twin = (tmp_path / "a/train/dog/004.png").read_bytes()
    (tmp_path / "a/test/cat/001.png").write_bytes(twin)
    settings = {"path": str(tmp_path / "a"), "picture_size": 12, "kept": kept}
    splits = load(DataConfig(source="image-folder", settings=settings))
    whole = [
        duplicates(part, splits.test) for part in (splits.train, splits.validation)
    ]
    # The twin stands among the cats, so its answer is another.
    assert sum(one.count for one in whole) == 1
    assert sum(one.contradicting for one in whole) == 1
    looked = [one.looked_at for one in value_ranges(splits)]
    assert looked == ([11, 1, 4] if kept == "in memory" else [4, 1, 4])


@pytest.mark.parametrize(
    ("source", "settings", "sentence"),
    [
        (
            "digits",
            {},
            "10\u00a0% is kept for validation and 20\u00a0% for the test, by "
            "chance with seed 0, "
            "with the classes in the same proportions everywhere.",
        ),
        (
            "discs-made-up",
            {"split_seed": 3, "test": 0.25},
            "10\u00a0% is kept for validation and 25\u00a0% for the test, by "
            "chance with seed 3.",
        ),
        (
            "mnist",
            {},
            "The published test part tests; 10\u00a0% of the rest is kept for "
            "validation, by "
            "chance with seed 0, with the classes in the same proportions everywhere.",
        ),
        (
            "reviews",
            {"path": "a.tsv", "test_path": "b.tsv"},
            "b.tsv tests; 10\u00a0% of the rest is kept for validation, by "
            "chance with seed "
            "0, with the classes in the same proportions everywhere.",
        ),
        (
            "sine",
            {},
            "Cut in its order, not by chance: the last 20\u00a0% tests, the "
            "10\u00a0% before that "
            "is for validation, and what comes first trains.",
        ),
    ],
)
def test_how_the_parts_came_about(
    source: str, settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    for name in ("a.tsv", "b.tsv"):
        (tmp_path / name).write_text("fine\t1\nbad\t0\n" * 20)
    assert how_split(DataConfig(source=source, settings=settings), tmp_path) == sentence


def test_a_split_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="No file is chosen yet"):
        how_split(DataConfig(source="csv-table"), tmp_path)
