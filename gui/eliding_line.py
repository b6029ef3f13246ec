"""A line to write in that ends in an ellipsis while nobody writes in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionFrame,
    QStylePainter,
)

_BESIDE = 2  # pixels that Qt leaves on both sides of what is written in a line
_UNIT_GAP, _UNIT_END = 6, 8
"""Pixels between what is written and its unit, and behind that."""


class ElidingLine(QLineEdit):
    """Shows that there is more, where Qt would cut through a letter."""

    elides = Qt.TextElideMode.ElideRight
    """Where the ellipsis is: what is at the other end tells more."""
    shorter: Callable[[str], str] | None = None
    """How a text is said in fewer letters, before any is left out."""
    _unit: QLabel | None = None

    @property
    def shown_text(self) -> str:
        """What can be read of the text."""
        text, metrics = self.text(), self.fontMetrics()
        if self.hasFocus():
            return text
        if (
            self.shorter is not None
            and metrics.horizontalAdvance(text) > self.shown_room
        ):
            text = self.shorter(text)
        return metrics.elidedText(text, self.elides, self.shown_room)

    def show_unit(self, unit: str) -> None:
        """Say at the end of the line what is counted: all lines stay equally long."""
        if self._unit is None:
            self._unit = QLabel(self)
            self._unit.setProperty("role", "muted")
            self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.textChanged.connect(self._place_unit)
        self._unit.setText(unit)
        self._place_unit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_unit()

    def _place_unit(self) -> None:
        if self._unit is None:
            return
        width = self._unit.sizeHint().width()
        left = self.width() - _UNIT_END - width
        self._unit.setGeometry(left, 0, width, self.height())
        is_written = bool(self.text())  # else its room is for what an empty line means
        self._unit.setVisible(is_written)
        self.setTextMargins(0, 0, width + _UNIT_GAP if is_written else 0, 0)

    @property
    def shown_room(self) -> int:
        """Pixels that what is written may take."""
        part = QStyle.SubElement.SE_LineEditContents
        rect = self.style().subElementRect(part, self._option(), self)
        return rect.width() - 2 * _BESIDE - self.textMargins().right()

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
