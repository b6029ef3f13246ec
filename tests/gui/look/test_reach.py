"""The Look tab by keyboard, and for those who hear it; in both themes, at any size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.document import Document
from gui.look.view import EVALUATE, SHOWN, TRY
from gui.panel_cycle import stops
from tests.engine.documents import digits, iris
from tests.engine.shown_documents import kind_words, plane_of_digits, writer
from tests.gui.conftest import OpenWindow
from tests.gui.look.desk import Desk, opened
from tests.gui.test_accessibility import nameless


def unseen(root: QWidget) -> list[str]:
    """What takes the keyboard without showing it."""
    found = []
    for each in stops(root):
        if each.focusProxy() is not None or not each.isVisible():
            continue
        root.window().setFocus()
        before = each.grab().toImage()
        each.setFocus(Qt.FocusReason.TabFocusReason)
        if each.hasFocus() and each.grab().toImage() == before:
            found.append(f"{type(each).__name__} {each.accessibleName()}")
    return found


def each_page(desk: Desk) -> list[str]:
    """Goes through the pages of a trained network; gives what cannot be reached."""
    look, faults = desk.look, []
    desk.window.activateWindow()
    for page in (SHOWN, EVALUATE, TRY):
        desk.open_page(page)
        if page == EVALUATE:
            desk.evaluate()
        if page == TRY:
            desk.until(lambda: look.trying.trial is not None)
        QApplication.processEvents()
        faults += unseen(look) + nameless(look)
    return faults


@pytest.mark.parametrize(
    "document",
    [digits(), iris(), plane_of_digits(), writer(), kind_words()],
    ids=lambda document: document.name,
)
def test_everything_is_reached_by_keyboard_and_has_a_name(
    qtbot: QtBot, open_window: OpenWindow, document: Document
) -> None:
    desk = opened(qtbot, open_window, document, epochs=2)
    desk.train()
    assert each_page(desk) == []


@pytest.mark.parametrize("size", [(960, 600), (1600, 1000)], ids=str)
def test_nothing_widens_the_window(
    qtbot: QtBot, open_window: OpenWindow, size: tuple[int, int]
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=1)
    desk.window.resize(*size)
    desk.train()
    each_page(desk)
    assert (desk.window.width(), desk.window.height()) == size
    least = desk.look.minimumSizeHint()
    assert least.width() <= 430, "wider than there is room for at 960 pixels"
