"""Every action of the window with its menu and shortcut, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action: its id, text, shortcuts, and what it acts on."""

    id: str
    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    on_canvas: bool = False
    """Whether its keys count only while the canvas has the keyboard."""


SEPARATOR = ActionSpec("", "")

MENUS: dict[str, tuple[ActionSpec, ...]] = {
    "&File": (
        ActionSpec("new", "&New", ("Ctrl+N",), "Begin an empty network"),
        ActionSpec("open", "&Open…", ("Ctrl+O",), "Open a file"),
        ActionSpec("lessons", "Open &lesson"),
        ActionSpec("recent", "Open &recent"),
        SEPARATOR,
        ActionSpec("save", "&Save", ("Ctrl+S",), "Write the file"),
        ActionSpec("save_as", "Save &as…", ("Ctrl+Shift+S",), "Write another file"),
        ActionSpec("export", "&Export"),
        SEPARATOR,
        ActionSpec("quit", "&Quit", ("Ctrl+Q",), "Close the window"),
    ),
    "&Edit": (
        ActionSpec("undo", "&Undo", ("Ctrl+Z",), "Take the last edit back"),
        ActionSpec(
            "redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do it again after all"
        ),
        SEPARATOR,
        ActionSpec("cut", "Cu&t", ("Ctrl+X",), "Cut the selected nodes", True),
        ActionSpec("copy", "&Copy", ("Ctrl+C",), "Copy the selected nodes", True),
        ActionSpec("paste", "&Paste", ("Ctrl+V",), "Paste nodes", True),
        ActionSpec(
            "duplicate", "&Duplicate", ("Ctrl+D",), "Copy beside the original", True
        ),
        ActionSpec(
            "delete", "De&lete", ("Delete", "Backspace"), "Take the nodes out", True
        ),
        ActionSpec(
            "delete_keep",
            "Delete and &keep the flow",
            ("Shift+Delete", "Shift+Backspace"),
            "Take the nodes out and join what is before and after them",
            True,
        ),
        SEPARATOR,
        ActionSpec("select_all", "Select &all", ("Ctrl+A",), "Select all nodes", True),
        ActionSpec("rename", "Re&name", ("F2",), "Rename the selected node"),
        ActionSpec("find", "&Find a node…", ("Ctrl+F",), "Go to a node by its name"),
        ActionSpec("next_problem", "Go to the first pro&blem", ("F8",), "What to mend"),
    ),
    "&View": (
        ActionSpec("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+="), "Larger"),
        ActionSpec("zoom_out", "Zoom &out", ("Ctrl+-",), "Smaller"),
        ActionSpec("zoom_reset", "&100 %", ("Ctrl+0",), "As large as drawn"),
        ActionSpec("fit_all", "Fit &all", ("Home",), "See the whole network", True),
        ActionSpec(
            "fit_selection", "Fit &selection", ("F",), "See what is chosen", True
        ),
        SEPARATOR,
        ActionSpec("left", "&Lessons and layers", ("Ctrl+1",), "Show the left side"),
        ActionSpec("bottom", "&Training and code", ("Ctrl+2",), "Show the lower side"),
        ActionSpec("right", "&Inspector", ("Ctrl+3",), "Show the right side"),
        SEPARATOR,
        ActionSpec("theme", "T&heme"),
    ),
    "&Network": (
        ActionSpec(
            "add_layer", "&Add layer…", ("Shift+A",), "Search for a layer to add", True
        ),
        ActionSpec(
            "make_block",
            "Make a &block…",
            ("Ctrl+Shift+E",),
            "Put the selected nodes into a block",
            True,
        ),
        ActionSpec(
            "expand_block",
            "&Expand block",
            ("Ctrl+Shift+G",),
            "Put what is inside the selected block in its place",
            True,
        ),
        ActionSpec(
            "unique_block",
            "Make &unique",
            (),
            "Let the selected block differ from the others of its name",
        ),
        ActionSpec("rename_block", "&Rename block…", (), "Call a block something else"),
        ActionSpec(
            "keep_block",
            "&Keep block for other documents",
            (),
            "Put the selected block among your own",
        ),
        SEPARATOR,
        ActionSpec("tidy", "&Tidy up", ("Ctrl+L",), "Lay the network out in order"),
    ),
    "&Train": (
        ActionSpec(
            "train",
            "&Train",
            ("Ctrl+Return", "Ctrl+Enter"),
            "Train; while it trains, pause and resume",
        ),
        ActionSpec("stop", "&Stop", ("Ctrl+Alt+Return",), "End after the present step"),
    ),
    "&Help": (
        ActionSpec("shortcuts", "&Shortcuts", ("F1",), "All keys on one page"),
        ActionSpec("about", "&About Espalier", (), "What this is"),
    ),
}

CHECKABLE = frozenset({"left", "bottom", "right"})
SUBMENUS = frozenset({"lessons", "recent", "export", "theme"})


class Actions(QObject):
    """The actions and menus made from the table."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.of: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}

    def fill(
        self, bar: QMenuBar, canvas: QWidget, handlers: dict[str, Callable[[], object]]
    ) -> None:
        """Put the menus into `bar`; each action calls the handler of its id."""
        for title, specs in MENUS.items():
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            for spec in specs:
                if not spec.id:
                    menu.addSeparator()
                elif spec.id in SUBMENUS:
                    self.menus[spec.id] = menu.addMenu(spec.text)
                else:
                    menu.addAction(self._make(spec, canvas, handlers[spec.id]))

    def _make(
        self, spec: ActionSpec, canvas: QWidget, handler: Callable[[], object]
    ) -> QAction:
        action = QAction(spec.text, self._window)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setToolTip(spec.tip)
        action.setStatusTip(spec.tip)
        if spec.on_canvas:
            # Typing "f" into a name must not move the canvas.
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            canvas.addAction(action)
        else:
            self._window.addAction(action)
        if spec.id in CHECKABLE:
            action.setCheckable(True)
            action.setChecked(True)
        action.triggered.connect(lambda _=False: handler())
        self.of[spec.id] = action
        return action


def shortcut_rows() -> list[tuple[str, str, str]]:
    """Every action that has keys: menu, what it does, keys."""
    return [
        (title.replace("&", ""), spec.text.replace("&", "").rstrip("…"), keys)
        for title, specs in MENUS.items()
        for spec in specs
        if (keys := " or ".join(spec.keys[:2]))
    ]
