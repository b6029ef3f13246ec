"""What one sees of a network when it opens, and what must not hide it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import templates
from engine.costs import Cost
from engine.document import Document
from engine.edits import change_settings
from engine.graph import Edge, Node
from gui.canvas.overview import Overview
from gui.canvas.travel import MILLISECONDS
from gui.canvas.view import CanvasView
from tests.gui.canvas.desk import Desk, desk

__all__ = ["desk"]


def row(count: int, *, columns: int) -> Document:
    """So many layers one behind the other, `columns` of them in each row."""
    document = Document(name="Row")
    names = [f"layer{place}" for place in range(count)]
    for place, name in enumerate(names):
        down, across = divmod(place, columns)
        node = Node(name=name, layer="ReLU", position=(200 * across, 100 * down))
        document.graph.add_node(node)
    for before, after in pairwise(names):
        document.graph.add_edge(Edge(before, "output", after, "input"))
    return document


def seen(canvas: CanvasView, name: str) -> QRectF:
    """Where a card is in the view."""
    rect = canvas.network.nodes[name].rect()
    return QRectF(canvas.to_view(rect.topLeft()), canvas.to_view(rect.bottomRight()))


def is_whole(canvas: CanvasView, name: str) -> bool:
    return QRectF(canvas.viewport().rect()).contains(seen(canvas, name))


def test_a_network_that_fits_opens_whole(desk: Desk) -> None:
    desk.model.replace(row(5, columns=5))
    assert all(is_whole(desk.canvas, name) for name in desk.canvas.network.nodes)


@pytest.mark.parametrize("columns", [40, 8, 1])
def test_one_that_would_be_too_small_opens_at_its_beginning(
    desk: Desk, columns: int
) -> None:
    desk.model.replace(row(40, columns=columns))
    canvas = desk.canvas
    if columns != 8:
        assert canvas.zoom_percent() >= 60
        assert is_whole(canvas, "layer0")
        assert not is_whole(canvas, "layer39")
    canvas.framing.fit_all()
    assert is_whole(canvas, "layer39"), "who asks for all of it gets all"


@pytest.mark.parametrize("columns", [12, 6])
def test_no_card_is_cut_where_the_beginning_can_be_shown_so(
    desk: Desk, columns: int
) -> None:
    desk.window.resize(580, 400)
    desk.model.replace(row(12, columns=columns))
    canvas = desk.canvas
    view = QRectF(canvas.viewport().rect())
    assert 60 <= canvas.zoom_percent() < 80
    for name in canvas.network.nodes:
        where = seen(canvas, name)
        assert view.contains(where) or not view.intersects(where), name
    assert is_whole(canvas, "layer1")


def test_the_beginning_stays_in_sight_when_the_window_changes(desk: Desk) -> None:
    desk.model.replace(row(40, columns=40))
    desk.window.resize(500, 300)
    assert is_whole(desk.canvas, "layer0")
    desk.canvas.pan_by(-300, 0)
    before = seen(desk.canvas, "layer3").left()
    desk.window.resize(700, 400)
    assert seen(desk.canvas, "layer3").left() == before, "where one went, one stays"


def picture(columns: int) -> Document:
    """A wide network of pictures, in one row, with cards below it all along."""
    document = row(2 * columns, columns=columns)
    graph = document.graph
    names = list(graph.nodes)
    for name in names[:columns]:
        graph.replace_node(replace(graph[name], layer="Conv2d"))
    graph.replace_node(replace(graph[names[-1]], layer="Output"))
    graph.replace_node(
        replace(graph["layer0"], layer="Input", settings={"shape": (1, 28, 28)})
    )
    return document


def break_one(desk: Desk) -> None:
    graph = desk.model.document.graph
    desk.model.push("Break", change_settings(graph, "layer1", {"kernel_size": 45}))


@pytest.mark.parametrize("moves", [False, True], ids=["rests", "moves"])
def test_one_sees_why_a_card_is_broken_and_then_the_network_again(
    desk: Desk, qtbot: QtBot, moves: bool
) -> None:
    canvas = desk.canvas
    desk.window.resize(900, 440)
    desk.model.replace(picture(4))
    before = {name: seen(canvas, name) for name in canvas.network.nodes}
    break_one(desk)
    note = canvas.network.callout
    assert note is not None
    qtbot.waitUntil(note.isVisible)
    assert canvas.sight().contains(note.rect())
    assert is_whole(canvas, "layer1")
    assert seen(canvas, "layer1") != before["layer1"], "it lay out of sight"
    if moves:
        canvas.pan_by(-7, 0)
        before = {name: seen(canvas, name) for name in canvas.network.nodes}
    desk.model.undo_stack.undo()
    assert canvas.network.callout is None
    for name, was in before.items():
        away = seen(canvas, name).center() - was.center()
        assert away.manhattanLength() <= 2, "pixels that scrolling rounds to"


def test_an_error_where_nobody_looks_moves_nothing(desk: Desk) -> None:
    canvas = desk.canvas
    desk.window.resize(500, 320)
    desk.model.replace(picture(20))
    canvas.pan_by(-2500, 0)
    before = seen(canvas, "layer1")
    break_one(desk)
    assert canvas.network.callout is not None
    assert seen(canvas, "layer1") == before


def test_a_note_is_read_whole_where_the_beginning_alone_is_shown(
    desk: Desk, qtbot: QtBot
) -> None:
    canvas = desk.canvas
    desk.window.resize(500, 360)
    desk.model.replace(picture(20))
    graph = desk.model.document.graph
    desk.model.push("Break", change_settings(graph, "layer2", {"kernel_size": 45}))
    note = canvas.network.callout
    assert note is not None
    qtbot.waitUntil(note.isVisible)
    canvas.framing.open()
    assert canvas.sight().contains(note.rect())
    assert is_whole(canvas, "layer2")


def test_the_legend_and_the_map_lie_over_no_card(desk: Desk) -> None:
    desk.window.resize(700, 500)
    desk.model.replace(row(12, columns=3))
    canvas = desk.canvas
    canvas.color_by(Cost.PARAMETERS)
    canvas.afar.toggle_map()
    canvas.framing.fit_all()
    for over in lying_over(canvas, 2):
        assert not canvas.framing.room.covers_a_card(over)
    assert all(is_whole(canvas, name) for name in canvas.network.nodes)


def test_the_map_is_small_while_it_would_hide_a_card(desk: Desk, qtbot: QtBot) -> None:
    canvas, its_map = desk.canvas, desk.canvas.minimap
    desk.window.resize(700, 400)
    desk.model.replace(row(40, columns=8))
    canvas.zoom_to(100)
    canvas.center_on("layer20")
    qtbot.waitUntil(lambda: its_map.isVisible() and its_map.is_folded)
    canvas.center_on("layer39")  # the last one: nothing is below and right of it
    qtbot.waitUntil(lambda: not its_map.is_folded)
    corner = canvas.rect().bottomRight() - its_map.geometry().bottomRight()
    assert max(corner.x(), corner.y()) < 20, "it is in its own corner"
    assert not canvas.framing.room.covers_a_card(its_map)


def test_a_small_map_goes_where_it_hides_nothing(desk: Desk, qtbot: QtBot) -> None:
    canvas, its_map = desk.canvas, desk.canvas.minimap
    desk.window.resize(700, 400)
    desk.model.replace(row(40, columns=8))
    canvas.zoom_to(200)
    below_right = canvas.network.nodes["layer9"].rect().center()
    canvas.look_at(below_right - QPointF(140, 75))  # a card in the map's own corner
    qtbot.waitUntil(lambda: its_map.isVisible() and its_map.is_folded)
    qtbot.waitUntil(
        lambda: not canvas.framing.room.covers_a_card(its_map), timeout=2_000
    )
    assert its_map.is_folded
    QTest.mouseClick(its_map, Qt.MouseButton.LeftButton)
    assert not its_map.is_folded
    assert canvas.rect().contains(its_map.geometry())
    QApplication.sendEvent(its_map, QEvent(QEvent.Type.Leave))
    canvas.zoom_to(100)
    canvas.center_on("layer39")
    qtbot.waitUntil(lambda: not its_map.is_folded)
    corner = canvas.rect().bottomRight() - its_map.geometry().bottomRight()
    assert max(corner.x(), corner.y()) < 20, "it is in its own corner again"


def test_a_small_map_goes_between_cards_where_each_corner_has_one(desk: Desk) -> None:
    canvas, its_map = desk.canvas, desk.canvas.minimap
    desk.window.resize(700, 400)
    width, height = canvas.viewport().width(), canvas.viewport().height()
    places = [(x, y) for x in (10, width - 130) for y in (10, height - 70)]
    document = row(5, columns=5)
    for name, place in zip(document.graph.nodes, [*places, (5000, 0)], strict=True):
        node = document.graph[name]
        document.graph.replace_node(replace(node, position=place))
    desk.model.replace(document)
    canvas.zoom_to(100)
    canvas.look_at(QPointF(width / 2, height / 2))
    canvas.afar.arrive()
    QApplication.processEvents()
    assert its_map.isVisible()
    assert its_map.is_folded
    assert canvas.rect().contains(its_map.geometry())
    where = QRectF(its_map.geometry())
    assert not any(
        where.intersects(seen(canvas, name)) for name in canvas.network.nodes
    )


def test_a_small_map_goes_between_a_row_and_the_edge_above_it(desk: Desk) -> None:
    canvas, its_map = desk.canvas, desk.canvas.minimap
    desk.window.resize(766, 451)
    desk.model.replace(templates.open_lesson("inception-v3"))
    canvas.framing.open()
    QApplication.processEvents()
    assert its_map.isVisible()
    assert its_map.is_folded
    place = its_map.geometry()
    under = QRectF(
        canvas.to_scene(QPointF(place.topLeft())),
        canvas.to_scene(QPointF(place.bottomRight())),
    )
    assert not any(under.intersects(card) for card in canvas.network.rects().values())
    assert not any(edge.crosses(under) for edge in canvas.network.edges.values())


def test_the_map_finds_its_corner_at_once_where_a_network_opens(desk: Desk) -> None:
    canvas, its_map = desk.canvas, desk.canvas.minimap
    desk.window.resize(700, 400)
    desk.model.replace(row(40, columns=8))
    canvas.zoom_to(200)
    QApplication.processEvents()
    assert its_map.isVisible()
    below_right = canvas.network.nodes["layer9"].rect().center()
    canvas.look_at(below_right - QPointF(140, 75))  # a card in the map's own corner
    canvas.afar.arrive()
    QApplication.processEvents()
    assert its_map.is_folded
    assert not canvas.framing.room.covers_a_card(its_map)


def test_the_map_is_small_while_it_would_hide_the_note(
    desk: Desk, qtbot: QtBot
) -> None:
    canvas, its_map = desk.canvas, desk.canvas.minimap
    desk.window.resize(700, 400)
    desk.model.replace(picture(8))
    break_one(desk)
    note = canvas.network.callout
    assert note is not None
    qtbot.waitUntil(note.isVisible)
    canvas.zoom_to(100)
    canvas.center_on("layer15")  # the last one: nothing is below and right of it
    qtbot.waitUntil(lambda: its_map.isVisible() and not its_map.is_folded)
    begin = canvas.to_scene(QPointF(its_map.geometry().topLeft()))
    note.setPos(begin - QPointF(note.rect().width() - 20, 20))
    canvas.afar.look_changed()
    qtbot.waitUntil(lambda: its_map.is_folded)
    assert its_map.isVisible()
    note.setPos(begin - QPointF(150, 60))  # it would lie over words of the note
    canvas.afar.look_changed()
    qtbot.waitUntil(its_map.isHidden)
    canvas.afar.toggle_map()  # who asks for it has it
    qtbot.waitUntil(its_map.isVisible)


def test_a_small_map_opens_for_the_pointer_and_stays_for_who_asked(
    desk: Desk, qtbot: QtBot
) -> None:
    canvas, its_map = desk.canvas, desk.canvas.minimap
    desk.window.resize(700, 400)
    desk.model.replace(row(40, columns=8))
    canvas.zoom_to(100)
    canvas.center_on("layer20")
    qtbot.waitUntil(lambda: its_map.is_folded)
    before = canvas.sight()
    QTest.mouseClick(its_map, Qt.MouseButton.LeftButton)  # a finger's
    assert not its_map.is_folded
    assert canvas.sight() == before, "nobody could aim at so small a map"
    QTest.mouseClick(its_map, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert canvas.sight() != before
    canvas.center_on("layer20")
    QApplication.sendEvent(its_map, QEvent(QEvent.Type.Leave))
    assert its_map.is_folded
    canvas.afar.toggle_map()
    canvas.afar.toggle_map()
    assert its_map.isVisible()
    assert not its_map.is_folded


def test_colours_show_all_that_they_compare(desk: Desk) -> None:
    desk.model.replace(row(40, columns=40))
    canvas = desk.canvas
    canvas.color_by(Cost.PARAMETERS)
    assert is_whole(canvas, "layer39")
    assert not canvas.framing.room.covers_a_card(canvas.legend)
    canvas.zoom_to(100)
    canvas.color_by(Cost.OPERATIONS)
    assert canvas.zoom_percent() == 100, "who moved about stays there"


def lying_over(canvas: CanvasView, count: int) -> list[QWidget]:
    """What lies over the canvas; it must be so many things."""
    over = canvas.lying_over()
    assert len(over) == count
    return over


def inserted_with_keys(desk: Desk, after: str, layer: str = "ReLU") -> str:
    """A layer put behind a node, as the search does for the key that asks for one."""
    desk.click(desk.body(after))
    desk.press(Qt.Key.Key_Tab)
    point, _ = desk.asked[-1]
    return desk.canvas.add_layer(layer, point)


def test_what_a_new_layer_pushes_out_of_sight_is_shown_again(
    desk: Desk, qtbot: QtBot
) -> None:
    canvas, travel = desk.canvas, desk.canvas.framing.travel
    desk.model.replace(row(6, columns=6))
    before = canvas.scale_now
    added = inserted_with_keys(desk, "layer2")
    assert travel.is_on
    assert canvas.scale_now == pytest.approx(before), "it begins where one looked"
    qtbot.waitUntil(lambda: not travel.is_on)
    assert canvas.scale_now < before
    assert is_whole(canvas, added)
    assert all(is_whole(canvas, name) for name in canvas.network.nodes)
    inserted_with_keys(desk, "layer2")
    inserted_with_keys(desk, "layer2")  # before the view is there
    qtbot.waitUntil(lambda: not travel.is_on)
    assert all(is_whole(canvas, name) for name in canvas.network.nodes)


def test_what_was_shown_for_a_new_layer_is_left_when_it_goes(
    desk: Desk, qtbot: QtBot
) -> None:
    canvas, travel = desk.canvas, desk.canvas.framing.travel
    desk.model.replace(row(6, columns=6))
    before = canvas.scale_now
    inserted_with_keys(desk, "layer2")
    qtbot.waitUntil(lambda: not travel.is_on)
    assert canvas.scale_now < 0.95 * before
    desk.model.undo_stack.undo()
    qtbot.waitUntil(lambda: not travel.is_on)
    assert canvas.scale_now == pytest.approx(before, rel=0.02)
    desk.click(desk.body("layer5"))
    desk.press(Qt.Key.Key_Delete)  # there was nothing to show for it
    assert not travel.is_on
    assert canvas.scale_now == pytest.approx(before, rel=0.02)


def test_a_card_dropped_on_an_edge_of_a_full_row_leaves_the_view(desk: Desk) -> None:
    canvas, document = desk.canvas, row(6, columns=6)
    document.graph.add_node(Node(name="lone", layer="Dropout", position=(400, 160)))
    desk.model.replace(document)
    middle = desk.middle("layer0", "layer1")
    grip = desk.body("lone") - canvas.network.nodes["lone"].rect().center()
    before = canvas.sight()
    desk.drag(desk.body("lone"), middle + grip)
    assert ("layer0", "lone") in desk.edges
    assert not canvas.framing.travel.is_on
    canvas.glide.finish()
    assert canvas.sight() == before
    assert is_whole(canvas, "lone")


def test_who_panned_or_zoomed_looks_on_at_the_same(desk: Desk) -> None:
    canvas = desk.canvas
    desk.model.replace(row(6, columns=6))
    desk.drag(QPointF(20, 300), QPointF(23, 312), button=Qt.MouseButton.MiddleButton)
    before = canvas.sight()
    inserted_with_keys(desk, "layer2")
    assert not canvas.framing.travel.is_on
    assert canvas.sight() == before
    assert not is_whole(canvas, "layer5")


def test_a_key_that_pans_ends_the_way_of_the_view(desk: Desk, qtbot: QtBot) -> None:
    canvas = desk.canvas
    desk.model.replace(row(6, columns=6))
    inserted_with_keys(desk, "layer2")
    canvas.zoom_to(150)
    now = canvas.sight()
    qtbot.wait(2 * MILLISECONDS)
    assert canvas.sight() == now


def test_a_row_grown_layer_by_layer_stays_in_sight(desk: Desk, qtbot: QtBot) -> None:
    canvas = desk.canvas
    desk.model.replace(row(1, columns=1))
    last = "layer0"
    for _ in range(8):
        last = inserted_with_keys(desk, last)
        canvas.framing.travel.finish()
    assert all(is_whole(canvas, name) for name in canvas.network.nodes)


def test_a_card_moved_to_the_edge_leaves_the_view_as_it_is(desk: Desk) -> None:
    canvas = desk.canvas
    desk.model.replace(row(3, columns=3))
    before, goal = canvas.sight(), canvas.to_scene(QPointF(60, 20))
    desk.drag(desk.body("layer0"), goal)
    assert "Move layer0" in desk.labels
    assert canvas.sight() == before


@pytest.mark.parametrize(("size", "percent"), [((1200, 640), 100), ((1840, 900), 125)])
def test_a_small_network_is_not_lost_on_a_large_screen(
    desk: Desk, size: tuple[int, int], percent: int
) -> None:
    desk.window.resize(*size)
    desk.model.replace(row(4, columns=4))
    assert desk.canvas.zoom_percent() == percent


@pytest.mark.parametrize("shift", [0.0, 40.3, 77.9, 113.5])
def test_the_frame_of_the_map_is_equally_thick_on_all_sides(
    desk: Desk, shift: float
) -> None:
    its_map = desk.canvas.minimap
    sight = QRectF(shift, shift / 3, 400 + shift, 300 + shift)
    its_map.show_overview(Overview(desk.canvas.network), sight)
    image, accent = its_map.grab().toImage(), desk.canvas.network.style_.accent
    inked = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y) == accent
    ]
    across, down = Counter(x for x, _ in inked), Counter(y for _, y in inked)
    width, height = max(down.values()), max(across.values())
    assert list(across.values()).count(height) == 2
    assert list(down.values()).count(width) == 2
    assert len(inked) == 2 * (width + height) - 4


@pytest.mark.parametrize("has_moved", [False, True])
def test_what_was_seen_whole_can_be_read_in_larger_text(
    desk: Desk, has_moved: bool
) -> None:
    canvas, before = desk.canvas, QApplication.font()
    desk.model.replace(row(12, columns=6))
    if has_moved:
        canvas.pan_by(1, 0)
    assert all(is_whole(canvas, name) for name in canvas.network.nodes)
    larger = QApplication.font()
    larger.setPixelSize(24)
    QApplication.setFont(larger)
    try:
        canvas.follow_text()
        assert canvas.framing.room.is_legible
        assert is_whole(canvas, "layer0"), "it is opened at its beginning"
    finally:
        QApplication.setFont(before)
        canvas.follow_text()
    assert all(is_whole(canvas, name) for name in canvas.network.nodes)


def test_the_zoom_that_is_told_is_that_of_the_text_size(desk: Desk) -> None:
    canvas, before = desk.canvas, QApplication.font()
    told: list[int] = []
    desk.model.replace(row(40, columns=8))
    canvas.framing.fit_all()  # the same pixels, whatever the text
    canvas.zoom_changed.connect(told.append)
    larger = QApplication.font()
    larger.setPixelSize(24)
    QApplication.setFont(larger)
    try:
        canvas.follow_text()
        assert told[-1] == canvas.zoom_percent()
        canvas.zoom_to(canvas.zoom_percent())
        assert told[-1] == canvas.zoom_percent()
    finally:
        QApplication.setFont(before)
        canvas.follow_text()
    assert told[-1] == canvas.zoom_percent()
