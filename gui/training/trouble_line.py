"""The line under the curves that says what goes wrong, with a button that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.cards import label
from gui.text_scale import scaled
from gui.texts import Texts

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.training.trouble import Trouble

tr = Texts("training")

_WIDE = 640
"""Pixels from which on there is room for the whole sentence, with small text."""
_LOW_LINES = 2
_BESIDE = 28
"""Pixels of a line that are neither text nor button."""


class TroubleLine(QFrame):
    """Calm: it takes a line or two under the plots, and nothing moves over them."""

    fix_wanted = Signal(object)
    """The `Trouble` whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "warning")
        self.trouble: Trouble | None = None
        self._is_low = False
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
        self.button.setText(trouble.fix)
        self.button.setAccessibleName(trouble.fix)
        self.button.setToolTip(_what(trouble))
        self.button.setVisible(bool(trouble.fix))
        self._fit()
        self.setVisible(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In little room the curves are worth more than the remedy: a tip has it."""
        if self.trouble is None:
            return
        whole = f"{self.trouble.message} {self.trouble.remedy}"
        told = whole if self.width() >= scaled(_WIDE) else self.trouble.message
        self.text.setText(self._cut(told))
        self.text.setToolTip(whole)
        self.text.setAccessibleDescription(whole)

    def make_room(self, is_low: bool) -> None:
        """Take few lines where the curves above have little height."""
        if self._is_low != is_low:
            self._is_low = is_low
            self._fit()

    def _cut(self, text: str) -> str:
        """As many words as the lines have room for that there are."""
        metrics, words = self.text.fontMetrics(), text.split(" ")
        room = self.width() - _BESIDE - self.button.sizeHint().width()
        high = _LOW_LINES * metrics.lineSpacing()
        if not self._is_low or room <= 0:
            return text

        def fits(count: int) -> bool:
            told = " ".join(words[:count]) + "…" * (count < len(words))
            wraps = Qt.TextFlag.TextWordWrap
            return metrics.boundingRect(0, 0, room, 0, wraps, told).height() <= high

        count = len(words)
        while count > 1 and not fits(count):
            count -= 1
        return " ".join(words[:count]) + "…" * (count < len(words))

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
