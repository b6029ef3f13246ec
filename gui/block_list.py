"""The Blocks tab: the document's blocks, the library's and the user's own."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from engine.blocks import BlockLayer
from gui.block_shelf import HERE, OWN, BlockShelf
from gui.cards import label
from gui.document_model import DocumentModel
from gui.layer_folds import Row
from gui.layer_list import EDGE, LayerList, LayerListModel, SearchLine
from gui.layer_search import rank
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("blocks")

_HINT = tr.mark(
    "Select nodes and press Ctrl+Shift+E to make a block of your own. "
    "Drag a block onto the canvas; double-click its card to look inside."
)


class BlockListModel(LayerListModel):
    """Blocks under the headings of where they are from."""

    def __init__(self, shelf: BlockShelf, parent: QWidget | None = None) -> None:
        self._shelf = shelf
        self.is_filled = False
        """Whether the blocks were read; their files wait until they are looked for."""
        super().__init__(parent)

    def rows_for(self, words: str) -> list[Row]:
        if not self.is_filled:
            return []
        needle = words.strip().lower()
        rows: list[Row] = []
        for heading, layers in self._shelf.groups():
            found = [each for each in layers if not needle or rank(each, needle) < 9]
            if found:
                rows += [tr.of(heading), *found]
        return rows

    def heading_of(self, row: int) -> str:
        """Under which heading a row stands."""
        above = (each for each in reversed(self.rows[: row + 1]))
        return next((each for each in above if isinstance(each, str)), "")


class BlockPanel(QWidget):
    """A search field over the list, and what can be done with a block."""

    open_requested = Signal(str)
    """The name of a block of the document to look into."""
    rename_requested = Signal(str)

    def __init__(
        self,
        model: DocumentModel,
        shelf: BlockShelf,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._shelf = shelf
        self.blocks = BlockListModel(shelf, self)
        self.list = LayerList(theme, self, self.blocks)
        self.list.edge = EDGE
        self.list.setAccessibleName(tr("Blocks"))
        self.search = SearchLine(self.list, self)
        self.search.setPlaceholderText(tr("Search blocks…"))
        self.search.setAccessibleName(tr("Search blocks"))
        hint = label(tr.of(_HINT), "caption", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 2, 6)  # the list's bar stands at the edge
        column.setSpacing(4)
        self._top = QVBoxLayout()
        self._top.setContentsMargins(0, 0, EDGE, 0)
        hint.setContentsMargins(5, 0, EDGE, 0)  # below the words of the list
        self._top.addWidget(self.search)
        column.addLayout(self._top)
        column.addWidget(self.list, 1)
        column.addWidget(hint)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        shelf.changed.connect(self._refresh)

    def stack_above(self, widget: QWidget) -> None:
        """Put a widget above the search."""
        self._top.insertWidget(0, widget)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.blocks.is_filled = True
        self._refresh()  # a block may have been kept in another document

    def _refresh(self) -> None:
        if self.blocks.is_filled:
            self.blocks.search(self.search.text())

    def menu_for(self, row: int) -> QMenu | None:
        """What can be done with the block in a row; None for a heading."""
        layer = self.blocks.index(row).data(LayerListModel.layer_role)
        if not isinstance(layer, BlockLayer):
            return None
        name, heading = layer.name, self.blocks.heading_of(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add = menu.addAction(tr("Add to the network"))
        add.triggered.connect(lambda: self.list.layer_chosen.emit(name))
        if heading == tr.of(HERE):
            entries = (
                (tr("Look inside"), lambda: self.open_requested.emit(name)),
                (tr("Rename…"), lambda: self.rename_requested.emit(name)),
                (tr("Keep for other documents"), lambda: self._shelf.keep(name)),
                (tr("Take out of this document"), lambda: self._shelf.take_out(name)),
            )
            for text, action in entries:
                menu.addAction(text).triggered.connect(lambda _=False, a=action: a())
        elif heading == tr.of(OWN):
            forget = menu.addAction(tr("Forget"))
            forget.triggered.connect(lambda: self._shelf.forget(name))
        return menu

    def _open_menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        menu = self.menu_for(index.row()) if index.isValid() else None
        if menu is not None:
            menu.popup(self.list.viewport().mapToGlobal(at))
