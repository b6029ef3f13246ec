"""What is selected after a step was undone, and after it was done again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.engine.test_blocks import stack
from tests.gui.canvas.desk import CTRL, SHIFT, Desk, desk, desks

__all__ = ["desk"]


@pytest.fixture
def blocks(qtbot: QtBot) -> Iterator[Desk]:
    yield from desks(qtbot, stack())


def undo(desk: Desk) -> list[str]:
    desk.press(Qt.Key.Key_Z, CTRL)
    return desk.canvas.selection.names


def redo(desk: Desk) -> list[str]:
    desk.press(Qt.Key.Key_Z, CTRL | SHIFT)
    return desk.canvas.selection.names


def test_an_expanded_block_that_came_back_is_selected(blocks: Desk) -> None:
    blocks.click(blocks.body("stage1"))
    blocks.canvas.blocks.expand()
    inside = blocks.canvas.selection.names
    assert len(inside) > 1
    assert undo(blocks) == ["stage1"]
    assert redo(blocks) == inside


def test_the_nodes_of_a_block_that_went_are_selected(desk: Desk) -> None:
    desk.click(desk.body("fc1"))
    desk.click(desk.body("act1"), SHIFT)
    desk.press(Qt.Key.Key_E, CTRL | SHIFT)
    QTest.keyClick(desk.canvas.blocks.entry.line, Qt.Key.Key_Return)
    (block,) = desk.canvas.selection.names
    assert undo(desk) == ["fc1", "act1"]
    assert redo(desk) == [block]


def test_what_was_copied_is_selected_when_the_copy_goes(desk: Desk) -> None:
    desk.click(desk.body("fc1"))
    desk.press(Qt.Key.Key_D, CTRL)
    (copy,) = desk.canvas.selection.names
    assert copy != "fc1"
    assert undo(desk) == ["fc1"]
    assert redo(desk) == [copy]
    undo(desk)
    desk.press(Qt.Key.Key_C, CTRL)
    desk.press(Qt.Key.Key_V, CTRL)
    (pasted,) = desk.canvas.selection.names
    assert pasted in desk.model.document.graph
    assert undo(desk) == ["fc1"]


def test_deleted_nodes_that_came_back_are_selected(desk: Desk) -> None:
    desk.click(desk.body("act1"))
    desk.press(Qt.Key.Key_Delete)
    assert desk.canvas.selection.names == []
    desk.click(desk.body("digit"))
    assert undo(desk) == ["act1"]
    assert redo(desk) == ["digit"]


def test_a_step_after_an_undone_one_has_a_memory_of_its_own(desk: Desk) -> None:
    desk.click(desk.body("fc1"))
    desk.press(Qt.Key.Key_Delete)
    undo(desk)
    desk.click(desk.body("act1"))
    desk.press(Qt.Key.Key_Delete)
    desk.click(desk.body("digit"))
    assert undo(desk) == ["act1"]


def test_a_change_while_nothing_was_selected_leaves_what_is(desk: Desk) -> None:
    desk.click(QPointF(5, 400))
    assert desk.canvas.selection.names == []
    desk.press(Qt.Key.Key_Tab)
    point, _ = desk.asked[-1]
    desk.canvas.add_layer("ReLU", point)
    desk.click(desk.body("fc1"))
    assert undo(desk) == ["fc1"]
