"""What the window remembers of its own shape: size, sides, what is folded away."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from gui.workspace import Workspace

_SIZE = (1600, 1000)
_SPLITTERS = ("sides", "middle")
_BARS = 86
"""About as high as menu, top bar and status line are together."""
_ALIKE = 0.15
"""The share by which a window may differ from the one whose division it takes."""
_PANELS = ("left", "bottom", "right")
_SIDE = "side"
"""The property of a panel that tells which it is."""


class WindowMemory(QObject):
    """Restores the shape of a window and keeps it when it closes.

    All workspaces have one shape: what is folded away in one is in the others. The
    menu says which sides are shown, whoever shows them: a training, a lesson, a search.
    """

    def __init__(
        self, settings: QSettings, window: QMainWindow, actions: dict[str, QAction]
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._actions = actions
        self._splits: dict[str, list[int]] = {}
        self._divided = QSize()
        """The window that they divide."""
        self._line = 0
        """How tall its lines of text were, in pixels; 0 where that is not known."""

    def restore(self) -> None:
        """Give the window the shape it had, or the one it begins with."""
        # A first window as large as the screen would hide behind its bars.
        room = self._window.screen().availableSize() * 0.94
        self._window.resize(QSize(*_SIZE).boundedTo(room))
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        for name in _SPLITTERS:
            if sizes := _numbers(self._settings.value(f"window/{name}-sizes")):
                self._splits[name] = sizes
        divided = self._settings.value("window/divided")
        if isinstance(divided, QSize):
            self._divided = divided
        self._line = int(str(self._settings.value("window/divided-line", 0)))
        for name in _PANELS:
            is_shown = self._settings.value(f"window/shows-{name}", True, type=bool)
            self._actions[name].setChecked(bool(is_shown))

    def dress(self, page: Workspace) -> None:
        """Give a workspace the shape of the one before it."""
        first = _first_sizes(self._window.size())
        for name in _SPLITTERS:
            splitter = page.splitters[name]
            splitter.setHandleWidth(1)
            fits = name in self._splits and self._still_fits()
            splitter.setSizes(self._splits[name] if fits else first[name])
        for name in _PANELS:
            page.panels[name].setVisible(self._actions[name].isChecked())
            page.panels[name].setProperty(_SIDE, name)
            page.panels[name].installEventFilter(self)

    def _still_fits(self) -> bool:
        """Whether window and text are about as large as when the window was divided.

        In a much smaller one the sides would leave no room for the canvas; neither
        would those that were as wide as larger text needs.
        """
        now, then = self._window.size(), self._divided
        if self._line not in (0, self._window.fontMetrics().height()):
            return False
        if then.isEmpty():
            return True
        return (
            abs(now.width() - then.width()) <= _ALIKE * then.width()
            and abs(now.height() - then.height()) <= _ALIKE * then.height()
        )

    def note(self, page: Workspace) -> None:
        """Remember the shape of a workspace, for the next one and the next time."""
        self._divided = self._window.size()
        self._line = self._window.fontMetrics().height()
        for name, splitter in page.splitters.items():
            self._splits[name] = splitter.wanted

    def keep(self) -> None:
        """Write down the shape of the window."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        self._settings.setValue("window/divided", self._divided)
        self._settings.setValue("window/divided-line", self._line)
        for name, sizes in self._splits.items():
            text = ",".join(map(str, sizes))
            self._settings.setValue(f"window/{name}-sizes", text)
        for name in _PANELS:
            self._settings.setValue(
                f"window/shows-{name}", self._actions[name].isChecked()
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_shown = event.type() == QEvent.Type.ShowToParent
        if is_shown or event.type() == QEvent.Type.HideToParent:
            self._actions[watched.property(_SIDE)].setChecked(is_shown)
        return super().eventFilter(watched, event)


def _numbers(text: object) -> list[int]:
    """The sizes that were written down; none where something else is there."""
    parts = text.split(",") if isinstance(text, str) else text
    if not isinstance(parts, list) or not all(str(each).isdecimal() for each in parts):
        return []
    return [int(each) for each in parts]


def _first_sizes(window: QSize) -> dict[str, list[int]]:
    """How a window of this size is divided at first, in pixels."""
    width, height = window.width(), window.height()
    left = min(max(round(0.175 * width), 224), 360)
    right = min(max(round(0.21 * width), 280), 360)
    below = min(max(round(0.33 * height), 260), 460)
    return {
        "sides": [left, max(width - left - right, 1), right],
        "middle": [max(height - below - _BARS, 1), below],
    }
