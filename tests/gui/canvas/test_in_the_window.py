"""Gestures that need the whole window: the search, the problems, the totals."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine import edits
from engine.catalog import Layer
from engine.document import DataConfig, Document
from engine.graph import Node
from gui.canvas.feedback import LooseEdgeItem
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.test_canvas import LEFT, NONE, at, body, chain, drag, port

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    found = open_window(chain())
    found.activateWindow()
    found.canvas.setFocus()
    return found


def test_an_edge_let_go_on_nothing_opens_a_filtered_search(window: MainWindow) -> None:
    canvas = window.canvas
    drag(canvas, port(canvas, "fc1", "output", is_output=True), QPointF(420, 240))
    search = window.add_search
    assert search.isVisible()
    (loose,) = canvas.network.passing_items()
    assert isinstance(loose, LooseEdgeItem), "the edge waits for what is chosen"
    rows = search.list.layers.rows
    listed = {row.name for row in rows if isinstance(row, Layer)}
    assert "Linear" in listed
    assert "Conv2d" not in listed, "a vector is no image"
    QTest.keyClicks(search.search, "dropo")
    QTest.keyClick(search.search, Qt.Key.Key_Return)
    added = window.model.document.graph["dropout1"]
    assert [e.source for e in window.model.document.graph.edges_into(added.name)] == [
        "fc1"
    ]
    assert canvas.network.passing_items() == []


def test_a_search_that_is_left_leaves_no_edge_in_the_air(window: MainWindow) -> None:
    canvas = window.canvas
    drag(canvas, port(canvas, "fc1", "output", is_output=True), QPointF(420, 240))
    assert len(canvas.network.passing_items()) == 1
    QTest.keyClick(window.add_search, Qt.Key.Key_Escape)
    assert canvas.network.passing_items() == []


def test_keys_are_for_the_canvas_that_is_pointed_at(window: MainWindow) -> None:
    canvas, tabs = window.canvas, window.bottom.tabBar()
    canvas.select(["fc1"])
    spot = at(canvas, body(canvas, "fc1"))
    tabs.setFocus(Qt.FocusReason.MouseFocusReason)
    for aside in (QPoint(6, 6), QPoint()):  # it may have been left just there before
        QTest.mouseMove(canvas.viewport(), spot + aside)
    assert canvas.hasFocus()
    line = window.left.layers.search
    window.left.setCurrentWidget(window.left.layers)
    line.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.mouseMove(canvas.viewport(), spot + QPoint(9, 0))
    assert line.hasFocus(), "one may be typing"


def test_f8_goes_from_problem_to_problem(window: MainWindow) -> None:
    for name in ("one", "two"):
        node = Node(name=name, layer="Flux", position=(0.0, 500.0))
        window.model.push("", edits.AddNode(node))
    wanted = {p.node for p in window.model.analysis.problems}
    first = window.model.analysis.first_error
    assert len(wanted) >= 4
    assert first is not None
    seen = []
    for _ in wanted:
        QTest.keyClick(window.canvas, Qt.Key.Key_F8)
        seen += window.canvas.selection.names
    assert set(seen) == wanted
    assert seen[0] == first.node
    QTest.keyClick(window.canvas, Qt.Key.Key_F8)
    assert window.canvas.selection.names == seen[:1], "and around again"


def test_the_totals_follow_a_bypass(window: MainWindow) -> None:
    status = window.status
    assert status.parameters.text() == "2,080 parameters"
    assert status.operations.text() == "4,096 operations per sample"
    assert status.memory.text() == "256 B of activations per sample"
    middle = at(window.canvas, port(window.canvas, "act1", "", is_output=True))
    assert window.canvas.viewport().rect().contains(middle)
    window.canvas.select(["act1"])
    QTest.keyClick(window.canvas, Qt.Key.Key_B, CTRL)
    assert window.model.document.graph["act1"].bypassed
    assert status.memory.text() == "128 B of activations per sample"
    QTest.keyClick(window.canvas, Qt.Key.Key_M, NONE)
    assert status.memory.text() == "256 B of activations per sample"


def test_what_cannot_be_bypassed_is_said_above_the_canvas(window: MainWindow) -> None:
    window.canvas.select(["digit"])
    QTest.keyClick(window.canvas, Qt.Key.Key_M)
    assert window.messages.isVisible()
    assert "digit is an Output and has no output" in window.messages.text.text()


def test_a_node_in_sight_is_gone_to_without_panning(window: MainWindow) -> None:
    before = window.canvas.sight()
    window.page.go_to("act1")
    assert window.canvas.sight() == before
    window.canvas.zoom_to(300)
    window.canvas.center_on("images")
    window.page.go_to("digit")
    assert window.canvas.sees("digit")


def test_a_note_is_seen_whole_where_its_card_does_not_fit_too(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1600, 760)
    canvas, model = window.canvas, window.model
    graph = model.document.graph
    wrong = edits.change_settings(graph, "fc1", {"out_features": -1})
    model.push("Break", wrong)
    note = canvas.network.callout
    assert note is not None and note.problem.node == "fc1"
    card = canvas.network.nodes["fc1"].rect()
    both, alone = (card | note.rect()).height(), note.rect().height()
    model.undo_stack.undo()
    scale = canvas.viewport().height() / ((both + alone) / 2)
    canvas.zoom_to(100 * scale / canvas.base)
    canvas.center_on("fc1")
    model.undo_stack.redo()
    note = canvas.network.callout
    assert note is not None
    qtbot.waitUntil(note.isVisible)
    assert canvas.sight().height() < both
    assert canvas.sight().contains(note.rect())


def test_of_all_problems_the_first_error_is_named(window: MainWindow) -> None:
    first, *_ = window.model.analysis.problems
    assert not first.is_error
    assert window.status.problems.text() == "4 problems: images"
    assert window.status.problems.property("role") == "alarm"


def test_a_new_card_is_not_behind_the_map(window: MainWindow, qtbot: QtBot) -> None:
    fitting = DataConfig(source="digits", settings={"flatten": True})
    window.model.push("Flatten", edits.SetData(fitting))  # else a note lies there
    canvas = window.canvas
    canvas.zoom_to(150)
    canvas.center_on("images")
    qtbot.waitUntil(canvas.minimap.isVisible)
    above = QPoint(canvas.minimap.geometry().center().x(), canvas.minimap.y() - 10)
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, above)
    QTest.keyClicks(window.add_search.search, "dropout")
    QTest.keyClick(window.add_search.search, Qt.Key.Key_Return)
    assert canvas.selection.names == ["dropout1"]
    assert canvas.sees("dropout1")


def test_enter_goes_to_the_settings_and_escape_back(window: MainWindow) -> None:
    window.canvas.select(["fc1"])
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.accessibleName() == "Out features"
    QTest.keyClicks(field, "48")
    assert window.model.document.graph["fc1"].settings["out_features"] == 48
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert window.model.document.graph["fc1"].settings["out_features"] == 48
    # One that has no settings is renamed.
    window.canvas.select(["digit"])
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "digit"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert window.canvas.hasFocus()


def test_f2_renames(window: MainWindow) -> None:
    window.canvas.select(["fc1"])
    QTest.keyClick(window.canvas, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "fc1"
    field.selectAll()
    QTest.keyClicks(field, "hidden")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "hidden" in window.model.document.graph
    assert window.model.undo_stack.undoText() == "Rename fc1"


def test_a_new_input_takes_the_shape_of_the_data(open_window: OpenWindow) -> None:
    window = open_window(Document(data=DataConfig(source="iris")))
    first = window.canvas.add_layer("Input", QPointF(0, 0))
    assert window.model.document.graph[first].values.shape == (4,)
    second = window.canvas.add_layer("Input", QPointF(300, 0))
    node = window.model.document.graph[second]
    assert node.settings == {}, "no field is left for it"
