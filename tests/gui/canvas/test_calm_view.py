"""The view moves by itself only as far as it must, and an undo takes that back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from engine.edits import Compound, RemoveEdge
from gui.canvas.follower import REST
from gui.canvas.view import CanvasView
from tests.gui.canvas.desk import CTRL, Desk, desk
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
