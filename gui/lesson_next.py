"""The way on from a lesson that is done: the next one of the course."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui.elided import Elided
from gui.texts import Texts

tr = Texts("lessons")


class NextLesson(Elided, QPushButton):
    """Names the next lesson and opens it; hidden where there is none."""

    around = 26
    wanted = Signal(str)
    """The id of the next lesson."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._lesson_id = ""
        self.setAccessibleName(tr("Next lesson"))
        self.clicked.connect(lambda: self.wanted.emit(self._lesson_id))
        self.hide()

    def offer(self, lesson_id: str | None) -> None:
        """Offer what follows a lesson; of None, nothing."""
        from templates import following  # lessons are read after the first frame

        found = following(lesson_id) if lesson_id is not None else None
        self.setVisible(found is not None)
        if found is None:
            return
        self._lesson_id = found.id
        named = tr("Next lesson: {title}", title=found.title)
        self.setToolTip(found.summary)
        self.setAccessibleName(named)
        self.cut(named, tr("Next: {title}", title=found.title))

    def sizeHint(self) -> QSize:
        wide = QFontMetrics(self.font()).horizontalAdvance(self.whole) + self.around
        return QSize(wide, super().sizeHint().height())
