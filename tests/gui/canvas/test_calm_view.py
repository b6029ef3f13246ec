"""The view moves by itself only as far as it must, and an undo takes that back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.edits import Compound, MoveNodes, RemoveEdge
from gui.canvas.follower import REST
from gui.canvas.gestures.drop import PALETTE_MIME
from gui.canvas.view import CanvasView
from tests.gui.canvas.desk import CTRL, NONE, Desk, desk
from tests.gui.canvas.test_opening import inserted_with_keys, is_whole, row

__all__ = ["desk"]


def rest(desk: Desk, qtbot: QtBot) -> QRectF:
    """What is seen once the view is where it goes."""
    qtbot.waitUntil(lambda: not desk.canvas.framing.travel.is_on)
    return desk.canvas.sight()


def is_same(one: QRectF, other: QRectF) -> bool:
    return all(
        abs(a - b) < 3 for a, b in zip(one.getCoords(), other.getCoords(), strict=True)
    )


def test_layers_are_added_at_a_size_that_can_be_read(desk: Desk, qtbot: QtBot) -> None:
    desk.model.replace(row(6, columns=6))
    added = "layer2"
    for _ in range(8):
        added = inserted_with_keys(desk, added)
        rest(desk, qtbot)
        assert desk.canvas.zoom_percent() >= 60
        assert is_whole(desk.canvas, added)


def test_an_undo_brings_back_what_was_seen(desk: Desk, qtbot: QtBot) -> None:
    desk.model.replace(row(7, columns=7))
    stack = desk.model.undo_stack
    seen = [rest(desk, qtbot)]
    added = "layer2"
    for _ in range(5):
        added = inserted_with_keys(desk, added)
        seen.append(rest(desk, qtbot))
    assert not is_same(seen[0], seen[-1])
    for wanted in seen[-2::-1]:
        stack.undo()
        assert is_same(rest(desk, qtbot), wanted)
    for wanted in seen[1:]:
        stack.redo()
        assert is_same(rest(desk, qtbot), wanted)


def test_tidying_and_its_undo_end_where_one_looked(desk: Desk, qtbot: QtBot) -> None:
    desk.model.replace(row(40, columns=40))
    canvas: CanvasView = desk.canvas
    canvas.framing.fit_all()
    before = rest(desk, qtbot)
    canvas.arranger.tidy_up()
    after = rest(desk, qtbot)
    assert not is_same(before, after)
    desk.press(Qt.Key.Key_Z, CTRL)
    assert is_same(rest(desk, qtbot), before)
    desk.model.undo_stack.redo()
    assert is_same(rest(desk, qtbot), after)


@pytest.mark.parametrize("hand", ["pan", "wheel", "fit"])
def test_an_undo_leaves_the_view_to_who_has_moved_about(
    desk: Desk, qtbot: QtBot, hand: str
) -> None:
    desk.model.replace(row(6, columns=6))
    canvas = desk.canvas
    inserted_with_keys(desk, "layer2")
    rest(desk, qtbot)
    match hand:
        case "pan":
            way = QPointF(200, 300), QPointF(230, 312)
            desk.drag(*way, button=Qt.MouseButton.MiddleButton)
        case "wheel":
            canvas.zoom_by(1.2)
        case "fit":
            desk.press(Qt.Key.Key_Home)
    before = canvas.sight()
    desk.model.undo_stack.undo()
    assert is_same(rest(desk, qtbot), before)


def added_by_hand(desk: Desk, layer: str) -> str:
    """What was asked for by a gesture, as the search adds it where that ended."""
    return desk.canvas.add_layer(layer, desk.asked[-1][0])


def test_a_double_click_at_the_edge_adds_a_card_in_sight(desk: Desk) -> None:
    canvas = desk.canvas
    before = canvas.sight()
    for at in (QPointF(8, 600), QPointF(canvas.width() - 8, 600)):
        desk.double_click(canvas.to_scene(at))
        added = added_by_hand(desk, "ReLU")
        assert not canvas.framing.travel.is_on
        assert canvas.sight() == before
        assert is_whole(canvas, added)
    desk.model.undo_stack.undo()
    assert canvas.sight() == before


def test_a_card_asked_for_where_others_lie_goes_beside_them_in_sight(
    desk: Desk,
) -> None:
    canvas = desk.canvas
    low = canvas.clear_sight().bottom() - 60
    desk.model.push("Move", MoveNodes({"lone": (200, low)}))
    before = canvas.sight()
    card = canvas.network.nodes["lone"].rect()
    desk.double_click(card.topLeft() - QPointF(30, -20))
    added = added_by_hand(desk, "ReLU")
    assert canvas.sight() == before
    assert is_whole(canvas, added)


@pytest.mark.parametrize("name", ["layer5", "layer0"])
def test_an_edge_let_go_on_bare_canvas_adds_a_card_where_one_looks(
    desk: Desk, name: str
) -> None:
    canvas = desk.canvas
    desk.model.replace(row(6, columns=6))
    before = canvas.sight()
    begin = desk.port(name, is_output=name == "layer5")
    x = canvas.width() - 30 if name == "layer5" else 30
    desk.drag(begin, canvas.to_scene(QPointF(x, 620)))
    added = added_by_hand(desk, "ReLU")
    assert (name, added) in desk.edges or (added, name) in desk.edges
    assert not canvas.framing.travel.is_on
    assert canvas.sight() == before
    card = canvas.network.nodes[added].rect()
    assert (card & before).width() > card.width() / 2


def test_a_layer_put_into_an_edge_by_hand_moves_no_view(desk: Desk) -> None:
    canvas = desk.canvas
    desk.model.replace(row(6, columns=6))
    before = canvas.sight()
    drop(desk, "Dropout", desk.middle("layer4", "layer5"))
    added = canvas.selection.names[0]
    assert ("layer4", added) in desk.edges
    assert not canvas.framing.travel.is_on
    assert canvas.sight() == before
    # The row is no longer seen whole: no later change of the window zooms for it.
    scale = canvas.scale_now
    desk.window.resize(desk.window.width(), desk.window.height() - 20)
    assert canvas.scale_now == scale


def drop(desk: Desk, layer: str, point: QPointF) -> None:
    """Drag a layer from the palette to a point of the scene, and let it go."""
    mime = QMimeData()
    mime.setData(PALETTE_MIME, layer.encode())
    at, held = QPointF(desk.at(point)), (Qt.MouseButton.LeftButton, NONE)
    copy = Qt.DropAction.CopyAction
    viewport = desk.canvas.viewport()
    enter = QDragEnterEvent(at.toPoint(), copy, mime, *held)
    QApplication.sendEvent(viewport, enter)
    QApplication.sendEvent(viewport, QDropEvent(at, copy, mime, *held))


def test_copies_leave_the_zoom_as_it_is(desk: Desk, qtbot: QtBot) -> None:
    canvas = desk.canvas
    desk.model.replace(row(6, columns=6))
    scale = canvas.scale_now
    canvas.select(["layer4", "layer5"])
    for _ in range(3):
        desk.press(Qt.Key.Key_D, CTRL)
        assert rest(desk, qtbot).intersects(canvas.network.extent())
        assert canvas.scale_now == scale


def test_what_keys_add_is_seen_without_a_zoom_where_one_had_zoomed(
    desk: Desk, qtbot: QtBot
) -> None:
    canvas = desk.canvas
    desk.model.replace(row(6, columns=6))
    canvas.zoom_to(150)
    added = inserted_with_keys(desk, "layer3")
    rest(desk, qtbot)
    assert canvas.zoom_percent() == 150
    assert is_whole(canvas, added)


def cut(desk: Desk, *pairs: tuple[str, str]) -> None:
    desk.model.push(
        "Cut", Compound(tuple(RemoveEdge(desk.edge(*pair)) for pair in pairs))
    )


def test_the_note_about_an_error_comes_after_the_hand_rests(
    desk: Desk, qtbot: QtBot
) -> None:
    canvas = desk.canvas
    before = canvas.sight()
    cut(desk, ("images", "fc1"))
    note = canvas.network.callout
    assert note is not None
    assert not note.isVisible()
    qtbot.waitUntil(note.isVisible)
    assert is_same(canvas.sight(), before)
    desk.model.undo_stack.undo()
    cut(desk, ("images", "fc1"))
    desk.model.undo_stack.undo()
    qtbot.wait(2 * REST)
    assert canvas.network.callout is None


def test_a_note_lies_where_one_looks_already(desk: Desk, qtbot: QtBot) -> None:
    canvas = desk.canvas
    canvas.zoom_to(100)
    card = canvas.network.nodes["act1"].rect()
    way = canvas.to_view(card.bottomLeft()) - QPointF(20, canvas.height() - 30)
    canvas.pan_by(-way.x(), -way.y())  # nothing below it is seen
    before = canvas.sight()
    cut(desk, ("fc1", "act1"))
    note = canvas.network.callout
    assert note is not None
    qtbot.waitUntil(note.isVisible)
    assert is_same(canvas.sight(), before)
    assert before.contains(note.rect())


def test_a_sign_brings_the_note_at_once(desk: Desk) -> None:
    cut(desk, ("images", "fc1"))
    note = desk.canvas.network.callout
    assert note is not None
    card = desk.canvas.network.nodes[note.problem.node or ""].rect()
    desk.click(card.topRight() + QPointF(-1, 0))
    assert desk.canvas.network.callout is note
    assert note.isVisible()
