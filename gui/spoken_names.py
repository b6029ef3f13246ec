"""What assistive technology is told beyond the names that controls have themselves."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QProgressBar,
    QSplitterHandle,
    QWidget,
)

from gui.canvas.view import CanvasView
from gui.texts import Texts

tr = Texts("spoken")


def name_the_rest(root: QWidget) -> None:
    """Name what lies within `root` and has no words of its own.

    The handles between panels say what they are; a bar of progress and what scrolls
    take the name of what they are in.
    """
    for handle in root.findChildren(QSplitterHandle):
        handle.setAccessibleName(tr("Border between panels"))
    for kind in (QProgressBar, QAbstractScrollArea):
        for each in root.findChildren(kind):
            if not each.accessibleName():
                each.setAccessibleName(_around(each))


def _around(widget: QWidget) -> str:
    above = widget.parentWidget()
    while above is not None:
        name = above.accessibleName() or (
            above.windowTitle() if above.isWindow() else ""
        )
        if name:
            return name
        above = above.parentWidget()
    return ""


class Announcer(QObject):
    """Says which node of a canvas is selected: its name, layer, shape and problem.

    The cards are painted, not widgets: a screen reader does not find them by itself.
    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.said = ""
        canvas.selection_changed.connect(self._say)

    def _say(self) -> None:
        said = self._canvas.accessibleDescription()
        if said == self.said:
            return
        self.said = said
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self._canvas, said)
            QAccessible.updateAccessibility(event)
