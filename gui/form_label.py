"""The labels of a form: one column down the whole inspector, at every size of text."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

_LETTERS = 16
_LEAST = 90  # pixels


class FormLabel(QLabel):
    """The label of a field, as wide as all others and in the middle of its height."""

    def __init__(self, text: str, field: QWidget, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "muted")
        self.setBuddy(field)
        self.setWordWrap(True)  # a long one has lines rather than a column of its own

    def sizeHint(self) -> QSize:
        width = max(_LEAST, _LETTERS * self.fontMetrics().averageCharWidth())
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def heightForWidth(self, width: int) -> int:
        field = self.buddy()
        # Qt lets go of a field before its label when a form is taken apart.
        beside = 0 if field is None else field.sizeHint().height()
        return max(super().heightForWidth(width), beside)
