"""Two groups of controls in one line, or in two where a panel is narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

_SPACING = 6


class TwoLines(QWidget):
    """No button is cut: what has no room beside the first group goes below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.first, self.second = QHBoxLayout(), QHBoxLayout()
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.addLayout(self.first, 1)
        self._lines.addLayout(self.second)
        for each in (self.first, self.second, self._lines):
            each.setSpacing(_SPACING)

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider group: more may be too much for the panel."""
        groups = self.first.minimumSize().width(), self.second.minimumSize().width()
        return QSize(max(groups), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        first, second = self.first.sizeHint(), self.second.sizeHint()
        is_wide = first.width() + _SPACING + second.width() <= self.width()
        ways = QBoxLayout.Direction
        self._lines.setDirection(ways.LeftToRight if is_wide else ways.TopToBottom)
        left = Qt.AlignmentFlag.AlignLeft if not is_wide else Qt.AlignmentFlag(0)
        self._lines.setAlignment(self.second, left)
