"""The command palette, by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

import templates
from gui.action_table import MENUS, SUBMENUS
from gui.main_window import MainWindow
from gui.palette import CommandPalette, spoken
from gui.palette_entries import COMMANDS, Entry, menu_entries, ranked, score
from gui.shortcuts import plain
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("digits-cnn"))


def opened(window: MainWindow) -> CommandPalette:
    """The palette, opened with its keys from where the keyboard is."""
    focused = QApplication.focusWidget() or window
    QTest.keyClick(focused, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.keyboard.palette
    assert palette.isVisible()
    return palette


def typed(palette: CommandPalette, words: str) -> list[Entry]:
    """What is listed, in its order, once this was typed."""
    palette.search.clear()
    QTest.keyClicks(palette.search, words)
    return [row for row in palette.rows.rows if isinstance(row, Entry)]


def command(title: str, **others: object) -> Entry:
    return Entry(id=title, title=title, section=COMMANDS, run=int, **others)  # type: ignore[arg-type]


# How well an entry answers.


@pytest.mark.parametrize(
    ("words", "better", "worse"),
    [
        ("sel", "Select all", "Fit selection"),
        ("sa", "Save as", "Tidy up"),
        ("fit", "Fit all", "Profit"),
        ("save", "Save", "Save as"),
        ("zoo out", "Zoom out", "Zoom in"),
        ("dlt", "Delete", "Model"),
    ],
)
def test_word_starts_answer_best(words: str, better: str, worse: str) -> None:
    assert score(words, command(better)) > score(words, command(worse))


def test_letters_strewn_about_answer_nothing() -> None:
    assert score("xyz", command("Export: Picture")) == 0
    assert score("eo", command("Delete and keep the flow")) == 0
    assert score("save nothing", command("Save")) == 0


def test_what_was_used_last_comes_first_among_equals() -> None:
    entries = [command("Copy"), command("Cost"), command("Code")]
    assert [each.title for _, each in ranked("co", entries)] == ["Copy", "Cost", "Code"]
    first = ranked("co", entries, ["Code", "Cost"])
    assert [each.title for _, each in first] == ["Code", "Cost", "Copy"]


def test_other_names_and_tips_find_an_entry_too() -> None:
    linear = command("Add Linear", also=("dense", "fully connected"))
    assert score("fully", linear) > 0
    mend = command("Go to the first problem", tip="What to mend")
    assert 0 < score("mend", mend) < score("problem", mend)


# What it lists.


def test_it_lists_every_action_of_every_menu(window: MainWindow) -> None:
    entries = menu_entries(window.menuBar(), lambda _: "")
    by_id = {entry.id: entry for entry in entries}
    for title, specs in MENUS.items():
        for spec in specs:
            if spec.id and spec.id not in SUBMENUS:
                assert by_id[spec.id].where == plain(title)
    titles = {entry.title for entry in entries}
    assert {"Theme: Dark", "Text size: 130 %", "Save as"} <= titles
    assert any(title.startswith("Export: ") for title in titles)
    assert {each.title for each in templates.lessons()} <= titles
    assert by_id["save"].keys == "Ctrl+S"


def test_the_corners_of_a_popup_are_drawn(window: MainWindow) -> None:
    """One round at its corners is black there where nothing composes windows."""
    window.canvas.setFocus()
    popups = (window.keyboard.palette, window.add_search)
    for popup in (*popups, window.find_node):
        popup.resize(200, 100)
        seen = popup.grab().toImage()
        assert seen.pixelColor(0, 0) == seen.pixelColor(seen.width() // 2, 0)


def test_a_heading_has_a_line_to_the_edge_and_an_entry_has_none(
    window: MainWindow,
) -> None:
    palette = opened(window)
    rows = palette.list
    picture = rows.viewport().grab().toImage()
    line = QColor(window.place.appearance.theme.border)
    ruled = []
    for row, each in enumerate(palette.rows.rows[:3]):
        rect = rows.visualRect(rows.model().index(row, 0))
        column = (rect.right() - 20, range(rect.top(), rect.bottom()))
        if any(picture.pixelColor(column[0], y) == line for y in column[1]):
            ruled.append(each)
    assert ruled == ["Commands"]


def test_panels_are_found_and_shown(window: MainWindow) -> None:
    window.actions_.of["bottom"].trigger()
    assert not window.bottom.isVisible()
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.keyboard.palette
    QTest.keyClicks(palette.search, "evaluate")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert window.bottom.look.isVisible()
    assert window.bottom.look.view.evaluate.isVisible()
    window.actions_.of["bottom"].trigger()
    assert not window.bottom.isVisible(), "one press folds it away again"


def test_menus_live_on_after_it_has_read_them(window: MainWindow) -> None:
    for _ in range(2):
        menu_entries(window.menuBar(), lambda _: "")
    menu = window.actions_.menus["lessons"]
    assert isinstance(menu, QMenu)
    titles = [action.text() for action in menu.actions()]
    assert {each.title for each in templates.lessons()} <= set(titles)
    assert len(titles) == len(set(titles))


def test_what_cannot_be_done_is_dim_and_says_why(window: MainWindow) -> None:
    window.canvas.setFocus()
    palette = opened(window)
    by_id = {entry.id: entry for entry in typed(palette, "undo")}
    assert not by_id["undo"].is_enabled
    assert by_id["undo"].why_not == "nothing was done yet"
    reasons = {
        words: typed(palette, words)[0].why_not
        for words in ("duplicate", "delete", "expand block", "stop", "redo")
    }
    assert reasons == {
        "duplicate": "select a node first",
        "delete": "select a node or an edge first",
        "expand block": "select a block first",
        "stop": "nothing is training",
        "redo": "nothing was taken back",
    }
    typed(palette, "duplicate")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()  # it stays: nothing was done
    palette.hide()
    window.canvas.select(["conv1"])
    palette = opened(window)
    assert typed(palette, "duplicate")[0].is_enabled


@pytest.mark.parametrize("words", ["resume", "continue", "go on"])
def test_a_run_goes_on_by_any_word_for_it(window: MainWindow, words: str) -> None:
    first = typed(opened(window), words)[0]
    assert first.id == "go_on"
    assert first.why_not == "no run ended here that could go on"


@pytest.mark.parametrize("word", ["preferences", "settings", "options"])
def test_what_is_set_is_found_by_what_others_call_the_place(
    window: MainWindow, word: str
) -> None:
    found = {each.title for each in typed(opened(window), word)}
    assert {"Theme: Dark", "Text size: 130 %", "Change shortcuts"} <= found
    assert {"Folder of data sets", "In a process of its own"} <= found


def test_a_section_that_is_cut_says_so(window: MainWindow) -> None:
    palette = opened(window)
    exports = [each for each in typed(palette, "ex") if each.title.startswith("Export")]
    assert len(exports) == 10
    assert "Commands" in palette.rows.rows, "not cut"
    found = typed(palette, "a")
    cut = [each for each in palette.rows.rows if isinstance(each, str)]
    assert any(each.startswith("Commands: the best 12 of ") for each in cut)
    assert sum(each.section == COMMANDS for each in found) == 12


def test_it_says_when_nothing_is_found(window: MainWindow) -> None:
    palette = opened(window)
    assert typed(palette, "qqqq") == []
    assert palette.none.isVisible()
    assert palette.none.text() == "Nothing is called that."


# What it does.


def test_a_layer_is_added_by_its_everyday_name(window: MainWindow) -> None:
    before = set(window.model.document.graph.nodes)
    window.canvas.setFocus()
    palette = opened(window)
    entries = typed(palette, "add dropout")
    assert entries[0].title == "Add Dropout"
    (found,) = [e for e in typed(palette, "add abs") if e.title == "Add Abs"]
    assert found.where == "arithmetic", "as in the list of layers"
    typed(palette, "add dropout")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    (added,) = set(window.model.document.graph.nodes) - before
    assert window.model.document.graph[added].layer == "Dropout"


def test_it_goes_to_a_node_and_opens_a_lesson(window: MainWindow) -> None:
    palette = opened(window)
    typed(palette, "conv2")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert window.canvas.selection.names == ["conv2"]
    palette = opened(window)
    wanted = templates.lesson("fnn-iris")
    assert typed(palette, wanted.title)[0].title == wanted.title
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert window.model.document.name == templates.open_lesson("fnn-iris").name


def test_it_opens_a_recent_file(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(
        templates.open_lesson("fnn-iris"), path=tmp_path / "my.espalier"
    )
    assert window.page.file.save()
    palette = opened(window)
    assert typed(palette, "my.esp")[0].where == "File › Open recent"
    palette.hide()


def test_a_command_moves_up_once_it_was_used(window: MainWindow) -> None:
    window.canvas.setFocus()
    palette = opened(window)
    typed(palette, "fit all")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    palette = opened(window)
    assert palette.rows.rows[0] == "Last used"
    current = palette.current
    assert current is not None
    assert current.id == "fit_all"
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.current is not None
    assert palette.current.id != "fit_all"
    assert palette.search.accessibleDescription() == spoken(palette.current)
    palette.hide()


@pytest.mark.parametrize("where", ["canvas", "field"])
def test_escape_gives_the_keyboard_back(window: MainWindow, where: str) -> None:
    before = (
        window.canvas if where == "canvas" else window.inspector.findChild(QLineEdit)
    )
    before.setFocus()
    palette = opened(window)
    assert QApplication.focusWidget() is palette.search
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert QApplication.focusWidget() is before
