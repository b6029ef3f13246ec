"""A line to write in that ends in an ellipsis while nobody writes in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QStylePainter

_BESIDE = 2  # pixels that Qt leaves on both sides of what is written in a line


class ElidingLine(QLineEdit):
    """Shows that there is more, where Qt would cut through a letter."""

    elides = Qt.TextElideMode.ElideRight
    """Where the ellipsis is: what is at the other end tells more."""

    @property
    def shown_text(self) -> str:
        """What can be read of the text."""
        if self.hasFocus():
            return self.text()
        return self.fontMetrics().elidedText(self.text(), self.elides, self._room)

    @property
    def _room(self) -> int:
        part = QStyle.SubElement.SE_LineEditContents
        rect = self.style().subElementRect(part, self._option(), self)
        return rect.width() - 2 * _BESIDE

    def _option(self) -> QStyleOptionFrame:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        return option

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.shown_text
        if shown == self.text():
            super().paintEvent(event)
            return
        option, painter = self._option(), QStylePainter(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
        part = QStyle.SubElement.SE_LineEditContents
        rect = self.style().subElementRect(part, option, self)
        painter.setPen(option.palette.text().color())
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(_BESIDE, 0, 0, 0), middle, shown)
        painter.end()
