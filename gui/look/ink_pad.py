"""A sheet to draw on, with the mouse or a pen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # numpy: after the first frame
    import numpy as np

tr = Texts("look")

SIDE = 280
"""Pixels of the drawing, whatever the size on the screen."""
PEN = 24
"""How wide a stroke is: two pixels of MNIST's 28 are 20."""


class InkPad(QWidget):
    """Light strokes on dark paper, as MNIST's digits are."""

    drawn = Signal()
    """There is more ink, or none any more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ink = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
        self._ink.fill(0)
        self._last: QPointF | None = None
        self.is_empty = True
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Sheet to draw on with the mouse or a pen"))
        policy = QSizePolicy.Policy.Preferred
        self.setSizePolicy(policy, policy)
        self.setMinimumSize(72, 72)

    def sizeHint(self) -> QSize:
        return QSize(200, 200)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def clear(self) -> None:
        """Take a new sheet."""
        self._ink.fill(0)
        self.is_empty = True
        self.update()
        self.drawn.emit()

    def ink(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The drawing (SIDE, SIDE): 0 is paper, 1 is ink."""
        import numpy as np

        ink = self._ink.constBits()
        lines = np.frombuffer(ink, np.uint8).reshape(SIDE, self._ink.bytesPerLine())
        return lines[:, :SIDE] / 255.0

    def _sheet(self) -> QRect:
        side = min(self.width(), self.height())
        return QRect(
            (self.width() - side) // 2, (self.height() - side) // 2, side, side
        )

    def _place(self, at: QPointF) -> QPointF:
        sheet = self._sheet()
        return (at - QPointF(sheet.topLeft())) * (SIDE / max(sheet.width(), 1))

    def _draw_to(self, at: QPointF, pressure: float = 1.0) -> None:
        here = self._place(at)
        painter = QPainter(self._ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(255, 255, 255), PEN * (0.5 + 0.5 * pressure))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if self._last is None:
            painter.drawPoint(here)
        else:
            painter.drawLine(self._last, here)
        painter.end()
        self._last = here
        self.is_empty = False
        self.update()
        self.drawn.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._last = None
            self._draw_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._last is not None:
            self._draw_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind is event.Type.TabletPress:
            self._last = None
        if kind is event.Type.TabletRelease:
            self._last = None
        elif event.pressure() > 0:
            self._draw_to(event.position(), event.pressure())
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        sheet = self._sheet()
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(smooth)
        painter.drawImage(sheet, self._ink)
        frame = QRectF(sheet).adjusted(0.5, 0.5, -0.5, -0.5)  # whole at any scale
        border = QPen(QColor(self._theme.border), 1)
        border.setJoinStyle(Qt.PenJoinStyle.MiterJoin)  # whole corners, too
        painter.setPen(border)
        painter.drawRect(frame)
        if self.is_empty:
            painter.setPen(QColor("#9aa3b2"))  # the paper is black in every theme
            painter.drawText(sheet, Qt.AlignmentFlag.AlignCenter, tr("Draw here"))
        painter.end()
