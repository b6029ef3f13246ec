"""Sheets of pictures stay within the room they have."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui.look.sheet_view import SheetView
from gui.theme import DARK


@pytest.mark.parametrize("width", [200, 233, 262, 300])
def test_the_last_picture_is_whole(qtbot: QtBot, width: int) -> None:
    pictures = np.zeros((4, 9, 28, 28, 3), np.uint8)
    pictures[:, -1, :, -4:] = (255, 0, 0)
    view = SheetView(DARK, "maps")
    qtbot.addWidget(view)
    view.resize(width, 123)
    view.show_pictures(pictures)
    row = view.grab().toImage()
    middle = row.height() // 8  # within the upper row
    red = [x for x in range(row.width()) if QColor(row.pixel(x, middle)).red() > 200]
    assert red, "the right edge of the last picture is cut off"
    assert red[-1] < row.width()
