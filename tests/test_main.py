"""The headless verbs: what they print, where, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import main
import templates
from engine import storage
from tests.engine.drawing import chain

ROOT = Path(main.__file__).parent


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    assert main.main([*arguments, "--json"]) == main.DONE
    return json.loads(capsys.readouterr().out)


def test_lessons_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _json(capsys, "lessons")
    assert isinstance(rows, list)
    assert {"id", "title", "kind", "parameters"} == set(rows[0])
    assert [row["id"] for row in rows] == [each.id for each in templates.lessons()]
    assert main.main(["lessons"]) == main.DONE
    assert "cnn-three-conv" in capsys.readouterr().out


def test_a_summary_has_each_layer(capsys: pytest.CaptureFixture[str]) -> None:
    summary = _json(capsys, "summary", "lesson:fnn-iris")
    assert isinstance(summary, dict)
    assert summary["name"] == "Iris network"
    assert summary["parameters"] == summary["trainable"] == 67
    assert summary["operations"] == 2 * (4 * 8 + 8 * 3)
    assert summary["layers"][1] == {
        "name": "fc1",
        "type": "Linear",
        "output_shape": [8],
        "parameters": 40,
        "operations": 64,
    }
    assert main.main(["summary", "lesson:fnn-iris"]) == main.DONE
    assert "67 parameters, 112 operations a sample" in capsys.readouterr().out


def test_check_prints_problems_and_says_so_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["check", "lesson:fnn-iris"]) == main.DONE
    assert capsys.readouterr().out == ""
    path = tmp_path / "broken.espalier"
    layers = ("conv1", "Conv2d", {"kernel_size": 9}), ("flat", "Flatten", {})
    document = chain(*layers, ("fc", "Linear", {"out_features": 10}), shape=(1, 8, 8))
    storage.save(document, path)
    assert main.main(["check", str(path)]) == main.DOCUMENT_ERRORS
    assert "error: conv1 has a 9 × 9 kernel" in capsys.readouterr().out
    assert main.main(["check", str(path), "--json"]) == main.DOCUMENT_ERRORS
    (problem,) = json.loads(capsys.readouterr().out)
    assert problem["node"] == "conv1"
    assert problem["severity"] == "error"
    assert problem["remedy"]
    for verb in ("code", "train"):
        assert main.main([verb, str(path)]) == main.DOCUMENT_ERRORS
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "conv1 has a 9 × 9 kernel" in captured.err


def test_code_is_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["code", "lesson:fnn-iris"]) == main.DONE
    assert "class IrisNetwork(nn.Module):" in capsys.readouterr().out


def test_training_prints_an_event_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["train", "lesson:fnn-iris", "--epochs", "2", "--run-dir"]
    assert main.main([*arguments, str(tmp_path / "a"), "--json"]) == main.DONE
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    epochs = [event for event in events if event["event"] == "epoch"]
    keys = "epoch train_loss val_loss val_accuracy seconds samples_per_second"
    assert [event["epoch"] for event in epochs] == [1, 2]
    assert set(keys.split()) <= set(epochs[0])
    assert events[-1]["event"] == "finished"
    assert {"test_loss", "test_accuracy"} <= set(events[-1])
    # For a person: a table, with the same numbers.
    assert main.main([*arguments, str(tmp_path / "b")]) == main.DONE
    text = capsys.readouterr().out
    assert f"{epochs[1]['train_loss']:.4f}" in text


def test_a_run_goes_on_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def epochs(*more: str) -> list[dict[str, object]]:
        assert main.main(["train", "lesson:fnn-iris", "--json", *more]) == main.DONE
        lines = capsys.readouterr().out.splitlines()
        return [e for line in lines if (e := json.loads(line))["event"] == "epoch"]

    whole = epochs("--epochs", "4", "--run-dir", str(tmp_path / "whole"))
    first = epochs("--epochs", "2", "--run-dir", str(tmp_path / "parts"))
    rest = epochs("--epochs", "4", "--run-dir", str(tmp_path / "parts"), "--resume")
    losses = [(e["epoch"], e["train_loss"], e["val_loss"]) for e in [*first, *rest]]
    assert losses == [(e["epoch"], e["train_loss"], e["val_loss"]) for e in whole]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["code", "lesson:nope"], "There is no lesson 'nope'. Take one of: neuron,"),
        (["check", "nowhere.espalier"], "There is no file nowhere.espalier."),
    ],
)
def test_a_wrong_target_is_wrong_usage(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(arguments) == main.WRONG_USAGE
    captured = capsys.readouterr()
    assert captured.err.startswith(sentence)
    assert captured.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "lesson:fnn-iris", "--epochs", "0"],
        ["train", "lesson:fnn-iris", "--seed", "-1"],
        ["screenshot", "lesson:fnn-iris", "-o", "x.png", "--size", "big"],
        ["export", "lesson:fnn-iris", "--to", "cobol", "-o", "x"],
    ],
)
def test_wrong_options_are_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main.main(arguments)
    assert caught.value.code == main.WRONG_USAGE


def test_data_that_is_missing_fails_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = templates.open_lesson("fnn-iris")
    document.data = type(document.data)(source="csv-table", settings={"path": "no.csv"})
    path = tmp_path / "net.espalier"
    storage.save(document, path)
    code = main.main(["train", str(path), "--data-dir", str(tmp_path)])
    assert code == main.DOCUMENT_ERRORS
    assert "no.csv" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_pictures_of_the_network(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"net.{kind}"
    arguments = ["export", "lesson:fnn-iris", "--to", kind, "-o", str(path)]
    assert main.main(arguments) == main.DONE
    assert path.stat().st_size > 2_000


def test_the_engine_works_where_there_is_no_qt() -> None:
    """Every module of the engine imports, and a network trains, without PySide6."""
    code = """
import importlib, pkgutil, sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ImportError(name + " is not installed")
sys.meta_path.insert(0, NoQt())
import engine
for module in pkgutil.walk_packages(engine.__path__, "engine."):
    importlib.import_module(module.name)
import tempfile, main
with tempfile.TemporaryDirectory() as folder:
    sys.exit(main.main(["train", "lesson:fnn-iris", "--epochs=1", "--run-dir", folder]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "test loss" in done.stdout
