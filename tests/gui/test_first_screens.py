"""What a lesson shows first, in a window of 1280 x 800: nothing is cut or covered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

import templates
from gui.cards import EmptyState
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.test_appearance import clipped

LESSONS = [lesson.id for lesson in templates.lessons() if lesson.kind == "lesson"]

_OPENS_A_DIALOG = {"Find…", "…"}
_POINTS = 200
"""How many places of an edge are looked at."""


def opened(open_window: OpenWindow, lesson_id: str) -> MainWindow:
    window = open_window(templates.open_lesson(lesson_id))
    window.page.show_lesson(lesson_id)
    QApplication.processEvents()
    return window


def elided(window: MainWindow) -> list[str]:
    """The words in sight that end in dots for want of room."""
    found = []
    for each in (*window.findChildren(QLabel), *window.findChildren(QAbstractButton)):
        hint = each.toolTip() or each.accessibleName()
        if each.visibleRegion().isEmpty() or not each.text().endswith("…"):
            continue
        if hint != each.text() and each.text() not in _OPENS_A_DIALOG:
            found.append(each.text())
    for box in window.findChildren(QComboBox):
        room = box.width() - 28  # the arrow, and what is around the words
        if not box.visibleRegion().isEmpty() and (
            box.fontMetrics().horizontalAdvance(box.currentText()) > room
        ):
            found.append(box.currentText())
    return found


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_the_first_screen_of_a_lesson_is_whole(
    open_window: OpenWindow, qtbot: QtBot, lesson_id: str
) -> None:
    window = opened(open_window, lesson_id)
    qtbot.waitUntil(lambda: not clipped(window), timeout=5_000)
    assert elided(window) == []
    tabs = window.bottom.tabBar()
    assert tabs.tabRect(tabs.count() - 1).right() <= tabs.width()
    assert covered(window) == []
    assert crowded(window) == []


def test_a_whole_transformer_block_can_be_read_at_once(
    open_window: OpenWindow,
) -> None:
    canvas = opened(open_window, "transformer-block").canvas
    assert canvas.zoom_percent() >= 80
    assert canvas.sight().contains(canvas.network.extent())


def crowded(window: MainWindow) -> list[str]:
    """The cards that stand closer beside each other than their edges can be seen."""
    cards = sorted(window.canvas.network.rects().items(), key=lambda each: each[1].x())
    return [
        f"{left} and {right}"
        for place, (left, one) in enumerate(cards)
        for right, other in cards[place + 1 :]
        if one.top() < other.bottom()
        and other.top() < one.bottom()
        and other.left() - one.right() < 20
    ]


def covered(window: MainWindow) -> list[str]:
    """The edges that pass behind a card they do not end at."""
    network = window.canvas.network
    cards = {
        name: QRectF(rect).adjusted(2, 2, -2, -2)
        for name, rect in network.rects().items()
    }
    return [
        f"{edge.source} to {edge.target} behind {name}"
        for edge, item in network.edges.items()
        for name, rect in cards.items()
        if name not in (edge.source, edge.target)
        and any(
            rect.contains(item.path.pointAtPercent(part / _POINTS))
            for part in range(_POINTS + 1)
        )
    ]


def test_dots_are_noticed(open_window: OpenWindow) -> None:
    window = opened(open_window, "digits-cnn")
    window.status.hardware.show_text("CPU and much more that nobody can read " * 9)
    assert len(elided(window)) == 1


@pytest.mark.parametrize("size", [(960, 600), (1600, 1000)], ids=str)
def test_what_stands_in_empty_tabs_begins_at_one_height(
    open_window: OpenWindow, size: tuple[int, int]
) -> None:
    window = open_window(templates.open_lesson("digits-cnn"))
    window.resize(*size)
    bottom, tops = window.bottom, {}
    look = bottom.look.view
    pages = [(bottom.look, page) for page in range(look.pages.count())]
    others = (bottom.training, bottom.problems, bottom.runs)
    for panel, page in [*((each, 0) for each in others), *pages]:
        bottom.setCurrentWidget(panel)
        look.show_page(page)
        QApplication.processEvents()
        for state in panel.findChildren(EmptyState):
            if state.isVisible():
                line = state.title
                tops[type(panel).__name__, page] = line.mapTo(window, QPoint()).y()
    assert len(tops) == len(others) + len(pages)
    assert len(set(tops.values())) == 1, tops
