"""The rows of the table of runs, as Qt asks for them: sorted, filtered, edited."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from engine.figures import metric_name
from engine.run_record import FAILED, RUNNING, Run
from engine.run_table import COLUMNS, Row, matches, sorted_rows
from gui.runs.strokes import sample
from gui.setting_words import sweep_title
from gui.sort_signs import DOWN, UP
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("runs")

Index = QModelIndex | QPersistentModelIndex

EDITED = {"name": "title", "tags": "tags", "note": "note"}
"""The columns that are edited in place, and what each changes of a run."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_TIPS = {
    "star": tr.mark("Click to keep it in sight"),
    "name": tr.mark("F2 gives it another name"),
    "tags": tr.mark("F2 changes the tags; commas stand between them"),
    "note": tr.mark("F2 changes the note"),
}


class RunTableModel(QAbstractTableModel):
    """Rows of the table, those that the filter finds, in the chosen order."""

    annotated = Signal(int, str, object)
    """A run's id, what the user changed of it, and to what."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._all: list[Row] = []
        self.rows: list[Row] = []
        self._filter = ""
        self._network = ""
        self._column, self._descending = "id", True
        self._places: dict[int, int] = {}
        self._metric = ""
        """What all the runs that are shown were tested by, if it is one thing."""

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these runs, as far as the filter finds them."""
        self._all = list(rows)
        self._arrange()

    @property
    def of_network(self) -> int:
        """How many runs the filter chooses among: of one network, where that is set."""
        return sum(self._is_of_network(row) for row in self._all)

    def set_network(self, name: str) -> None:
        """Show the runs alone of documents with this name; "" shows those of all."""
        self._network = name
        self._arrange()

    def _is_of_network(self, row: Row) -> bool:
        return self._network in ("", row.run.name)

    def set_filter(self, text: str) -> None:
        """Show the runs alone that a text finds."""
        self._filter = text
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self._tell_changed()

    def show_strokes(self, places: dict[int, int]) -> None:
        """Show beside each of these runs the stroke its curve is drawn with."""
        self._places = places
        self._tell_changed()

    def row_of(self, number: int) -> int | None:
        """Where the run with this id is shown, if it is."""
        ids = [row.run.id for row in self.rows]
        return ids.index(number) if number in ids else None

    def _arrange(self) -> None:
        self.beginResetModel()
        found = [
            row
            for row in self._all
            if self._is_of_network(row) and matches(row.run, self._filter)
        ]
        self.rows = sorted_rows(found, self._column, self._descending)
        metrics = {row.metric for row in found if math.isfinite(row.test_metric)}
        self._metric = metrics.pop() if len(metrics) == 1 else ""
        self.endResetModel()

    def _tell_changed(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # What Qt asks.

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            column = COLUMNS[section]
            arrow = DOWN if self._descending else UP
            title = column.title
            if column.name == "test" and self._metric:
                title = tr("Test {metric}", metric=metric_name(self._metric))
            return title + (arrow if column.name == self._column else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("A click sorts; a right click chooses the columns")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            text = column.text(row)
            if column.name == "tags" and role == Qt.ItemDataRole.DisplayRole:
                text = ", ".join(map(sweep_title, row.run.tags))
            if column.name == "test" and self._metric:  # the head says which
                text = text.removeprefix(f"{metric_name(self._metric)} ")
            return text
        if role == Qt.ItemDataRole.DecorationRole and column.name == "name":
            if not self._places:
                return None
            return sample(self._places.get(row.run.id), self._theme)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._color(column.name, row.run)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(column.name, row.run)
        if role == Qt.ItemDataRole.AccessibleTextRole and column.name == "star":
            return tr("starred") if row.run.is_starred else tr("not starred")
        return None

    def _color(self, column: str, run: Run) -> QColor | None:
        if column == "star":
            starred = run.is_starred
            return QColor(self._theme.warning if starred else self._theme.muted)
        if column == "state" and run.state == FAILED:
            return QColor(self._theme.error)
        if column == "state" and run.state == RUNNING:
            return QColor(self._theme.success)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if COLUMNS[index.column()].name in EDITED:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role != Qt.ItemDataRole.EditRole or column.text(row) == value:
            return False
        changed = value.split(",") if column.name == "tags" else value
        self.annotated.emit(row.run.id, EDITED[column.name], changed)
        return True

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        self._column = COLUMNS[column].name
        self._descending = order is Qt.SortOrder.DescendingOrder
        self._arrange()


def _tip(column: str, run: Run) -> str:
    tip = tr.of(_TIPS[column]) if column in _TIPS else ""
    whole = {"name": run.title, "note": run.note}.get(column, "")
    parts = [run.message, whole, tip]
    return "\n".join(part for part in parts if part) or str(run.folder)
