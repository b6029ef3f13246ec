"""What the window can do by the name of an action, for menus, keys and the palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui.canvas.commands import canvas_handlers
from gui.data_folder import choose_data_folder
from gui.help_pages import show_about
from gui.lesson_guide import show_lesson_guide

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.workspace import Workspace

Handlers = dict[str, Callable[[], object]]


def window_handlers(window: MainWindow) -> Handlers:
    """What needs no document."""
    files, tabs, keyboard = window.files, window.tabs, window.keyboard
    return {
        "new": files.new,
        "open": files.open,
        "import_code": window.code_import.ask,
        "start_page": tabs.show_start,
        "reopen_tab": files.reopen,
        "next_tab": lambda: tabs.step(1),
        "previous_tab": lambda: tabs.step(-1),
        "close_tab": tabs.close_current,
        "quit": window.close,
        "palette": keyboard.open_palette,
        "next_panel": lambda: keyboard.panels.go(1),
        "previous_panel": lambda: keyboard.panels.go(-1),
        "shortcuts": keyboard.show_sheet,
        "keys": keyboard.change_keys,
        "write_lesson": lambda: show_lesson_guide(window),
        "about": lambda: show_about(window),
        "data_folder": lambda: _choose_data_folder(window),
        "apart": lambda: window.place.train_apart(
            window.actions_.of["apart"].isChecked()
        ),
    }


def _choose_data_folder(window: MainWindow) -> None:
    if choose_data_folder(window.place, window.messages):
        for page in window.tabs.pages:
            page.look_for_data()


def page_handlers(page: Workspace) -> Handlers:
    """What is done to the document that is shown."""
    stack = page.model.undo_stack
    return {
        **canvas_handlers(page.canvas),
        "save": page.file.save,
        "save_as": page.file.save_as,
        "print": page.exporter.print,
        "undo": stack.undo,
        "redo": stack.redo,
        "rename": page.inspector.focus_name,
        "find": lambda: page.find_node.open_over(page.canvas.viewport()),
        "next_problem": page.problems.show_next,
        "mend": page.problems.mend_first,
        "left": partial(_toggle, page.panels["left"]),
        "bottom": partial(_toggle, page.panels["bottom"]),
        "right": partial(_toggle, page.panels["right"]),
        "keep_block": page.keep_block,
        "train": page.train,
        "stop": page.training.stop,
        "go_on": page.trainer.going_on.go_on,
        "evaluate": page.trainer.next.evaluate,
        "try_it": page.trainer.next.try_it,
        "sweep": page.new_sweep,
    }


def _toggle(panel: QWidget) -> None:
    panel.setVisible(panel.isHidden())
