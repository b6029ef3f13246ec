"""Dragging a layer from the palette onto the canvas or onto an edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from engine.graph import Edge
from gui.canvas.card_making import preview_card
from gui.canvas.edge_rules import can_sit_on_edge
from gui.canvas.feedback import GhostItem
from gui.canvas.hits import edge_at
from gui.canvas.placing import snapped_within

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
            edge = edge_at(self._network, QRectF(point - reach, point + reach))
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
        with self._canvas.framing.under_hand():
            return self._canvas.editor.add(self._layer, place, edge)

    def clear(self) -> None:
        """Take the preview away."""
        self._mark(None)
        self._network.removeItem(self._ghost)

    def _place(self, point: QPointF) -> QPointF:
        """The card's corner: in sight, so that the view need not move for it."""
        width, height = self._card.width, self._card.height
        x, y = point.x() - width / 2, point.y() - height / 2
        seen = self._canvas.clear_sight()
        return QPointF(
            snapped_within(x, width, seen.left(), seen.right()),
            snapped_within(y, height, seen.top(), seen.bottom()),
        )

    def _mark(self, edge: Edge | None) -> None:
        if edge == self._edge:
            return
        for one, is_marked in ((self._edge, False), (edge, True)):
            if one is not None and one in self._network.edges:
                self._network.edges[one].set_marked(is_marked)
        self._edge = edge


class DropTarget:
    """Takes drags from the palette that reach the canvas."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._held: PaletteDrop | None = None

    def takes(self, event: QEvent) -> bool:
        """Do what an event of the viewport means; gives whether it was of a drag."""
        # An enter and a drop are moves too, in Qt's family of events.
        if isinstance(event, QDragEnterEvent):
            self._enter(event)
        elif isinstance(event, QDragMoveEvent):
            self._move(event)
        elif isinstance(event, QDropEvent):
            self._drop(event)
        elif event.type() == QEvent.Type.DragLeave:
            self._end()
        else:
            return False
        return True

    def _enter(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        event.ignore()
        self._end()
        if data.hasFormat(PALETTE_MIME):
            layer = bytes(data.data(PALETTE_MIME).data()).decode(errors="replace")
            if self._canvas.editor.new_node(layer).type is not None:
                self._held = PaletteDrop(self._canvas, layer)
                self._held.move(self._canvas.to_scene(event.position()))
                event.acceptProposedAction()

    def _move(self, event: QDragMoveEvent) -> None:
        if self._held is None:
            event.ignore()
            return
        self._held.move(self._canvas.to_scene(event.position()))
        event.acceptProposedAction()

    def _drop(self, event: QDropEvent) -> None:
        if self._held is None:
            event.ignore()
            return
        held, self._held = self._held, None
        held.drop(self._canvas.to_scene(event.position()))
        event.acceptProposedAction()
        self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def _end(self) -> None:
        if self._held is not None:
            self._held.clear()
            self._held = None
