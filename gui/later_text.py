"""A lesson's text that is made once it is first seen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.lesson_text import LessonText


class LaterText(QWidget):
    """Stands where a `LessonText` will be.

    A lesson has dozens of texts, of which one sees a few: in parts that are folded, or
    are hints. Each would be six widgets, which every change of theme dresses anew.
    """

    lesson_clicked = Signal(str)
    """The id of the lesson a link leads to."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader calls the text."""
        super().__init__(parent)
        self._name = name
        self._markdown, self._folder = "", Path()
        self._text: LessonText | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def is_empty(self) -> bool:
        """Whether it has been given nothing to say yet."""
        return not self._markdown

    def show_text(self, markdown: str, folder: Path) -> None:
        """Show a text, now or once it is seen; `folder` holds its pictures."""
        self._markdown, self._folder = markdown, folder
        if self._text is not None or self.isVisible():
            self.made().show_text(markdown, folder)

    def made(self) -> LessonText:
        """The text, made now if nobody has seen it yet."""
        if self._text is None:
            self._text = LessonText(self)
            self._text.setAccessibleName(self._name)
            self._text.lesson_clicked.connect(self.lesson_clicked)
            self._column.addWidget(self._text)
            self._text.show_text(self._markdown, self._folder)
            self._text.show()
        return self._text

    def toPlainText(self) -> str:
        """What it says, without marks."""
        return self.made().toPlainText()

    def showEvent(self, event: QShowEvent) -> None:
        self.made()
        super().showEvent(event)
