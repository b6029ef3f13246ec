"""A window that nobody touches does nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

import templates
from gui.main_window import MainWindow
from gui.training.controller import TrainingState
from tests.gui.conftest import OpenWindow

QUIET_MILLISECONDS = 1500
MOST = 40
"""So many events in that time are a cursor's blinks, not work that makes more work."""


class _Counting(QObject):
    """Counts what layouts and paintings the widgets are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Paint}:
            self.seen[f"{event.type().name} of {type(watched).__name__}"] += 1
        return False


def rests(qtbot: QtBot, window: MainWindow) -> Counter[str]:
    """What happens while nobody does anything."""
    qtbot.wait(500)  # what was begun comes to its end
    counting = _Counting()
    app = QGuiApplication.instance()
    assert app is not None
    app.installEventFilter(counting)
    qtbot.wait(QUIET_MILLISECONDS)
    app.removeEventFilter(counting)
    return counting.seen


@pytest.mark.parametrize("tab", range(7))
def test_a_window_at_rest_lays_nothing_out(
    qtbot: QtBot, open_window: OpenWindow, tab: int
) -> None:
    window = open_window(templates.open_lesson("digits-cnn"))
    window.bottom.setCurrentIndex(tab)
    seen = rests(qtbot, window)
    assert max(seen.values(), default=0) <= MOST, seen.most_common(3)


def test_it_rests_again_after_a_training(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    window.top.epochs.setValue(2)
    window.top.train_button.click()
    qtbot.waitUntil(lambda: window.training.state is TrainingState.IDLE)
    seen = rests(qtbot, window)
    assert max(seen.values(), default=0) <= MOST, seen.most_common(3)


def test_the_start_page_rests(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(None)
    seen = rests(qtbot, window)
    assert max(seen.values(), default=0) <= MOST, seen.most_common(3)
