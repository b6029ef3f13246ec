"""A network seen from afar: blocks of colour, drawn all at once."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gui.canvas.card import Status
from gui.canvas.scene import CanvasScene


class Overview:
    """The cards as blocks by colour, and the edges as lines.

    Drawing a thousand items one by one costs more than a frame has; so many lie
    within sight only when they are too small to show more than this.
    """

    def __init__(self, scene: CanvasScene) -> None:
        style = scene.style_
        self.bounds = QRectF()
        self._blocks: dict[str, tuple[QColor, list[QRectF]]] = {}
        self._selected: list[QRectF] = []
        for item in scene.nodes.values():
            card, rect = item.card, item.rect()
            self.bounds |= rect
            color = style.family(card.family)
            if card.heat >= 0:
                color = style.heated(card.heat, 1.0)
            if card.status is Status.ERROR:
                color = style.error
            elif card.status is Status.FADED:
                color = style.faint
            self._blocks.setdefault(color.name(), (color, []))[1].append(rect)
            if item.look.is_selected:
                self._selected.append(rect)
        self._lines = [_chord(item.path) for item in scene.edges.values()]
        self._edge_color = style.faint
        self._accent = style.accent

    def has_card_in(self, area: QRectF) -> bool:
        """Whether a card lies in an area of the scene, or some of it."""
        if not area.intersects(self.bounds):
            return False
        blocks = self._blocks.values()
        return any(area.intersects(rect) for _, rects in blocks for rect in rects)

    def cards_in(self, area: QRectF) -> list[QRectF]:
        """The cards of which some lies in an area of the scene."""
        blocks = self._blocks.values()
        return [rect for _, rects in blocks for rect in rects if area.intersects(rect)]

    def draw(self, painter: QPainter, *, edges: bool = True) -> None:
        """Draw in the coordinates of the scene."""
        if edges:
            pen = QPen(self._edge_color, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(self._lines)
        for color, rects in self._blocks.values():
            painter.setPen(QPen(color, 0))
            painter.setBrush(color)
            painter.drawRects(rects)
        if self._selected:
            pen = QPen(self._accent, 2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(QColor(0, 0, 0, 0))
            painter.drawRects(self._selected)


def _chord(path: QPainterPath) -> QLineF:
    first, last = path.elementAt(0), path.currentPosition()
    return QLineF(QPointF(first.x, first.y), last)
