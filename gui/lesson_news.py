"""The line above a lesson that tells what happened beside what is read."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel, QScrollArea

_PASSING_MILLISECONDS = 12_000
"""How long it is told that another step is done: its mark goes on to say so."""


class LessonNews(QObject):
    """Writes into a line over a page that scrolls; what is read stays in place."""

    def __init__(self, note: QLabel, area: QScrollArea) -> None:
        super().__init__(area)
        self._note, self._area = note, area
        self._passing = QTimer(self, singleShot=True, interval=_PASSING_MILLISECONDS)
        self._passing.timeout.connect(lambda: self._show(""))

    def say(self, sentence: str) -> None:
        """Say something until the learner turns to another part."""
        self._passing.stop()
        self._show(sentence)

    def mention(self, sentence: str) -> None:
        """Say something for a while, unless more is said already."""
        if self._note.isHidden() or self._passing.isActive():
            self._show(sentence)
            self._passing.start()

    def _show(self, sentence: str) -> None:
        before = self._area.y()
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))
        layout = self._area.parentWidget().layout()
        if layout is not None:
            layout.activate()
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + self._area.y() - before)
