"""Tables of many rows in the little height of a tab, and pictures in a narrow page."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engine.evaluation import ClassReport
from gui.inks import contrast
from gui.look.confusion_view import ConfusionView
from gui.look.shares_view import (
    ScrolledShares,
    SharesView,
    _between,
    _fitting,
    legible,
)
from gui.look.sheet_view import composed, fitting
from gui.theme import DARK, LIGHT, Theme, high_contrast

WORDS = tuple("[CLS] the dog chased the ball because it was excited [SEP]".split())


def shares(count: int) -> list[list[float]]:
    return [[1 / count] * count] * count


def report(classes: int) -> ClassReport:
    """Three answers of each class, all of them right."""
    truth = np.arange(classes).repeat(3)
    return ClassReport(
        output="digit",
        target="digit",
        classes=tuple(map(str, range(classes))),
        truth=truth,
        chosen=truth,
        confidence=np.ones(len(truth), np.float32),
        steps=1,
        figures=(),
        shown=tuple(range(classes)),
        confusion=np.diag(np.full(classes, 3)),
    )


def test_in_narrow_fields_numbers_are_written_smaller(qtbot: QtBot) -> None:
    """Beside a lesson a map of nine columns is as narrow as this."""
    view = SharesView()
    qtbot.addWidget(view)
    words = [*WORDS[:8], "(padding)"]
    view.show_shares(shares(9), words, words)
    narrowest = 0
    for width in range(420, 150, -2):
        view.resize(width, view.heightForWidth(width))
        font = _fitting(view._grid())
        if font is None:
            break
        narrowest = round(view.field(0, 0).width())
        assert QFontInfo(font).pixelSize() >= 9
    usual = view.fontMetrics().horizontalAdvance("00")
    assert 0 < narrowest < usual + 4


@pytest.mark.parametrize(("height", "is_upright"), [(140, False), (600, True)])
def test_a_map_of_attention_is_whole_in_a_tab(
    qtbot: QtBot, height: int, is_upright: bool
) -> None:
    view = SharesView()
    qtbot.addWidget(view)
    view.resize(740, height)
    view.show_shares(shares(len(WORDS)), WORDS, WORDS)
    last = len(WORDS) - 1
    whole = QRectF(view.rect())
    for row, column in ((0, 0), (0, last), (last, 0), (last, last)):
        assert whole.contains(view.field(row, column))
    assert view._grid().is_upright is is_upright
    assert view.legible_size().height() <= height


def test_names_stay_in_sight_where_a_map_scrolls(qtbot: QtBot) -> None:
    view = SharesView()
    area = ScrolledShares(view)
    qtbot.addWidget(area)
    names = tuple(f"word{place}" for place in range(40))
    view.show_shares(shares(40), names, names)
    area.resize(740, 200)
    area.show()
    before = area.viewport().grab().toImage()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    view.repaint()
    after = area.viewport().grab().toImage()
    head = range(10)
    assert area.verticalScrollBar().maximum() > 0
    for y in head:  # the names of the columns are where they were
        for x in range(200, 700, 7):
            assert before.pixel(x, y) == after.pixel(x, y)
    assert before != after


def test_names_go_with_their_map_where_a_panel_scrolls(qtbot: QtBot) -> None:
    """As in a lesson: their ends stood above the text that follows the map."""
    panel, area = QWidget(), QScrollArea()
    qtbot.addWidget(area)
    view = SharesView(panel)
    view.show_shares(shares(len(WORDS)), WORDS, WORDS)
    view.resize(240, view.heightForWidth(240))
    panel.resize(240, 3 * view.height())
    area.setWidget(panel)
    area.resize(260, view.height())
    area.show()
    whole = view.grab().toImage()
    for left in (view.height() // 2, 10):  # pixels of the map that are to be seen yet
        area.verticalScrollBar().setValue(view.height() - left)
        assert view.visibleRegion().boundingRect().height() == left
        assert view.grab().toImage() == whole


@pytest.mark.parametrize("pixels", [12, 18])
def test_where_names_stand_on_end_fields_still_hold_numbers(
    qtbot: QtBot, pixels: int
) -> None:
    """The little room that a map has in a tab of a small window with large text."""
    view = SharesView()
    area = ScrolledShares(view)
    qtbot.addWidget(area)
    font = view.font()
    font.setPixelSize(pixels)
    view.setFont(font)
    view.show_shares(shares(len(WORDS)), WORDS, WORDS)
    area.resize(440, 165)
    area.show()
    area.give_room()
    grid = view._grid()
    assert grid.is_upright
    assert _fitting(grid) is not None
    assert area.verticalScrollBar().maximum() > 0
    assert view.field(0, 0).top() >= view._widest(WORDS, grid.font)


def test_rows_that_scroll_take_no_room_of_the_columns(qtbot: QtBot) -> None:
    view = ConfusionView(DARK)
    qtbot.addWidget(view)
    view.resize(500, 90)
    view.show()
    view.show_report(report(10))
    qtbot.wait(20)
    assert view.verticalScrollBar().maximum() > 0
    assert view.horizontalScrollBar().maximum() == 0


def test_cells_are_told_apart_where_they_are_as_black_as_the_ground(
    qtbot: QtBot,
) -> None:
    theme = high_contrast(DARK)
    view = ConfusionView(theme)
    qtbot.addWidget(view)
    view.setStyleSheet(f"QTableView {{ background: {theme.window}; border: 0; }}")
    view.resize(740, 300)
    view.show()
    view.show_report(report(10))
    picture = view.viewport().grab().toImage()
    y = view.rowViewportPosition(0) + view.rowHeight(0) // 2
    end = view.columnViewportPosition(9)
    empty = range(view.columnViewportPosition(1) + 2, end - 2)
    lines = [x for x in empty if picture.pixelColor(x, y).lightness() > 40]
    assert len(lines) == 7, "between nine columns without answers"


def test_ten_classes_are_whole_in_a_tab_and_a_hundred_scroll(qtbot: QtBot) -> None:
    view = ConfusionView(DARK)
    qtbot.addWidget(view)
    view.resize(740, 152)
    view.show()
    view.show_report(report(10))
    line = view.fontMetrics().height()
    assert view.verticalScrollBar().maximum() == 0
    assert view.rowHeight(0) >= 0.8 * line
    view.show_report(report(100))
    assert view.verticalScrollBar().maximum() > 0
    assert view.rowHeight(0) > line, "what scrolls need not be small"


@pytest.mark.parametrize("shape", [(4, 4, 8, 8, 3), (2, 8, 3, 5, 3), (1, 9, 40, 40, 3)])
def test_pictures_fit_with_the_gaps_they_are_drawn_with(
    shape: tuple[int, ...],
) -> None:
    pictures = np.zeros(shape, np.uint8)
    for wide in (120.0, 231.0, 500.0):
        scale = fitting(pictures, wide, 400.0)
        sheet = composed(pictures, max(int(scale), 1), (0, 0, 0))
        shrunk = min(scale, 1.0)
        assert sheet.shape[1] * shrunk <= wide + 1
        assert sheet.shape[0] * shrunk <= 401


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.6, 0.75, 1.0])
def test_every_number_of_a_map_can_be_read(theme: Theme, share: float) -> None:
    """Large type is read from 3 to 1 on (WCAG 2.2); dark on a half blue had 2.3."""
    muted, text, base, accent = (
        QColor(each) for each in (theme.muted, theme.text, theme.canvas, theme.accent)
    )
    field = _between(base, accent, share)
    chosen = legible(field, muted, text, base)
    assert contrast(chosen.name(), field.name()) >= 3.5
