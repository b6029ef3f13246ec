"""What stands on a canvas that holds nothing yet: how to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.cards import EmptyState
from gui.texts import Texts

tr = Texts("canvas")

_WIDTH = 330


class EmptyHint(EmptyState):
    """Lies in the middle of the canvas and lets everything through to it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            tr("An empty canvas"),
            tr(
                "Double-click, or press Tab, to add the first layer, or drag one here "
                "from the list on the left. Input and Output are the two ends of every "
                "network."
            ),
            parent,
        )
        self._canvas = parent
        self.setProperty("role", "ground")  # no dot of the grid among the words
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def place(self, is_wanted: bool) -> None:
        """Come to the middle of the canvas, or go."""
        self.setVisible(is_wanted)
        if is_wanted:
            width = min(_WIDTH, self._canvas.width())
            self.resize(width, self.heightForWidth(width))
            middle = self._canvas.rect().center()
            self.move(middle - self.rect().center())
