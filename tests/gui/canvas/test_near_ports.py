"""What a press means close to a port, where the edge there is short."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from engine.edits import MoveNodes
from tests.gui.canvas.desk import Desk, desk

__all__ = ["desk"]


@pytest.fixture
def close(desk: Desk) -> Desk:
    """The two ports of the edge from fc1 to act1 are 29 pixels apart."""
    gap = desk.port("act1", is_output=False) - desk.port("fc1", is_output=True)
    x, y = desk.model.document.graph["act1"].position
    desk.model.push("Move", MoveNodes({"act1": (x - gap.x() + 29, y)}))
    desk.canvas.zoom_to(100)
    return desk


@pytest.mark.parametrize("way", [8, 9, 14, 20, 21])
def test_the_middle_of_a_short_edge_is_the_edge(close: Desk, way: int) -> None:
    close.click(close.port("fc1", is_output=True) + QPointF(way, 0))
    assert close.canvas.selection.edges == [close.edge("fc1", "act1")]
    assert close.canvas.selection.names == []
    close.press(Qt.Key.Key_Tab)
    point, _ = close.asked[-1]
    new = close.canvas.add_layer("Dropout", point)
    assert {("fc1", new), (new, "act1")} <= close.edges


@pytest.mark.parametrize("way", [-6, 0, 6])
def test_its_ports_keep_what_is_close_to_them(close: Desk, way: int) -> None:
    close.click(close.port("fc1", is_output=True) + QPointF(way, 0))
    assert close.canvas.selection.names == ["fc1"]


def test_an_edge_let_go_beside_a_port_still_reaches_it(close: Desk) -> None:
    start = close.port("lone", is_output=True)
    close.drag(start, close.port("act1", is_output=False) - QPointF(9, 0))
    assert ("lone", "act1") in close.edges
