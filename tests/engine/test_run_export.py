"""Curves for other programs, and two runs side by side."""

from __future__ import annotations

import builtins
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.edits import SetSettings
from engine.problems import Refusal
from engine.recipe import RECIPE_SETTINGS
from engine.run_comparison import Difference, differences
from engine.run_export import CSV_COLUMNS, curves_as_csv, write_csv, write_tensorboard
from engine.run_mlflow import EXPERIMENT, MlflowLog, write_mlflow
from engine.run_record import DOCUMENT, Run
from engine.runs import Runs
from engine.session import train_document
from engine.training.events import EpochDone, Event
from tests.engine.documents import iris
from tests.engine.test_run_table import a_run


def trained(folder: Path, **recipe: object) -> Run:
    list(train_document(iris(**recipe), runs_dir=folder))
    return Runs(folder).list()[0]


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets packages seem not to be installed."""
    real = builtins.__import__

    def hide(name: str) -> None:
        def importing(module: str, *rest: Any, **more: Any) -> Any:
            names = (module, *((rest[2] or ()) if len(rest) > 2 else ()))
            if any(each.split(".")[0] == name for each in names):
                raise ImportError(f"No module named {name!r}")
            return real(module, *rest, **more)

        monkeypatch.setattr(builtins, "__import__", importing)

    return hide


def test_a_line_of_csv_for_each_figure(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    made = [a_run(runs, [0.5, 0.25], name="One"), a_run(runs, [0.4], name="Two, again")]
    rows = list(csv.DictReader(io.StringIO(curves_as_csv(made))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert len(rows) == 3 * 3
    found = [
        (row["run"], row["name"], row["epoch"], float(row["value"]))
        for row in rows
        if (row["part"], row["metric"]) == ("validation", "loss")
    ]
    assert found == [
        ("1", "One", "1", 0.5),
        ("1", "One", "2", 0.25),
        ("2", "Two, again", "1", 0.4),
    ]
    assert {row["part"] for row in rows} == {"training", "validation"}
    write_csv(made, tmp_path / "curves.csv")
    assert (tmp_path / "curves.csv").read_text() == curves_as_csv(made)


def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="There are no runs to export"):
        write_csv([], tmp_path / "curves.csv")
    runs = Runs(tmp_path)
    run = a_run(runs, [0.5])
    (run.folder / "events.jsonl").unlink()
    with pytest.raises(Refusal, match="None of these runs has finished an epoch"):
        write_tensorboard([run], tmp_path / "board")


def test_tensorboard_reads_the_same_figures(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="needs the extra tensorboard; CI has it")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    runs = Runs(tmp_path)
    run = a_run(runs, [0.5, 0.25], name="My net")
    for _ in range(2):  # the second export takes the place of the first
        (folder,) = write_tensorboard([run], tmp_path / "board")
    assert folder.name == "0001-My-net"
    events = EventAccumulator(str(folder)).Reload()
    assert set(events.Tags()["scalars"]) == {
        "loss/training",
        "loss/validation",
        "accuracy/validation",
    }
    found = [(each.step, each.value) for each in events.Scalars("loss/validation")]
    assert found == [(1, 0.5), (2, 0.25)]
    first, second = events.Scalars("loss/validation")
    assert second.wall_time - first.wall_time == pytest.approx(0.5, abs=0.01)


def test_a_missing_package_is_said_with_how_to_get_it(
    tmp_path: Path, missing: Any
) -> None:
    run = a_run(Runs(tmp_path), [0.5])
    missing("tensorboard")
    with pytest.raises(Refusal, match=r"pip install espalier\[tensorboard\]"):
        write_tensorboard([run], tmp_path / "board")
    missing("mlflow")
    with pytest.raises(Refusal, match=r"pip install espalier\[mlflow\]"):
        write_mlflow([run], str(tmp_path / "store"))


def mlflow_runs(store: Path) -> tuple[Any, list[Any]]:
    mlflow = pytest.importorskip("mlflow", reason="needs the extra mlflow; CI has it")
    client = mlflow.MlflowClient(tracking_uri=store.resolve().as_uri())
    experiment = client.get_experiment_by_name(EXPERIMENT)
    return client, client.search_runs([experiment.experiment_id])


def test_mlflow_gets_settings_curves_and_result(tmp_path: Path) -> None:
    pytest.importorskip("mlflow", reason="needs the extra mlflow; CI has it")
    runs = Runs(tmp_path)
    run = a_run(runs, [0.5, 0.25], learning_rate=0.01)
    runs.annotate(run.id, tags=["a", "b"], note="why", title="Mine")
    (number,) = write_mlflow([runs.get(run.id)], str(tmp_path / "store"))
    client, (found,) = mlflow_runs(tmp_path / "store")
    assert found.info.run_id == number and found.info.run_name == "Mine"
    assert found.info.status == "FINISHED"
    assert found.data.params["learning_rate"] == "0.01"
    assert found.data.tags["espalier.tags"] == "a, b"
    history = client.get_metric_history(number, "loss/validation")
    assert [(each.step, each.value) for each in history] == [(1, 0.5), (2, 0.25)]
    assert found.data.metrics["accuracy/test"] == 0.75


def test_mlflow_follows_a_training(tmp_path: Path) -> None:
    pytest.importorskip("mlflow", reason="needs the extra mlflow; CI has it")
    log = MlflowLog(str(tmp_path / "store"))
    events = train_document(iris(epochs=3), runs_dir=tmp_path)
    passed = list(log.follow(events, Runs(tmp_path)))
    losses = [event.val_loss for event in passed if isinstance(event, EpochDone)]
    client, (found,) = mlflow_runs(tmp_path / "store")
    history = client.get_metric_history(found.info.run_id, "loss/validation")
    assert [each.value for each in history] == losses and len(losses) == 3
    assert found.info.status == "FINISHED" and log.failure == ""


def test_a_store_that_fails_does_not_end_a_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mlflow", reason="needs the extra mlflow; CI has it")
    log = MlflowLog(str(tmp_path / "store"))

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(log._client, "log_metric", full)
    events: Iterator[Event] = train_document(iris(epochs=3), runs_dir=tmp_path)
    assert [e.event for e in log.follow(events, Runs(tmp_path))][-1] == "finished"
    assert log.failure.endswith(
        "cannot be used: No space left on device "
        "Choose another folder, or check the server's address."
    )


def test_each_step_is_a_line_of_csv_where_that_is_asked_for(tmp_path: Path) -> None:
    run = trained(tmp_path, epochs=2)
    rows = list(csv.DictReader(io.StringIO(curves_as_csv([run], each_step=True))))
    steps = [row for row in rows if row["metric"] == "step_loss"]
    assert [int(row["step"]) for row in steps] == list(range(1, len(steps) + 1))
    per_epoch = len(steps) // 2
    for epoch in (1, 2):
        losses = [float(row["value"]) for row in steps if row["epoch"] == str(epoch)]
        assert len(losses) == per_epoch
        # The loss of an epoch is the mean over its samples; the last batch is smaller.
        (mean,) = [
            float(row["value"])
            for row in rows
            if (row["epoch"], row["part"], row["metric"])
            == (str(epoch), "training", "loss")
        ]
        assert sum(losses) / per_epoch == pytest.approx(mean, rel=0.2)


def test_what_differs_between_two_runs(tmp_path: Path) -> None:
    first = trained(tmp_path, epochs=1)
    document = iris(epochs=1, learning_rate=0.01, seed=1, weight_decay=0.01)
    SetSettings("fc1", {"out_features": 16}).apply(document)
    list(train_document(document, runs_dir=tmp_path))
    second = Runs(tmp_path).list()[0]
    found = differences(first, second)
    assert Difference("Network", "fc1.out_features", "8", "16") in found
    assert Difference("Training", "learning_rate", "0.001", "0.01") in found
    assert Difference("Training", "seed", "0", "1") in found
    assert [each.part for each in found] == sorted(
        (each.part for each in found), key=["Network", "Training", "Result"].index
    )
    form = [setting.name for setting in RECIPE_SETTINGS]
    trained_by = [each.what for each in found if each.part == "Training"]
    assert trained_by == sorted(trained_by, key=form.index), "as in the form"
    assert differences(first, first) == []
    (second.folder / DOCUMENT).unlink()
    with pytest.raises(Refusal, match=r"The document of run 2 cannot be read"):
        differences(first, second)


def test_nodes_and_edges_that_only_one_run_had(tmp_path: Path) -> None:
    from engine.edits import removal

    first = trained(tmp_path, epochs=1)
    document = iris(epochs=1)
    removal(document.graph, ["relu1"], keep_flow=True).apply(document)
    list(train_document(document, runs_dir=tmp_path))
    found = differences(first, Runs(tmp_path).list()[0])
    assert Difference("Network", "relu1", "ReLU", "–") in found
    assert Difference("Network", "edge fc1 → fc2", "–", "yes") in found
    assert Difference("Network", "edge fc1 → relu1", "yes", "–") in found
