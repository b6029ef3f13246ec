"""A titled frame around nodes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.annotations import Frame
from gui.canvas.style import Style

_PAD = 20.0
"""Between its border, or its title, and the cards."""
_TITLE = 28.0
_RADIUS = 10.0
_LEAST_TITLE = 60.0


class FrameItem(QGraphicsItem):
    """Draws a frame as large as its nodes need; it is grabbed by its title."""

    def __init__(self, name: str, style: Style) -> None:
        super().__init__()
        self.name = name
        self._style = style
        self._frame = Frame(name=name)
        self._rect = QRectF()
        self._is_selected = False
        self._is_hovered = False
        self.setZValue(-1)

    @property
    def title(self) -> str:
        """What it is called."""
        return self._frame.title

    def show_frame(self, frame: Frame, style: Style) -> None:
        """Show another title or colour."""
        self._frame, self._style = frame, style
        self.update()

    def set_style(self, style: Style) -> None:
        """Draw in other colours."""
        self._style = style
        self.update()

    def embrace(self, inner: QRectF) -> None:
        """Lie around a rectangle of the scene."""
        rect = inner.adjusted(-_PAD, -_TITLE - _PAD, _PAD, _PAD)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def rect(self) -> QRectF:
        """The frame's rectangle in the scene."""
        return self._rect

    def title_rect(self) -> QRectF:
        """Where it can be grabbed."""
        return QRectF(self._rect.topLeft(), QPointF(self._rect.right(), self._top()))

    def _top(self) -> float:
        return self._rect.top() + _TITLE

    def set_selected(self, is_selected: bool) -> None:
        """Stand out as selected."""
        self._is_selected = is_selected
        self.update()

    def set_hovered(self, is_hovered: bool) -> None:
        """Stand out under the pointer."""
        self._is_hovered = is_hovered
        self.update()

    # Qt's part.

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-3, -3, 3, 3)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        style = self._style
        color = style.frame(self._frame.color)
        fill, title = QColor(color), QColor(color)
        fill.setAlphaF(0.08)
        title.setAlphaF(0.30 if self._is_hovered else 0.20)
        rect = self._rect.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        painter.save()
        painter.setClipRect(self.title_rect(), Qt.ClipOperation.IntersectClip)
        painter.setBrush(title)
        painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        painter.restore()
        border = style.accent if self._is_selected else color
        painter.setPen(QPen(border, 1.8 if self._is_selected else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        fonts = style.fonts
        room = max(_LEAST_TITLE, rect.width() - 24)
        shown = fonts.elided(fonts.name, self._frame.title, room)
        metrics = fonts.metrics(fonts.name)
        y = rect.top() + (_TITLE + metrics.ascent() - metrics.descent()) / 2
        painter.setFont(fonts.name)
        painter.setPen(style.text)
        painter.drawText(QPointF(rect.left() + 12, y), shown)
