"""Left panel, middle and inspector beside each other, each with the room it needs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget


class Sides(QSplitter):
    """A side that larger text pushed wider has its own width again after it."""

    resized = Signal()
    """There is more room for all of them, or less."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._wanted: dict[QWidget, int] = {}
        """How wide the sides would be if their text needed no more."""

    def need(self, least: Mapping[QWidget, int]) -> None:
        """Give these panels at least so many pixels; the middle has the rest."""
        sizes = self.sizes()
        for panel, width in least.items():
            place = self.indexOf(panel)
            now = sizes[place]
            if now > panel.minimumWidth():  # of its own accord
                self._wanted[panel] = now
            panel.setMinimumWidth(width)
            if now:  # it is shown, and not folded away
                sizes[place] = max(self._wanted.setdefault(panel, now), width)
                sizes[1] += now - sizes[place]
        if any(sizes):
            self.setSizes(sizes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
