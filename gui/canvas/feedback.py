"""What is drawn while a gesture runs: hints, guides, ghosts, a band, a loose edge."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.card import Card
from gui.canvas.card_painter import MARGIN, CardPainter, Look
from gui.canvas.style import Style

_TOP = 10.0
_HINT_WIDTH = 300.0


class HintItem(QGraphicsItem):
    """A few words beside a point of the scene, of the same size at every zoom."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._lines: list[str] = []
        self._is_refusal = False
        self._rect = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(_TOP + 2)
        self.setVisible(False)

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return " ".join(self._lines) if self.isVisible() else ""

    def say(self, text: str, at: QPointF, *, is_refusal: bool = False) -> None:
        """Show `text` below and right of a point of the scene; "" hides it."""
        if not text:
            self.setVisible(False)
            return
        fonts = self._style.fonts
        lines = fonts.wrapped(fonts.detail, text, _HINT_WIDTH, 4)
        if lines != self._lines or is_refusal != self._is_refusal:
            self.prepareGeometryChange()
            self._lines, self._is_refusal = lines, is_refusal
            width = max(fonts.width(fonts.detail, line) for line in lines)
            height = fonts.metrics(fonts.detail).lineSpacing() * len(lines)
            self._rect = QRectF(14, 12, width + 18, height + 12)
            self.update()
        self.setPos(at)
        self.setVisible(True)

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-2, -2, 2, 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        style = self._style
        fonts = style.fonts
        border = style.error if self._is_refusal else style.border
        painter.setPen(QPen(border, 1))
        painter.setBrush(style.error_surface if self._is_refusal else style.raised)
        painter.drawRoundedRect(self._rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(style.text)
        painter.setFont(fonts.detail)
        metrics = fonts.metrics(fonts.detail)
        y = self._rect.top() + 6 + metrics.ascent()
        for line in self._lines:
            painter.drawText(QPointF(self._rect.left() + 9, y), line)
            y += metrics.lineSpacing()


class GuidesItem(QGraphicsItem):
    """Thin lines along which cards are aligned."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._lines: list[QLineF] = []
        self._bounds = QRectF()
        self.setZValue(_TOP)

    @property
    def lines(self) -> list[QLineF]:
        """The guides that are shown."""
        return self._lines

    def show_lines(self, lines: list[QLineF]) -> None:
        """Show these guides and no others."""
        if lines == self._lines:
            return
        self.prepareGeometryChange()
        self._lines = lines
        bounds = QRectF()
        for line in lines:
            bounds |= QRectF(line.p1(), line.p2()).normalized().adjusted(-2, -2, 2, 2)
        self._bounds = bounds

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        pen = QPen(self._style.accent, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(self._lines)


class BandItem(QGraphicsItem):
    """The rectangle drawn around nodes to select them."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._rect = QRectF()
        self.setZValue(_TOP)

    def show_rect(self, rect: QRectF) -> None:
        """Span this rectangle of the scene."""
        self.prepareGeometryChange()
        self._rect = rect
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-8, -8, 8, 8)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        pen = QPen(self._style.accent, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(self._style.band)
        painter.drawRect(self._rect)


class GhostItem(QGraphicsItem):
    """Cards that are not in the document yet, where they would come to lie."""

    def __init__(self, cards: Sequence[tuple[Card, QPointF]], style: Style) -> None:
        super().__init__()
        self._cards = [(CardPainter(card, style), offset) for card, offset in cards]
        self._bounds = QRectF()
        for painter, offset in self._cards:
            self._bounds |= painter.rect.translated(offset)
        self._bounds.adjust(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.setOpacity(0.75)
        self.setZValue(_TOP)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        scale = painter.worldTransform().m11()
        for card, offset in self._cards:
            painter.translate(offset)
            card.draw(painter, Look(), scale)
            painter.translate(-offset)


class LooseEdgeItem(QGraphicsItem):
    """An edge that is still held by the pointer."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._path = QPainterPath()
        self._color = QColor(style.faint)
        self.is_solid = False
        """Whether it would be drawn if it were let go here."""
        self.setZValue(_TOP)

    def show_path(self, path: QPainterPath, color: QColor, *, is_solid: bool) -> None:
        """Follow this course."""
        self.prepareGeometryChange()
        self._path, self._color, self.is_solid = path, color, is_solid
        self.update()

    def boundingRect(self) -> QRectF:
        return self._path.controlPointRect().adjusted(-6, -6, 6, 6)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        pen = QPen(self._color, 2.2)
        if not self.is_solid:
            pen.setDashPattern([3.5, 2.5])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if not self._path.isEmpty():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color)
            painter.drawEllipse(self._path.currentPosition(), 3.5, 3.5)


class StrokeItem(QGraphicsItem):
    """A line that is being drawn across edges."""

    def __init__(self, style: Style, *, is_cut: bool) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._color = style.error if is_cut else style.accent
        self._is_cut = is_cut
        self.setZValue(_TOP)

    def show_path(self, path: QPainterPath) -> None:
        """Follow this course."""
        self.prepareGeometryChange()
        self._path = path
        self.update()

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect().adjusted(-6, -6, 6, 6)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        pen = QPen(self._color, 1.6)
        pen.setCosmetic(True)
        if self._is_cut:
            pen.setDashPattern([5.0, 3.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
