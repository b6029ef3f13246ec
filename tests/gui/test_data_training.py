"""Training from the window gives what `main.py train` gives, on every kind of data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import main
from engine.runs import EVENTS, Runs
from engine.storage import save
from gui.training.controller import TrainingState
from tests.engine.data_documents import PICTURES, small, write_every_kind
from tests.gui.conftest import OpenWindow

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("digits", {}),
    ("fashion-mnist", {}),
    ("image-folder", PICTURES),
    ("csv-table", {"path": "table.csv"}),
    ("csv-series", {"path": "table.csv", "column": "x"}),
    ("npz", {"path": "a.npz", "inputs": "x"}),
    ("reviews", {"path": "texts", "length": 5}),
    ("wav-folder", {"path": "tones", "sample_rate": 8000, "seconds": 0.2}),
    ("made-up-text", {"sentences": 100, "answers": "last step"}),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a little data of every kind."""
    data_dir = tmp_path_factory.mktemp("data")
    write_every_kind(data_dir)
    return data_dir


@pytest.mark.parametrize(("source", "settings"), KINDS)
def test_the_window_and_the_command_line_train_alike(
    source: str,
    settings: dict[str, Any],
    folder: Path,
    tmp_path: Path,
    qtbot: QtBot,
    open_window: OpenWindow,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = small(source, settings, folder)
    path = tmp_path / "small.espalier"
    save(document, path)
    given = ["train", str(path), "--data-dir", str(folder), "--json"]
    assert main.main([*given, "--run-dir", str(tmp_path / "alone")]) == main.DONE
    told = epochs(capsys.readouterr().out)
    window = open_window(document, data_dir=folder)
    with qtbot.waitSignal(
        window.training.state_changed,
        check_params_cb=lambda state: state is TrainingState.IDLE,
    ):
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (run,) = Runs(tmp_path / "runs").list()
    assert epochs((run.folder / EVENTS).read_text()) == told
    assert len(told) == 2  # an epoch, and the end


def epochs(lines: str) -> list[tuple[float, ...]]:
    """The losses of the epochs and of the test part, as they were told."""
    kept = ("train_loss", "val_loss", "test_loss")
    return [
        tuple(event[name] for name in kept if name in event)
        for event in map(json.loads, lines.splitlines())
        if event["event"] in ("epoch", "finished")
    ]
