"""The way back to the lesson from the tabs beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui.elided import Elided
from gui.texts import Texts

if TYPE_CHECKING:  # lessons are read after the first frame
    from gui.lesson_session import LessonSession

tr = Texts("lessons")


class LessonReturn(Elided, QPushButton):
    """Says which step of the open lesson waits, and leads back to it at a press."""

    around = 20

    def __init__(self, back: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Back to the lesson"))
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
        self.setAccessibleName(tr("Back to the lesson, {text}", text=text))
        self.setToolTip(tr("Back to the lesson"))
        self.cut("‹ " + text)
