"""Leads the edges of a scene past its cards, and anew where cards have moved."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem

from engine.graph import Edge
from gui.canvas.edge_item import EdgeItem
from gui.canvas.node_item import NodeItem
from gui.canvas.routes import route, through

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

_PLAIN = 4
"""Elements of a path that is one curve."""


class EdgeRouter:
    """Knows which edges go around cards: where these move, they may run otherwise."""

    def __init__(self, network: CanvasScene) -> None:
        self._network = network
        self._winding: set[Edge] = set()

    def forget(self) -> None:
        """There are no edges any more."""
        self._winding = set()

    def route(self, item: EdgeItem) -> None:
        """Lead an edge from card to card, through its points or past what is there."""
        edge, nodes = item.edge, self._network.nodes
        source, target = nodes[edge.source], nodes[edge.target]
        output = source.card.spot(edge.source_port, is_output=True)
        entry = target.card.spot(edge.target_port, is_output=False)
        start, end = source.spot_position(output), target.spot_position(entry)

        def cards(area: QRectF) -> list[QRectF]:
            return [
                each.rect()
                for each in self._items_in(area)
                if isinstance(each, NodeItem)
                and each is not source
                and each is not target
                and each.rect().intersects(area)
            ]

        if item.bends:
            path = through(start, item.bends, end)
        else:
            path = route(source.rect(), output, target.rect(), entry, cards)
        if item.bends or path.elementCount() <= _PLAIN:
            self._winding.discard(edge)
        else:
            self._winding.add(edge)
        item.set_path(path, leaves_port=path.elementAt(0).y == start.y())

    def give_way(self, moved: Collection[str]) -> None:
        """Redraw edges of others that cards have come to lie on, or gone from."""
        if not moved:
            return
        edges = self._network.edges
        self._winding.intersection_update(edges)
        stale = set(self._winding)
        for name in moved:
            items = self._items_in(self._network.nodes[name].rect())
            stale.update(each.edge for each in items if isinstance(each, EdgeItem))
        for edge in stale:
            if edge.source not in moved and edge.target not in moved:
                self.route(edges[edge])

    def _items_in(self, area: QRectF) -> list[QGraphicsItem]:
        mode = Qt.ItemSelectionMode.IntersectsItemBoundingRect
        return self._network.items(area, mode)
