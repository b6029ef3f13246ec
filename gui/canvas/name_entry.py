"""A small field on the canvas that asks for a name, in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.texts import Texts

tr = Texts("canvas")

_WIDTH = 240
_MARGIN = 8


class NameEntry(QFrame):
    """Enter takes the name, once it can be one; Escape leaves.

    To go elsewhere, by Tab or a click, takes a name that was typed and can be one; a
    suggestion that was not touched makes nothing then.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "popup")
        self.caption = QLabel("", self)
        self.caption.setProperty("role", "caption")
        self.caption.setWordWrap(True)
        self.line = _Line(self)
        self.line.setAccessibleName(tr("A name for the block"))
        self.problem = QLabel("", self)
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 9)
        column.setSpacing(4)
        for widget in (self.caption, self.line, self.problem):
            column.addWidget(widget)
        self.setFixedWidth(_WIDTH)
        self._check: Callable[[str], str] = lambda _: ""
        self._take: Callable[[str], object] = lambda _: None
        self._name = ""  # as it was when asked
        self.line.textEdited.connect(lambda _: self._mark())
        self.line.returnPressed.connect(self._finish)
        self.hide()

    def ask(
        self,
        caption: str,
        name: str,
        at: QPoint,
        check: Callable[[str], str],
        take: Callable[[str], object],
    ) -> None:
        """Ask with the middle at a point of the parent, `name` to begin with.

        `check` says in a sentence why a name cannot be taken, "" where it can; then
        Enter gives it to `take`.
        """
        self._check, self._take, self._name = check, take, name
        self.setAccessibleName(caption)
        self.line.setAccessibleName(caption)
        self.caption.setText(
            tr("{caption}. Enter keeps it, Escape does not.", caption=caption)
        )
        self.line.setText(name)
        self._mark()
        room = self.parentWidget().size()
        x = at.x() - self.width() // 2
        y = at.y() - self.height() // 2
        self.move(
            max(_MARGIN, min(x, room.width() - self.width() - _MARGIN)),
            max(_MARGIN, min(y, room.height() - self.height() - _MARGIN)),
        )
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.line.selectAll()

    def close_quietly(self) -> None:
        """Go away, the keyboard back to what is below."""
        if not self.isHidden():
            had_focus = self.line.hasFocus()
            self.hide()
            if had_focus:
                self.parentWidget().setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Go away, as the keyboard did; a typed name that can be one is taken."""
        name = self.line.text().strip()
        is_typed = not self.isHidden() and name != self._name
        self.close_quietly()
        if is_typed and not self._check(name):
            self._take(name)

    def _mark(self) -> None:
        said = self._check(self.line.text().strip())
        self.problem.setText(said)
        self.problem.setVisible(bool(said))
        self.adjustSize()

    def _finish(self) -> None:
        self._mark()
        if not self.problem.text():
            name = self.line.text().strip()
            self.close_quietly()
            self._take(name)


class _Line(QLineEdit):
    """A line that lets its frame know when it is left."""

    def __init__(self, entry: NameEntry) -> None:
        super().__init__(entry)
        self._entry = entry

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._entry.close_quietly()
        else:
            super().keyPressEvent(event)
            event.accept()  # no key of the field reaches the canvas

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self._entry.leave()
