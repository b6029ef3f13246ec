"""Leads the edges of a scene past its cards, and anew where cards have moved."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from engine.graph import Edge
from gui.canvas.edge_item import EdgeItem
from gui.canvas.led_routes import led_route
from gui.canvas.node_item import NodeItem
from gui.canvas.routes import route

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

_BY_BOUNDS = Qt.ItemSelectionMode.IntersectsItemBoundingRect
_PLAIN = 4
"""Elements of a path that is one curve."""


class EdgeRouter:
    """Knows which edges go around cards: where these move, they may run otherwise."""

    def __init__(self, network: CanvasScene) -> None:
        self._network = network
        self._winding: set[Edge] = set()
        self._rows: _Rows | None = None

    def forget(self) -> None:
        """There are no edges any more."""
        self._winding = set()
        self._rows = None

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
            path = route(here, output, there, entry, cards)
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
