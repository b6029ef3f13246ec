"""Every gesture that users of node editors arrive with, driven by real events.

`ROWS` says for each row of the table where its test is; those of rows that are not
here are with the rest of what they are about.
"""

from __future__ import annotations

import importlib
import json

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from engine import edits
from engine.graph import Edge, Node
from gui.canvas.marks import BendMark, FrameMark, NoteMark
from tests.gui.canvas.desk import ALT, CTRL, LEFT, NONE, RIGHT, SHIFT, Desk, desk

__all__ = ["desk"]
_HERE = "tests.gui.canvas.test_gesture_table"
_CANVAS = "tests.gui.test_canvas"
_WINDOW = "tests.gui.canvas.test_in_the_window"
ROWS = {
    "Add-node search": (_HERE, "test_a_layer_is_asked_for"),
    "Wire to empty space": (
        _WINDOW,
        "test_an_edge_let_go_on_nothing_opens_a_filtered_search",
    ),
    "Insert on wire": (_HERE, "test_a_node_dropped_on_an_edge_is_inserted"),
    "Delete, keep flow": (_HERE, "test_delete_keeps_the_flow"),
    "Mute / bypass": (_HERE, "test_bypass"),
    "Cut wires": (_HERE, "test_a_stroke_cuts_edges"),
    "Detach node": (_HERE, "test_a_node_is_dragged_out_of_the_flow"),
    "Move a wire's end": (
        _CANVAS,
        "test_an_edge_picked_up_near_its_end_goes_elsewhere",
    ),
    "Reroute": (_HERE, "test_points_on_an_edge"),
    "Why a drop is refused": (_HERE, "test_why_an_edge_does_not_fit"),
    "Frame / comment": (_HERE, "test_a_frame_around_the_selected_nodes"),
    "Subgraph": (
        "tests.gui.test_blocks",
        "test_a_selection_becomes_a_block_by_keyboard",
    ),
    "Collapse": (_HERE, "test_collapse"),
    "Duplicate": (_CANVAS, "test_alt_drag_duplicates"),
    "Copy / paste": (_HERE, "test_pasting_with_edges"),
    "Select chain": (_HERE, "test_selecting_along_the_flow"),
    "Find node": ("tests.gui.test_window", "test_find_goes_to_a_node"),
    "Fit view": (_CANVAS, "test_fit_shows_everything"),
    "Minimap": (_CANVAS, "test_the_map_pans_and_hides"),
    "Align / straighten": (_HERE, "test_aligning_and_distributing"),
    "Auto layout": (_HERE, "test_tidying_the_selection"),
    "Rename / help": (_WINDOW, "test_f2_renames"),
    "Run / stop": (_HERE, "test_keys_of_the_window"),
    "Pan / zoom": (_CANVAS, "test_the_wheel_zooms_at_the_pointer"),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_its_test(row: str) -> None:
    module, name = ROWS[row]
    found = importlib.import_module(module)
    tests = [each for each in vars(found) if each.startswith("test_")]
    assert name in tests


def test_a_layer_is_asked_for(desk: Desk) -> None:
    desk.press(Qt.Key.Key_A, SHIFT)
    desk.press(Qt.Key.Key_Tab)
    desk.double_click(QPointF(700, 260))
    assert len(desk.asked) == 3
    assert (desk.asked[2][0] - QPointF(700, 260)).manhattanLength() < 2
    # With an edge selected it is put into that.
    desk.click(desk.middle("fc1", "act1"))
    desk.press(Qt.Key.Key_Tab)
    desk.canvas.add_layer("Dropout", desk.asked[3][0])
    assert ("dropout1", "act1") in desk.edges


def test_a_node_dropped_on_an_edge_is_inserted(desk: Desk) -> None:
    before = desk.model.root.copy()
    at = desk.middle("fc1", "act1")
    desk.drag(desk.body("lone"), at + QPointF(-16, -22))
    desk.canvas.glide.finish()
    assert {("fc1", "lone"), ("lone", "act1")} <= desk.edges
    assert ("fc1", "act1") not in desk.edges
    rects = desk.canvas.network.rects()
    assert not rects["lone"].intersects(rects["act1"]), "neighbours make room"
    assert not rects["lone"].intersects(rects["fc1"])
    assert desk.labels == ["Insert lone"]
    desk.undo_redo_is_exact(before)


def test_delete_keeps_the_flow(desk: Desk) -> None:
    before = desk.model.root.copy()
    desk.click(desk.body("act1"))
    desk.press(Qt.Key.Key_Delete, SHIFT)
    assert ("fc1", "digit") in desk.edges
    desk.undo_redo_is_exact(before)


# Bypass.


@pytest.mark.parametrize(("key", "held"), [(Qt.Key.Key_M, NONE), (Qt.Key.Key_B, CTRL)])
def test_bypass(desk: Desk, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    before, place = desk.model.root.copy(), desk.canvas.network.nodes["act1"].pos()
    desk.click(desk.body("act1"))
    desk.press(key, held)
    assert desk.model.document.graph["act1"].bypassed
    assert desk.canvas.network.card("act1").is_bypassed
    assert "act1" not in desk.model.analysis.code
    assert desk.canvas.network.nodes["act1"].pos() == place
    assert ("fc1", "act1") in desk.edges
    assert desk.labels == ["Bypass act1"]
    desk.undo_redo_is_exact(before)
    desk.press(key, held)
    assert not desk.model.document.graph["act1"].bypassed
    assert desk.labels[-1] == "Let act1 take part"


def test_a_bypassed_card_is_dimmed_and_shows_the_way_past(desk: Desk) -> None:
    def color() -> str:
        # On the straight way from port to port, in the gap after the text.
        item = desk.canvas.network.nodes["act1"]
        picture = desk.canvas.viewport().grab().toImage()
        ratio = picture.devicePixelRatio()
        spots = [
            desk.at(item.pos() + QPointF(x, item.card.inputs[0].y)) * ratio
            for x in range(120, 148)
        ]
        found = {picture.pixelColor(spot).name() for spot in spots}
        return "dashed" if kind.name() in found else "plain"

    kind = desk.canvas.network.style_.kind("vector")
    assert color() == "plain"
    desk.click(desk.body("act1"))
    desk.press(Qt.Key.Key_M)
    desk.press(Qt.Key.Key_Escape)
    assert color() == "dashed"


def test_what_cannot_be_bypassed_says_why(desk: Desk) -> None:
    before = desk.model.root.copy()
    desk.click(desk.body("images"))
    desk.press(Qt.Key.Key_M)
    assert desk.said == [
        "images is an Input and has no input, so nothing can flow past it. Bypass a "
        "layer that lies between others."
    ]
    assert desk.model.root == before
    assert desk.labels == []


# Cutting.


def test_a_stroke_cuts_edges(desk: Desk) -> None:
    before = desk.model.root.copy()
    one, other = desk.middle("images", "fc1"), desk.middle("fc1", "act1")
    up = QPointF(0, -60)
    desk.drag(one + up, one - up, CTRL, button=RIGHT, release=False)
    cut = desk.edge("images", "fc1")
    assert desk.canvas.network.edges[cut].is_cut
    assert desk.canvas.network.hint.text == (
        "Let go to remove the edge from images to fc1."
    )
    assert desk.model.root == before, "nothing happens before the button is let go"
    QTest.mouseRelease(desk.canvas.viewport(), RIGHT, CTRL, desk.at(one - up))
    assert ("images", "fc1") not in desk.edges
    assert desk.labels == ["Cut the edge from images to fc1"]
    desk.undo_redo_is_exact(before)
    assert desk.canvas.network.passing_items() == []
    desk.drag(other + up, other - up, CTRL, button=RIGHT)
    assert len(desk.edges) == 1


def test_a_stroke_across_two_edges_is_one_step(desk: Desk) -> None:
    # The node after it lies below fc1, so that two edges cross one height.
    desk.model.push("", edits.MoveNodes({"act1": (424, 160), "digit": (640, 160)}))
    before = desk.model.root.copy()
    one, other = desk.middle("fc1", "act1"), desk.middle("act1", "digit")
    desk.drag(one + QPointF(-30, 10), one + QPointF(-20, -40), CTRL, button=RIGHT)
    assert len(desk.edges) == 3, "a stroke beside the edges cuts nothing"
    viewport, over = desk.canvas.viewport(), QPointF(0, 60)
    QTest.mousePress(viewport, RIGHT, CTRL, desk.at(one - over))
    for point in (one, one + over, other + over, other, other - over):
        QTest.mouseMove(viewport, desk.at(point))
    assert desk.canvas.network.hint.text == "Let go to remove 2 edges."
    QTest.mouseRelease(viewport, RIGHT, CTRL, desk.at(other - over))
    assert desk.edges == {("images", "fc1")}
    assert desk.labels[-1] == "Cut 2 edges"
    desk.undo_redo_is_exact(before)


def test_escape_leaves_the_edges_alone(desk: Desk) -> None:
    before, at = desk.model.root.copy(), desk.middle("fc1", "act1")
    desk.drag(
        at + QPointF(0, -60), at + QPointF(0, 60), CTRL, button=RIGHT, release=False
    )
    desk.press(Qt.Key.Key_Escape)
    assert desk.model.root == before
    assert not any(item.is_cut for item in desk.canvas.network.edges.values())
    assert desk.canvas.network.passing_items() == []
    QTest.mouseRelease(desk.canvas.viewport(), RIGHT, CTRL, desk.at(at))


def test_alt_and_click_cuts_an_edge(desk: Desk) -> None:
    desk.click(desk.middle("fc1", "act1"), ALT)
    assert ("fc1", "act1") not in desk.edges
    assert desk.labels == ["Cut the edge from fc1 to act1"]


def test_alt_and_click_on_a_port_cuts_all_its_edges(desk: Desk) -> None:
    desk.drag(desk.port("fc1", is_output=True), desk.port("lone", is_output=False))
    before = desk.model.root.copy()
    desk.click(desk.port("fc1", is_output=True), ALT)
    assert desk.edges == {("images", "fc1"), ("act1", "digit")}
    assert desk.labels[-1] == "Cut 2 edges"
    desk.undo_redo_is_exact(before)
    desk.click(desk.port("fc1", is_output=False), ALT)
    assert desk.edges == {("act1", "digit")}


# Detaching.


def test_a_node_is_dragged_out_of_the_flow(desk: Desk) -> None:
    before, start = desk.model.root.copy(), desk.body("act1")
    desk.drag(start, start + QPointF(0, 200), SHIFT | ALT)
    assert ("fc1", "digit") in desk.edges
    assert not {edge for edge in desk.edges if "act1" in edge}
    assert desk.model.document.graph["act1"].position[1] > 150
    assert desk.labels == ["Detach act1"]
    desk.undo_redo_is_exact(before)


def test_dragged_out_it_may_go_into_another_edge(desk: Desk) -> None:
    before = desk.model.root.copy()
    at = desk.middle("images", "fc1")
    desk.drag(desk.body("act1"), at + QPointF(-16, -22), SHIFT | ALT)
    assert {("images", "act1"), ("act1", "fc1"), ("fc1", "digit")} == desk.edges
    assert desk.labels == ["Move act1 to another edge"]
    desk.undo_redo_is_exact(before)


def test_a_key_detaches(desk: Desk) -> None:
    desk.click(desk.body("act1"))
    desk.press(Qt.Key.Key_D, ALT)
    assert ("fc1", "digit") in desk.edges


# Points on edges.


def test_points_on_an_edge(desk: Desk) -> None:
    before = desk.model.root.copy()
    code = desk.model.analysis.code
    edge = desk.edge("fc1", "act1")
    desk.double_click(desk.middle("fc1", "act1"))
    bends = desk.model.document.graph.bends
    assert len(bends[edge]) == 1
    assert desk.labels == ["Add a point to the edge from fc1 to act1"]
    desk.undo_redo_is_exact(before)
    # It is moved,
    point = QPointF(*bends[edge][0])
    desk.drag(point, point + QPointF(0, 80))
    assert desk.model.document.graph.bends[edge] == ((point.x(), point.y() + 80),)
    assert desk.labels[-1] == "Move a point"
    item = desk.canvas.network.edges[edge]
    assert item.distance(point + QPointF(0, 80)) < 2, "the edge runs through it"
    assert desk.model.analysis.code == code
    # selected, and deleted.
    desk.press(Qt.Key.Key_Escape)
    desk.click(point + QPointF(0, 80))
    assert desk.canvas.selection.marks == [BendMark(edge, 0)]
    desk.press(Qt.Key.Key_Delete)
    assert not desk.model.document.graph.bends
    assert edge in desk.model.document.graph.edges


def test_a_stroke_puts_points_on_edges(desk: Desk) -> None:
    at = desk.middle("fc1", "act1")
    up = QPointF(0, -50)
    desk.drag(at + up, at - up, SHIFT, button=RIGHT)
    assert list(desk.model.document.graph.bends) == [desk.edge("fc1", "act1")]
    desk.double_click(
        QPointF(*desk.model.document.graph.bends[desk.edge("fc1", "act1")][0])
    )
    assert not desk.model.document.graph.bends, "a double click takes a point off"


def test_points_come_along_with_both_ends(desk: Desk) -> None:
    edge = desk.edge("fc1", "act1")
    desk.double_click(desk.middle("fc1", "act1"))
    before = desk.model.document.graph.bends[edge][0]
    desk.click(desk.body("fc1"))
    desk.click(desk.body("act1"), CTRL)
    start = desk.body("act1")
    desk.drag(start, start + QPointF(0, 160))
    x, y = desk.model.document.graph.bends[edge][0]
    assert (x, y) == (before[0], before[1] + 160)
    assert len(desk.labels) == 2


# Why not.


def test_why_an_edge_does_not_fit(desk: Desk) -> None:
    node = Node(name="conv1", layer="Conv2d", position=(500, 240))
    desk.model.push("", edits.AddNode(node))
    start, end = (
        desk.port("images", is_output=True),
        desk.port("conv1", is_output=False),
    )
    desk.drag(start, end, release=False)
    said = desk.canvas.network.hint.text
    assert said.startswith("conv1 reads an image; images gives N × 64. "), said
    assert len(said) > len("conv1 reads an image; images gives N × 64. "), "and a fix"
    QTest.mouseRelease(desk.canvas.viewport(), LEFT, NONE, desk.at(end))


def test_sizes_that_differ_are_both_told(desk: Desk) -> None:
    graph = desk.model.document.graph
    desk.model.push(
        "",
        edits.Compound(
            (
                edits.AddNode(Node(name="add1", layer="Add", position=(600, 240))),
                edits.AddEdge(Edge("fc1", "output", "add1", "input")),
            )
        ),
    )
    assert graph.edges_into("add1")
    start, end = desk.port("images", is_output=True), desk.port("add1", is_output=False)
    desk.drag(start, end, release=False)
    said = desk.canvas.network.hint.text
    assert "64" in said and "32" in said, said
    assert said.count(".") >= 2, "what is wrong, and one thing to do"
    QTest.mouseRelease(desk.canvas.viewport(), LEFT, NONE, desk.at(end))


# Frames and notes.


def frame(desk: Desk, *names: str, title: str = "Features") -> str:
    """Put a frame around nodes with the keyboard; gives its name."""
    desk.canvas.select(names)
    desk.press(Qt.Key.Key_C)
    entry = desk.canvas.annotator.title_entry
    assert not entry.isHidden()
    QTest.keyClicks(entry.line, title)
    QTest.keyClick(entry.line, Qt.Key.Key_Return)
    return next(reversed(desk.model.document.graph.frames))


def test_a_frame_around_the_selected_nodes(desk: Desk) -> None:
    before = desk.model.root.copy()
    name = frame(desk, "fc1", "act1")
    graph = desk.model.document.graph
    assert graph.frames[name].title == "Features"
    assert [node.name for node in graph if node.frame == name] == ["fc1", "act1"]
    assert desk.labels == ["Frame 2 nodes"]
    item = desk.canvas.network.annotations.frames[name]
    for each in ("fc1", "act1"):
        assert item.rect().contains(desk.canvas.network.nodes[each].rect())
    desk.undo_redo_is_exact(before)
    # Grabbed by its title it takes its nodes along.
    places = {n: graph[n].position for n in ("fc1", "act1", "digit")}
    grip = desk.canvas.network.annotations.frames[name].title_rect().center()
    desk.drag(grip, grip + QPointF(0, 160))
    graph = desk.model.document.graph
    for each in ("fc1", "act1"):
        assert graph[each].position == (places[each][0], places[each][1] + 160)
    assert graph["digit"].position == places["digit"]
    assert desk.labels[-1] == "Move a frame"


def test_a_frame_is_as_large_as_its_nodes_need(desk: Desk) -> None:
    name = frame(desk, "fc1", "act1")
    item = desk.canvas.network.annotations.frames[name]
    before = item.rect()
    start = desk.body("act1")
    desk.drag(start, start + QPointF(0, 240), release=False)
    assert item.rect().height() > before.height() + 200, "already while dragging"
    QTest.mouseRelease(
        desk.canvas.viewport(), LEFT, NONE, desk.at(start + QPointF(0, 240))
    )


def test_a_frame_is_renamed_coloured_and_taken_away(desk: Desk) -> None:
    name = frame(desk, "fc1", "act1")
    grip = desk.canvas.network.annotations.frames[name].title_rect().center()
    desk.double_click(grip)
    entry = desk.canvas.annotator.title_entry
    QTest.keyClicks(entry.line, "Encoder")
    QTest.keyClick(entry.line, Qt.Key.Key_Return)
    assert desk.model.document.graph.frames[name].title == "Encoder"
    assert desk.labels[-1] == "Rename a frame"
    QTest.mouseClick(desk.canvas.viewport(), RIGHT, NONE, desk.at(grip))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    colors = next(a for a in menu.actions() if a.text() == "Colour").menu()
    next(a for a in colors.actions() if a.text() == "Blue").trigger()
    menu.close()
    assert desk.model.document.graph.frames[name].color == "blue"
    framed = desk.model.root.copy()
    desk.click(grip)
    assert desk.canvas.selection.marks == [FrameMark(name)]
    desk.press(Qt.Key.Key_Delete)
    graph = desk.model.document.graph
    assert not graph.frames
    assert "fc1" in graph, "what is in it stays"
    assert not any(node.frame for node in graph)
    desk.undo_redo_is_exact(framed)


def test_a_node_is_taken_out_of_its_frame(desk: Desk) -> None:
    name = frame(desk, "fc1", "act1")
    desk.canvas.select(["fc1"])
    desk.press(Qt.Key.Key_P, ALT)
    graph = desk.model.document.graph
    assert [node.name for node in graph if node.frame == name] == ["act1"]
    desk.canvas.select(["act1"])
    desk.press(Qt.Key.Key_P, ALT)
    assert not desk.model.document.graph.frames, "an empty frame goes"
    desk.press(Qt.Key.Key_P, ALT)
    assert desk.said == [
        "Nothing that is selected is in a frame. Select a node in a frame, or a frame "
        "by its title."
    ]


def test_a_frame_needs_nodes(desk: Desk) -> None:
    for key, held in ((Qt.Key.Key_G, CTRL), (Qt.Key.Key_J, CTRL), (Qt.Key.Key_C, NONE)):
        desk.press(key, held)
    assert desk.said == 3 * [
        "No node is selected. Select the nodes that the frame is to hold first."
    ]


def test_notes_are_written_moved_changed_and_deleted(desk: Desk) -> None:
    before = desk.model.root.copy()
    desk.press(Qt.Key.Key_N, SHIFT)
    entry = desk.canvas.annotator.note_entry
    QTest.keyClicks(entry.text, "Try 16 channels")
    QTest.keyClick(entry.text, Qt.Key.Key_Return, CTRL)
    (name,) = desk.model.document.graph.notes
    assert desk.model.document.graph.notes[name].text == "Try 16 channels"
    assert desk.labels == ["Add a note"]
    desk.undo_redo_is_exact(before)
    item = desk.canvas.network.annotations.notes[name]
    start = item.rect().center()
    desk.drag(start, start + QPointF(80, 160))
    assert desk.labels[-1] == "Move a note"
    desk.double_click(desk.canvas.network.annotations.notes[name].rect().center())
    QTest.keyClicks(entry.text, "32")
    QTest.keyClick(entry.text, Qt.Key.Key_Return, CTRL)
    assert desk.model.document.graph.notes[name].text == "32"
    assert desk.labels[-1] == "Change a note"
    assert desk.canvas.selection.marks == [NoteMark(name)]
    desk.press(Qt.Key.Key_Delete)
    assert not desk.model.document.graph.notes


def test_escape_writes_no_note(desk: Desk) -> None:
    desk.press(Qt.Key.Key_N, SHIFT)
    entry = desk.canvas.annotator.note_entry
    QTest.keyClicks(entry.text, "Never mind")
    QTest.keyClick(entry.text, Qt.Key.Key_Escape)
    assert entry.isHidden()
    assert desk.labels == []


# Collapsing.


def test_collapse(desk: Desk) -> None:
    before, height = (
        desk.model.root.copy(),
        desk.canvas.network.nodes["fc1"].rect().height(),
    )
    desk.click(desk.body("fc1"))
    desk.press(Qt.Key.Key_H)
    assert desk.model.document.graph["fc1"].collapsed
    card = desk.canvas.network.card("fc1")
    assert (card.details, card.rows, card.title) == ((), (), "fc1")
    assert desk.canvas.network.nodes["fc1"].rect().height() < height / 2
    assert desk.labels == ["Collapse fc1"]
    desk.undo_redo_is_exact(before)
    path = desk.canvas.network.edges[desk.edge("images", "fc1")].path
    assert (path.currentPosition() - desk.port("fc1", is_output=False)).isNull()
    desk.press(Qt.Key.Key_H)
    assert desk.canvas.network.nodes["fc1"].rect().height() == height
    assert desk.labels[-1] == "Open up fc1"


# Copying.


def test_pasting_with_edges(desk: Desk) -> None:
    desk.click(desk.body("act1"))
    desk.press(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    assert json.loads(text)["nodes"][0]["name"] == "act1"
    desk.press(Qt.Key.Key_V, CTRL)
    assert "act2" in desk.model.document.graph
    assert ("fc1", "act2") not in desk.edges
    desk.press(Qt.Key.Key_V, CTRL | SHIFT)
    assert ("fc1", "act3") in desk.edges
    assert desk.labels == ["Paste act2", "Paste act3"]


def test_a_copied_frame_comes_along(desk: Desk) -> None:
    frame(desk, "fc1", "act1")
    desk.double_click(desk.middle("fc1", "act1"))
    desk.canvas.select(["fc1", "act1"])
    desk.press(Qt.Key.Key_C, CTRL)
    desk.press(Qt.Key.Key_V, CTRL)
    graph = desk.model.document.graph
    assert [each.title for each in graph.frames.values()] == ["Features"] * 2
    assert graph["fc2"].frame == graph["act2"].frame != graph["fc1"].frame
    assert len(graph.bends) == 2


# Selecting.


def test_selecting_along_the_flow(desk: Desk) -> None:
    desk.click(desk.body("fc1"))
    desk.press(Qt.Key.Key_L)
    assert desk.canvas.selection.names == ["fc1", "images"]
    desk.click(desk.body("fc1"))
    desk.press(Qt.Key.Key_L, SHIFT)
    assert desk.canvas.selection.names == ["fc1", "act1", "digit"]
    desk.click(desk.body("act1"))
    desk.press(Qt.Key.Key_L, CTRL | SHIFT)
    assert set(desk.canvas.selection.names) == {"images", "fc1", "act1", "digit"}


# Arranging.


def scatter(desk: Desk) -> None:
    places = {"images": (0.0, 0.0), "fc1": (240.0, 48.0), "act1": (600.0, 200.0)}
    desk.model.push("", edits.MoveNodes(places))
    desk.canvas.select(places)


@pytest.mark.parametrize(
    ("button", "measure"),
    [
        ("align-left", QRectF.left),
        ("align-right", QRectF.right),
        ("align-centre", lambda rect: rect.center().x()),
        ("align-top", QRectF.top),
        ("align-bottom", QRectF.bottom),
        ("align-middle", lambda rect: rect.center().y()),
    ],
)
def test_aligning_and_distributing(desk: Desk, button: str, measure: object) -> None:
    scatter(desk)
    before = desk.model.root.copy()
    QTest.mouseClick(desk.canvas.arrange_bar.buttons[button], LEFT)
    desk.canvas.glide.finish()
    rects = desk.canvas.network.rects()
    found = {round(measure(rects[n]), 3) for n in ("images", "fc1", "act1")}  # type: ignore[operator]
    assert len(found) == 1
    assert desk.labels[-1] == "Align 3 nodes"
    desk.undo_redo_is_exact(before)


def test_distributing_makes_gaps_equal(desk: Desk) -> None:
    scatter(desk)
    before = desk.model.root.copy()
    QTest.mouseClick(desk.canvas.arrange_bar.buttons["distribute-across"], LEFT)
    desk.canvas.glide.finish()
    one, two, three = (
        desk.canvas.network.rects()[n] for n in ("images", "fc1", "act1")
    )
    assert two.left() - one.right() == pytest.approx(three.left() - two.right())
    assert (one.left(), three.left()) == (0, 600), "the outermost stay"
    assert desk.labels[-1] == "Distribute 3 nodes"
    desk.undo_redo_is_exact(before)
    QTest.mouseClick(desk.canvas.arrange_bar.buttons["distribute-down"], LEFT)
    desk.canvas.glide.finish()
    one, two, three = (
        desk.canvas.network.rects()[n] for n in ("images", "fc1", "act1")
    )
    assert two.top() - one.bottom() == pytest.approx(three.top() - two.bottom())


def test_the_strip_is_there_for_two_nodes_or_more(desk: Desk) -> None:
    bar = desk.canvas.arrange_bar
    assert bar.isHidden()
    desk.click(desk.body("fc1"))
    assert bar.isHidden()
    desk.click(desk.body("act1"), CTRL)
    assert not bar.isHidden()
    assert not bar.buttons["distribute-across"].isEnabled()
    desk.press(Qt.Key.Key_Escape)
    assert bar.isHidden()


def test_too_few_nodes_are_said(desk: Desk) -> None:
    desk.canvas.select(["fc1"])
    desk.actions.of["align_left"].trigger()
    desk.actions.of["distribute_down"].trigger()
    assert desk.said == [
        "Fewer than two nodes are selected. Select at least two first, with a band or "
        "with Ctrl and clicks.",
        "Fewer than three nodes are selected. Select at least three first, with a band "
        "or with Ctrl and clicks.",
    ]


def test_tidying_the_selection(desk: Desk) -> None:
    scatter(desk)
    desk.canvas.select(["images", "fc1", "act1"])
    digit = desk.model.document.graph["digit"].position
    before = desk.model.root.copy()
    desk.press(Qt.Key.Key_L, CTRL)
    moved = desk.model.document.graph["act1"].position
    shown = desk.canvas.network.nodes["act1"].pos()
    assert (shown.x(), shown.y()) != moved, "it glides there"
    desk.canvas.glide.finish()
    shown = desk.canvas.network.nodes["act1"].pos()
    assert (shown.x(), shown.y()) == moved
    graph = desk.model.document.graph
    assert graph["digit"].position == digit, "the selection first"
    assert len({graph[n].position[1] for n in ("images", "fc1", "act1")}) == 1
    assert desk.labels[-1] == "Tidy up"
    desk.undo_redo_is_exact(before)


# By keyboard alone.


def test_keys_of_the_window(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.press(Qt.Key.Key_Return, CTRL | ALT)
    desk.press(Qt.Key.Key_F, CTRL)
    desk.press(Qt.Key.Key_F8)
    desk.press(Qt.Key.Key_F2)
    desk.press(Qt.Key.Key_F1)
    wanted = ["train", "stop", "find", "next_problem", "rename", "shortcuts"]
    assert desk.called == wanted


def test_a_network_is_built_by_keyboard_alone(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Right)  # arrows begin at the first node
    assert desk.canvas.selection.names == ["images"]
    desk.press(Qt.Key.Key_Right, CTRL)
    desk.press(Qt.Key.Key_Right, CTRL)
    assert desk.canvas.selection.names == ["act1"]
    desk.press(Qt.Key.Key_Down)
    assert desk.model.document.graph["act1"].position == (400, 8)
    desk.press(Qt.Key.Key_Tab)
    desk.canvas.add_layer("Dropout", desk.asked[-1][0])
    assert ("act1", "dropout1") in desk.edges
    opened: list[str] = []
    desk.canvas.node_activated.connect(opened.append)
    desk.press(Qt.Key.Key_Return)
    assert opened == ["dropout1"], "Enter edits"
    desk.press(Qt.Key.Key_Delete, SHIFT)
    assert ("act1", "digit") in desk.edges
    # Walked to with Shift a node is selected too, where no edge leads as well.
    desk.press(Qt.Key.Key_Escape)
    assert desk.canvas.selection.names == []
    desk.press(Qt.Key.Key_Right)
    desk.press(Qt.Key.Key_Down, CTRL | SHIFT)
    assert desk.canvas.selection.names == ["images", "lone"]
    desk.press(Qt.Key.Key_J)
    assert ("images", "lone") in desk.edges
    assert desk.labels[-1] == "Connect images to lone"


def test_what_cannot_be_connected_says_why(desk: Desk) -> None:
    before = desk.model.root.copy()
    for names in (["fc1"], ["digit", "fc1"], ["fc1", "images"], ["act1", "fc1"]):
        desk.canvas.select(names)
        desk.press(Qt.Key.Key_J)
    assert [said.partition(".")[0] for said in desk.said] == [
        "An edge joins two nodes",
        "digit has no output",
        "images has no input",
        "This would close a circle: fc1 already leads to act1, so act1 cannot feed fc1",
    ]
    assert desk.model.root == before
