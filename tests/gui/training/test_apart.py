"""The switch: a training in a process of its own, and the window that survives it."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

import templates
from engine.runs import STOPPED, Runs
from gui.main_window import MainWindow
from tests.engine.documents import digits
from tests.gui.conftest import OpenWindow
from tests.gui.training.script import (
    IDLE,
    RUNNING,
    Script,
    press_train,
    wait_for,
)


def process_of(runs: Path) -> int:
    """The process that trains the newest run."""
    with sqlite3.connect(runs / "runs.sqlite") as base:
        row = base.execute("SELECT process FROM runs ORDER BY id DESC").fetchone()
    assert row[0] != os.getpid()
    return int(row[0])


def choose_apart(window: MainWindow) -> None:
    """Press the entry of the Train menu."""
    action = window.actions_.of["apart"]
    menu = next(
        each
        for each in window.menuBar().findChildren(QMenu)
        if action in each.actions()
    )
    menu.popup(window.rect().center())
    QTest.mouseClick(
        menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center()
    )
    menu.close()


def test_the_switch_is_kept_and_goes_with_the_order(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    script = Script()
    window = open_window(templates.open_lesson("fnn-iris"), start=script.launch)
    assert not window.actions_.of["apart"].isChecked()
    choose_apart(window)
    assert window.actions_.of["apart"].isChecked()
    press_train(window)
    qtbot.waitUntil(lambda: bool(script.orders))
    assert script.orders[0].apart
    window.training.stop()
    qtbot.waitUntil(lambda: window.training.state is IDLE)
    another = open_window(templates.open_lesson("fnn-iris"), start=script.launch)
    assert another.actions_.of["apart"].isChecked()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_the_window_survives_its_training_and_goes_on(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(digits(epochs=10_000, checkpoint_seconds=0.0, batch_size=100))
    choose_apart(window)
    press_train(window)
    folder = tmp_path / "runs"
    kept: list[int] = []
    window.training.news_came.connect(
        lambda news: kept.extend(
            each.epoch for each in news.others if each.event == "checkpoint"
        )
    )
    qtbot.waitUntil(lambda: bool(kept) and kept[-1] >= 2)
    os.kill(process_of(folder), signal.SIGKILL)
    wait_for(qtbot, window, IDLE)
    panel = window.bottom.training
    assert panel.trouble.isVisible()
    assert "The training's process was killed (SIGKILL)" in panel.trouble.text.text()
    assert panel.plots is not None
    assert len(panel.plots.marks) == 1
    assert panel.state_label.text() == "Training ended early"
    assert not panel.error.isVisible()  # it is told once, with the button beside it
    assert panel.trouble.button.text() == "Go on"
    QTest.mouseClick(panel.trouble.button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, RUNNING)
    assert panel._started is not None
    assert panel._started.epochs_done > 0
    steps, _ = panel.plots.players["network"].losses.points()
    assert list(steps[:13]) == list(range(1, 14))  # the first epoch is there again
    QTest.mouseClick(window.top.stop_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, IDLE)
    (run,) = Runs(folder).list()
    assert (run.state, run.was_lost) == (STOPPED, False)
