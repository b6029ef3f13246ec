"""An open menu shows which of its entries can be chosen now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar


class OpenMenus(QObject):
    """Greys what cannot be done with what is selected, for as long as a menu is open.

    No longer: a greyed action is deaf to its keys, and these say what is to be selected
    first.
    """

    def __init__(
        self, bar: QMenuBar, why_not: Callable[[QAction], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._why_not = why_not
        self._greyed: dict[QMenu, list[QAction]] = {}
        for menu in bar.findChildren(QMenu):
            self._greyed[menu] = []
            menu.aboutToShow.connect(lambda menu=menu: self._grey(menu))
            menu.aboutToHide.connect(lambda menu=menu: self._restore(menu))

    def _grey(self, menu: QMenu) -> None:
        for action in menu.actions():
            if action.isEnabled() and self._why_not(action):
                action.setEnabled(False)
                self._greyed[menu].append(action)

    def _restore(self, menu: QMenu) -> None:
        for action in self._greyed[menu]:
            action.setEnabled(True)
        self._greyed[menu] = []
