"""The headless verbs about many runs: `runs` and `sweep`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
from engine.runs import Runs
from tests.engine.test_run_table import a_run

pytest.importorskip("optuna", reason="needs the extra sweeps; CI has it")

SWEEP = ["sweep", "lesson:fnn-iris", "--epochs", "1", "--pruner", "none"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    runs = Runs(tmp_path / "runs")
    a_run(runs, [0.5, 0.25], name="One", learning_rate=0.01)
    a_run(runs, [0.75], name="Two")
    runs.annotate(2, tags=["kept"])
    return tmp_path / "runs"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_runs_are_listed_found_and_sorted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["runs", "--runs-dir", str(folder)]
    assert main.main([*arguments, "--json"]) == main.DONE
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == [2, 1]
    assert rows[1]["val_loss"] == 0.25 and rows[1]["recipe"]["learning_rate"] == 0.01
    assert rows[0]["tags"] == ["kept"] and Path(rows[0]["folder"]).is_dir()
    main.main([*arguments, "--json", "--sort", "val_loss"])
    assert [row["id"] for row in json.loads(capsys.readouterr().out)] == [1, 2]
    main.main([*arguments, "--json", "--filter", "tag:kept"])
    assert [row["id"] for row in json.loads(capsys.readouterr().out)] == [2]
    assert main.main(arguments) == main.DONE
    text = capsys.readouterr().out
    assert "accuracy 75.0 %" in " ".join(text.split()) and "Two" in text


def test_wrong_columns_and_runs_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["runs", "--runs-dir", str(folder)]
    assert main.main([*arguments, "--sort", "speed"]) == main.WRONG_USAGE
    assert capsys.readouterr().err.startswith("There is no column speed. Take one of")
    assert main.main([*arguments, "9"]) == main.FAILED
    assert capsys.readouterr().err.startswith("There is no run 9.")
    assert main.main([*arguments, "1", "--compare"]) == main.WRONG_USAGE
    assert capsys.readouterr().err == "Two runs are compared; 1 were chosen.\n"


def test_curves_are_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "curves.csv"
    arguments = ["runs", "1", "--runs-dir", str(folder), "--csv", str(path)]
    assert main.main(arguments) == main.DONE
    assert capsys.readouterr().err == f"Wrote {path}.\n"
    assert len(path.read_text().splitlines()) == 1 + 2 * 3


def test_a_sweep_prints_its_trials_and_its_runs_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--runs-dir", str(tmp_path)]
    vary = ["--vary", "learning_rate=0.001,0.1", "--sampler", "grid"]
    assert main.main([*SWEEP, *vary, *where, "--json"]) == main.DONE
    events = lines(capsys)
    assert (events[0]["event"], events[0]["trials"]) == ("sweep", 2)
    done = [event for event in events if event.get("state") == "done"]
    assert [event["values"] for event in done] == [
        {"learning_rate": 0.001},
        {"learning_rate": 0.1},
    ]
    best = events[-1]["best"]
    assert isinstance(best, dict)
    assert best["val_loss"] == min(event["val_loss"] for event in done)  # type: ignore[type-var]
    assert main.main(["runs", "1", "2", "--compare", *where, "--json"]) == main.DONE
    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {
        "part": "Training",
        "what": "learning_rate",
        "1": "0.001",
        "2": "0.1",
    }


def test_a_sweep_for_a_person_goes_on_with_more_trials(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--runs-dir", str(tmp_path)]
    vary = ["--vary", "learning_rate=1e-3..1e-1:log", "--trials", "1"]
    assert main.main([*SWEEP, *vary, *where]) == main.DONE
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("1 trial, 0 done: ")
    assert "0 done 0." in text or "0 done 1." in text
    assert "best: learning_rate" in text
    (folder,) = (tmp_path / "sweeps").iterdir()
    more = ["sweep", "--resume", str(folder), "--trials", "2", *where]
    assert main.main(more) == main.DONE
    assert "2 trials, 1 done: " in " ".join(capsys.readouterr().out.split())
    assert len(Runs(tmp_path).list()) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (["sweep"], "A sweep needs a network. Give a file or lesson:ID", 2),
        (SWEEP, "A sweep needs a setting to vary. Choose one or more.", 3),
        ([*SWEEP, "--vary", "speed=1,2"], "There is no training setting speed.", 3),
        (["sweep", "--resume", "no"], "There is no sweep that can be read in no.", 3),
    ],
)
def test_what_no_sweep_can_begin_with(
    tmp_path: Path,
    arguments: list[str],
    sentence: str,
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main([*arguments, "--runs-dir", str(tmp_path)]) == code
    assert capsys.readouterr().err.startswith(sentence)


def test_a_training_is_written_to_mlflow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mlflow = pytest.importorskip("mlflow", reason="needs the extra mlflow; CI has it")
    store = tmp_path / "store"
    arguments = ["train", "lesson:fnn-iris", "--epochs", "2", "--json"]
    more = ["--run-dir", str(tmp_path / "run"), "--mlflow", str(store)]
    assert main.main([*arguments, *more]) == main.DONE
    losses = [event["val_loss"] for event in lines(capsys) if event["event"] == "epoch"]
    client = mlflow.MlflowClient(tracking_uri=store.as_uri())
    (run,) = client.search_runs(
        [client.get_experiment_by_name("Espalier").experiment_id]
    )
    history = client.get_metric_history(run.info.run_id, "loss/validation")
    assert [each.value for each in history] == losses
