"""Dragging a layer from the palette onto the canvas or onto an edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from engine.graph import Edge
from gui.canvas.card import preview_card
from gui.canvas.edge_rules import can_sit_on_edge
from gui.canvas.feedback import GhostItem
from gui.canvas.placing import snapped

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

PALETTE_MIME = "application/x-espalier-layer"
"""A drag of this type carries the name of a layer type as UTF-8 text."""
_BESIDE = 24.0


class PaletteDrop:
    """A layer held over the canvas: shows where it would go, and puts it there."""

    def __init__(self, canvas: CanvasView, layer: str) -> None:
        self._canvas = canvas
        self._network = canvas.network
        self._layer = layer
        self._node = canvas.editor.new_node(layer)
        self._card = preview_card(self._node, self._network.style_.fonts)
        self._ghost = GhostItem([(self._card, QPointF())], self._network.style_)
        self._network.addItem(self._ghost)
        self._edge: Edge | None = None

    def move(self, point: QPointF) -> None:
        """Hold the layer over a point of the scene."""
        edge = None
        if can_sit_on_edge(self._node):
            reach = QPointF(18, 18) / min(1.0, self._canvas.scale_now)
            edge = self._canvas.edge_near(QRectF(point - reach, point + reach))
        self._mark(edge)
        place = self._place(point)
        if edge is not None:  # beside the edge, which would else be hidden
            place.setY(point.y() + _BESIDE)
        self._ghost.setPos(place)

    def drop(self, point: QPointF) -> str:
        """Add the layer here, into the edge it is held over; gives the node's name."""
        self.move(point)
        edge, place = self._edge, self._place(point)
        self.clear()
        return self._canvas.editor.add(self._layer, place, edge)

    def clear(self) -> None:
        """Take the preview away."""
        self._mark(None)
        self._network.removeItem(self._ghost)

    def _place(self, point: QPointF) -> QPointF:
        return QPointF(
            snapped(point.x() - self._card.width / 2),
            snapped(point.y() - self._card.height / 2),
        )

    def _mark(self, edge: Edge | None) -> None:
        if edge == self._edge:
            return
        for one, is_marked in ((self._edge, False), (edge, True)):
            if one is not None and one in self._network.edges:
                self._network.edges[one].set_marked(is_marked)
        self._edge = edge
