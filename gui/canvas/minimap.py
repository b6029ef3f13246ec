"""The whole network in a corner, with a frame around what is in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.canvas.overview import Overview
from gui.canvas.style import Style
from gui.texts import Texts

tr = Texts("canvas")

SIZE = QSize(170, 96)
FOLDED = QSize(42, 26)
"""While it would lie over a card: a map too small to hide one."""
_PAD, _PAD_FOLDED = 7.0, 4.0
_FOLDED_GROUND = 0.6


class Minimap(QWidget):
    """Shows an overview; pressing or dragging in it asks to look elsewhere."""

    looked_at = Signal(QPointF)
    """A point of the scene that should be in the middle."""
    pointed_at = Signal(bool)
    """The pointer came, or went."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._overview: Overview | None = None
        self._sight = QRectF()
        self._whole = QRectF()
        self.setFixedSize(SIZE)
        self.setAccessibleName(tr("Map of the network"))
        self.setToolTip(tr("Drag to look elsewhere; Alt+M hides the map"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_style(self, style: Style) -> None:
        """Draw in other colours."""
        self._style = style
        self.update()

    def show_overview(self, overview: Overview, sight: QRectF) -> None:
        """Show a network and the part of it that is in sight."""
        self._overview, self._sight = overview, sight
        self._whole = overview.bounds.adjusted(-60, -60, 60, 60) | sight
        self.update()

    @property
    def is_folded(self) -> bool:
        """Whether it is small for now."""
        return self.size() == FOLDED

    def fold(self, is_small: bool) -> None:
        """Become small, or large again."""
        self.setFixedSize(FOLDED if is_small else SIZE)

    def _scale(self) -> float:
        pad = _PAD_FOLDED if self.is_folded else _PAD
        room_x, room_y = self.width() - 2 * pad, self.height() - 2 * pad
        whole = self._whole
        if whole.isEmpty():
            return 1.0
        return min(room_x / whole.width(), room_y / whole.height())

    def _origin(self) -> QPointF:
        scale = self._scale()
        middle = self._whole.center()
        return QPointF(
            self.width() / 2 - middle.x() * scale,
            self.height() / 2 - middle.y() * scale,
        )

    def _sight_frame(self) -> QRect:
        """What is in sight, on whole pixels: all four lines are equally thick."""
        scale, origin = self._scale(), self._origin()
        corner = (self._sight.topLeft() * scale + origin).toPoint()
        opposite = (self._sight.bottomRight() * scale + origin).toPoint()
        return QRect(corner, opposite - QPoint(1, 1))

    def _look(self, position: QPointF) -> None:
        self.looked_at.emit((position - self._origin()) / self._scale())

    # Qt's part.

    def paintEvent(self, event: QPaintEvent) -> None:
        style = self._style
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.border, 1))
        ground = QColor(style.window)
        if self.is_folded:  # an edge below it is seen to go on
            ground.setAlphaF(_FOLDED_GROUND)
        painter.setBrush(ground)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 7, 7)
        if self._overview is not None:
            painter.setClipRect(frame.adjusted(2, 2, -2, -2))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.save()
            painter.translate(self._origin())
            painter.scale(self._scale(), self._scale())
            self._overview.draw(painter, edges=False)
            painter.restore()
            painter.setPen(QPen(style.accent, 1))
            painter.setBrush(style.band)
            painter.drawRect(self._sight_frame())
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed_at.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed_at.emit(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_folded:  # by a finger, that does not hover
            self.pointed_at.emit(True)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._look(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
