"""What the window remembers of its own shape: size, sides, what is folded away."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

_SIZE = (1600, 1000)
_SIDES = [236, 1064, 300]  # pixels, left to right
_MIDDLE = [700, 240]


class WindowMemory:
    """Restores the shape of a window and keeps it when it closes."""

    def __init__(
        self,
        settings: QSettings,
        window: QMainWindow,
        splitters: dict[str, QSplitter],
        panels: dict[str, QWidget],
        actions: dict[str, QAction],
    ) -> None:
        self._settings = settings
        self._window = window
        self._splitters = splitters
        self._panels = panels
        self._actions = actions

    def restore(self) -> None:
        """Give the window the shape it had, or the one it begins with."""
        # A first window as large as the screen would hide behind its bars.
        room = self._window.screen().availableSize() * 0.94
        self._window.resize(QSize(*_SIZE).boundedTo(room))
        self._splitters["sides"].setSizes(_SIDES)
        self._splitters["middle"].setSizes(_MIDDLE)
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        for name, splitter in self._splitters.items():
            state = self._settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)
                splitter.setHandleWidth(1)
        for name, panel in self._panels.items():
            is_shown = self._settings.value(f"window/shows-{name}", True, type=bool)
            panel.setVisible(bool(is_shown))
            self._actions[name].setChecked(bool(is_shown))

    def keep(self) -> None:
        """Remember the shape of the window."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        for name, splitter in self._splitters.items():
            self._settings.setValue(f"window/{name}", splitter.saveState())
        for name in self._panels:
            self._settings.setValue(
                f"window/shows-{name}", self._actions[name].isChecked()
            )

    def toggle(self, name: str) -> None:
        """Show or fold away a side."""
        self._panels[name].setVisible(self._actions[name].isChecked())
