"""A window on a small document that was trained, with its Look tab open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.document import Document
from gui.look.view import LookView
from gui.main_window import MainWindow
from gui.training.controller import TrainingState
from tests.gui.conftest import OpenWindow

WAIT = 60_000  # milliseconds


class Desk:
    """What a person would do at the Look tab."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        self.look: LookView = window.bottom.look.view
        window.bottom.setCurrentWidget(window.bottom.look)

    def train(self) -> None:
        """Press Train, and wait until the run has ended."""
        window = self.window
        QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)
        assert window.training.is_busy
        self.until(lambda: window.training.state is TrainingState.IDLE)
        window.bottom.setCurrentWidget(window.bottom.look)

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=WAIT)

    def open_page(self, page: int) -> None:
        """Click on one of the three pages."""
        at = self.look.pages.tabRect(page).center()
        QTest.mouseClick(self.look.pages, Qt.MouseButton.LeftButton, pos=at)

    def evaluate(self) -> None:
        """Press Evaluate, and wait for what comes of it."""
        page = self.look.evaluate
        QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
        self.until(lambda: page.evaluation is not None or page.button.isEnabled())

    def choose(self, combo: QWidget, place: int) -> None:
        """Choose an entry of a combo box by the keyboard."""
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Home)
        for _ in range(place):
            QTest.keyClick(combo, Qt.Key.Key_Down)


def opened(
    qtbot: QtBot, open_window: OpenWindow, document: Document, epochs: int = 2
) -> Desk:
    """A desk with a document that trains for few epochs."""
    document.recipe = replace(document.recipe, epochs=epochs)
    return Desk(qtbot, open_window(document))


def drag(widget: QWidget, *points: tuple[float, float]) -> None:
    """Press the left button at the first point, and move to all others.

    Points are parts of the widget's width and height.
    """
    places = [
        QPoint(round(x * widget.width()), round(y * widget.height())) for x, y in points
    ]
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(widget.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(widget, move)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=places[-1])
