"""A network that was trained and saved: it comes back with its runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

import templates
from engine import edits, storage
from engine.document import UNTITLED
from engine.run_comparison import document_of
from engine.runs import Runs
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the window is told to save."""
    path = tmp_path / "mine.espalier"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    return path


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow) -> MainWindow:
    """With an untitled network that was trained for two epochs."""
    document = templates.open_lesson("fnn-iris")
    edits.SetName(UNTITLED).apply(document)
    document.recipe = replace(document.recipe, epochs=2)
    window = open_window(document)
    train(qtbot, window)
    return window


def train(qtbot: QtBot, window: MainWindow) -> None:
    QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.training.is_busy)
    qtbot.waitUntil(lambda: not window.training.is_busy, timeout=60_000)


def save(window: MainWindow) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_S, CTRL)


def is_trained(window: MainWindow) -> bool:
    """Whether curves are drawn, and the Look tab has a network to show."""
    plots = window.bottom.training.plots
    has_curves = plots is not None and bool(plots.losses_now)
    return has_curves and not window.bottom.look.view.source.why_not()


def test_a_closed_tab_comes_back_trained(window: MainWindow, path: Path) -> None:
    save(window)
    assert path.is_file()
    panel = window.bottom.training
    told = [each.text() for each in (panel.best, panel.result, panel.recipe)]
    QTest.keyClick(window.canvas, Qt.Key.Key_W, CTRL)
    assert window.tabs.pages == []
    QTest.keyClick(window, Qt.Key.Key_T, CTRL | SHIFT)
    assert window.model.path == path
    assert is_trained(window)
    panel = window.bottom.training
    assert [each.text() for each in (panel.best, panel.result, panel.recipe)] == told
    assert panel.state_label.text().startswith("Run 1. Finished: 2 epochs in ")


def test_a_saved_network_opens_trained_in_another_window(
    qtbot: QtBot, window: MainWindow, open_window: OpenWindow, path: Path
) -> None:
    save(window)
    assert window.close()
    other = open_window(None)
    assert other.files.open_path(path)
    assert is_trained(other)
    assert other.close()
    first = open_window(storage.load(path), path=path)
    qtbot.waitUntil(lambda: is_trained(first))


def test_an_earlier_run_of_this_very_network_comes_back(
    qtbot: QtBot, window: MainWindow, path: Path
) -> None:
    save(window)
    graph = window.model.document.graph
    wider = edits.change_settings(graph, "fc1", {"out_features": 9})
    window.model.push("Widen", wider, scope="")
    train(qtbot, window)
    window.model.undo_stack.undo()
    save(window)
    QTest.keyClick(window.canvas, Qt.Key.Key_W, CTRL)
    QTest.keyClick(window, Qt.Key.Key_T, CTRL | SHIFT)
    assert is_trained(window)
    assert "Run 1" in window.bottom.training.state_label.text()


def test_a_trial_of_a_sweep_does_not_come_back_as_the_last_run(
    qtbot: QtBot, window: MainWindow, path: Path, tmp_path: Path
) -> None:
    save(window)
    train(qtbot, window)
    Runs(tmp_path / "runs").note_sweep(2, "rates", 0)
    QTest.keyClick(window.canvas, Qt.Key.Key_W, CTRL)
    QTest.keyClick(window, Qt.Key.Key_T, CTRL | SHIFT)
    assert is_trained(window)
    assert "Run 1" in window.bottom.training.state_label.text()


def test_runs_stay_with_a_network_that_is_named_by_its_first_save(
    window: MainWindow, path: Path, tmp_path: Path
) -> None:
    window.bottom.setCurrentWidget(window.bottom.runs)
    save(window)
    assert window.model.root.name == "mine"
    view = window.bottom.runs.view
    assert view is not None
    assert view.which.currentText() == "This network"
    assert [row.run.name for row in view.table.runs.rows] == ["mine"]
    choices = window.bottom.look.view.run
    assert any("Run 1" in choices.itemText(at) for at in range(choices.count()))
    # The title of a copy is not theirs.
    window.model.push("Name", edits.SetName("copy"), scope="")
    (run,) = Runs(tmp_path / "runs").list()
    assert run.name == "mine"
    assert document_of(run).name == UNTITLED
