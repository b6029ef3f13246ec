"""Where the bar for several selected nodes lies: over no card, while it can."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import templates
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow


def cards(canvas: CanvasView) -> list[QRect]:
    rects = [each.rect() for each in canvas.network.nodes.values()]
    return [canvas.mapFromScene(rect).boundingRect() for rect in rects]


def select_all(window: MainWindow) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()


def covered(canvas: CanvasView) -> list[QRect]:
    mine = canvas.arrange_bar.geometry()
    return [each for each in cards(canvas) if each.intersects(mine)]


def test_it_lies_at_the_upper_right_where_that_is_free(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("neuron"))
    select_all(window)
    bar, canvas = window.canvas.arrange_bar, window.canvas
    assert bar.isVisible()
    assert bar.geometry().top() < 20
    assert canvas.width() - bar.geometry().right() < 20


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_it_covers_no_card_wherever_the_cards_are_panned_to(
    open_window: OpenWindow, at: float
) -> None:
    """A card in its usual corner, and in the other corners of the top."""
    window = open_window(templates.open_lesson("neuron"))
    canvas = window.canvas
    select_all(window)
    bar = canvas.arrange_bar
    middle, view = Qt.MouseButton.MiddleButton, canvas.viewport()
    card = canvas.mapFromScene(canvas.network.nodes["bend"].rect()).boundingRect()
    goal = QPoint(round(80 + at * (view.width() - 160)), 40)
    begin = QPoint(view.width() // 2, view.height() - 40)
    QTest.mousePress(view, middle, pos=begin)
    for part in (1, 2, 3, 4):
        QTest.mouseMove(view, begin + (goal - card.center()) * part / 4)
    QTest.mouseRelease(view, middle, pos=begin + goal - card.center())
    QTest.qWait(50)
    usual = QRect(0, 0, view.width(), 60)
    assert any(usual.intersects(each) for each in cards(canvas))
    assert bar.isVisible()
    assert covered(canvas) == []


def test_it_lies_between_rows_that_fill_the_canvas(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("digits-cnn"))
    select_all(window)
    QTest.qWait(50)
    assert window.canvas.arrange_bar.isVisible()
    assert covered(window.canvas) == []
