"""Series: windows cut by time, nothing of the test in training, gaps as told."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.data.forecasting import split_series
from engine.data.series import mackey_glass_values, sine_values
from engine.data.source import describe, load
from engine.document import DataConfig, Document
from engine.problems import Refusal


def series(**settings: Any) -> DataConfig:
    return DataConfig(source="csv-series", settings={"path": "a.csv", **settings})


@pytest.mark.parametrize(("window", "horizon"), [(5, 1), (3, 4)])
def test_windows_hold_the_past_and_targets_what_follows(
    window: int, horizon: int
) -> None:
    values = np.arange(100.0)
    splits = split_series(values, window, horizon, False, 0.1, 0.2)
    told = []
    for part in (splits.train, splits.validation, splits.test):
        inputs = part.inputs["window"][:, :, 0]
        targets = part.targets["next"]
        steps = torch.arange(1.0, horizon + 1)
        assert torch.equal(targets, inputs[:, -1:] + steps)
        assert torch.equal(
            inputs[:, 1:] - inputs[:, :-1], torch.ones(len(part), window - 1)
        )
        told.append({int(value) for value in targets.unique()})
    # Every value after the first window is foretold in exactly one part.
    assert told == [
        set(range(window, 70)),
        set(range(70, 80)),
        set(range(80, 100)),
    ]


def test_figures_come_from_before_the_validation() -> None:
    values = np.concatenate([np.tile([-1.0, 1.0], 35), np.full(30, 1000.0)])
    splits = split_series(values, 4, 1, True, 0.1, 0.2)
    assert splits.scales == {"next": (0.0, 1.0)}
    assert float(splits.test.targets["next"].min()) == 1000.0


def test_scales_turn_forecasts_back(data_dir: Path) -> None:
    settings = {"path": "timeseries/airline-passengers.csv", "window": 12}
    splits = load(DataConfig(source="csv-series", settings=settings), data_dir)
    mean, std = splits.scales["next"]
    last = splits.test.targets["next"][-3:, 0].double() * std + mean
    assert last.tolist() == pytest.approx([461.0, 390.0, 432.0], abs=1e-3)
    first = splits.train.inputs["window"][0, :3, 0].double() * std + mean
    assert first.tolist() == pytest.approx([112.0, 118.0, 132.0], abs=1e-3)


def test_mackey_glass_solves_its_equation() -> None:
    """Against Euler steps a hundred times smaller, from the same start."""
    size, units = 0.001, 330
    delay = round(17.0 / size)
    x = [1.2] * (delay + 1)
    for _ in range(round(units / size)):
        past, now = x[-delay - 1], x[-1]
        x.append(now + size * (0.2 * past / (1.0 + past**10) - 0.1 * now))
    fine = np.array(x[delay + round(300 / size) + round(1 / size) - 999 :: 1000])
    coarse = mackey_glass_values(30, 17.0)
    assert coarse == pytest.approx(fine[: len(coarse)], abs=0.01)
    long = mackey_glass_values(5000, 17.0)
    assert 0.2 < long.min() < 0.5
    assert 1.2 < long.max() < 1.5
    # Chaotic: it never comes back to the same value and slope.
    assert np.abs(long[100:] - long[:-100]).mean() > 0.05


def test_the_sine_has_its_period_and_its_noise() -> None:
    clean = sine_values(100, 25.0, 0.0, 0)
    assert clean[:25] == pytest.approx(clean[25:50])
    assert clean.max() == pytest.approx(1.0, abs=0.01)
    noises = sine_values(5000, 25.0, 0.3, 1) - sine_values(5000, 25.0, 0.0, 1)
    assert noises.std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("way", [0, 1])
def test_a_click_lets_gaps_be(tmp_path: Path, way: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t,y\n" + "1,2\n2,\n3,4\n" * 20)
    document = Document(
        data=DataConfig(source="csv-series", settings={"path": str(path)})
    )
    with pytest.raises(Refusal) as caught:
        describe(document.data)
    fixes = caught.value.problem.fixes
    labels = [fix.label for fix in fixes]
    assert labels == ["Set gaps to interpolate", "Set gaps to drop"]
    for edit in fixes[way].edits:
        edit.apply(document)
    describe(document.data)
    assert document.data.settings["path"] == str(path)


def test_gaps_are_refused_with_their_row(data_dir: Path) -> None:
    settings = {"path": "timeseries/pollution.csv", "column": "pm2.5"}
    with pytest.raises(Refusal) as caught:
        load(DataConfig(source="csv-series", settings=settings), data_dir)
    assert str(caught.value) == (
        "pollution.csv, row 2: the column “pm2.5” has no value (and 2,066 more are "
        "missing). Set gaps to interpolate or drop, or fill them in the file."
    )


@pytest.mark.parametrize(
    ("gaps", "wanted"),
    [
        ("interpolate", [10.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0]),
        ("drop", [10.0, 20.0, 50.0, 60.0]),
    ],
)
def test_gaps_are_filled_as_told(
    gaps: str, wanted: list[float], tmp_path: Path
) -> None:
    cells = ["", "10", "20", "NA", "?", "50", "60", "nan"]
    steady = list(map(str, range(100, 130)))
    (tmp_path / "a.csv").write_text(
        "v,w\n" + "".join(f"{c},1\n" for c in cells + steady)
    )
    splits = load(
        series(column="v", gaps=gaps, normalise=False, window=len(wanted)), tmp_path
    )
    assert splits.train.inputs["window"][0, :, 0].tolist() == wanted


def test_further_columns_are_seen_beside_the_one_foretold(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i * 10},{i * i},word\n" for i in range(100))
    (tmp_path / "a.csv").write_text("a,b,c,d\n" + rows)
    settings = {"column": "b", "with_columns": "c, a", "window": 4, "horizon": 2}
    config = series(**settings, normalise=False)
    splits = load(config, tmp_path)
    info = describe(config, tmp_path)
    assert info.inputs["window"].shape == splits.train.inputs["window"].shape[1:]
    # The one foretold first, then the others in the file's order.
    assert splits.train.inputs["window"][0].tolist() == [
        [i * 10, i, i * i] for i in range(4)
    ]
    assert splits.train.targets["next"][0].tolist() == [40.0, 50.0]
    scaled = load(series(**settings), tmp_path)
    mean, std = scaled.scales["next"]
    back = scaled.test.targets["next"].double() * std + mean
    assert torch.allclose(back, splits.test.targets["next"].double(), atol=1e-3)
    some = scaled.train.batch(torch.tensor([3, 1]))
    assert some.inputs["window"].is_contiguous()
    assert some.targets["next"].is_contiguous()
    held = scaled.train.inputs["window"].untyped_storage().nbytes()
    assert held == 100 * 3 * 4  # once, though each value is in four windows
    assert info.shared_numbers == 100 * 3
    assert info.note == "Read once. The series is kept in memory: 1.17 KiB."
    seen = torch.tensor([float(i * i) for i in range(70)]).double()
    third = scaled.train.inputs["window"][0, :, 2].double()
    wanted = (seen[:4] - seen.mean()) / seen.std(correction=0)
    assert torch.allclose(third, wanted, atol=1e-5)


def test_a_single_column_is_as_it_was_before_there_could_be_more() -> None:
    """A change here changes the numbers of the lessons on series: do it on purpose."""
    splits = load(DataConfig(source="mackey-glass"))
    digest = hashlib.sha256(splits.train.inputs["window"].numpy().tobytes())
    digest.update(splits.test.targets["next"].numpy().tobytes())
    assert digest.hexdigest()[:16] == "758d31fdc36185bd"


def test_gaps_in_any_of_the_columns(tmp_path: Path) -> None:
    rows = [f"{i},{i}" for i in range(40)]
    rows[2], rows[3] = "2,", ",3"
    (tmp_path / "a.csv").write_text("a,b\n" + "\n".join(rows))
    settings = {"column": "a", "with_columns": "b", "window": 5, "normalise": False}
    with pytest.raises(Refusal) as caught:
        load(series(**settings), tmp_path)
    assert caught.value.problem.message == (
        "a.csv, row 4: the column “b” has no value (and 1 more are missing)."
    )
    filled = load(series(**settings, gaps="interpolate"), tmp_path)
    assert filled.train.inputs["window"][0].tolist() == [[i, i] for i in range(5)]
    dropped = load(series(**settings, gaps="drop"), tmp_path)
    assert dropped.train.inputs["window"][0, :, 1].tolist() == [0, 1, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "settings", "sentence"),
    [
        (
            "t,v\n1,2\n2,high\n",
            {},
            "a.csv, row 3: the column “v” holds “high”, and a number was expected. "
            "Mend that cell, or choose another column.",
        ),
        (
            "t,v\n1,\n2,NA\n",
            {"gaps": "drop"},
            "a.csv: the column “v” has no value at all. Choose another column.",
        ),
        (
            "t,v\n" + "1,2\n" * 50,
            {"window": 60},
            "The series has 50 values, 35 of them for training: too few for windows of "
            "60 and a horizon of 1. Take a shorter window or a longer series.",
        ),
        (
            "t,v\n" + "1,2\n" * 50,
            {"column": "w"},
            "a.csv has no column “w”; it has “t”, “v”. Choose one of these.",
        ),
    ],
)
def test_bad_series(
    text: str, settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(Refusal) as caught:
        load(series(**settings), tmp_path)
    assert str(caught.value) == sentence
