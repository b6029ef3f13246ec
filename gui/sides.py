"""Left panel, middle and inspector beside each other, each with the room it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

SHARE = 0.5
"""Of the width or height, what the canvas keeps while its panels can give room."""


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


class GivingSplitter(FoldingSplitter):
    """In a smaller window its panels give room before the canvas between them does.

    Each keeps the least it needs. Where there is more room again they have what they
    had: what somebody wants of them is remembered apart from what they can have.
    """

    def __init__(
        self, orientation: Qt.Orientation, keeper: int, parent: QWidget
    ) -> None:
        """`keeper` is the place of the part that keeps its share."""
        super().__init__(orientation, parent)
        self._keeper = keeper
        self._wanted: list[int] = []
        self._given: list[int] = []
        self._share = SHARE
        self.splitterMoved.connect(self._note_drag)

    @property
    def wanted(self) -> list[int]:
        """The sizes that somebody wants, in a window that has room for them."""
        return list(self._wanted) or self.sizes()

    def setSizes(self, sizes: Sequence[int]) -> None:
        """Want these sizes; given is as much of them as there is room for."""
        self._want(list(sizes))
        self.share_out()

    def share_out(self) -> None:
        """Give each what it wants, or less of it where the canvas would be squeezed."""
        wanted, keeper = self._wanted, self._keeper
        if len(wanted) != self.count():
            return
        shown = [at for at in range(self.count()) if not self.widget(at).isHidden()]
        sides = [at for at in shown if at != keeper]
        room = self._length(self.size()) - (len(shown) - 1) * self.handleWidth()
        least = {at: self._length(self.widget(at).minimumSize()) for at in sides}
        given = {at: max(wanted[at], least[at]) for at in sides}
        spare = {at: given[at] - least[at] for at in sides}
        lacking = sum(given.values()) - round((1 - self._share) * room)
        part = min(max(lacking, 0) / max(sum(spare.values()), 1), 1)
        for at in sides:
            given[at] -= round(part * spare[at])
        sizes = list(wanted)  # those of hidden ones are for when they come back
        for at in sides:
            sizes[at] = given[at]
        sizes[keeper] = max(room - sum(given.values()), 1)
        super().setSizes(sizes)
        self._given = self.sizes()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.share_out()
        super().resizeEvent(event)
        self._given = self.sizes()

    def _length(self, size: QSize) -> int:
        is_wide = self.orientation() is Qt.Orientation.Horizontal
        return size.width() if is_wide else size.height()

    def _want(self, sizes: list[int]) -> None:
        """Somebody wants these sizes; the canvas may have less of a share for it."""
        self._wanted = sizes
        self._share = min(SHARE, sizes[self._keeper] / max(sum(sizes), 1))

    def _note_drag(self) -> None:
        """Only what was dragged is wanted otherwise than before."""
        sizes, before = self.sizes(), self._given
        if len(before) != len(sizes) or len(self._wanted) != len(sizes):
            before, self._wanted = sizes, list(sizes)
        for at, (now, then) in enumerate(zip(sizes, before, strict=True)):
            if now and now != then:
                self._wanted[at] = now
        self._given = sizes
        self._share = min(SHARE, sizes[self._keeper] / max(sum(sizes), 1))


class Sides(GivingSplitter):
    """A side that larger text pushed wider has its own width again after it."""

    resized = Signal()
    """There is more room for all of them, or less."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, 1, parent)

    def need(self, least: Mapping[QWidget, int]) -> None:
        """Give these panels at least so many pixels; the middle has the rest."""
        for panel, width in least.items():
            panel.setMinimumWidth(width)
        self.share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
