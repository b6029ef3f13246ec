"""Find a node by its name or its layer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.document_model import DocumentModel
from gui.palette import ENTRY, EntryDelegate, spoken
from gui.palette_entries import NODES, Entry
from gui.text_scale import scaled
from gui.texts import Texts
from gui.theme import Theme
from gui.whole_rows import end_with_whole_row

tr = Texts("window")

_WIDTH, _HEIGHT = 280, 300


class FindNode(QFrame):
    """A popup that filters the nodes as one types; Enter goes to one."""

    node_chosen = Signal(str)

    def __init__(
        self, model: DocumentModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._model = model
        self.setProperty("role", "popup")
        self.setProperty("kind", "window")
        self.setAccessibleName(tr("Find a node"))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Find a node…"))
        self.search.setAccessibleName(tr("Find a node"))
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Nodes"))
        self._delegate = EntryDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(lambda _: self._choose())

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._delegate.theme = theme

    def open_at(self, corner: QPoint) -> None:
        """Open with the upper left corner at `corner` (on the screen)."""
        self.search.clear()
        self._filter("")
        self.resize(self._fitting_size())
        self.move(corner)
        self.show()
        end_with_whole_row(self, self.list)
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fitting_size(self) -> QSize:
        """As tall as its nodes need, and no taller than is looked through at once."""
        rows = sum(map(self.list.sizeHintForRow, range(self.list.count())))
        around = self.sizeHint().height() - self.list.sizeHint().height()
        wanted = around + rows + 2 * self.list.frameWidth()
        return QSize(scaled(_WIDTH), min(wanted, scaled(_HEIGHT)))

    def open_over(self, widget: QWidget) -> None:
        """Open in the upper left corner of a widget."""
        self.open_at(widget.mapToGlobal(QPoint(24, 24)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif step is not None:
            row = self.list.currentRow() + step
            self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))
        else:
            super().keyPressEvent(event)

    def _filter(self, words: str) -> None:
        needle = words.strip().lower()
        self.list.clear()
        for node in self._model.document.graph:
            if needle in node.name.lower() or needle in node.layer.lower():
                self._add(node.name, node.layer)
        self.list.setCurrentRow(0)

    def _add(self, name: str, layer: str) -> None:
        item = QListWidgetItem(name, self.list)
        entry = Entry(id=name, title=name, section=NODES, run=self._choose, where=layer)
        item.setData(ENTRY, entry)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken(entry))

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.hide()
            self.node_chosen.emit(item.text())
