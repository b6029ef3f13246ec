"""The user's own keys, and the pages of shortcuts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu
from pytestqt.qtbot import QtBot

import templates
from gui.action_table import MENUS
from gui.canvas.menu import context_menu
from gui.main_window import MainWindow
from gui.shortcut_table import FIXED_KEYS, GESTURES
from gui.shortcuts import Shortcuts, shown
from gui.shortcuts_page import ShortcutsPage
from gui.shortcuts_sheet import ShortcutsSheet
from tests.gui.conftest import OpenWindow

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_ALT = CTRL | Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("digits-cnn"))


@pytest.fixture
def page(window: MainWindow) -> Iterator[ShortcutsPage]:
    made = ShortcutsPage(window.keyboard.shortcuts, window)
    made.show()
    yield made
    made.close()


def press(page: ShortcutsPage, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    """Begin on the action it stands on and press keys for it."""
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.keys.hasFocus()
    QTest.keyClick(page.keys, key, held)


def test_the_table_has_a_frame_where_it_cuts_a_row(page: ShortcutsPage) -> None:
    table = page.table
    image, middle = table.grab().toImage(), table.width() // 2
    ground = image.pixelColor(middle, table.viewport().y() + 3 * table.rowHeight(0) - 2)
    assert table.verticalScrollBar().maximum() > 0
    page.search.setFocus()
    image = table.grab().toImage()
    assert image.pixelColor(middle, image.height() - 1) != ground


def test_an_action_is_given_other_keys_and_all_follows(
    window: MainWindow, page: ShortcutsPage, open_window: OpenWindow
) -> None:
    tidy = window.actions_.of["tidy"]
    assert window.top._middle["tidy"].toolTip().endswith("(Ctrl+L)")
    page.show_action("tidy")
    press(page, Qt.Key.Key_U, CTRL_ALT)
    assert [each.toString() for each in tidy.shortcuts()] == ["Ctrl+Alt+U"]
    assert window.top._middle["tidy"].toolTip().endswith("(Ctrl+Alt+U)")
    assert page.message.text() == "Tidy up: Ctrl+Alt+U. Press Enter, then the new keys."
    sheet = ShortcutsSheet(window.keyboard.shortcuts, window)
    assert "Ctrl+Alt+U" in sheet.texts()
    assert "Ctrl+L" not in sheet.texts()
    entries = {entry.id: entry for entry in window.keyboard._entries()}
    assert entries["tidy"].keys == "Ctrl+Alt+U"
    other = open_window(templates.open_lesson("digits-cnn"))
    assert other.actions_.of["tidy"].shortcut().toString() == "Ctrl+Alt+U"


def test_keys_that_were_given_away_do_nothing_on_the_canvas(
    window: MainWindow,
) -> None:
    shortcuts, canvas = window.keyboard.shortcuts, window.canvas
    count = len(window.model.document.graph)
    shortcuts.set("duplicate", [QKeySequence("Ctrl+Alt+U")])
    canvas.select(["conv1"])
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_D, CTRL)
    assert len(window.model.document.graph) == count
    QTest.keyClick(canvas, Qt.Key.Key_U, CTRL_ALT)
    assert len(window.model.document.graph) == count + 1
    shortcuts.reset_all()
    QTest.keyClick(canvas, Qt.Key.Key_D, CTRL)
    assert len(window.model.document.graph) == count + 2


def test_a_conflict_is_named_and_can_be_solved(
    window: MainWindow, page: ShortcutsPage
) -> None:
    acts = window.actions_.of
    page.show_action("tidy")
    assert not page.take.isVisible()
    press(page, Qt.Key.Key_S, CTRL)
    assert page.message.text() == (
        "Ctrl+S already does “Save”. Take it from there, or press other keys."
    )
    assert acts["tidy"].shortcut().toString() == "Ctrl+L"
    QTest.mouseClick(page.take, Qt.MouseButton.LeftButton)
    assert acts["tidy"].shortcut().toString() == "Ctrl+S"
    assert acts["save"].shortcuts() == []
    page.show_action("save")
    assert page.message.text() == "Save: no keys. Press Enter, then the new keys."
    QTest.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    assert acts["save"].shortcut().toString() == "Ctrl+S"
    assert acts["tidy"].shortcuts() == []


def test_the_keys_of_the_canvas_are_not_given_away(
    window: MainWindow, page: ShortcutsPage
) -> None:
    page.show_action("tidy")
    press(page, Qt.Key.Key_Left, CTRL)
    assert page.message.text() == (
        "Ctrl+Left belongs to the canvas: walk along the edges. Press other keys."
    )
    assert not page.take.isVisible()
    QTest.keyClick(page.keys, Qt.Key.Key_Escape)
    assert page.isVisible()
    assert page.table.hasFocus()
    assert window.actions_.of["tidy"].shortcut().toString() == "Ctrl+L"


def test_one_or_all_are_set_back(window: MainWindow, page: ShortcutsPage) -> None:
    acts, settings = window.actions_.of, window.place.settings
    page.show_action("redo")
    QTest.mouseClick(page.none, Qt.MouseButton.LeftButton)
    assert acts["redo"].shortcuts() == []
    page.show_action("find")
    press(page, Qt.Key.Key_J, CTRL_ALT)
    assert page.reset.isEnabled()
    QTest.mouseClick(page.reset_all, Qt.MouseButton.LeftButton)
    assert page.message.text() == "All keys are as they were at first."
    assert [each.toString() for each in acts["redo"].shortcuts()] == [
        "Ctrl+Shift+Z",
        "Ctrl+Y",
    ]
    assert acts["find"].shortcut().toString() == "Ctrl+F"
    assert not [key for key in settings.allKeys() if key.startswith("shortcuts/")]


def test_reset_all_looks_switched_off_until_a_key_is_changed(
    page: ShortcutsPage,
) -> None:
    page.table.setFocus()

    def strength() -> int:
        """How much the button's letters differ from their ground."""
        image = page.reset_all.grab().toImage()
        row = [image.pixelColor(x, image.height() // 2) for x in range(8, 70)]
        shades = [each.lightness() for each in row]
        return max(shades) - min(shades)

    assert not page.reset_all.isEnabled()
    off = strength()
    page.show_action("redo")
    QTest.mouseClick(page.none, Qt.MouseButton.LeftButton)
    assert page.reset_all.isEnabled()
    assert off < 0.7 * strength()
    QTest.mouseClick(page.reset_all, Qt.MouseButton.LeftButton)
    assert not page.reset_all.isEnabled()


def test_the_page_is_searched(page: ShortcutsPage) -> None:
    QTest.keyClicks(page.search, "zoom")
    shown = {page.table.item(row, 1).text() for row in range(page.table.rowCount())}
    assert shown == {"Zoom in", "Zoom out"}
    page.search.setText("ctrl+l")
    assert page.table.item(0, 1).text() == "Tidy up"
    page.search.setText("nothing at all")
    assert page.message.text() == "Nothing is called that."
    assert not page.keys.isEnabled()


def test_settings_that_cannot_be_read_are_left_out(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("shortcuts/tidy", "not a key!")
    settings.setValue("shortcuts/find", "Ctrl+Alt+J")
    settings.sync()
    window = open_window(templates.open_lesson("fnn-iris"))
    assert window.actions_.of["tidy"].shortcuts() == []
    assert window.actions_.of["find"].shortcut().toString() == "Ctrl+Alt+J"


# The sheet.


def test_a_question_mark_opens_the_sheet(window: MainWindow) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        sheet = QApplication.activeModalWidget()
        assert isinstance(sheet, QDialog)
        seen.append(sheet.texts() if isinstance(sheet, ShortcutsSheet) else [])
        sheet.close()

    window.canvas.setFocus()
    QTimer.singleShot(0, look)
    # Without Shift: what it took to type the sign is the keyboard's own affair, which
    # a window system knows and the offscreen platform does not.
    QTest.keyClick(window.canvas, Qt.Key.Key_Question)
    assert "Ctrl+K" in seen[0]


def test_the_sheet_tells_every_key_and_gesture(
    qtbot: QtBot, window: MainWindow
) -> None:
    sheet = ShortcutsSheet(window.keyboard.shortcuts, window)
    sheet.show()
    qtbot.wait(50)  # its scroll bar comes or goes by the page that was laid out
    texts = sheet.texts()
    for row in window.keyboard.shortcuts.rows():
        assert not row.keys or {row.what, row.keys} <= set(texts)
    for what, how in GESTURES:
        assert {what, how} <= set(texts)
    assert sheet.width() <= 1120
    assert sheet.height() <= max(600, window.height())
    assert sheet.area.widget().width() <= sheet.area.viewport().width()
    assert not sheet.area.verticalScrollBar().isVisible(), "all of it is seen"
    QTest.keyClicks(sheet.search, "undo")
    assert sheet.texts() == ["Edit", "Undo", "Ctrl+Z"]
    sheet.search.setText("palette")
    assert sheet.texts() == ["Edit", "All commands", "Ctrl+K"]
    sheet.close()


def test_the_sheet_takes_the_room_of_a_taller_window(window: MainWindow) -> None:
    window.resize(1280, 1400)
    sheet = ShortcutsSheet(window.keyboard.shortcuts, window)
    sheet.show()
    assert sheet.area.verticalScrollBar().maximum() == 0
    sheet.close()


def test_the_columns_of_the_sheet_are_about_equally_long(window: MainWindow) -> None:
    window.resize(1920, 1200)
    sheet = ShortcutsSheet(window.keyboard.shortcuts, window)
    sheet.show()
    QApplication.processEvents()
    page = sheet.area.widget()
    ends: dict[int, int] = {}
    for each in page.findChildren(QLabel):
        at = each.mapTo(page, each.rect().bottomRight())
        column = at.x() * 3 // page.width()
        ends[column] = max(ends.get(column, 0), at.y())
    assert len(ends) == 3
    assert min(ends.values()) > 0.75 * max(ends.values())
    caps = [
        each for each in page.findChildren(QLabel) if each.property("role") == "keys"
    ]
    tall = {each.height() for each in caps}
    assert len(tall) == 1, "keys are on one line"
    sheet.close()


def test_both_keys_for_enter_are_told_as_one() -> None:
    both = [QKeySequence("Ctrl+Enter"), QKeySequence("Ctrl+Return")]
    assert shown(both) == "Ctrl+Enter"
    assert shown([QKeySequence("Del"), QKeySequence("Backspace")]) == (
        "Del or Backspace"
    )
    assert shown([QKeySequence("Ctrl+Return")]) == "Ctrl+Return"


def test_every_fixed_key_means_something_to_the_canvas(window: MainWindow) -> None:
    """The table is what the canvas does: each key in it is taken there."""
    from PySide6.QtGui import QKeyEvent

    for fixed in FIXED_KEYS:
        for keys in fixed.keys:
            window.canvas.select(["conv1"])
            pressed = QKeySequence(keys)[0]
            event = QKeyEvent(
                QKeyEvent.Type.KeyPress, pressed.key(), pressed.keyboardModifiers()
            )
            QApplication.sendEvent(window.canvas, event)
            assert event.isAccepted(), keys
            window.add_search.hide()


def test_no_action_begins_with_a_key_of_the_canvas() -> None:
    fixed = {QKeySequence(key) for each in FIXED_KEYS for key in each.keys}
    taken = [
        spec.id
        for specs in MENUS.values()
        for spec in specs
        for key in spec.keys
        if QKeySequence(key) in fixed
    ]
    assert taken == []


def test_shortcuts_are_one_object_of_the_window(window: MainWindow) -> None:
    assert isinstance(window.keyboard.shortcuts, Shortcuts)
    assert window.keyboard.shortcuts.parent() is window


def test_the_menu_at_the_pointer_follows(window: MainWindow) -> None:
    window.keyboard.shortcuts.set("duplicate", [QKeySequence("Ctrl+Alt+U")])
    canvas = window.canvas
    canvas.select(["conv1"])
    rect = canvas.network.nodes["conv1"].rect()
    point = rect.center()
    menu = context_menu(canvas, canvas.hit(point), point)
    shown = {each.text(): each.shortcut().toString() for each in menu.actions()}
    assert shown["Duplicate"] == "Ctrl+Alt+U"
    assert shown["Copy"] == "Ctrl+C"
    menu.deleteLater()


def test_letters_choose_in_an_open_menu(window: MainWindow, qtbot: QtBot) -> None:
    """The canvas has single letters as shortcuts, and keeps the keyboard meanwhile."""
    window.canvas.setFocus()
    window.canvas.select(["conv2"])
    menu = window.menuBar().actions()[0].menu()
    assert isinstance(menu, QMenu)
    menu.popup(window.mapToGlobal(QPoint(50, 50)))
    qtbot.waitUntil(menu.isVisible)
    QTest.keyClick(menu, Qt.Key.Key_L)  # on the canvas: select what leads here
    assert window.canvas.selection.names == ["conv2"]
    assert menu.activeAction() is window.actions_.menus["lessons"].menuAction()
    menu.close()


def test_the_lists_of_dialogs_end_with_a_whole_row(
    window: MainWindow, page: ShortcutsPage
) -> None:
    palette = window.keyboard.palette
    palette.open()
    QApplication.processEvents()
    for view in (page.table, palette.list):
        room = view.viewport().rect()
        foot = QPoint(room.center().x(), room.bottom())
        last = view.visualRect(view.indexAt(foot))
        assert last.bottom() <= room.bottom()
        assert view.verticalScrollBar().maximum() > 0, "it has more rows"
    palette.hide()
