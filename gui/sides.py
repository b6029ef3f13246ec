"""Left panel, middle and inspector beside each other, each with the room it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget


class FoldingSplitter(QSplitter):
    """A panel that is dragged shut is folded away, as from the menu.

    Else it would be shown with no room, and asking for it would change nothing. It
    comes back as large as it was before it was dragged.
    """

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self)

    def fold_shut(self, before: Sequence[int]) -> None:
        """Fold away what has no room now, and had some before."""
        places = zip(self.sizes(), before, strict=True)
        shut = [place for place, (now, then) in enumerate(places) if then and not now]
        if shut:
            self.setSizes(before)
            for place in shut:
                self.widget(place).hide()


class _Handle(QSplitterHandle):
    """Tells its splitter when it is let go."""

    def __init__(self, parent: FoldingSplitter) -> None:
        super().__init__(parent.orientation(), parent)
        self._before: list[int] | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._before = self.splitter().sizes()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        splitter, before = self.splitter(), self._before
        if isinstance(splitter, FoldingSplitter) and before is not None:
            splitter.fold_shut(before)


class Sides(FoldingSplitter):
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
