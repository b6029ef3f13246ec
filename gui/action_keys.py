"""The keys that an action has now, where they are told beside a button or in a menu."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.action_table import spec_of


class KeysTip(QObject):
    """Keeps a button's tool tip to what its action does and the keys it has now."""

    def __init__(self, button: QAbstractButton, action: QAction, tip: str = "") -> None:
        super().__init__(button)
        self._button, self._action, self._tip = button, action, tip
        action.changed.connect(self.show)  # until the button is gone
        self.show()

    def show(self) -> None:
        """Write the tool tip."""
        keys = self._action.shortcut()
        shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
        tip = self._tip or self._action.toolTip()
        self._button.setToolTip(f"{tip} ({shown})" if shown else tip)


def present_keys(widget: QWidget, first: str) -> QKeySequence:
    """The keys that now do what the keys `first` did at first; `first` where none do.

    `widget` is the canvas, or another that has actions of its own.
    """
    wanted = QKeySequence(first)
    for action in (*widget.actions(), *widget.window().actions()):
        spec = spec_of(action.objectName())
        if spec is not None and wanted in [QKeySequence(keys) for keys in spec.keys]:
            return wanted if wanted in action.shortcuts() else action.shortcut()
    return wanted
