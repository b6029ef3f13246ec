"""The table of runs: sorted by its heads, filtered, and edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from engine.run_record import FAILED, RUNNING, Run
from engine.run_table import COLUMNS, Row, matches, sorted_rows
from gui.runs.strokes import sample
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("runs")

Index = QModelIndex | QPersistentModelIndex

_NAMES = [column.name for column in COLUMNS]
STAR, NAME = _NAMES.index("star"), _NAMES.index("name")
EDITED = {"name": "title", "tags": "tags", "note": "note"}
"""The columns that are edited in place, and what each changes of a run."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CORNER = "QAbstractScrollArea::corner { background: transparent; border: 0; }"
"""The style of where two scroll bars meet."""
_NARROWEST, _WIDEST = 30, 280  # pixels: a long note must not push the rest out of sight
_MEASURED = 200  # rows: a long history is looked at from its beginning
_SPARE = 6  # pixels that a column is wider than what it holds
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
        self._column, self._descending = "id", True
        self._places: dict[int, int] = {}

    @property
    def total(self) -> int:
        """How many runs there are, those that the filter hides too."""
        return len(self._all)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these runs, as far as the filter finds them."""
        self._all = list(rows)
        self._arrange()

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
        found = [row for row in self._all if matches(row.run, self._filter)]
        self.rows = sorted_rows(found, self._column, self._descending)
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
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return column.text(row)
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
            return QColor(self._theme.warning if starred else self._theme.faint)
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
    parts = [run.message, run.note if column == "note" else "", tip]
    return "\n".join(part for part in parts if part) or str(run.folder)


class RunTable(QTableView):
    """Shows runs; which of them are selected is told in the order of the table."""

    chosen = Signal()
    """Other runs are selected."""
    menu_wanted = Signal(QPoint)
    """Where, on the screen."""
    star_wanted = Signal(int)
    """The id of a run whose star was pressed."""
    delete_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunTableModel(theme, self)
        self._drawn_to_size: set[int] = set()
        self._is_fitting = True  # until there is something to fit to
        self._is_fitted = False
        self.setModel(self.runs)
        self.setAccessibleName(tr("Runs"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(22, 10))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 9)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(True)
        header.sectionResized.connect(self._note_size)
        header.setMinimumSectionSize(_NARROWEST)
        self.setStyleSheet(CORNER)
        self.setSortingEnabled(True)
        header.setSortIndicator(_NAMES.index("id"), Qt.SortOrder.DescendingOrder)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        )
        self.clicked.connect(self._click)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    @property
    def selected(self) -> list[Row]:
        """The selected runs, in the order of the table."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.runs.rows[place] for place in places]

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these runs; what was selected stays so."""
        before = [row.run.id for row in self.selected]
        self.runs.show_rows(rows)
        self._fit_columns()
        self.select(before)

    def set_filter(self, text: str) -> None:
        """Show the runs alone that a text finds."""
        before = [row.run.id for row in self.selected]
        self.runs.set_filter(text)
        self.select(before)

    def select(self, numbers: Sequence[int]) -> None:
        """Select these runs, as far as they are shown, and no others."""
        wanted = set(numbers)
        last = len(COLUMNS) - 1
        chosen = QItemSelection()
        for place, row in enumerate(self.runs.rows):
            if row.run.id in wanted:
                ends = self.runs.index(place, 0), self.runs.index(place, last)
                chosen.append(QItemSelectionRange(*ends))
        chooser = self.selectionModel()
        with QSignalBlocker(self):  # else each row would be told of by itself
            chooser.select(chosen, chooser.SelectionFlag.ClearAndSelect)
        self.chosen.emit()

    def _fit_columns(self) -> None:
        """Widen columns to what they hold, but for those somebody has drawn to size."""
        header = self.horizontalHeader()
        self._is_fitting = True
        for column in range(len(COLUMNS)):
            if column in self._drawn_to_size:
                continue
            needed = self.sizeHintForColumn(column) + _SPARE
            if column != STAR:  # its head is no wider than its stars
                needed = max(needed, header.sectionSizeHint(column))
            if column == NAME:
                needed = max(needed, self._width_of_names())
            width = min(needed, _WIDEST)
            if width > self.columnWidth(column) or not self._is_fitted:
                self.setColumnWidth(column, width)
        self._is_fitting = False
        self._is_fitted = bool(self.runs.rows)

    def _width_of_names(self) -> int:
        """As wide as each name with a stroke, which any run may soon have."""
        stroke = self.iconSize().width() + _SPARE
        widest = 0
        for row in range(min(len(self.runs.rows), _MEASURED)):
            index = self.runs.index(row, NAME)
            has_stroke = index.data(Qt.ItemDataRole.DecorationRole) is not None
            width = self.sizeHintForIndex(index).width()
            widest = max(widest, width + (0 if has_stroke else stroke))
        return widest + _SPARE

    def _note_size(self, column: int, _before: int, _after: int) -> None:
        if not self._is_fitting:
            self._drawn_to_size.add(column)

    def _click(self, index: QModelIndex) -> None:
        if index.column() == STAR:
            self.star_wanted.emit(self.runs.rows[index.row()].run.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.selected:
            self.delete_wanted.emit()
            return
        if event.key() == Qt.Key.Key_F2 and self.currentIndex().isValid():
            column = self.currentIndex().column()
            if COLUMNS[column].name not in EDITED:
                self.setCurrentIndex(self.currentIndex().siblingAtColumn(NAME))
        super().keyPressEvent(event)
