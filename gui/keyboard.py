"""What is done without a mouse: the palette, the user's keys, the panels in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from engine.catalog import CATALOG
from gui.action_keys import KeysTip
from gui.actions import Actions
from gui.block_shelf import BlockShelf
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.open_menus import OpenMenus
from gui.palette import CommandPalette
from gui.palette_entries import (
    Entry,
    Standing,
    layer_entries,
    menu_entries,
    node_entries,
    panel_entries,
    why_not,
)
from gui.panel_cycle import PanelCycle, order_tabs, step
from gui.shortcuts import Shortcuts
from gui.shortcuts_page import ShortcutsPage
from gui.shortcuts_sheet import ShortcutsSheet
from gui.spoken_names import Announcer, name_the_rest
from gui.status_line import StatusLine
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("shortcuts")


class Page(Protocol):
    """What the keyboard has to know of the document that is shown."""

    model: DocumentModel
    canvas: CanvasView
    notices: QWidget
    shelf: BlockShelf
    top: QWidget
    left: QWidget
    bottom: QWidget
    inspector: QWidget
    status: StatusLine

    def go_to(self, name: str) -> None:
        """Select a node and bring it into sight."""


class Keyboard(QObject):
    """Joins the palette, the shortcuts and the cycle of panels to a window."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        settings: QSettings,
        theme: Theme,
        page: Callable[[], Page | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._page = page
        self._actions = actions
        self.shortcuts = Shortcuts(actions, settings, window)
        self.palette = CommandPalette(settings, theme, self._entries, window)
        self.panels = PanelCycle(self._panels, self)
        self._open_menus = OpenMenus(window.menuBar(), self._why_not, self)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.palette.set_theme(theme)

    def open_palette(self) -> None:
        """Open the search over all there is to do."""
        self.palette.open()

    def show_sheet(self) -> None:
        """Show all keys and gestures on one page."""
        sheet = ShortcutsSheet(self.shortcuts, self._window)
        sheet.change_wanted.connect(self.change_keys)
        sheet.exec()
        sheet.deleteLater()

    def change_keys(self) -> None:
        """Let the user give actions other keys."""
        page = ShortcutsPage(self.shortcuts, self._window)
        page.exec()
        page.deleteLater()

    def adopt(self, page: Page) -> None:
        """Let the tips of a new page tell the keys, and its canvas what is selected."""
        tip = tr("Show the first problem")
        KeysTip(page.status.problems, self._actions.of["next_problem"], tip)
        Announcer(page.canvas)

    def serve(self, page: Page | None) -> None:
        """Let Tab go through the panels of a page in the order of reading."""
        name_the_rest(self._window)
        if page is not None:
            order_tabs(_panels_of(page))

    def step(self, forward: bool) -> bool:
        """Let Tab find what was made last in its place; whether it was moved."""
        everywhere = Qt.TabFocusBehavior.TabFocusAllControls
        if QApplication.styleHints().tabFocusBehavior() != everywhere:
            return False  # a Mac, where Tab goes through texts and lists alone
        page = self._page()
        if page is None:
            return False
        panels = list(_panels_of(page))
        panels.insert(panels.index(page.canvas), page.notices)  # wherever it lies
        return step(panels, forward=forward)

    def _panels(self) -> Sequence[QWidget]:
        page = self._page()
        return _panels_of(page) if page is not None else [self._window.centralWidget()]

    def _entries(self) -> list[Entry]:
        page = self._page()
        entries = menu_entries(self._window.menuBar(), self._why_not)
        if page is None:
            return entries
        layers = [*CATALOG.values(), *page.shelf.layers()]
        return [
            *entries,
            *panel_entries((page.left, page.bottom)),
            *node_entries(page.model.document.graph, page.go_to),
            *layer_entries(layers, page.canvas.add_layer),
        ]

    def _why_not(self, action: QAction) -> str:
        page = self._page()
        if page is None:
            return why_not(action, Standing())
        canvas = page.canvas
        return why_not(
            action,
            Standing(
                has_node=bool(canvas.selection.names),
                has_edge=bool(canvas.selection.edges),
                has_block=canvas.blocks.selected_block() is not None,
                has_framed=canvas.annotator.has_framed,
                has_problem=bool(page.model.analysis.problems),
            ),
        )


def _panels_of(page: Page) -> Sequence[QWidget]:
    """The panels as one reads them; the canvas is where the work begins."""
    return [page.top, page.left, page.canvas, page.bottom, page.inspector, page.status]
