"""The lessons learn with their own recipes, and their exported scripts run alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import engine.session
import templates
from engine.data.samples import Samples, Splits
from engine.data.source import load
from engine.document import DataConfig, Document
from engine.exporting import export
from engine.runs import FINAL
from engine.session import prepare, train_document
from engine.training.events import EpochDone, Finished
from engine.training.reporting import as_record
from tests.engine.alone import run_alone
from tests.templates.course import LESSONS, edited

NEEDS_FILES = {"mnist", "cifar10"}
ALONE = ("digits-cnn", "fnn-iris", "rnn-sequence", "lstm-forecast")
"""Lessons whose exported script is trained, for one epoch; the others' say `--help`."""


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Networks this small gain nothing from a second; a script's sums need the same."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


FEW = {"train": 64, "validation": 16, "test": 16}
_loaded: dict[str, Splits] = {}


def first(samples: Samples, count: int) -> Samples:
    return samples.batch(torch.arange(min(count, len(samples))))


def small_part(config: DataConfig, data_dir: Path | None, progress: Any) -> Splits:
    """The first samples of each part: enough for a few steps."""
    key = repr((config.source, sorted(config.settings.items())))
    if key not in _loaded:
        splits = load(config, data_dir, progress)
        parts: dict[str, Samples] = {
            part: first(getattr(splits, part), count) for part, count in FEW.items()
        }
        _loaded[key] = replace(splits, **parts)
    return _loaded[key]


@pytest.fixture
def data_of(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The data folder for a lesson; skips where it needs files that are not there."""

    def folder(lesson: str) -> Path:
        if templates.open_lesson(lesson).data.source in NEEDS_FILES:
            found: Path = request.getfixturevalue("data_dir")
            return found
        return tmp_path

    return folder


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_trains_every_weight(
    lesson: str, data_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.session, "load", small_part)
    folder = data_of(lesson)
    recipe = {"epochs": 1, "batch_size": 32, "device": "cpu", "precision": "fp32"}
    document = edited(lesson, ("recipe", recipe))
    state = prepare(document, folder).state.model.state_dict()
    before = {name: weight.clone() for name, weight in state.items()}
    events = list(train_document(document, data_dir=folder, run_dir=tmp_path / "run"))
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert 0.0 < finished.test_loss < 10.0
    after = load_file(tmp_path / "run" / FINAL)
    assert after.keys() == before.keys()
    same = [name for name in before if torch.equal(before[name], after[name])]
    assert same == []


GOALS = [
    ("fnn-iris", {}, "accuracy", 0.85),
    ("digits-cnn", {"epochs": 5}, "accuracy", 0.9),
    ("lstm-sentiment", {}, "accuracy", 0.8),
    ("text-classifier", {}, "accuracy", 0.8),
    ("transformer-block", {}, "accuracy", 0.8),
    ("rnn-sequence", {}, "rmse", 0.7),
    ("lstm-forecast", {"epochs": 3}, "rmse", 0.5),
]
"""What the small lessons reach at least; an RMSE as a share of the last value's."""


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(("lesson", "changes", "metric", "goal"), GOALS)
def test_a_lesson_learns_with_its_own_recipe(
    lesson: str, changes: dict[str, Any], metric: str, goal: float, tmp_path: Path
) -> None:
    fixed = {"device": "cpu", "precision": "fp32"}
    document = edited(lesson, ("recipe", changes | fixed))
    events = list(train_document(document, run_dir=tmp_path / "run"))
    (finished,) = (event for event in events if isinstance(event, Finished))
    reached = finished.test_metrics[metric]
    if metric == "accuracy":
        assert reached >= goal
    else:
        assert reached <= goal * error_of_the_last_value(document)


def error_of_the_last_value(document: Document) -> float:
    """The RMSE of forecasting that nothing changes, in the series' own unit."""
    splits = load(document.data)
    (_, std) = splits.scales["next"]
    last = splits.test.inputs["window"][:, -1]
    return float((splits.test.targets["next"] - last).square().mean().sqrt()) * std


ONE_EPOCH = {"epochs": 1, "device": "cpu", "precision": "fp32"}


def told_by_script(lesson: str, folder: Path, *options: str) -> str:
    """What a lesson's exported script writes, where no engine is installed."""
    path = folder / f"{lesson}.py"
    export(templates.open_lesson(lesson), "script", path)
    done = run_alone(path, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("lesson", [one for one in LESSONS if one not in ALONE])
def test_an_exported_script_answers(lesson: str, tmp_path: Path) -> None:
    output = told_by_script(lesson, tmp_path, "--help")
    assert templates.open_lesson(lesson).name in output
    assert "--data-dir" in output


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("lesson", ALONE)
def test_an_exported_script_gives_the_losses_of_the_lesson(
    lesson: str, tmp_path: Path
) -> None:
    document = edited(lesson, ("recipe", ONE_EPOCH))
    expected = [
        untimed(as_record(event))
        for event in train_document(document, run_dir=tmp_path / "run")
        if isinstance(event, (EpochDone, Finished))
    ]
    options = ("--epochs", "1", "--device", "cpu", "--precision", "fp32", "--json")
    output = told_by_script(lesson, tmp_path, *options)
    records = [json.loads(line) for line in output.splitlines()]
    assert [untimed(record) for record in records[1:]] == expected
    assert len(expected) == 2


def untimed(record: dict[str, Any]) -> dict[str, Any]:
    times = {"seconds", "samples_per_second"}
    return {name: value for name, value in record.items() if name not in times}
