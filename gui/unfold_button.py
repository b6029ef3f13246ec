"""The button that unfolds a part of a page: a chevron, and what there is to see."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

_LEFT = -1.0
"""Pixels before the chevron's box, so that it begins where the labels around do."""


class UnfoldButton(QToolButton):
    """Checked while what it unfolds is open.

    The chevron is drawn here, in the colour of second lines: a style's own arrow is
    paler than any text, and a style sheet's has no place beside a text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "unfold")  # first: asking for its size fixes its style
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        room = QPixmap(48, 48)
        room.fill(Qt.GlobalColor.transparent)
        self.setIcon(QIcon(room))  # the text keeps its distance from the chevron

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        palette = QApplication.palette()  # its own is the style sheet's
        muted, text = palette.placeholderText(), palette.text()
        side = self.iconSize().width()
        middle = QPointF(_LEFT + side / 2, self.height() / 2)
        out, deep = 0.28 * side, 0.15 * side
        corners = [QPointF(-deep, -out), QPointF(deep, 0), QPointF(-deep, out)]
        if self.isChecked():
            corners = [QPointF(each.y(), each.x()) for each in corners]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(text if self.underMouse() else muted, 0.15 * side)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline([middle + each for each in corners])
        painter.end()
