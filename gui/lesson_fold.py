"""A titled part of a lesson: its head says what it is, its body opens and closes."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.later_text import LaterText
from gui.texts import Texts

tr = Texts("lessons")

_HEAD_MARGINS = 13  # pixels: the padding of the style sheet, and the border
_HAIR_SPACE = "\N{HAIR SPACE}"
DONE, OPEN = "✓", "○"
_SHUT, _UNFOLDED = "▸", "▾"
"""Of what is only to be read: it opens, and there is nothing to do."""
_SIGNS = (DONE, OPEN, _SHUT, _UNFOLDED)
_NUMBER = re.compile(r"\d+\. ")


class Fold(QFrame):
    """A titled part of a lesson that opens and closes."""

    open_wanted = Signal()
    """The title was pressed while it was closed."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._mark = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head = QPushButton(self)
        self.head.setProperty("role", "fold")
        self.head.setCheckable(True)
        self.head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.head.clicked.connect(self._press)
        self.body = QWidget(self)
        self.body.setProperty("role", "plain")
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(2, 0, 4, 10)
        self.column.setSpacing(7)
        column.addWidget(self.head)
        column.addWidget(self.body)
        self.set_open(False)
        self.show_mark("")

    @property
    def is_open(self) -> bool:
        """Whether its body is there to read."""
        return self.head.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.head.setChecked(is_open)
        self.body.setVisible(is_open)
        self._fit_title()

    def show_mark(self, mark: str) -> None:
        """Put a mark before the title; without one, a sign says that it opens."""
        self._mark = mark
        self._fit_title()
        state = {DONE: tr(", done"), OPEN: tr(", to do")}.get(mark, "")
        self.head.setAccessibleName(f"{self._title}{state}")
        self.head.setToolTip(self._title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_title()

    def _fit_title(self) -> None:
        font = QFont(self.head.font())
        font.setBold(self.head.isChecked())  # as the style sheet says
        metrics = QFontMetrics(font)
        sign = self._mark or (_UNFOLDED if self.is_open else _SHUT)
        column = max(metrics.horizontalAdvance(each) for each in _SIGNS)
        pad = _spaces(column - metrics.horizontalAdvance(sign), metrics)
        number = _NUMBER.match(self._title)
        mark = f"{sign}{pad}  {number[0] if number else ''}"
        rest = self._title[number.end() :] if number else self._title
        indent = metrics.horizontalAdvance(mark)
        room = self.width() - _HEAD_MARGINS - indent
        shown = mark + f"\n{_spaces(indent, metrics)}".join(
            _broken(rest, metrics, room)
        )
        if self.head.text() != shown:
            self.head.setText(shown)

    def _press(self) -> None:
        is_open = self.head.isChecked()
        self.set_open(is_open)
        if is_open:
            self.open_wanted.emit()


def _spaces(width: int, metrics: QFontMetrics) -> str:
    """Spaces that are as wide as this, to a hair's breadth."""
    count, rest = divmod(width, metrics.horizontalAdvance(" "))
    hair = max(metrics.horizontalAdvance(_HAIR_SPACE), 1)
    return " " * count + _HAIR_SPACE * round(rest / hair)


def _broken(text: str, metrics: QFontMetrics, room: int) -> list[str]:
    """`text` in lines no wider than `room` pixels; a longer word is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    elide = Qt.TextElideMode.ElideRight
    return [
        line
        if metrics.horizontalAdvance(line) <= room
        else metrics.elidedText(line, elide, room)
        for line in lines
    ]


def text_fold(title: str, markdown: str, folder: Path, parent: QWidget) -> Fold:
    """A part that is only to be read."""
    fold = Fold(title, parent)
    text = LaterText(title, fold.body)
    fold.column.addWidget(text)
    text.show_text(markdown, folder)
    return fold
