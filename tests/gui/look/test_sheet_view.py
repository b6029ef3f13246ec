"""Sheets of pictures stay within the room they have."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gui.look.sheet_view import SheetView
from gui.theme import DARK, LIGHT


@pytest.mark.parametrize("width", [200, 233, 262, 300])
def test_the_last_picture_is_whole(qtbot: QtBot, width: int) -> None:
    pictures = np.zeros((4, 9, 28, 28, 3), np.uint8)
    pictures[:, -1, :, -4:] = (255, 0, 0)
    view = SheetView(DARK, "maps")
    qtbot.addWidget(view)
    view.resize(width, 123)
    view.show_pictures(pictures)
    image = view.grab().toImage()
    red = [x for x in range(image.width()) if has_red(image, x)]
    assert red, "the right edge of the last picture is cut off"
    assert len(red) >= 2


def has_red(image: QImage, x: int) -> bool:
    colors = (QColor(image.pixel(x, y)) for y in range(image.height()))
    return any(c.red() > 150 > 2 * max(c.green(), c.blue()) for c in colors)


def test_large_dots_have_frames_and_white_ones_do_not_melt_into_the_page(
    qtbot: QtBot,
) -> None:
    for side, is_framed in ((3, True), (60, False)):
        view = SheetView(LIGHT, "filters")
        qtbot.addWidget(view)
        view.resize(150, 70)
        view.show_pictures(np.full((1, 2, side, side, 3), 255, np.uint8))
        image = view.grab().toImage()
        border = QColor(LIGHT.border).rgb()
        framed = sum(
            image.pixel(x, y) == border
            for x in range(image.width())
            for y in range(image.height())
        )
        assert (framed > 100) is is_framed
