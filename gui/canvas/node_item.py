"""A node on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.card import Card, Spot
from gui.canvas.card_painter import MARGIN, CardPainter, Look
from gui.canvas.geometry import Coords
from gui.canvas.style import Style


class NodeItem(QGraphicsItem):
    """Draws one node's card. It holds the node's name; the scene keeps the card."""

    def __init__(self, name: str, card: Card, style: Style) -> None:
        super().__init__()
        self.name = name
        self.look = Look()
        self._painter = CardPainter(card, style)
        self._bounds = self._outer()
        self.box: Coords = (0.0, 0.0, card.width, card.height)
        """The card's rectangle in the scene, in plain numbers."""
        self.setZValue(1)

    @property
    def card(self) -> Card:
        """What the node shows."""
        return self._painter.card

    def show_card(self, card: Card, style: Style) -> None:
        """Show another card, or the same in other colours."""
        self.prepareGeometryChange()
        self._painter = CardPainter(card, style)
        self._bounds = self._outer()
        left, top, _, _ = self.box
        self.box = left, top, left + card.width, top + card.height
        self.update()

    def setPos(self, place: QPointF) -> None:  # type: ignore[override]  # one form
        """Put the card's upper left corner at a point of the scene.

        Only Python calls this: Qt moves no card by itself. Thousands of cards and edges
        ask where a card is, and Qt's own answers cost more than what is done with them.
        """
        x, y, card = place.x(), place.y(), self.card
        self.box = x, y, x + card.width, y + card.height
        super().setPos(place)

    def change_look(self, **changes: object) -> None:
        """Let the card stand out, or no longer; draws only where something differs."""
        differs = False
        for name, value in changes.items():
            if getattr(self.look, name) != value:
                setattr(self.look, name, value)
                differs = True
        if differs:
            self.update()

    def rect(self) -> QRectF:
        """The card's rectangle in the scene."""
        left, top, _, _ = self.box
        return QRectF(left, top, self.card.width, self.card.height)

    def spot_at(self, point: QPointF, reach: float) -> Spot | None:
        """The port within `reach` of a point of the scene: the nearest."""
        best, best_distance = None, reach
        local = point - self.pos()
        for spot in self.card.spots:
            delta = local - QPointF(spot.x, spot.y)
            distance = (delta.x() ** 2 + delta.y() ** 2) ** 0.5
            if distance <= best_distance:
                best, best_distance = spot, distance
        return best

    def spot_position(self, spot: Spot) -> QPointF:
        """Where a port sits in the scene."""
        left, top, _, _ = self.box
        return QPointF(left + spot.x, top + spot.y)

    def badge_contains(self, point: QPointF) -> bool:
        """Whether a point of the scene is on the sign of a problem."""
        delta = point - self.pos() - self._painter.badge_centre()
        return bool(self.card.tip) and delta.manhattanLength() <= 12

    # Qt's part.

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self._painter.rect)
        return path

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        self._painter.draw(painter, self.look, painter.worldTransform().m11())

    def _outer(self) -> QRectF:
        return self._painter.rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
