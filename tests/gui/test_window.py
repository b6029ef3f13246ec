"""The window as a whole, under real events."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QPalette,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import templates
from engine.annotation_edits import PutFrame, SetFrame
from engine.annotations import Frame
from engine.document import Document
from engine.edits import Compound, change_settings, removal
from gui.action_table import CHECKABLE, MENUS, SUBMENUS
from gui.app import screenshot
from gui.failures import catch_everything, explain, log_to
from gui.main_window import MainWindow
from gui.status_line import short_count
from tests.gui.conftest import OpenWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("digits-cnn"))


def names(window: MainWindow) -> set[str]:
    return set(window.model.document.graph.nodes)


def test_it_begins_with_a_network_that_can_be_trained(window: MainWindow) -> None:
    assert window.model.analysis.is_valid
    assert window.status.parameters.text() == "13,706 parameters"
    assert window.status.operations.text().endswith("operations per sample")
    assert not window.status.problems.isVisible()
    assert window.top.train_button.isEnabled()


def test_double_click_in_the_palette_adds_a_layer(window: MainWindow) -> None:
    before = names(window)
    layers = window.left.layers.list
    index = layers.layers.index(layers.layers.row_of("Dropout"))
    layers.scrollTo(index)
    spot = layers.visualRect(index).center()
    QTest.mouseClick(layers.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(layers.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    (added,) = names(window) - before
    assert window.model.document.graph[added].layer == "Dropout"
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert names(window) == before


def test_a_palette_row_dropped_on_the_canvas_adds_a_layer(window: MainWindow) -> None:
    before = names(window)
    layers = window.left.layers.list.layers
    mime: QMimeData = layers.mimeData([layers.index(layers.row_of("Linear"))])
    viewport = window.canvas.viewport()
    spot = QPoint(60, 60)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(viewport, QDragEnterEvent(spot, copy, mime, buttons, keys))
    QApplication.sendEvent(
        viewport, QDropEvent(QPointF(spot), copy, mime, buttons, keys)
    )
    (added,) = names(window) - before
    assert window.model.document.graph[added].layer == "Linear"


def test_the_add_search_adds_what_was_typed(window: MainWindow) -> None:
    before = names(window)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    assert window.add_search.isVisible()
    QTest.keyClicks(window.add_search.search, "fully")
    QTest.keyClick(window.add_search.search, Qt.Key.Key_Return)
    assert not window.add_search.isVisible()
    (added,) = names(window) - before
    assert window.model.document.graph[added].layer == "Linear"


def test_escape_closes_the_add_search(window: MainWindow) -> None:
    before = names(window)
    QTest.mouseClick(window.top._middle["plus"], Qt.MouseButton.LeftButton)
    assert window.add_search.isVisible()
    QTest.keyClick(window.add_search.search, Qt.Key.Key_Escape)
    assert not window.add_search.isVisible()
    assert names(window) == before


def test_keys_for_the_canvas_do_not_reach_through_a_field(window: MainWindow) -> None:
    window.canvas.select(["conv1"])
    line = window.left.layers.search
    line.setFocus()
    QTest.keyClicks(line, "af")
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    QTest.keyClick(line, Qt.Key.Key_Delete)
    assert line.text() == "a"
    assert "conv1" in names(window)


def test_problems_are_counted_listed_and_lead_to_their_node(
    window: MainWindow,
) -> None:
    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv2", {"kernel_size": 9}))
    assert window.status.problems.text() == "1 problem: conv2"
    said, zoom = window.status.problems.fontMetrics(), window.status.zoom.fontMetrics()
    assert said.height() == zoom.height()
    place = window.bottom.indexOf(window.bottom.problems)
    assert window.bottom.tabBar().accessibleTabName(place) == "Problems 1"
    assert window.bottom.problem_count.text() == "1"
    assert window.bottom.problem_count.property("kind") != "warning"
    QTest.mouseClick(window.status.problems, Qt.MouseButton.LeftButton)
    assert window.bottom.currentWidget() is window.bottom.problems
    assert window.canvas.selection.names == ["conv2"]
    window.canvas.select([])
    row = window.bottom.problems.rows[0]
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert window.canvas.selection.names == ["conv2"]
    window.actions_.of["undo"].trigger()
    assert not window.status.problems.isVisible()
    assert window.bottom.problems.rows == []


def test_the_fix_of_a_missing_output_follows_the_network(window: MainWindow) -> None:
    graph = window.model.document.graph
    output = next(node.name for node in graph if node.layer == "Output")
    window.model.push("Remove", removal(graph, [output]))
    before = [each.label for each in window.bottom.problems.rows[0].problem.fixes]
    window.canvas.add_layer("ReLU", QPointF(5000, 0))
    row = window.bottom.problems.rows[0]
    assert [each.label for each in row.problem.fixes] != before
    window.bottom.setCurrentWidget(window.bottom.problems)
    button = next(each for each in row.findChildren(QPushButton) if each.isVisible())
    button.setFocus()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.canvas.hasFocus()


def test_find_names_a_node_and_its_layer(window: MainWindow) -> None:
    find = window.find_node
    find.open_over(window.canvas.viewport())
    first = find.list.item(0)
    assert first.text() == "image"
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "image, Input"
    find.hide()


def test_find_goes_to_a_node(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window.find_node.search, "fc2")
    QTest.keyClick(window.find_node.search, Qt.Key.Key_Return)
    assert window.canvas.selection.names == ["fc2"]


def test_sides_fold_away_and_the_window_remembers(
    window: MainWindow, open_window: OpenWindow
) -> None:
    window.actions_.of["left"].trigger()
    assert not window.left.isVisible()
    assert window.close()
    other = open_window(templates.open_lesson("digits-cnn"))
    assert not other.left.isVisible()
    assert not other.actions_.of["left"].isChecked()
    other.actions_.of["left"].trigger()
    assert other.left.isVisible()


def test_the_menu_says_which_sides_are_shown_whoever_shows_them(
    window: MainWindow,
) -> None:
    action = window.actions_.of["bottom"]
    action.trigger()
    assert not action.isChecked()
    window.keyboard.open_palette()
    QTest.keyClicks(window.keyboard.palette.search, "show runs")
    QTest.keyClick(window.keyboard.palette.search, Qt.Key.Key_Return)
    assert window.bottom.isVisible()
    assert window.bottom.currentWidget() is window.bottom.runs
    assert action.isChecked()


@pytest.mark.parametrize(
    ("name", "splitter", "handle", "by"),
    [
        ("left", "sides", 1, QPoint(-400, 0)),
        ("right", "sides", 2, QPoint(500, 0)),
        ("bottom", "middle", 1, QPoint(0, 500)),
    ],
)
def test_a_panel_that_is_dragged_shut_comes_back_from_the_menu(
    window: MainWindow, name: str, splitter: str, handle: int, by: QPoint
) -> None:
    """Shown with no room, it would be there and could not be seen."""
    page = window.page
    panel, sides = page.panels[name], page.splitters[splitter]
    before, grip = panel.size(), sides.handle(handle)
    centre = grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseMove(grip, centre + by)
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=centre + by)
    assert panel.isHidden()
    assert not window.actions_.of[name].isChecked()
    window.actions_.of[name].trigger()
    assert panel.isVisible()
    assert window.actions_.of[name].isChecked()
    assert panel.size() == before


def test_an_open_menu_shows_what_can_be_chosen_now(window: MainWindow) -> None:
    """Once it is closed the keys are there again, and say what is to be selected."""
    (menu,) = [
        each
        for each in window.menuBar().findChildren(QMenu)
        if window.actions_.of["make_block"] in each.actions()
    ]
    rename, bypass = (window.actions_.of[each] for each in ("rename_block", "bypass"))
    window.page.canvas.select(["conv1"])
    menu.popup(window.mapToGlobal(QPoint(0, 0)))
    assert bypass.isEnabled()
    assert not rename.isEnabled()
    menu.hide()
    assert rename.isEnabled()


def test_the_theme_can_be_fixed_and_follows_the_system(window: MainWindow) -> None:
    appearance = window.place.appearance
    assert appearance.theme.is_dark
    appearance.choose("light")
    assert not appearance.theme.is_dark
    background = window.palette().window().color().name()
    assert background == appearance.theme.window
    appearance.choose("system")
    scheme = QGuiApplication.styleHints().colorScheme()
    assert appearance.theme.is_dark == (scheme is not Qt.ColorScheme.Light)


def test_every_action_has_a_place_and_no_key_is_taken_twice() -> None:
    keys = [
        QKeySequence(key).toString()
        for specs in MENUS.values()
        for spec in specs
        for key in spec.keys
    ]
    assert len(keys) == len(set(keys))
    ids = {spec.id for specs in MENUS.values() for spec in specs if spec.id}
    assert ids >= CHECKABLE | SUBMENUS


def test_every_control_has_a_name_for_a_screen_reader(window: MainWindow) -> None:
    window.canvas.select(["conv1"])
    controls: list[QWidget] = [
        *window.findChildren(QAbstractButton),
        *window.findChildren(QComboBox),
        *window.findChildren(QAbstractSpinBox),
        *(
            line
            for line in window.findChildren(QLineEdit)
            if not isinstance(line.parent(), (QAbstractSpinBox, QComboBox))
        ),
    ]
    nameless = [
        f"{type(each).__name__} in {type(each.parent()).__name__}"
        for each in controls
        if not each.objectName().startswith("qt_")
        and not each.accessibleName()
        and not getattr(each, "text", str)()
    ]
    assert nameless == []


def test_nothing_is_wider_than_the_smallest_common_screen(window: MainWindow) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1280, 800)
    right = window.top.mapTo(window, QPoint(window.top.width(), 0)).x()
    assert right <= 1280
    train = window.top.train_button
    assert train.width() >= train.sizeHint().width()
    for name in ("undo", "redo", "plus", "tidy"):
        button = window.top._middle[name]
        assert button.width() >= button.sizeHint().width()


def test_an_exception_in_a_slot_becomes_a_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    log = tmp_path / "window.log"
    log_to(log)
    restore = catch_everything(window.messages.show_error)
    try:
        error = RuntimeError("secret detail")
        thread = threading.Thread(
            target=lambda: sys.excepthook(RuntimeError, error, None)
        )
        assert window.messages.isHidden()
        thread.start()  # a slot may be called in any
        thread.join()
        assert window.messages.isHidden()  # something may be painting just now
        qtbot.waitUntil(window.messages.isVisible)
    finally:
        restore()
    shown = window.messages.text.text()
    assert shown.startswith(
        "Something in Espalier went wrong; your network is unharmed"
    )
    assert str(log) in shown
    assert "secret detail" not in shown
    assert "secret detail" in log.read_text()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            MemoryError(),
            "There is not enough memory for this. Make the batch size smaller.",
        ),
        (
            OSError(28, "No space left on device", "/x/run.pt"),
            "The file “/x/run.pt” could not be used: no space left on device.",
        ),
    ],
)
def test_what_is_known_of_a_failure_is_said(error: Exception, sentence: str) -> None:
    assert explain(error) == sentence


def test_what_an_error_leaves_out_is_not_counted_as_nothing(
    window: MainWindow,
) -> None:
    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv1", {"kernel_size": 33}))
    assert window.status.parameters.text() == "0 parameters so far"


def test_fixes_stand_under_a_problem_where_there_is_little_room(
    window: MainWindow, qtbot: QtBot
) -> None:
    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv1", {"kernel_size": 33}))
    panel = window.bottom.problems
    window.bottom.setCurrentWidget(panel)
    (row,) = panel.rows
    title, button = row.findChild(QLabel), row.findChild(QPushButton)
    assert isinstance(title, QLabel)
    assert isinstance(button, QPushButton)
    panel.setFixedWidth(900)
    qtbot.waitUntil(lambda: button.x() > title.geometry().right())
    panel.setFixedWidth(360)
    qtbot.waitUntil(lambda: button.y() > title.geometry().bottom())
    assert row.width() <= panel.viewport().width(), "nothing is scrolled sideways"


def test_an_empty_document_is_a_window_too(open_window: OpenWindow) -> None:
    window = open_window(Document())
    assert window.status.parameters.text() == "0 parameters"
    tab = window.bottom.indexOf(window.bottom.problems)
    assert not window.status.problems.isVisible(), "nothing is wrong before one begins"
    assert window.bottom.tabText(tab) == "Problems"
    window.canvas.add_layer("Linear")
    assert window.status.problems.isVisible()
    assert window.bottom.problem_count.text() == str(
        len(window.model.analysis.problems)
    )
    assert window.bottom.problem_count.isVisible()
    window.canvas.add_layer("Conv2d")
    assert window.bottom.problem_count.text() == str(
        len(window.model.analysis.problems)
    )
    assert window.bottom.problem_count.isVisible(), "the next number is seen as well"
    window.model.undo_stack.undo()
    assert window.bottom.problem_count.isVisible()
    window.model.undo_stack.undo()
    assert not window.status.problems.isVisible()
    assert not window.bottom.problems.rows, "the list says what the tab says"
    window.canvas.setFocus()
    window.actions_.of["select_all"].trigger()
    window.actions_.of["next_problem"].trigger()


@pytest.mark.parametrize(
    ("number", "text"),
    [(950, "950"), (184_000, "184 k"), (4_210_000, "4.21 M"), (8.1e9, "8.10 G")],
)
def test_large_counts_in_three_digits(number: float, text: str) -> None:
    assert short_count(int(number)) == text


def test_a_screenshot_is_written(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "window.png"
    screenshot(templates.open_lesson("fnn-iris"), path, (1280, 800), "light")
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_a_closed_window_is_collected(
    qtbot: QtBot, qapp: QApplication, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    windows = open_window.__closure__  # type: ignore[attr-defined]
    for cell in windows or ():
        if isinstance(cell.cell_contents, list):
            cell.cell_contents.remove(window)
    reference = weakref.ref(window)
    model = weakref.ref(window.model)
    window.close()
    window.deleteLater()
    del window
    qtbot.wait(50)
    gc.collect()
    assert reference() is None
    assert model() is None


def test_why_an_edit_could_not_be_is_past_once_another_was_made(
    window: MainWindow,
) -> None:
    canvas, bar = window.canvas, window.messages
    canvas.select([])
    QTest.keyClick(canvas, Qt.Key.Key_E, CTRL | SHIFT)
    assert bar.isVisible()
    canvas.select_all()
    QTest.keyClick(canvas, Qt.Key.Key_H)
    assert not bar.isVisible()
    bar.show_error("Something else is wrong.")
    QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
    assert bar.isVisible(), "it was no edit that was refused"


def test_a_warning_has_the_colour_of_warnings(window: MainWindow) -> None:
    window.canvas.add_layer("Dropout")
    assert [each.is_error for each in window.model.analysis.problems] == [False]
    button, theme = window.status.problems, window.page._place.appearance.theme
    color = button.palette().color(QPalette.ColorRole.ButtonText).name()
    assert color == theme.warning.lower()
    window.canvas.select(["conv1"])
    field = window.inspector.page.form.fields["kernel_size"].editor
    field.selectAll()
    QTest.keyClicks(field, "15")
    assert window.model.analysis.first_error is not None
    color = button.palette().color(QPalette.ColorRole.ButtonText).name()
    assert color == theme.error.lower()


def test_the_menus_tell_what_the_cards_are_coloured_by(
    window: MainWindow, open_window: OpenWindow
) -> None:
    colors = {
        name: action
        for name, action in window.actions_.of.items()
        if name.startswith("color_")
    }

    def checked() -> list[str]:
        return [name for name, action in colors.items() if action.isChecked()]

    assert checked() == ["color_layer"]
    colors["color_memory"].trigger()
    assert checked() == ["color_memory"]
    window.canvas.add_layer("ReLU")  # so that another takes not its place
    window.files.new()
    assert checked() == ["color_layer"], "each document is coloured by itself"
    window.tabs.step(-1)
    assert checked() == ["color_memory"]
    window.canvas.color_by(None)
    assert checked() == ["color_layer"]


def test_a_menu_offers_no_mending_of_nothing(window: MainWindow) -> None:
    (menu,) = [
        each
        for each in window.menuBar().findChildren(QMenu)
        if window.actions_.of["mend"] in each.actions()
    ]
    mend, unframe = (window.actions_.of[each] for each in ("mend", "unframe"))
    menu.aboutToShow.emit()
    assert not mend.isEnabled()
    menu.aboutToHide.emit()
    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv2", {"kernel_size": 9}))
    menu.aboutToShow.emit()
    assert mend.isEnabled()
    menu.aboutToHide.emit()
    (arrange,) = [
        each
        for each in window.menuBar().findChildren(QMenu)
        if unframe in each.actions()
    ]
    for names, can in ([], False), (["conv1"], False):
        window.canvas.select(names)
        arrange.aboutToShow.emit()
        assert unframe.isEnabled() == can
        arrange.aboutToHide.emit()
    frame = PutFrame(Frame(name="part", title="Part"))
    window.model.push("Frame", Compound((frame, SetFrame("conv1", "part"))))
    window.canvas.select(["conv1"])
    arrange.aboutToShow.emit()
    assert unframe.isEnabled()
    arrange.aboutToHide.emit()


def test_a_problem_is_in_the_list_before_anything_is_painted(
    window: MainWindow,
) -> None:
    """Under a burst of keys Qt paints before it shows what was put into a layout."""
    window.bottom.setCurrentWidget(window.bottom.problems)
    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv2", {"kernel_size": 9}))
    assert [row.isVisible() for row in window.bottom.problems.rows] == [True]
