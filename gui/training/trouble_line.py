"""The line under the curves that says what goes wrong, with a button that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.cards import label
from gui.texts import Texts

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.training.trouble import Trouble

tr = Texts("training")

_WIDE = 640
"""Pixels from which on there is room for the whole sentence."""


class TroubleLine(QFrame):
    """Calm: it takes a line or two under the plots, and nothing moves over them."""

    fix_wanted = Signal(object)
    """The `Trouble` whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "warning")
        self.trouble: Trouble | None = None
        self.text = label("", "muted", self)
        self.text.setAccessibleName(tr("What goes wrong in the training"))
        self.button = QPushButton(self)
        self.button.setAccessibleName(tr("Mend what goes wrong"))
        self.button.clicked.connect(lambda: self.fix_wanted.emit(self.trouble))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 6, 4)
        row.setSpacing(10)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.clear()

    def show_trouble(self, trouble: Trouble) -> None:
        """Say what was found last; the marks of the others stay at the curve."""
        self.trouble = trouble
        self._fit()
        self.button.setText(trouble.fix)
        self.button.setAccessibleName(trouble.fix)
        self.button.setToolTip(_what(trouble))
        self.button.setVisible(bool(trouble.fix))
        self.setVisible(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In little room the curves are worth more than the remedy: a tip has it."""
        if self.trouble is None:
            return
        whole = f"{self.trouble.message} {self.trouble.remedy}"
        self.text.setText(whole if self.width() >= _WIDE else self.trouble.message)
        self.text.setToolTip(whole)
        self.text.setAccessibleDescription(whole)

    def hold_back(self, is_held_back: bool) -> None:
        """Be out of sight while the network is another than the one it is about."""
        self.setVisible(self.trouble is not None and not is_held_back)

    def clear(self) -> None:
        """Say nothing any more."""
        self.trouble = None
        self.text.setText("")
        self.setVisible(False)


def _what(trouble: Trouble) -> str:
    """What the button changes: `Sets batch size to 32 and accumulation to 2`."""
    parts = [
        tr("{setting} to {to:g}", setting=name.replace("_", " "), to=to)
        for name, to in trouble.changes
    ]
    sets = tr("Sets {parts}", parts=tr(" and ").join(parts)) if parts else ""
    if trouble.goes_on:
        return (
            tr("{sets}, and goes on", sets=sets)
            if sets
            else tr("Goes on after the last step kept")
        )
    return sets
