"""A small field on the canvas in which a note is written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from gui.texts import Texts

tr = Texts("canvas")

_WIDTH, _HEIGHT = 260, 150
_MARGIN = 8
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NoteEntry(QFrame):
    """Ctrl+Enter or a click elsewhere takes the text; Escape leaves it as it was."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "popup")
        self.setAccessibleName(tr("A note"))
        caption = QLabel(tr("A note. Ctrl+Enter keeps it, Escape does not."), self)
        caption.setProperty("role", "caption")
        caption.setWordWrap(True)
        self.text = _Text(self)
        self.text.setAccessibleName(tr("Text of the note"))
        self.text.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 9)
        column.setSpacing(4)
        column.addWidget(caption)
        column.addWidget(self.text)
        self.resize(_WIDTH, _HEIGHT)
        self._take: Callable[[str], object] = lambda _: None
        self.text.kept.append(self._finish)
        self.text.left.append(self.close_quietly)
        self.hide()

    def ask(self, text: str, at: QPoint, take: Callable[[str], object]) -> None:
        """Write at a point of the parent, beginning with `text`."""
        self._take = take
        self.text.setPlainText(text)
        room = self.parentWidget().size()
        self.move(
            max(_MARGIN, min(at.x(), room.width() - self.width() - _MARGIN)),
            max(_MARGIN, min(at.y(), room.height() - self.height() - _MARGIN)),
        )
        self.show()
        self.raise_()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)
        self.text.selectAll()

    def close_quietly(self) -> None:
        """Go away without taking the text, the keyboard back to what is below."""
        if not self.isHidden():
            had_focus = self.text.hasFocus()
            self.hide()
            if had_focus:
                self.parentWidget().setFocus(Qt.FocusReason.PopupFocusReason)

    def _finish(self) -> None:
        if not self.isHidden():
            text = self.text.toPlainText()
            self.close_quietly()
            self._take(text)


class _Text(QPlainTextEdit):
    """Tells when it is done: kept, or left as it was."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kept: list[Callable[[], object]] = []
        self.left: list[Callable[[], object]] = []

    def event(self, event: QEvent) -> bool:
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and _keeps(event):
            event.accept()  # here it does not begin a training
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._call(self.left)
        elif _keeps(event):
            self._call(self.kept)
        else:
            super().keyPressEvent(event)
        event.accept()  # no key of the field reaches the canvas

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self._call(self.kept)

    def _call(self, listeners: list[Callable[[], object]]) -> None:
        for listener in listeners:
            listener()


def _keeps(event: QKeyEvent) -> bool:
    held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(held) and event.key() in _ENTER
