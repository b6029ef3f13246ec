"""One calm line over the canvas: what could not be done, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.cards import label, line_width
from gui.icons import icon
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("window")

_NOTE_SECONDS = 6


class MessageBar(QFrame):
    """Shows one message; it takes no focus and stops nobody's work."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self.setProperty("kind", "note")
        self.text = label("", "plain", self)
        self.text.setAccessibleName(tr("Message"))
        self._close = QPushButton(self)
        self._close.setProperty("role", "flat")
        self._close.setAccessibleName(tr("Close the message"))
        self._close.setToolTip(tr("Close the message"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 6, 4)
        row.addWidget(self.text, 1)
        row.addWidget(self._close)
        self._is_refusal = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._close.clicked.connect(self.hide)
        self.set_theme(theme)
        self.hide()

    def natural_width(self) -> int:
        """The width at which all it says is on one line, in pixels."""
        margins = self.layout().contentsMargins()
        beside = self._close.sizeHint().width() + self.layout().spacing()
        edges = margins.left() + margins.right() + 2 * self.frameWidth()
        return line_width(self.text) + beside + edges

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._close.setIcon(icon("close", theme.muted))

    def show_error(self, sentence: str) -> None:
        """Show what could not be done; it stays until it is closed or replaced."""
        self._timer.stop()
        self._show(sentence, "error")

    def show_refusal(self, sentence: str) -> None:
        """Show why an edit cannot be; it goes once another is made."""
        self.show_error(sentence)
        self._is_refusal = True

    def forget_refusal(self) -> None:
        """An edit was made: why another could not be is past."""
        if self._is_refusal:
            self.hide()

    def show_note(self, sentence: str) -> None:
        """Show what was done; it goes by itself."""
        self._show(sentence, "note")
        self._timer.start(_NOTE_SECONDS * 1000)

    def _show(self, sentence: str, kind: str) -> None:
        self._is_refusal = False
        self.text.setText(sentence)
        self.setAccessibleName(sentence)
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self.show()
