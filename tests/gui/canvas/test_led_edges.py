"""Points on edges: a new one leaves the course of its edge as it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF

from engine.annotation_edits import SetBends
from gui.canvas.card import Spot
from gui.canvas.geometry import crosses_any, sampled
from gui.canvas.led_routes import led_route
from gui.canvas.routes import route
from tests.gui.canvas.desk import RIGHT, SHIFT, Desk, desk
from tests.gui.canvas.test_opening import row
from tests.gui.canvas.test_routes import CARD, IN, OUT, around

__all__ = ["desk"]


def strays(desk: Desk, edge: tuple[str, str], at: float) -> float:
    """How far a stroke across an edge, so far along it, moves its course at most."""
    network, key = desk.canvas.network, desk.edge(*edge)
    before = network.edges[key].path
    place, angle = before.pointAtPercent(at), before.angleAtPercent(at)
    across = QPointF(0, 12) if angle % 180 < 45 or angle % 180 > 135 else QPointF(12, 0)
    desk.drag(place - across, place + across, SHIFT, button=RIGHT)
    assert len(desk.model.document.graph.bends[key]) == 1
    item = network.edges[key]
    return max(item.distance(point) for point in sampled(before, 60))


@pytest.mark.parametrize("at", [0.07, 0.3, 0.5, 0.8, 0.94])
def test_a_point_on_an_edge_that_goes_back_leaves_it(desk: Desk, at: float) -> None:
    desk.model.replace(row(9, columns=3))
    assert strays(desk, ("layer2", "layer3"), at) < 4


def test_a_point_on_a_straight_edge_leaves_it_straight(desk: Desk) -> None:
    assert strays(desk, ("fc1", "act1"), 0.5) < 0.5


def test_a_point_on_an_edge_straight_down_leaves_it(desk: Desk) -> None:
    desk.model.replace(row(3, columns=1))
    assert strays(desk, ("layer0", "layer1"), 0.5) < 0.5


def test_between_its_points_an_edge_gives_way_to_cards(desk: Desk) -> None:
    between = [CARD.translated(*place) for place in [(300, 0), (900, 0)]]
    target = CARD.translated(1200, 0)
    led = led_route(CARD, OUT, target, IN, [QPointF(600, 120)], around(*between))
    assert led.intersects(QRectF(598, 118, 4, 4))
    assert not crosses_any(sampled(led, 200), between)


def test_all_that_is_shown_is_all_of_an_edge_with_points(desk: Desk) -> None:
    edge = desk.edge("fc1", "act1")
    desk.model.push("Lead it far", SetBends(edge, ((380.0, -700.0),)))
    desk.canvas.framing.fit_all()
    path = desk.canvas.network.edges[edge].path
    assert desk.canvas.sight().contains(path.boundingRect())


@pytest.mark.parametrize("differs", [6, 12])
def test_an_edge_down_between_cards_of_nearly_one_width_is_straight(
    desk: Desk, differs: int
) -> None:
    below = QRectF(0, 200, CARD.width() + 2 * differs, 72)
    output = Spot("output", CARD.width(), 36, True)
    path = route(CARD, output, below, Spot("input", 0, 36, False))
    assert len({round(point.x(), 3) for point in sampled(path, 20)}) == 1
