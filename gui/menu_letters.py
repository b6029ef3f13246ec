"""Letters in an open menu choose its entries."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

_SHIFTED = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)


class MenuLetters(QObject):
    """Keeps a key without Ctrl or Alt for the menus it is told of.

    A menu leaves the keyboard to the canvas, whose shortcuts are single letters: F for
    *Folder of data sets* would fit the selection.
    """

    def keep_for(self, menu: QMenu) -> QMenu:
        """Let letters choose in this menu; gives it."""
        menu.installEventFilter(self)
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.modifiers() in _SHIFTED
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)
