"""How the window's panels and its canvas share the room there is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import templates
from gui.main_window import MainWindow
from gui.training.controller import TrainingState
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("digits-cnn"))


def _resize(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    QApplication.processEvents()


def _drag(window: MainWindow, splitter: str, handle: int, by: QPoint) -> None:
    grip = window.page.splitters[splitter].handle(handle)
    centre = grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseMove(grip, centre + by)
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=centre + by)


def test_the_panels_give_room_before_the_canvas_and_have_it_back(
    window: MainWindow,
) -> None:
    _resize(window, 1920, 1080)
    _drag(window, "sides", 1, QPoint(120, 0))
    _drag(window, "sides", 2, QPoint(-120, 0))
    _drag(window, "middle", 1, QPoint(0, -150))
    sides, middle = (window.page.splitters[name] for name in ("sides", "middle"))
    had = sides.sizes(), middle.sizes()
    _resize(window, 1024, 700)
    assert window.canvas.width() >= 0.48 * window.width()
    assert window.canvas.height() >= 0.48 * sum(middle.sizes())
    assert sides.sizes()[0] >= window.left.minimumWidth()
    assert sides.sizes()[2] >= window.inspector.minimumWidth()
    _resize(window, 1920, 1080)
    assert (sides.sizes(), middle.sizes()) == had


def test_a_division_that_was_dragged_in_a_small_window_stays(
    window: MainWindow,
) -> None:
    _resize(window, 1280, 800)
    _drag(window, "middle", 1, QPoint(0, -300))
    canvas, below = window.page.splitters["middle"].sizes()
    assert below > canvas
    _resize(window, 1270, 790)
    assert window.page.splitters["middle"].sizes()[1] > canvas


def test_another_document_has_the_widths_that_were_wanted(window: MainWindow) -> None:
    _resize(window, 1920, 1080)
    _drag(window, "sides", 2, QPoint(-150, 0))
    wanted = window.inspector.width()
    _resize(window, 1700, 1000)  # about as large
    window.files.new()
    _resize(window, 1920, 1080)
    assert window.inspector.width() == wanted


def test_a_network_that_was_seen_whole_is_so_in_a_smaller_window(
    window: MainWindow, qtbot: QtBot
) -> None:
    canvas = window.canvas
    _resize(window, 1920, 1080)
    canvas.zoom_to(96)
    assert not canvas.framing.holds
    assert canvas.sight().contains(canvas.network.extent())
    _resize(window, 1024, 700)
    assert canvas.sight().contains(canvas.network.extent())


def test_a_part_that_was_looked_at_stays_as_large(window: MainWindow) -> None:
    canvas = window.canvas
    _resize(window, 1920, 1080)
    canvas.zoom_to(200)
    _resize(window, 1024, 700)
    assert canvas.zoom_percent() == 200


@pytest.mark.parametrize("percent", [100, 150])
def test_the_status_line_leaves_out_what_it_would_cut(
    window: MainWindow, qtbot: QtBot, percent: int
) -> None:
    status = window.status
    window.place.appearance.resize_text(percent)
    qtbot.waitUntil(lambda: "to train" in status.training.text())
    _resize(window, 1024, 700)
    figures = (status.parameters, status.operations, status.training, status.memory)
    for each in (*figures, status.zoom):
        assert each.isHidden() or each.width() >= each.sizeHint().width(), each.text()
    assert status.parameters.isVisible()
    hidden = [each.text() for each in figures if each.isHidden()]
    assert status.parameters.toolTip().splitlines() == hidden or not hidden
    assert bool(hidden) == (percent == 150)


def test_in_large_text_nothing_runs_out_of_a_small_window(window: MainWindow) -> None:
    window.place.appearance.resize_text(150)
    _resize(window, 1024, 700)
    for panel in (window.left, window.canvas, window.bottom, window.inspector):
        right = panel.mapTo(window, panel.rect().topRight()).x()
        assert right < window.width(), panel


def test_in_large_text_nothing_runs_out_once_there_are_curves(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.place.appearance.resize_text(150)
    _resize(window, 1024, 700)
    window.top.epochs.setValue(2)
    window.train()
    training = window.training
    qtbot.waitUntil(lambda: training.state is not TrainingState.IDLE)
    qtbot.waitUntil(lambda: training.state is TrainingState.IDLE, timeout=60_000)
    QApplication.processEvents()
    for field in window.inspector.page.findChildren(QWidget):
        if field.isVisible():
            right = field.mapTo(window, field.rect().topRight()).x()
            assert right < window.width(), field
    plots = window.bottom.training.plots
    for caption in (plots.loss_caption, plots.metric_caption):
        words = QTextDocumentFragment.fromHtml(caption.text()).toPlainText().split(" ")
        widest = max(map(caption.fontMetrics().horizontalAdvance, words))
        assert widest <= caption.width(), caption.text()


def test_where_a_label_would_be_cut_the_bar_shows_icons(window: MainWindow) -> None:
    bar = window.top
    buttons = [each for each in bar.findChildren(QPushButton) if each.isVisible()]
    add = next(each for each in buttons if each.accessibleName() == "Add layer")
    window.place.appearance.resize_text(150)
    _resize(window, 1024, 700)
    assert add.text() == ""
    assert "layer" in add.toolTip()
    assert all(each.width() >= each.sizeHint().width() for each in buttons)
    _resize(window, 1600, 900)
    assert add.text() == "Add layer"
