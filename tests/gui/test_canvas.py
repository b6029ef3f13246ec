"""The canvas under real mouse and key events; what counts is the document."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine import edits
from engine.analysis import load_shapes
from engine.document import Document
from engine.graph import Edge, Node
from gui.canvas.gestures.drop import PALETTE_MIME
from gui.canvas.hits import edge_at
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module", autouse=True)
def shapes() -> None:
    load_shapes()


def chain() -> Document:
    """images -> fc1 -> act1 -> digit in a row, and a lone Linear below."""
    document = Document(name="Chain")
    graph = document.graph
    for index, (name, layer, settings) in enumerate(
        [
            ("images", "Input", {"shape": (64,)}),
            ("fc1", "Linear", {"out_features": 32}),
            ("act1", "ReLU", {}),
            ("digit", "Output", {}),
        ]
    ):
        graph.add_node(
            Node(name=name, layer=layer, settings=settings, position=(200 * index, 0))
        )
    for source, target in [("images", "fc1"), ("fc1", "act1"), ("act1", "digit")]:
        graph.add_edge(Edge(source, "output", target, "input"))
    graph.add_node(Node(name="lone", layer="Linear", position=(200, 240)))
    return document


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[CanvasView]:
    model = DocumentModel(chain())
    model.analyse()
    view = CanvasView(model, DARK)
    model.setParent(view)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    qtbot.waitExposed(view)
    view.setFocus()
    yield view
    view.mouse.cancel()
    # QTest remembers a held button, and would report it in the next test's moves.
    QTest.mouseRelease(view.viewport(), LEFT, NONE, QPoint(1, 1))


def at(canvas: CanvasView, point: QPointF) -> QPoint:
    """A point of the scene on the viewport."""
    return canvas.to_view(point).toPoint()


def body(canvas: CanvasView, name: str) -> QPointF:
    """A place on a card that is no port."""
    return canvas.network.nodes[name].rect().topLeft() + QPointF(60, 14)


def port(canvas: CanvasView, name: str, port: str, *, is_output: bool) -> QPointF:
    """Where a port sits in the scene."""
    item = canvas.network.nodes[name]
    return item.spot_position(item.card.spot(port, is_output=is_output))


def drag(
    canvas: CanvasView,
    start: QPointF,
    end: QPointF,
    modifiers: Qt.KeyboardModifier = NONE,
    *,
    release: bool = True,
    button: Qt.MouseButton = LEFT,
) -> None:
    """Press at a point of the scene, move to another in steps, let go."""
    viewport = canvas.viewport()
    first, last = at(canvas, start), at(canvas, end)
    QTest.mousePress(viewport, button, modifiers, first)
    for step in range(1, 6):
        way = (last - first) * (step / 5)
        QTest.mouseMove(viewport, first + way)
    if release:
        QTest.mouseRelease(viewport, button, modifiers, last)


def click(
    canvas: CanvasView, point: QPointF, modifiers: Qt.KeyboardModifier = NONE
) -> None:
    QTest.mouseClick(canvas.viewport(), LEFT, modifiers, at(canvas, point))


def labels(canvas: CanvasView) -> list[str]:
    """The undo steps, oldest first."""
    stack = canvas.model.undo_stack
    return [stack.text(index) for index in range(stack.index())]


def edge_texts(canvas: CanvasView) -> set[str]:
    return {str(edge) for edge in canvas.model.document.graph.edges}


def undo_redo_is_exact(canvas: CanvasView, before: Document) -> None:
    """The last step undone gives `before`, and done again what is there now."""
    after = canvas.model.document.copy()
    canvas.model.undo_stack.undo()
    assert canvas.model.document == before
    canvas.model.undo_stack.redo()
    assert canvas.model.document == after


# Selecting.


def test_click_selects_and_ctrl_click_adds_and_takes_away(canvas: CanvasView) -> None:
    heard: list[list[str]] = []
    canvas.selection_changed.connect(heard.append)
    click(canvas, body(canvas, "fc1"))
    click(canvas, body(canvas, "act1"), CTRL)
    assert canvas.selection.names == ["fc1", "act1"]
    click(canvas, body(canvas, "fc1"), CTRL)
    assert canvas.selection.names == ["act1"]
    click(canvas, QPointF(500, 200))
    assert canvas.selection.names == []
    assert heard == [["fc1"], ["fc1", "act1"], ["act1"], []]
    assert labels(canvas) == []


def test_rubber_band_selects_what_it_touches(canvas: CanvasView) -> None:
    drag(canvas, QPointF(-20, -40), QPointF(420, 100))
    assert set(canvas.selection.names) == {"images", "fc1", "act1"}


def test_cancelled_band_leaves_the_selection(canvas: CanvasView) -> None:
    canvas.select(["lone"])
    drag(canvas, QPointF(-20, -40), QPointF(420, 100), release=False)
    assert len(canvas.selection.names) == 3
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selection.names == ["lone"]
    assert canvas.network.passing_items() == []


# Moving.


def test_moving_snaps_to_the_grid_in_one_step(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    drag(canvas, body(canvas, "lone"), body(canvas, "lone") + QPointF(91, 61))
    assert canvas.model.document.graph["lone"].position == (288, 304)
    assert labels(canvas) == ["Move lone"]
    undo_redo_is_exact(canvas, before)


def test_a_moved_card_comes_into_line_with_another(canvas: CanvasView) -> None:
    # 203 is nearer to 200 than to the grid's 208, and beyond the grid's reach of 4.
    canvas.model.push("", edits.MoveNodes({"act1": (403.0, 0.0)}))
    drag(canvas, body(canvas, "lone"), body(canvas, "lone") + QPointF(201, 61))
    assert canvas.model.document.graph["lone"].position == (403, 304)


def test_moving_many_keeps_their_distances(canvas: CanvasView) -> None:
    canvas.select(["fc1", "act1"])
    drag(canvas, body(canvas, "act1"), body(canvas, "act1") + QPointF(16, 90))
    graph = canvas.model.document.graph
    assert graph["fc1"].position == (216, 88)
    assert graph["act1"].position == (416, 88)
    assert labels(canvas) == ["Move 2 nodes"]


def test_escape_cancels_a_move_without_trace(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    start = body(canvas, "fc1")
    drag(canvas, start, start + QPointF(50, 90), release=False)
    assert canvas.network.nodes["fc1"].pos() != QPointF(200, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, at(canvas, start))
    assert canvas.network.nodes["fc1"].pos() == QPointF(200, 0)
    assert canvas.model.document == before
    assert labels(canvas) == []


def test_arrows_nudge_as_one_step(canvas: CanvasView) -> None:
    canvas.select(["lone"])
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down, SHIFT)
    assert canvas.model.document.graph["lone"].position == (224, 241)
    assert labels(canvas) == ["Move lone"]
    canvas.model.undo_stack.undo()
    assert canvas.model.document.graph["lone"].position == (200, 240)


def test_alt_drag_duplicates(canvas: CanvasView) -> None:
    canvas.select(["fc1", "act1"])
    start = body(canvas, "fc1")
    drag(canvas, start, start + QPointF(0, 400), ALT)
    graph = canvas.model.document.graph
    assert len(graph) == 7
    assert "fc2.output → act2.input" in edge_texts(canvas)
    assert graph["fc2"].settings == {"out_features": 32}
    assert graph["fc2"].position == (200, 400)
    assert canvas.selection.names == ["fc2", "act2"]
    assert labels(canvas) == ["Duplicate 2 nodes"]


def test_a_lone_node_dropped_on_an_edge_is_inserted(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    middle = QPointF(376, 36)
    grab = canvas.network.nodes["lone"].rect().center()
    drag(canvas, grab, middle)
    assert {"fc1.output → lone.input", "lone.output → act1.input"} <= edge_texts(canvas)
    assert "fc1.output → act1.input" not in edge_texts(canvas)
    assert labels(canvas) == ["Insert lone"]
    undo_redo_is_exact(canvas, before)


# Edges.


def test_edge_from_an_output_to_an_input(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    drag(
        canvas,
        port(canvas, "images", "output", is_output=True),
        port(canvas, "lone", "input", is_output=False),
    )
    assert "images.output → lone.input" in edge_texts(canvas)
    assert labels(canvas) == ["Connect images to lone"]
    undo_redo_is_exact(canvas, before)


def test_edge_from_an_input_to_an_output(canvas: CanvasView) -> None:
    drag(
        canvas,
        port(canvas, "lone", "input", is_output=False),
        port(canvas, "fc1", "output", is_output=True),
    )
    assert "fc1.output → lone.input" in edge_texts(canvas)


def test_edge_to_a_taken_input_replaces_the_one_there(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    drag(
        canvas,
        port(canvas, "lone", "output", is_output=True),
        port(canvas, "act1", "input", is_output=False),
    )
    assert canvas.model.document.graph.edges_into("act1") == [
        Edge("lone", "output", "act1", "input")
    ]
    undo_redo_is_exact(canvas, before)


def test_edge_dropped_on_a_card_takes_its_input(canvas: CanvasView) -> None:
    start = port(canvas, "images", "output", is_output=True)
    drag(canvas, start, canvas.network.nodes["lone"].rect().center())
    assert "images.output → lone.input" in edge_texts(canvas)


def test_edge_dropped_on_a_card_prefers_an_open_input(canvas: CanvasView) -> None:
    model = canvas.model
    node = Node(name="attention", layer="MultiheadAttention", position=(500, 240))
    query = Edge("lone", "output", "attention", "query")
    model.push("", edits.Compound((edits.AddNode(node), edits.AddEdge(query))))
    start = port(canvas, "fc1", "output", is_output=True)
    drag(canvas, start, body(canvas, "attention"))
    assert "fc1.output → attention.key" in edge_texts(canvas)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (
            ("act1", "output", True),
            ("fc1", "input", False),
            "This would close a circle: fc1 already leads to act1, "
            "so act1 cannot feed fc1. Remove an edge between them first.",
        ),
        (
            ("lone", "output", True),
            ("images", "output", True),
            "Both ends are outputs: an edge leads from an output to an input. "
            "Let go on an input.",
        ),
        (
            ("lone", "output", True),
            ("lone", "input", False),
            "An edge cannot lead from lone back to itself. Let go on another node.",
        ),
    ],
)
def test_refused_edges_say_why(
    canvas: CanvasView,
    start: tuple[str, str, bool],
    end: tuple[str, str, bool],
    words: str,
) -> None:
    before = canvas.model.document.copy()
    first = port(canvas, start[0], start[1], is_output=start[2])
    last = port(canvas, end[0], end[1], is_output=end[2])
    drag(canvas, first, last, release=False)
    assert canvas.network.hint.text == words
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, at(canvas, last))
    assert canvas.model.document == before
    assert words not in canvas.network.hint.text


def test_an_edge_to_a_node_without_input_says_so(canvas: CanvasView) -> None:
    start = port(canvas, "lone", "output", is_output=True)
    drag(canvas, start, body(canvas, "images"), release=False)
    assert canvas.network.hint.text == (
        "images has no input. Let go on a node that has one."
    )


def test_a_doubtful_edge_may_be_drawn_with_a_warning(canvas: CanvasView) -> None:
    node = Node(name="conv1", layer="Conv2d", position=(500, 240))
    canvas.model.push("", edits.AddNode(node))
    start = port(canvas, "images", "output", is_output=True)
    end = port(canvas, "conv1", "input", is_output=False)
    drag(canvas, start, end, release=False)
    assert canvas.network.hint.text.startswith(
        "conv1 reads an image; images gives N × 64. "
    )
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, at(canvas, end))
    assert "images.output → conv1.input" in edge_texts(canvas)


def test_an_edge_picked_up_and_dropped_on_nothing_is_removed(
    canvas: CanvasView,
) -> None:
    before = canvas.model.document.copy()
    end = port(canvas, "act1", "input", is_output=False)
    drag(canvas, end, QPointF(500, 200))
    assert "fc1.output → act1.input" not in edge_texts(canvas)
    assert labels(canvas) == ["Remove the edge from fc1 to act1"]
    undo_redo_is_exact(canvas, before)


def test_an_edge_picked_up_near_its_end_goes_elsewhere(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    near_target = port(canvas, "act1", "input", is_output=False) - QPointF(15, 0)
    drag(canvas, near_target, port(canvas, "lone", "input", is_output=False))
    assert "fc1.output → lone.input" in edge_texts(canvas)
    assert "fc1.output → act1.input" not in edge_texts(canvas)
    assert labels(canvas) == ["Connect fc1 to lone"]
    undo_redo_is_exact(canvas, before)


def test_an_edge_put_back_changes_nothing(canvas: CanvasView) -> None:
    end = port(canvas, "act1", "input", is_output=False)
    drag(canvas, end, end + QPointF(40, 80), release=False)
    QTest.mouseMove(canvas.viewport(), at(canvas, end))
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, at(canvas, end))
    assert labels(canvas) == []
    assert canvas.network.edges[Edge("fc1", "output", "act1", "input")].isVisible()


def test_escape_cancels_an_edge_without_trace(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    start = port(canvas, "lone", "output", is_output=True)
    drag(canvas, start, body(canvas, "digit"), release=False)
    assert canvas.network.nodes["images"].look.is_dimmed
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.network.passing_items() == []
    assert not canvas.network.nodes["images"].look.is_dimmed
    assert canvas.model.document == before


def test_an_edge_dropped_on_nothing_asks_for_a_layer(canvas: CanvasView) -> None:
    asked: list[tuple[QPointF, Any]] = []
    canvas.add_requested.connect(lambda point, onto: asked.append((point, onto)))
    start = port(canvas, "lone", "output", is_output=True)
    drag(canvas, start, QPointF(500, 200))
    point, source = asked[0]
    assert source == ("lone", "output")
    name = canvas.add_layer("ReLU", point)
    assert canvas.model.document.graph.edges_into(name) == [
        Edge("lone", "output", name, "input")
    ]
    assert labels(canvas) == ["Add ReLU"]


def test_an_edge_from_an_input_to_nothing_puts_the_layer_before(
    canvas: CanvasView,
) -> None:
    asked: list[QPointF] = []
    canvas.add_requested.connect(lambda point, onto: asked.append(point))
    drag(canvas, port(canvas, "lone", "input", is_output=False), QPointF(100, 200))
    name = canvas.add_layer("ReLU", asked[0])
    assert f"{name}.output → lone.input" in edge_texts(canvas)


def test_an_edge_is_selected_and_deleted(canvas: CanvasView) -> None:
    middle = QPointF(376, 36)
    click(canvas, middle)
    assert canvas.selection.edges == [Edge("fc1", "output", "act1", "input")]
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert "fc1.output → act1.input" not in edge_texts(canvas)
    assert labels(canvas) == ["Remove the edge from fc1 to act1"]


# Adding.


def send_drop(canvas: CanvasView, layer: str, point: QPointF, *, drop: bool) -> bool:
    """Drag a layer from the palette over the canvas; gives whether it was taken."""
    data = QMimeData()
    data.setData(PALETTE_MIME, QByteArray(layer.encode()))
    place = at(canvas, point)
    copy, none = Qt.DropAction.CopyAction, NONE
    enter = QDragEnterEvent(place, copy, data, LEFT, none)
    QApplication.sendEvent(canvas.viewport(), enter)
    if not enter.isAccepted():
        return False
    moved = QDragMoveEvent(place, copy, data, LEFT, none)
    QApplication.sendEvent(canvas.viewport(), moved)
    if drop:
        dropped = QDropEvent(QPointF(place), copy, data, LEFT, none)
        QApplication.sendEvent(canvas.viewport(), dropped)
        return dropped.isAccepted()
    QApplication.sendEvent(canvas.viewport(), QDragLeaveEvent())
    return True


def test_palette_drop_on_the_canvas(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    assert send_drop(canvas, "Conv2d", QPointF(600, 280), drop=True)
    node = canvas.model.document.graph["conv2d1"]
    assert node.layer == "Conv2d"
    assert node.position[0] % 8 == 0
    assert abs(node.position[0] + 76 - 600) <= 8
    assert canvas.selection.names == ["conv2d1"]
    assert labels(canvas) == ["Add Conv2d"]
    undo_redo_is_exact(canvas, before)


def test_what_is_dropped_on_an_empty_canvas_stays_there(canvas: CanvasView) -> None:
    canvas.model.replace(Document(name="Empty"))
    before = canvas.sight()
    left = before.topLeft() + QPointF(40, 60)  # half a card out of sight
    assert send_drop(canvas, "Input", left, drop=True)
    canvas.framing.travel.finish()
    assert canvas.sight() == before
    assert canvas.network.nodes["input1"].rect().contains(left)
    middle = before.center()
    assert send_drop(canvas, "Linear", middle, drop=True)
    canvas.framing.travel.finish()
    assert canvas.sight() == before
    assert abs(canvas.network.nodes["linear1"].rect().center().x() - middle.x()) <= 8


def test_what_is_dropped_on_a_card_lies_beside_it_at_the_nearest_side(
    canvas: CanvasView,
) -> None:
    x, y = canvas.model.document.graph["lone"].position
    card = canvas.network.nodes["lone"].rect()
    above = QPointF(card.center().x(), card.top() - 20)
    assert send_drop(canvas, "Conv2d", above, drop=True)
    added = canvas.network.nodes["conv2d1"].rect()
    assert added.bottom() < card.top()
    assert canvas.model.document.graph["lone"].position == (x, y)


def test_palette_drop_on_an_edge_inserts_and_makes_room(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    assert send_drop(canvas, "Dropout", QPointF(376, 36), drop=True)
    graph = canvas.model.document.graph
    texts = edge_texts(canvas)
    assert {"fc1.output → dropout1.input", "dropout1.output → act1.input"} <= texts
    assert "fc1.output → act1.input" not in texts
    rects = canvas.network.rects()
    names = list(rects)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            assert not rects[one].intersects(rects[other]), (one, other)
    assert graph["fc1"].position == (200, 0)
    assert graph["act1"].position[0] > graph["dropout1"].position[0] + 152
    assert graph["digit"].position[0] - graph["act1"].position[0] == 200
    assert labels(canvas) == ["Insert Dropout"]
    undo_redo_is_exact(canvas, before)


def test_palette_drag_that_leaves_adds_nothing(canvas: CanvasView) -> None:
    assert send_drop(canvas, "Dropout", QPointF(376, 36), drop=False)
    assert labels(canvas) == []
    assert canvas.network.passing_items() == []
    edge = canvas.network.edges[Edge("fc1", "output", "act1", "input")]
    assert not edge.is_marked


def test_an_unknown_layer_is_not_taken(canvas: CanvasView) -> None:
    assert not send_drop(canvas, "Conv17d", QPointF(376, 36), drop=True)
    assert labels(canvas) == []


def test_add_layer_follows_the_selected_node(canvas: CanvasView) -> None:
    canvas.select(["lone"])
    name = canvas.add_layer("ReLU")
    assert f"lone.output → {name}.input" in edge_texts(canvas)
    x, y = canvas.model.document.graph[name].position
    assert (x, y) == (400, 240)


def test_add_layer_in_a_chain_is_inserted(canvas: CanvasView) -> None:
    canvas.select(["fc1"])
    name = canvas.add_layer("Dropout")
    assert {f"fc1.output → {name}.input", f"{name}.output → act1.input"} <= edge_texts(
        canvas
    )


def test_add_layer_without_selection_lies_free(canvas: CanvasView) -> None:
    first, second = canvas.add_layer("ReLU"), ""
    canvas.select([])
    second = canvas.add_layer("ReLU")
    rects = canvas.network.rects()
    for name in canvas.network.nodes:
        if name != first:
            assert not rects[first].intersects(rects[name])
    assert not rects[second].intersects(rects[first])


@pytest.mark.parametrize("key", [(Qt.Key.Key_Tab, NONE), (Qt.Key.Key_A, SHIFT)])
def test_keys_ask_for_a_layer(
    canvas: CanvasView, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    asked: list[Any] = []
    canvas.add_requested.connect(lambda point, onto: asked.append((point, onto)))
    canvas.select(["fc1"])
    QTest.keyClick(canvas, *key)
    assert len(asked) == 1
    name = canvas.add_layer("Dropout", asked[0][0])
    assert f"{name}.output → act1.input" in edge_texts(canvas)


def test_double_clicks(canvas: CanvasView) -> None:
    opened: list[str] = []
    asked: list[Any] = []
    canvas.node_activated.connect(opened.append)
    canvas.add_requested.connect(lambda point, onto: asked.append(onto))
    viewport = canvas.viewport()
    QTest.mouseDClick(viewport, LEFT, NONE, at(canvas, body(canvas, "fc1")))
    QTest.mouseDClick(viewport, LEFT, NONE, at(canvas, QPointF(500, 200)))
    assert opened == ["fc1"]
    assert asked == [None]
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    canvas.select(["act1"])
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert opened[-1] == "act1"


# Deleting, and the clipboard.


def test_delete_takes_the_edges_along(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    canvas.select(["fc1", "act1"])
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert set(canvas.model.document.graph.nodes) == {"images", "digit", "lone"}
    assert edge_texts(canvas) == set()
    assert canvas.selection.names == []
    assert labels(canvas) == ["Delete 2 nodes"]
    undo_redo_is_exact(canvas, before)


def test_shift_delete_keeps_the_flow(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    canvas.select(["fc1", "act1"])
    QTest.keyClick(canvas, Qt.Key.Key_Delete, SHIFT)
    assert edge_texts(canvas) == {"images.output → digit.input"}
    undo_redo_is_exact(canvas, before)


def test_copy_and_paste_keeps_inner_edges(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    canvas.select(["fc1", "act1"])
    QTest.keyClick(canvas, Qt.Key.Key_C, CTRL)
    QTest.keyClick(canvas, Qt.Key.Key_V, CTRL)
    graph = canvas.model.document.graph
    assert "fc2.output → act2.input" in edge_texts(canvas)
    assert not graph.edges_into("fc2")
    assert graph["fc2"].settings == {"out_features": 32}
    assert not overlapping(canvas)
    assert labels(canvas) == ["Paste 2 nodes"]
    undo_redo_is_exact(canvas, before)
    QTest.keyClick(canvas, Qt.Key.Key_V, CTRL)
    assert not overlapping(canvas)


def overlapping(canvas: CanvasView) -> list[tuple[str, str]]:
    """The cards that lie on each other."""
    rects = canvas.network.rects()
    pairs = combinations(rects, 2)
    return [(one, two) for one, two in pairs if rects[one].intersects(rects[two])]


def test_pasting_at_the_pointer(canvas: CanvasView) -> None:
    canvas.select(["fc1"])
    QTest.keyClick(canvas, Qt.Key.Key_C, CTRL)
    spot = canvas.to_scene(QPointF(300, 560))
    for name in ("fc2", "fc3", "fc4"):
        QTest.mouseMove(canvas.viewport(), at(canvas, spot))
        QTest.keyClick(canvas, Qt.Key.Key_V, CTRL)
        middle = canvas.network.nodes[name].rect().center()
        away = 12 if name == "fc2" else 260
        assert (middle - spot).manhattanLength() < away
        assert not overlapping(canvas)
    QTest.mouseMove(canvas.viewport(), at(canvas, body(canvas, "act1")))
    QTest.keyClick(canvas, Qt.Key.Key_V, CTRL)
    assert not overlapping(canvas)


def test_duplicates_lie_beside_each_other(canvas: CanvasView) -> None:
    before = canvas.network.nodes["act1"].rect().center()
    for _ in range(3):
        canvas.select(["act1"])
        canvas.clipboard.duplicate()
        (copy,) = canvas.selection.names
        way = canvas.network.nodes[copy].rect().center() - before
        assert way.manhattanLength() < 500
    assert not overlapping(canvas)


def test_cut_and_paste_puts_nodes_back(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    canvas.select(["lone"])
    QTest.keyClick(canvas, Qt.Key.Key_X, CTRL)
    assert "lone" not in canvas.model.document.graph
    QTest.keyClick(canvas, Qt.Key.Key_V, CTRL)
    assert canvas.model.document.graph["lone"].position == (200, 240)
    assert canvas.model.document == before
    assert labels(canvas) == ["Cut lone", "Paste lone"]


def test_the_clipboard_holds_text_that_comes_back_from_a_mail(
    canvas: CanvasView,
) -> None:
    canvas.select(["fc1", "act1"])
    QTest.keyClick(canvas, Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    data = json.loads(text)
    assert [node["name"] for node in data["nodes"]] == ["fc1", "act1"]
    quoted = "\r\n".join(f">> {line}" for line in text.splitlines())
    mail = f"On Monday Ada wrote:\r\n{quoted}\r\n\r\nThis one learns best."
    QGuiApplication.clipboard().setText(mail.replace("  ", "\u00a0 "))
    QTest.keyClick(canvas, Qt.Key.Key_V, CTRL)
    graph = canvas.model.document.graph
    assert graph["fc2"].settings == graph["fc1"].settings
    assert "fc2.output → act2.input" in edge_texts(canvas)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[1, 2",
        "{}",
        "[" * 100_000,
        '{"espalier_nodes": 1}',
        '{"espalier_nodes": 1, "nodes": [3, {"name": 4, "layer": []}]}',
        '{"espalier_nodes": 1, "nodes": "abc", "edges": {}}',
    ],
)
def test_pasting_anything_else_is_refused(canvas: CanvasView, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    before = canvas.model.document.copy()
    said: list[str] = []
    canvas.refused.connect(said.append)
    canvas.clipboard.paste()
    assert said == [
        "The clipboard holds no nodes. Copy some first, the text that they were sent "
        "as, or lines such as nn.Conv2d(3, 16, 3)."
    ]
    assert canvas.model.document == before
    assert labels(canvas) == []


def test_lines_of_pytorch_are_pasted_as_a_chain(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    lines = "self.fc1 = nn.Linear(8, 32)\n        self.act = nn.ReLU()\n"
    QGuiApplication.clipboard().setText(lines)
    canvas.clipboard.paste()
    graph = canvas.model.document.graph
    assert canvas.selection.names == ["fc2", "act"], "fc1 was taken"
    assert graph["fc2"].settings == {"out_features": 32}
    assert "fc2.output → act.input" in edge_texts(canvas)
    one, other = (canvas.network.nodes[name].rect() for name in ("fc2", "act"))
    assert one.right() < other.left() and one.top() == other.top()
    assert labels(canvas) == ["Paste 2 nodes"]
    canvas.model.undo_stack.undo()
    assert canvas.model.document == before


def test_a_network_that_is_pasted_whole_is_seen_whole(canvas: CanvasView) -> None:
    canvas.select_all()
    canvas.clipboard.cut()
    canvas.zoom_to(100)
    QGuiApplication.clipboard().setText("nn.Linear(8, 8)\nnn.ReLU()\n" * 6)
    canvas.clipboard.paste()
    names = canvas.selection.names
    assert len(names) == len(canvas.model.document.graph) == 12
    assert canvas.sight().contains(canvas.network.extent(names))


def test_a_line_of_pytorch_that_cannot_be_read_is_told(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    said: list[str] = []
    canvas.refused.connect(said.append)
    QGuiApplication.clipboard().setText("nn.ReLU()\nnn.Linear(8, width)")
    canvas.clipboard.paste()
    assert said == [
        "In line 2, width is known only where the code runs. Write a number or a word "
        "in its place."
    ]
    assert canvas.model.document == before


def test_duplicate(canvas: CanvasView) -> None:
    canvas.select(["fc1", "act1"])
    QTest.keyClick(canvas, Qt.Key.Key_D, CTRL)
    assert "fc2.output → act2.input" in edge_texts(canvas)
    assert labels(canvas) == ["Duplicate 2 nodes"]


def test_select_all(canvas: CanvasView) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_A, CTRL)
    assert len(canvas.selection.names) == 5


# Problems.


def break_it(canvas: CanvasView) -> None:
    """Put an LSTM, which reads a sequence, where a vector flows."""
    lstm = Node(name="lstm1", layer="LSTM", position=(0, 240))
    steps = (
        edits.AddNode(lstm),
        edits.RemoveEdge(Edge("images", "output", "fc1", "input")),
        edits.AddEdge(Edge("images", "output", "lstm1", "input")),
        edits.AddEdge(Edge("lstm1", "sequence", "fc1", "input")),
    )
    canvas.model.push("break", edits.Compound(steps))


def test_the_first_broken_node_says_what_is_wrong(canvas: CanvasView) -> None:
    break_it(canvas)
    network = canvas.network
    assert network.callout is not None
    problem = network.callout.problem
    assert problem.message == (
        "lstm1 reads a sequence (N × time × features), and gets a vector."
    )
    assert problem.found == "N × 64"
    assert network.card("images").status == "fine"
    assert network.card("lstm1").status == "error"
    assert network.card("fc1").status == "faded"
    assert [row.shape for row in network.card("fc1").rows] == ["?"]
    looks = {str(edge): item.look.flow for edge, item in network.edges.items()}
    assert looks["images.output → lstm1.input"] == "broken"
    assert looks["lstm1.sequence → fc1.input"] == "unknown"


def test_pressing_a_fix_applies_it_as_one_step(
    canvas: CanvasView, qtbot: QtBot
) -> None:
    break_it(canvas)
    model = canvas.model
    callout = canvas.network.callout
    assert callout is not None
    qtbot.waitUntil(callout.isVisible)
    before = model.document.copy()
    canvas.framing.fit_all()
    click(canvas, callout.fix_rect(0).center())
    assert labels(canvas) == ["break", "Reshape to 64 × 1"]
    assert canvas.network.callout is None
    assert canvas.network.card("digit").status == "fine"
    undo_redo_is_exact(canvas, before)


def test_a_press_that_leaves_the_fix_does_nothing(
    canvas: CanvasView, qtbot: QtBot
) -> None:
    break_it(canvas)
    callout = canvas.network.callout
    assert callout is not None
    qtbot.waitUntil(callout.isVisible)
    canvas.framing.fit_all()
    drag(canvas, callout.fix_rect(0).center(), QPointF(700, 300))
    assert labels(canvas) == ["break"]


def test_the_callout_can_be_put_away_and_brought_back(
    canvas: CanvasView, qtbot: QtBot
) -> None:
    canvas.model.push(
        "break", edits.RemoveEdge(Edge("images", "output", "fc1", "input"))
    )
    callout = canvas.network.callout
    assert callout is not None
    qtbot.waitUntil(callout.isVisible)
    canvas.framing.fit_all()
    corner = callout.rect().topRight() + QPointF(-11, 11)
    click(canvas, corner)
    assert canvas.network.callout is None
    canvas.model.analyse()
    assert canvas.network.callout is None
    card = canvas.network.nodes[callout.problem.node or ""].rect()
    click(canvas, card.topRight() + QPointF(-1, 0))
    assert canvas.network.callout is not None


# Looking around.


def wheel(canvas: CanvasView, position: QPointF, notches: int) -> None:
    event = QWheelEvent(
        position,
        QPointF(canvas.viewport().mapToGlobal(position)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_wheel_zooms_at_the_pointer(canvas: CanvasView) -> None:
    heard: list[int] = []
    canvas.zoom_changed.connect(heard.append)
    corner = QPointF(300, 200)
    before = canvas.to_scene(corner)
    wheel(canvas, corner, 2)
    assert canvas.zoom_percent() > 110
    assert heard == [canvas.zoom_percent()]
    drift = canvas.to_view(before) - corner
    assert drift.manhattanLength() <= 2
    for _ in range(60):
        wheel(canvas, corner, -2)
    assert canvas.zoom_percent() == 8


@pytest.mark.parametrize(
    "button", [Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton]
)
def test_dragging_with_another_button_pans(
    canvas: CanvasView, button: Qt.MouseButton
) -> None:
    before = canvas.to_view(QPointF(0, 0))
    start = body(canvas, "fc1")
    drag(canvas, start, start + QPointF(70, 40), button=button)
    moved = canvas.to_view(QPointF(0, 0)) - before
    assert (round(moved.x()), round(moved.y())) == (70, 40)
    assert labels(canvas) == []


def test_space_and_drag_pans(canvas: CanvasView) -> None:
    before = canvas.to_view(QPointF(0, 0))
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    start = body(canvas, "fc1")
    drag(canvas, start, start + QPointF(70, 40))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    moved = canvas.to_view(QPointF(0, 0)) - before
    assert (round(moved.x()), round(moved.y())) == (70, 40)
    assert canvas.model.document.graph["fc1"].position == (200, 0)


def test_dragging_at_the_border_scrolls(canvas: CanvasView, qtbot: QtBot) -> None:
    start = body(canvas, "fc1")
    border = canvas.to_scene(QPointF(canvas.viewport().width() - 4, 300))
    before = canvas.sight().left()
    drag(canvas, start, border, release=False)
    qtbot.waitUntil(lambda: canvas.sight().left() > before + 40)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.model.document.graph["fc1"].position == (200, 0)


def test_fit_shows_everything(canvas: CanvasView) -> None:
    canvas.zoom_to(300)
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.sight().contains(canvas.network.extent())
    canvas.select(["lone"])
    QTest.keyClick(canvas, Qt.Key.Key_F)
    middle = canvas.network.nodes["lone"].rect().center()
    assert (canvas.sight().center() - middle).manhattanLength() < 3


def test_ctrl_arrows_walk_along_edges(canvas: CanvasView) -> None:
    walked = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(canvas, key, CTRL)
        walked.append(canvas.selection.names)
    assert walked == [["images"], ["fc1"], ["lone"], ["fc1"]]


def test_the_map_pans_and_hides(canvas: CanvasView, qtbot: QtBot) -> None:
    canvas.zoom_to(300)
    qtbot.wait(20)
    before = canvas.sight()
    QTest.mouseClick(canvas.minimap, LEFT, NONE, QPoint(12, 12))
    assert canvas.sight() != before
    QTest.keyClick(canvas, Qt.Key.Key_M, ALT)
    assert canvas.minimap.isHidden()
    QTest.keyClick(canvas, Qt.Key.Key_M, ALT)
    assert not canvas.minimap.isHidden()


def test_hovering_a_port_tells_what_it_gives(canvas: CanvasView) -> None:
    heard: list[str] = []
    canvas.hovered.connect(heard.append)
    place = port(canvas, "fc1", "output", is_output=True)
    QTest.mouseMove(canvas.viewport(), at(canvas, place))
    assert canvas.network.hint.text.startswith("output: 32")
    QTest.mouseMove(canvas.viewport(), at(canvas, QPointF(500, 200)))
    assert canvas.network.hint.text == ""
    assert heard == ["fc1", ""]


# Following the model.


def test_items_follow_edits_from_elsewhere(canvas: CanvasView) -> None:
    model = canvas.model
    canvas.select(["fc1"])
    model.push("rename", edits.RenameNode("fc1", "hidden"))
    assert "hidden" in canvas.network.nodes
    assert canvas.selection.names == ["hidden"]
    assert canvas.network.nodes.keys() == model.document.graph.nodes.keys()
    assert set(canvas.network.edges) == set(model.document.graph.edges)
    model.push(
        "settings",
        edits.change_settings(model.document.graph, "hidden", {"out_features": 7}),
    )
    assert canvas.network.card("hidden").rows[0].shape == "7"
    assert canvas.network.card("act1").rows[0].shape == "7"
    while model.undo_stack.canUndo():
        model.undo_stack.undo()
    assert canvas.network.card("act1").rows[0].shape == "32"
    assert canvas.network.nodes.keys() == model.document.graph.nodes.keys()
    assert set(canvas.network.edges) == set(model.document.graph.edges)


def test_another_document_is_shown(canvas: CanvasView) -> None:
    canvas.select(["fc1"])
    other = Document(name="Other")
    other.graph.add_node(Node(name="only", layer="Input"))
    canvas.model.replace(other)
    assert list(canvas.network.nodes) == ["only"]
    assert canvas.network.edges == {}
    assert canvas.selection.names == []


def test_tidy_up_is_one_step(canvas: CanvasView) -> None:
    before = canvas.model.document.copy()
    canvas.model.push(
        "mess", edits.MoveNodes({"act1": (13.0, 500.0), "fc1": (7.0, 3.0)})
    )
    messy = canvas.model.document.copy()
    canvas.arranger.tidy_up()
    rects = [(*node.position,) for node in canvas.model.document.graph]
    assert len(set(rects)) == 5
    graph = canvas.model.document.graph
    assert graph["images"].position[0] < graph["fc1"].position[0]
    assert graph["fc1"].position[0] < graph["act1"].position[0]
    assert labels(canvas) == ["mess", "Tidy up"]
    undo_redo_is_exact(canvas, messy)
    canvas.model.undo_stack.undo()
    canvas.model.undo_stack.undo()
    assert canvas.model.document == before


def test_tidy_up_does_not_leave_the_network_out_of_sight(canvas: CanvasView) -> None:
    canvas.pan_by(-2_000, -900)
    assert not canvas.sight().intersects(canvas.network.extent())
    canvas.model.push("mess", edits.MoveNodes({"fc1": (7.0, 303.0)}))
    canvas.arranger.tidy_up()
    assert canvas.sight().contains(canvas.network.extent())

    canvas.zoom_to(60)
    seen = canvas.sight()
    canvas.arranger.tidy_up()
    assert canvas.sight() == seen  # all of it was seen already

    canvas.zoom_to(20)
    canvas.arranger.tidy_up()
    assert canvas.scale_now > 0.5  # it would be a stamp of cards without names
    assert canvas.sight().contains(canvas.network.extent())


def test_a_screen_reader_is_told_what_is_selected(canvas: CanvasView) -> None:
    assert canvas.accessibleName() == "Network canvas"
    canvas.select(["fc1"])
    assert canvas.accessibleDescription() == "fc1: Linear 32. Shape 32."
    canvas.select(["fc1", "act1"])
    assert canvas.accessibleDescription() == "2 of 5 nodes, 3 edges."


def test_another_theme_keeps_the_network(canvas: CanvasView) -> None:
    canvas.set_theme(LIGHT)
    image = canvas.viewport().grab().toImage()
    assert image.pixelColor(3, image.height() - 3).lightness() > 200
    assert len(canvas.network.nodes) == 5


def test_a_closed_canvas_is_collected(qtbot: QtBot) -> None:
    model = DocumentModel(chain())
    model.analyse()
    view = CanvasView(model, DARK)
    view.show()
    qtbot.waitExposed(view)
    drag(view, body(view, "lone"), body(view, "lone") + QPointF(91, 61))
    wrapper, network = weakref.ref(view), weakref.ref(view.network)
    view.close()
    view.deleteLater()
    del view
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    gc.collect()
    assert wrapper() is None
    assert network() is None
    model.push("still works", edits.MoveNodes({"lone": (0.0, 0.0)}))


def test_random_edits_keep_items_and_document_together(canvas: CanvasView) -> None:
    model = canvas.model
    steps: list[Callable[[], None]] = [
        lambda: canvas.select(["fc1"]),
        canvas.clipboard.duplicate,
        lambda: canvas.select(["act1"]),
        canvas.editor.delete,
        model.undo_stack.undo,
        lambda: canvas.select_all(),
        canvas.clipboard.cut,
        canvas.clipboard.paste,
        model.undo_stack.undo,
        model.undo_stack.undo,
        model.undo_stack.redo,
        model.undo_stack.redo,
        canvas.arranger.tidy_up,
    ]
    for step in steps:
        step()
        graph = model.document.graph
        assert canvas.network.nodes.keys() == graph.nodes.keys()
        assert set(canvas.network.edges) == set(graph.edges)


def test_an_edge_is_met_on_its_line_and_not_beside_it(canvas: CanvasView) -> None:
    """A long curve to a lower row bounds an area that is not part of it."""
    far = edits.MoveNodes({"digit": (-400.0, 400.0)})
    canvas.model.push("", far)
    edge = Edge("act1", "output", "digit", "input")
    path = canvas.network.edges[edge].path
    on = path.pointAtPercent(0.5)
    reach = QPointF(10, 10)
    assert edge_at(canvas.network, QRectF(on - reach, on + reach)) == edge
    off = on + QPointF(250, 40)
    assert edge_at(canvas.network, QRectF(off - reach, off + reach)) is None
