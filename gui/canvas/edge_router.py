"""Leads the edges of a scene past its cards, and anew where cards have moved."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Container, Iterable
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath

from engine.graph import Edge
from gui.canvas.edge_item import EdgeItem
from gui.canvas.led_routes import led_route
from gui.canvas.node_item import NodeItem
from gui.canvas.routes import LANES, lane_of, route

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

_BY_BOUNDS = Qt.ItemSelectionMode.IntersectsItemBoundingRect
_NEAR = 2
"""Pixels: lanes no farther from each other look like one."""
_PLAIN = 4
"""Elements of a path that is one curve."""


class EdgeRouter:
    """Knows which edges go around cards: where these move, they may run otherwise."""

    def __init__(self, network: CanvasScene) -> None:
        self._network = network
        self._winding: set[Edge] = set()
        self._rows: _Rows | None = None
        self._lanes = _Lanes()

    def forget(self) -> None:
        """There are no edges any more."""
        self._winding = set()
        self._rows = None
        self._lanes = _Lanes()

    def cards_moved(self) -> None:
        """Cards lie elsewhere, came or went: look again where they are."""
        self._rows = None

    def route(self, item: EdgeItem) -> None:
        """Lead an edge from card to card, through its points or past what is there."""
        edge, nodes = item.edge, self._network.nodes
        source, target = nodes[edge.source], nodes[edge.target]
        output = source.card.spot(edge.source_port, is_output=True)
        entry = target.card.spot(edge.target_port, is_output=False)
        cards = partial(self._cards_in, source, target)
        here, there = source.rect(), target.rect()
        if item.bends:
            path = led_route(here, output, there, entry, item.bends, cards)
        else:
            ways = partial(route, here, output, there, entry, cards)
            path = self._lanes.free_way(edge, ways, self._network.edges)
        self._lanes.note(edge, path)
        if path.elementCount() > _PLAIN:
            self._winding.add(edge)
        elif self._winding:
            self._winding.discard(edge)
        leaves_port = path.elementAt(0).y == source.box[1] + output.y
        item.set_path(path, leaves_port=leaves_port)

    def give_way(self, moved: Collection[str]) -> None:
        """Redraw edges of others that cards have come to lie on, or gone from."""
        if not moved:
            return
        edges = self._network.edges
        self._winding.intersection_update(edges)
        stale = set(self._winding)
        for name in moved:
            rect = self._network.nodes[name].rect()
            items = self._network.items(rect, _BY_BOUNDS)
            stale.update(each.edge for each in items if isinstance(each, EdgeItem))
        for edge in stale:
            if edge.source not in moved and edge.target not in moved:
                self.route(edges[edge])

    def _cards_in(
        self, source: NodeItem, target: NodeItem, area: QRectF
    ) -> list[QRectF]:
        """The cards in an area, without the two that an edge joins."""
        if self._rows is None:
            self._rows = _Rows(self._network.nodes.values())
        return self._rows.cards_in(area, (source, target))


class _Lanes:
    """Where edges turn back: those that have no port in common keep apart."""

    def __init__(self) -> None:
        self._level: dict[Edge, int] = {}
        self._at: dict[int, dict[Edge, tuple[float, float]]] = {}
        """At each height, in whole pixels, from where to where edges run."""

    def note(self, edge: Edge, path: QPainterPath) -> None:
        """An edge takes this course now."""
        before = self._level.pop(edge, None)
        if before is not None:
            del self._at[before][edge]
        lane = lane_of(path)
        if lane is not None:
            y, left, right = lane
            self._level[edge] = level = round(y)
            self._at.setdefault(level, {})[edge] = (left, right)

    def free_way(
        self, edge: Edge, ways: Callable[..., QPainterPath], there: Container[Edge]
    ) -> QPainterPath:
        """The way of an edge in its own lane, or else in the next that is free.

        `there` are the edges that there are: none is told of that goes.
        """
        first = ways()
        if not self._is_taken(edge, first, there):
            return first
        others = (ways(shift=shift) for shift in range(1, LANES))
        return next((w for w in others if not self._is_taken(edge, w, there)), first)

    def _is_taken(self, edge: Edge, path: QPainterPath, there: Container[Edge]) -> bool:
        lane = lane_of(path)
        if lane is None:
            return False
        y, left, right = lane
        return any(
            left < end and start < right and not _join(edge, other) and other in there
            for level in range(round(y) - _NEAR, round(y) + _NEAR + 1)
            for other, (start, end) in self._at.get(level, {}).items()
        )


def _join(one: Edge, other: Edge) -> bool:
    """Whether two edges begin or end at one port, and may run as one."""
    return one[:2] == other[:2] or one[2:] == other[2:]


class _Rows:
    """Cards from the top down: those at a height are found without a look at all.

    Plain numbers, all of them: asking the scene for items takes twenty times as long,
    for it gives edges too and each as an object.
    """

    def __init__(self, items: Iterable[NodeItem]) -> None:
        boxes = [(*item.box, item) for item in items]
        self._boxes = sorted(boxes, key=itemgetter(1))
        self._tops = [top for _, top, _, _, _ in self._boxes]
        self._tallest = max((low - top for _, top, _, low, _ in boxes), default=0.0)

    def cards_in(self, area: QRectF, without: Collection[NodeItem]) -> list[QRectF]:
        """The cards of which some lies in an area, but for a few."""
        left, top, right, bottom = area.getCoords()
        first = bisect_right(self._tops, top - self._tallest)
        last = bisect_left(self._tops, bottom)
        return [
            QRectF(x, y, x2 - x, y2 - y)
            for x, y, x2, y2, item in self._boxes[first:last]
            if x < right and x2 > left and y2 > top and item not in without
        ]
