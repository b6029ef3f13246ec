"""The way back to the lesson from the tabs beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui.texts import Texts

if TYPE_CHECKING:  # lessons are read after the first frame
    from gui.lesson_session import LessonSession

tr = Texts("lessons")

_AROUND = 20
"""Pixels that the style puts beside the text."""


class LessonReturn(QPushButton):
    """Says which step of the open lesson waits, and leads back to it at a press."""

    def __init__(self, back: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Back to the lesson"))
        self.whole = ""
        """What it says where there is room."""
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Ignored, policy.Fixed)
        self.clicked.connect(lambda: back())
        self.hide()

    def follow(self, session: LessonSession) -> None:
        """Be there while a lesson with steps is open."""
        course, current = session.course, session.current
        self.setVisible(course is not None and bool(course.steps))
        if course is None:
            return
        if current is None:
            self._say(tr("Back to the lesson"))
        else:
            number = course.steps.index(current) + 1
            self._say(tr("Step {number}: {step}", number=number, step=current.title))

    def _say(self, text: str) -> None:
        self.whole = "‹ " + text
        self.setAccessibleName(tr("Back to the lesson, {text}", text=text))
        self.setToolTip(tr("Back to the lesson"))
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room, right = self.width() - _AROUND, Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self.whole, right, room))
