"""The actions of a window, made from the table of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMenuBar, QWidget

from gui.action_table import (
    ACTION_TEXTS,
    CHECKABLE,
    COLORINGS,
    MENU_TEXTS,
    MENUS,
    SUBMENUS,
    ActionSpec,
)
from gui.menu_letters import MenuLetters


class Actions(QObject):
    """The actions and menus made from the table."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.of: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._of_canvas: list[QAction] = []

    def fill(self, bar: QMenuBar, handlers: dict[str, Callable[[], object]]) -> None:
        """Put the menus into `bar`; each action calls the handler of its id."""
        # Kept: with the Python object of a menu go those of the menus in it.
        self._kept: list[object] = [bar]
        letters = MenuLetters(self)
        for title, specs in MENUS.items():
            menu = letters.keep_for(bar.addMenu(MENU_TEXTS.of(title)))
            menu.setToolTipsVisible(True)
            self._kept.append(menu)
            for spec in specs:
                if not spec.id:
                    menu.addSeparator()
                elif spec.id in SUBMENUS:
                    inner = menu.addMenu(ACTION_TEXTS.of(spec.text))
                    self.menus[spec.id] = letters.keep_for(inner)
                    self.menus[spec.id].setObjectName(spec.id)
                else:
                    menu.addAction(self._make(spec, handlers[spec.id]))
        colorings = QActionGroup(self)
        for name in COLORINGS:
            self.of[f"color_{name}"].setCheckable(True)
            colorings.addAction(self.of[f"color_{name}"])

    def check_coloring(self, name: str) -> None:
        """Check what the cards are coloured by: `layer`, `parameters` and so on."""
        self.of[f"color_{name}"].setChecked(True)

    def serve(self, canvas: QWidget) -> None:
        """Let the keys that count on the canvas alone count on this one."""
        canvas.addActions(self._of_canvas)

    def _make(self, spec: ActionSpec, handler: Callable[[], object]) -> QAction:
        action = QAction(ACTION_TEXTS.of(spec.text), self._window)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        tip = ACTION_TEXTS.of(spec.tip) if spec.tip else ""
        action.setToolTip(tip)
        action.setStatusTip(tip)
        if spec.on_canvas:
            # Typing "f" into a name must not move the canvas.
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._of_canvas.append(action)
        else:
            self._window.addAction(action)
        if spec.id in CHECKABLE:
            action.setCheckable(True)
            action.setChecked(True)
        action.triggered.connect(_end_typing)
        action.triggered.connect(lambda _=False: handler())
        self.of[spec.id] = action
        return action


def _end_typing() -> None:
    """What stands in a line counts for the action, as if the line had been left.

    A shortcut or a menu leaves the keyboard where it is.
    """
    line = QApplication.focusWidget()
    if isinstance(line, QLineEdit) and line.isModified():
        line.editingFinished.emit()
