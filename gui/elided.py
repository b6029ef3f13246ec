"""Text that is cut where there is no room for it, and read whole elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Elided:
    """Beside a widget with a text among a class's parents: never wider than its room.

    The size policy says how much room it asks for.
    """

    whole = ""
    """What it says where there is room."""
    around = 0
    """Pixels that the style puts beside the text."""
    _instead = ""

    def cut(self, whole: str, instead: str = "") -> None:
        """Show a text, or as much of it, or of what stands `instead`, as has room."""
        self.whole, self._instead = whole, instead or whole
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())  # type: ignore[misc]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)  # type: ignore[misc]
        self._elide()

    def _elide(self) -> None:
        metrics, room = self.fontMetrics(), self.width() - self.around  # type: ignore[attr-defined]
        fits = metrics.horizontalAdvance(self.whole) <= room
        text = self.whole if fits else self._instead
        right = Qt.TextElideMode.ElideRight
        self.setText(metrics.elidedText(text, right, room))  # type: ignore[attr-defined]


class ElidedLabel(Elided, QLabel):
    """A line of plain text; its tip says the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Fixed)

    def show_text(self, text: str, instead: str = "") -> None:
        """Show a text, or as much of it, or of what stands `instead`, as has room."""
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.cut(text, instead)
