"""Samples as rows of a table, and the figures of the data's fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.runs.table import CORNER
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("data")

Index = QModelIndex | QPersistentModelIndex
Notes = Mapping[tuple[int, int], str]
"""What is said of single cells, by row and column."""

_NO_NOTES: Notes = MappingProxyType({})

_LONGEST = 400
"""Letters of a cell that are shown; all of them stand in its tooltip."""
_NARROWEST, _WIDEST = 80, 260  # pixels, of what long columns are cut to
_CORNER_OF_HEADS = "QTableCornerButton::section { background: transparent; border: 0; }"


class RowsModel(QAbstractTableModel):
    """Heads and rows of text; answers and cells that have a note are muted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.heads: tuple[str, ...] = ()
        self.rows: tuple[tuple[str, ...], ...] = ()
        self._numbers: tuple[str, ...] = ()
        self._notes: Notes = {}

    def show_rows(
        self,
        heads: tuple[str, ...],
        rows: tuple[tuple[str, ...], ...],
        numbers: tuple[str, ...] = (),
        notes: Notes = _NO_NOTES,
    ) -> None:
        """Show these rows; `numbers` stand beside them, `notes` are tips of cells."""
        self.beginResetModel()
        self.heads, self.rows, self._numbers = heads, rows, numbers
        self._notes = notes
        self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        text = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            line = " ".join(text.split())
            return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
        note = self._notes.get((index.row(), index.column()))
        if role == Qt.ItemDataRole.ToolTipRole and note is not None:
            return note
        if role == Qt.ItemDataRole.ToolTipRole and len(text) > 40:
            return text[: 4 * _LONGEST]
        if role == Qt.ItemDataRole.ForegroundRole and self.heads[0] == tr("Answer"):
            is_muted = index.column() == 0 or note is not None
            return QColor(self._theme.muted if is_muted else self._theme.text)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.heads[section] if section < len(self.heads) else None
        return self._numbers[section] if section < len(self._numbers) else None


class RowsTable(QTableView):
    """A table that is read, not edited; its last column takes what room is left."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = RowsModel(theme, self)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setStyleSheet(CORNER + _CORNER_OF_HEADS)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        heads = self.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        heads.setStretchLastSection(True)
        sides = self.verticalHeader()
        sides.setHighlightSections(False)
        sides.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        sides.setDefaultSectionSize(self.fontMetrics().height() + 8)

    def show_rows(
        self,
        heads: tuple[str, ...],
        rows: tuple[tuple[str, ...], ...],
        numbers: tuple[str, ...] = (),
        notes: Notes = _NO_NOTES,
    ) -> None:
        """Show these rows; `numbers` stand beside them, `notes` are tips of cells."""
        had = self.rows.heads
        self.rows.show_rows(heads, rows, numbers, notes)
        self.verticalHeader().setVisible(bool(numbers))
        if heads != had:  # while one turns pages the columns stay where they are
            widest = min(_WIDEST, max(self.viewport().width() // 2, _NARROWEST))
            for column in range(len(heads) - 1):
                self.resizeColumnToContents(column)
                if self.columnWidth(column) > widest:
                    self.setColumnWidth(column, widest)
        self.scrollToTop()
