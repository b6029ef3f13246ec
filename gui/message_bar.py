"""One calm line over the canvas: what could not be done, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QWidget,
)
from shiboken6 import isValid

from gui.cards import label, line_width
from gui.icons import icon
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("window")

_NOTE_SECONDS = 6
_REFUSAL_SECONDS = 15
"""As long as anybody needs to read why an edit cannot be."""


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
        self._close.setToolTip(tr("Close the message (Esc)"))
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves it be
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 6, 4)
        row.addWidget(self.text, 1)
        row.addWidget(self._close)
        self._is_refusal = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_message)
        self._close.clicked.connect(self.close_message)
        self._came_from: QWidget | None = None
        """Where the keyboard was before it came here."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._note_focus)
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

    def close_message(self) -> None:
        """Go; the keyboard goes back to where it was before it came here."""
        before, had = self._came_from, self._close.hasFocus()
        self.hide()
        if had and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_message()
        else:
            super().keyPressEvent(event)

    def _note_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is self._close:
            self._came_from = before

    def show_error(self, sentence: str) -> None:
        """Show what could not be done; it stays until it is closed or replaced."""
        self._show(sentence, "error")

    def show_refusal(self, sentence: str) -> None:
        """Show why an edit cannot be; it goes once something else is done."""
        self.show_error(sentence)
        self._is_refusal = True
        self._timer.start(_REFUSAL_SECONDS * 1000)

    def forget_refusal(self) -> None:
        """Something else is done: why an edit could not be is past."""
        if self._is_refusal:
            self.close_message()

    def show_note(self, sentence: str) -> None:
        """Show what was done; it goes by itself."""
        self._show(sentence, "note")
        self._timer.start(_NOTE_SECONDS * 1000)

    def _show(self, sentence: str, kind: str) -> None:
        self._is_refusal = False
        self._timer.stop()
        self.text.setText(sentence)
        self.setAccessibleName(sentence)
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self.show()
