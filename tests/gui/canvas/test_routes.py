"""Edges keep off cards: in made-up corners, and in real architectures."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import templates
from engine.analysis import load_shapes
from engine.annotation_edits import SetBends
from engine.block_view import Step
from engine.edits import MoveNodes
from gui.canvas.card import Spot
from gui.canvas.geometry import crosses_any, crossing, cuts, sampled
from gui.canvas.led_routes import through
from gui.canvas.routes import Cards, lane_of, route
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.theme import DARK
from tests.gui.canvas.desk import Desk, desk

__all__ = ["desk"]
CARD = QRectF(0, 0, 152, 72)
OUT, IN = Spot("output", 152, 36, True), Spot("input", 0, 36, False)


def around(*rects: QRectF) -> Cards:
    return lambda area: [rect for rect in rects if rect.intersects(area)]


def covered(rects: list[QRectF], target: QRectF) -> bool:
    path = route(CARD, OUT, target, IN, around(*rects))
    assert path.currentPosition() == target.topLeft() + QPointF(IN.x, IN.y)
    return crosses_any(sampled(path, 80), rects)


@pytest.mark.parametrize(
    ("target", "between"),
    [
        ((600, 0), [(300, 0)]),
        ((900, 40), [(300, 0), (600, 20)]),
        ((900, 0), [(300, -40), (300, 60), (600, 0)]),
        ((-600, 300), [(-300, 200), (-600, 160)]),
        ((-400, 400), [(0, 120), (-400, 260)]),
        ((-500, 0), [(-250, 0)]),
    ],
)
def test_an_edge_goes_around_what_is_in_its_way(
    target: tuple[float, float], between: list[tuple[float, float]], qapp: QApplication
) -> None:
    rects = [CARD.translated(*place) for place in between]
    assert not covered(rects, CARD.translated(*target))


def test_a_free_edge_is_one_curve(qapp: QApplication) -> None:
    beside = CARD.translated(300, 200)
    path = route(CARD, OUT, CARD.translated(600, 40), IN, around(beside))
    assert path.elementCount() == 4


def test_an_edge_runs_through_its_points(qapp: QApplication) -> None:
    bends = [QPointF(200, 100), QPointF(300, -50)]
    path = through(QPointF(0, 0), bends, QPointF(500, 20))
    points = sampled(path, 400)
    for bend in bends:
        assert min((point - bend).manhattanLength() for point in points) < 3


def test_segments(qapp: QApplication) -> None:
    across = (QPointF(0, 0), QPointF(10, 10)), (QPointF(0, 10), QPointF(10, 0))
    assert crossing(*across) == QPointF(5, 5)
    assert crossing(across[0], (QPointF(20, 0), QPointF(20, 9))) is None
    assert crossing(across[0], across[0]) is None
    assert cuts(QRectF(2, 2, 4, 4), *across[0])
    assert not cuts(QRectF(6, 0, 3, 3), *across[0])


INSIDE = [
    ("resnet-50", "Bottleneck"),
    ("inception-v3", "InceptionC"),
    ("inception-v4", "Stem"),
    ("transformer-base", "DecoderLayer"),
    ("unet", ""),
    ("densenet-121", "DenseLayer"),
]


@pytest.mark.parametrize(("lesson", "block"), INSIDE)
@pytest.mark.parametrize("is_tidied", [False, True], ids=["as kept", "tidied"])
def test_no_edge_passes_behind_a_card(
    lesson: str, block: str, is_tidied: bool, qtbot: QtBot
) -> None:
    load_shapes()
    model = DocumentModel(templates.open_lesson(lesson))
    model.analyse()
    if block:
        use = next((n.name for n in model.root.graph if n.layer == block), None)
        model.go_to([Step(block, use)])
    canvas = CanvasView(model, DARK)
    model.setParent(canvas)
    qtbot.addWidget(canvas)
    canvas.resize(1400, 800)
    if is_tidied:
        canvas.arranger.tidy_up()
    rects = canvas.network.rects()
    for edge, item in canvas.network.edges.items():
        others = [
            rect.adjusted(1, 1, -1, -1)
            for name, rect in rects.items()
            if name not in (edge.source, edge.target)
        ]
        assert not crosses_any(sampled(item.path, 120), others), str(edge)


def test_edges_give_way_to_a_card_that_comes_and_return_when_it_goes(
    desk: Desk,
) -> None:
    network = desk.canvas.network
    desk.model.push("", MoveNodes({"act1": (600, 0), "digit": (800, 0)}))
    item = network.edges[desk.edge("fc1", "act1")]
    assert item.path.elementCount() == 4
    desk.model.push("", MoveNodes({"lone": (400, 0)}))
    assert item.path.elementCount() > 4
    assert not item.crosses(network.nodes["lone"].rect())
    desk.model.push("", MoveNodes({"lone": (400, 400)}))
    assert item.path.elementCount() == 4


def test_tidying_takes_the_points_of_edges_away(desk: Desk) -> None:
    edge = desk.edge("fc1", "act1")
    desk.model.push("", SetBends(edge, ((380.0, 300.0),)))
    before = desk.model.root.copy()
    desk.canvas.arranger.tidy_up()
    assert not desk.model.document.graph.bends
    desk.undo_redo_is_exact(before)


def test_an_edge_enters_a_card_from_outside_where_rows_are_close() -> None:
    """A tall card in the upper row leaves little room above the lower one."""
    last, fc = QRectF(896, 0, 152, 72), QRectF(0, 168, 152, 72)
    tall = QRectF(672, 0, 168, 144)
    path = route(
        last,
        Spot("output", 152, 36, True),
        fc,
        Spot("input", 0, 36, False),
        lambda area: [tall] if area.intersects(tall) else [],
    )
    points = [path.pointAtPercent(share / 200) for share in range(201)]
    for card in (last, fc, tall):
        within = card.adjusted(2, 2, -2, -2)
        assert not any(within.contains(point) for point in points)
    assert points[-1] == QPointF(0, 204)


def test_an_edge_to_the_next_row_runs_half_way_between_the_rows() -> None:
    """Out of its port and into the next: neither looks as if it had no edge."""
    target = CARD.translated(-800, 160)
    path = route(CARD, OUT, target, IN)
    points = sampled(path, 400)
    assert points[0] == QPointF(152, 36)
    assert points[-1] == QPointF(-800, 196)
    between = [point.y() for point in points if -700 < point.x() < 100]
    assert between == pytest.approx([116] * len(between), abs=20)
    assert max(point.x() for point in points) <= CARD.right() + 20
    assert min(point.x() for point in points) >= target.left() - 20


def lane(target: QRectF, *others: QRectF) -> float:
    """The height at which an edge of `CARD` runs back to a lower row."""
    path = route(CARD, OUT, target, IN, around(*others))
    heights = [p.y() for p in sampled(path, 400) if target.right() < p.x() < 0]
    assert max(heights) - min(heights) < 1
    return heights[0]


def test_the_last_card_of_a_row_leads_its_edge_midway(qapp: QApplication) -> None:
    first, last = CARD.translated(-900, 160), CARD.translated(400, 0)
    for x in range(0, 80, 8):  # wherever the row ends
        assert lane(first, CARD.translated(-184 - x, 0)) == pytest.approx(116)
    lanes = [
        lane(first, *(last.translated(184 * n, 0) for n in range(k)))
        for k in (0, 1, 2, 3, 4)
    ]
    apart = [abs(one - other) for one in lanes for other in lanes if one != other]
    assert len(set(lanes)) == 5
    assert min(apart) >= 4


def test_edges_from_one_column_to_one_card_run_as_one(qapp: QApplication) -> None:
    upper, lower = CARD.translated(0, -128), CARD.adjusted(0, 0, 0, 16)
    target, beside = CARD.translated(-184, 128), CARD.translated(-184, 0)
    heights = []
    for source, other in ((upper, lower), (lower, upper)):
        path = route(source, OUT, target, IN, around(beside, other))
        heights.append(
            {
                round(p.y(), 2)
                for p in sampled(path, 400)
                if -30 < p.x() < 140 and p.y() > 80
            }
        )
    assert heights[0] == heights[1]
    assert len(heights[0]) == 1


def test_edges_to_different_cards_do_not_share_a_lane(qtbot: QtBot) -> None:
    """Two that end one column of a row lead back to cards of the next."""
    load_shapes()
    model = DocumentModel(templates.open_lesson("inception-v4"))
    model.go_to([Step("Stem", "stem")])
    canvas = CanvasView(model, DARK)
    model.setParent(canvas)
    qtbot.addWidget(canvas)
    ends = ("short2", "joined2"), ("long2", "long3")
    lanes = [
        lane_of(item.path)
        for edge, item in canvas.network.edges.items()
        if (edge.source, edge.target) in ends
    ]
    (y, left, right), (other, start, end) = (lane for lane in lanes if lane)
    assert left < end and start < right
    assert abs(y - other) >= 4
    for item in canvas.network.edges.values():  # led anew, it stays where it was
        before = item.path
        canvas.network.router.route(item)
        assert item.path == before


@pytest.mark.parametrize("drop", [-1.0, 1.0])
def test_an_edge_between_nearly_level_ports_is_straight(
    drop: float, qapp: QApplication
) -> None:
    path = route(CARD, OUT, CARD.translated(300, drop), IN)
    assert path.boundingRect().height() == 0
    assert route(CARD, OUT, CARD.translated(300, 8), IN).boundingRect().height() == 8
