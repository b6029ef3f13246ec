"""A network seen from afar: blocks of colour, drawn all at once."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gui.canvas.card import Card, Status
from gui.canvas.geometry import around
from gui.canvas.scene import CanvasScene
from gui.canvas.style import Style


class Overview:
    """The cards as blocks by colour, and the edges as lines.

    Drawing a thousand items one by one costs more than a frame has; so many lie
    within sight only when they are too small to show more than this.
    """

    def __init__(self, scene: CanvasScene) -> None:
        style = scene.style_
        self.bounds = around(item.box for item in scene.nodes.values())
        self._blocks: dict[object, tuple[QColor, list[QRectF]]] = {}
        self._selected: list[QRectF] = []
        for item in scene.nodes.values():
            card, rect = item.card, item.rect()
            look = card.family, card.heat, card.status
            if look not in self._blocks:
                self._blocks[look] = _color(card, style), []
            self._blocks[look][1].append(rect)
            if item.look.is_selected:
                self._selected.append(rect)
        self._edges = scene.edges
        self._edge_color = style.faint
        self._accent = style.accent

    @cached_property
    def _lines(self) -> list[QLineF]:
        """The edges, once they are drawn: on the map they are not."""
        return [_chord(item.path) for item in self._edges.values()]

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


def _color(card: Card, style: Style) -> QColor:
    """What stands for a card."""
    if card.status is Status.ERROR:
        return style.error
    if card.status is Status.FADED:
        return style.faint
    if card.heat >= 0:
        return style.heated(card.heat, 1.0)
    return style.family(card.family)


def _chord(path: QPainterPath) -> QLineF:
    first, last = path.elementAt(0), path.currentPosition()
    return QLineF(QPointF(first.x, first.y), last)
