"""A line of text that is cut where there is no room, and read whole in its tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """Never wider than its room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.whole = ""
        self._instead = ""
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Fixed)

    def show_text(self, text: str, instead: str = "") -> None:
        """Show a text, or as much of it, or of what stands `instead`, as has room."""
        self.whole = text
        self._instead = instead or text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = self.fontMetrics()
        fits = metrics.horizontalAdvance(self.whole) <= self.width()
        text = self.whole if fits else self._instead
        right = Qt.TextElideMode.ElideRight
        self.setText(metrics.elidedText(text, right, self.width()))
