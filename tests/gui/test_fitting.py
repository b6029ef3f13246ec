"""Nothing is cut at 1280 x 800: each visible text has the room that it asks for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import templates
from gui.elided import ElidedLabel
from gui.main_window import MainWindow
from gui.start_cards import StartCard
from gui.unfold_button import UnfoldButton
from tests.gui.conftest import OpenWindow

_SLACK = 1  # pixels: sizes are rounded


@pytest.fixture
def window(open_window: OpenWindow, qtbot: QtBot) -> MainWindow:
    shown = open_window(templates.open_lesson("digits-cnn"))
    shown.page.show_lesson("digits-cnn")
    qtbot.wait(50)
    return shown


def cut(window: QWidget) -> list[str]:
    """What says more than can be seen of it, each in a few words."""
    return [
        f"{type(each).__name__} “{text[:40]}”: {has} of {needs} pixels"
        for each, text, has, needs in _needs(window)
        if needs > has + _SLACK or _is_cut_off(each)
    ]


def _is_cut_off(widget: QWidget) -> bool:
    """Whether a side of it lies outside of what holds it; scrolled away is not cut."""
    seen = widget.visibleRegion().boundingRect()
    return not seen.isEmpty() and seen.width() < widget.width() - _SLACK


def _needs(window: QWidget) -> Iterator[tuple[QWidget, str, int, int]]:
    """Each visible text with the pixels that it has and needs."""
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text() or isinstance(label, ElidedLabel):
            continue
        if label.wordWrap():
            needs = label.heightForWidth(label.width())
            yield label, label.text(), label.height(), needs
        else:
            yield label, label.text(), label.width(), label.minimumSizeHint().width()
    for button in window.findChildren(QAbstractButton):
        is_elided = isinstance(button, StartCard) or button.text().endswith("…")
        if button.isVisible() and button.text() and not is_elided:
            is_fold = isinstance(button, UnfoldButton)
            if isinstance(button, QToolButton) and not is_fold:
                continue
            yield button, button.text(), button.width(), button.sizeHint().width()
    for combo in window.findChildren(QComboBox):
        if combo.isVisible() and combo.currentText():
            words = combo.fontMetrics().horizontalAdvance(combo.currentText())
            yield combo, combo.currentText(), combo.width(), words + 26
    for bar in window.findChildren(QTabBar):
        if bar.isVisible():
            yield bar, bar.accessibleName(), bar.width(), bar.sizeHint().width()


def test_a_text_without_room_is_found(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(200, 100)
    label = QLabel("as long as this", holder)
    button = QPushButton("Cut at the side", holder)
    holder.show()
    label.adjustSize()
    button.adjustSize()
    assert cut(holder) == []
    label.resize(20, label.height())
    assert [each[:6] for each in cut(holder)] == ["QLabel"]
    label.adjustSize()
    button.move(170, 40)
    assert [each[:11] for each in cut(holder)] == ["QPushButton"]


def test_every_panel_has_room_for_its_texts(window: MainWindow, qtbot: QtBot) -> None:
    """Left to right: lesson, layers, blocks; below: all tabs; inspector: its pages."""
    offenders: dict[str, list[str]] = {}

    def look(name: str) -> None:
        """What is cut still when the layout had a second to settle."""
        for _ in range(20):
            qtbot.wait(50)
            if not (found := cut(window)):
                return
        offenders[name] = found

    for tabs in (window.left, window.bottom):
        for place in range(tabs.count()):
            tabs.setCurrentIndex(place)
            look(tabs.tabText(place))
    for page in range(3):
        window.bottom.setCurrentWidget(window.bottom.look)
        window.bottom.look.view.show_page(page)
        look(f"look {page}")
    for names in (["conv1"], ["conv1", "fc1"], ["digit"]):
        window.canvas.select(names)
        look(" ".join(names))
    assert offenders == {}


def test_the_first_page_has_room_for_its_texts(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(None)
    qtbot.wait(50)
    assert cut(window) == []


def test_a_network_of_nine_layers_is_read_without_zooming(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(templates.open_lesson("cnn-mnist"))
    assert window.canvas.zoom_percent() >= 75
    assert window.canvas.minimap.isHidden()  # all of it is in sight


def test_a_short_page_of_the_inspector_needs_no_scrolling(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.canvas.select(["conv1", "fc1"])
    qtbot.wait(30)
    inspector: QScrollArea = window.inspector
    assert inspector.verticalScrollBar().maximum() == 0


def test_whatever_is_chosen_has_room_in_its_box(window: MainWindow) -> None:
    """Of the page about the network: its data, its training."""
    boxes = [box for box in window.inspector.findChildren(QComboBox) if box.isVisible()]
    assert len(boxes) > 5
    for box in boxes:
        room = box.width() - 28  # the arrow, and what is around the words
        for index in range(box.count()):
            words = box.itemText(index)
            assert box.fontMetrics().horizontalAdvance(words) <= room, words
