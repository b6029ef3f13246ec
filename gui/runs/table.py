"""The table of runs: sorted by its heads, filtered, and edited in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.run_table import COLUMNS, Row
from gui.runs.run_rows import EDITED, Index, RunTableModel
from gui.sort_signs import DOWN, UP
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("runs")

_NAMES = [column.name for column in COLUMNS]
STAR, NAME = _NAMES.index("star"), _NAMES.index("name")
_FIRST = {_NAMES.index(each) for each in ("star", "id", "name", "test", "state")}
"""The columns that are there in any room; the others as far as they fit into it."""
CORNER = "QAbstractScrollArea::corner { background: transparent; border: 0; }"
"""The style of where two scroll bars meet."""
_HEAD_LEFT, _HEAD_RIGHT = 10, 2
_HEAD = f"QHeaderView::section {{ padding: 3px {_HEAD_RIGHT}px 3px {_HEAD_LEFT}px; }}"
_HEAD_SIZE = 0.92
"""The letters of heads beside those of cells, as the style sheet has them at most."""
_NARROWEST, _WIDEST = 30, 280  # pixels: a long note must not push the rest out of sight
_MEASURED = 200  # rows: a long history is looked at from its beginning
_SPARE, _NAME_SPARE = 2, 6  # pixels that a column is wider than what it holds
_LEAST_NAME = 84  # pixels: a stroke and the beginning of a title


class _CutInTheMiddle(QStyledItemDelegate):
    """Writes names; where one is cut its end is kept, which often is a number."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


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
        self._widths = dict.fromkeys(range(len(COLUMNS)), _NARROWEST)
        """How wide each column is to be, those that are hidden too."""
        self._chosen: dict[int, bool] = {}
        """The columns that somebody wanted to see, or not to."""
        self.setModel(self.runs)
        self.setItemDelegateForColumn(NAME, _CutInTheMiddle(self))
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
        self.setStyleSheet(CORNER + _HEAD)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the title has it, right beside the word
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_columns)
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

    def set_network(self, name: str) -> None:
        """Show the runs alone of documents with this name; "" shows those of all."""
        before = [row.run.id for row in self.selected]
        self.runs.set_network(name)
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
        for column in range(len(COLUMNS)):
            if column in self._drawn_to_size:
                continue
            needed = self.sizeHintForColumn(column) + _SPARE
            if column != STAR:  # its head is no wider than its stars
                needed = max(needed, self._width_of_head(column))
            if column == NAME:
                needed = max(needed, self._width_of_names())
            width = min(needed, _WIDEST)
            if width > self._widths[column] or not self._is_fitted:
                self._widths[column] = width
        self._is_fitted = bool(self.runs.rows)
        self._arrange_columns()

    def _arrange_columns(self) -> None:
        """Show as many columns as there is room for; names give way first."""
        if not self._is_fitted:
            return
        shown = {column for column in _FIRST if self._chosen.get(column, True)}
        shown |= {column for column, wanted in self._chosen.items() if wanted}
        room = self.viewport().width() - sum(self._widths[each] for each in shown)
        name = self._widths[NAME]
        if NAME not in self._drawn_to_size:
            name = max(min(name, name + room), min(name, _LEAST_NAME))
        for column, width in self._widths.items():
            if column in shown or column in self._chosen:
                continue
            room -= width
            if room < 0:
                break  # and none that matters less
            shown.add(column)
        self._is_fitting = True
        for column, width in self._widths.items():
            self.setColumnHidden(column, column not in shown)
            if column in shown:
                self.setColumnWidth(column, name if column == NAME else width)
        self._is_fitting = False

    def show_column(self, column: int, is_shown: bool = True) -> None:
        """Show a column whatever room there is, or leave it out."""
        self._chosen[column] = is_shown
        self._arrange_columns()

    def fill_columns(self, menu: QMenu) -> None:
        """Fill a menu with the columns to choose from."""
        menu.clear()
        for place, column in enumerate(COLUMNS):
            if place == NAME:
                continue  # nobody would know the runs without
            title = tr("Star") if place == STAR else column.title
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(place))
            action.toggled.connect(
                lambda is_shown, place=place: self.show_column(place, is_shown)
            )
        menu.addSeparator()
        menu.addAction(tr("As many as fit"), self._forget_choice)

    def _forget_choice(self) -> None:
        self._chosen.clear()
        self._drawn_to_size.clear()
        self._is_fitted = False
        self._fit_columns()

    def _open_columns(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_columns(menu)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_columns()

    def _width_of_head(self, column: int) -> int:
        """As wide as its title with an arrow: Qt's hint is that of larger letters."""
        header = self.horizontalHeader()
        title = self.runs.headerData(
            column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole
        ).rstrip(UP + DOWN)
        font = QFont(header.font())
        font.setPointSizeF(font.pointSizeF() * _HEAD_SIZE)
        room = QFontMetrics(font).horizontalAdvance(title + DOWN)
        return room + _HEAD_LEFT + _HEAD_RIGHT

    def _width_of_names(self) -> int:
        """As wide as each name with a stroke, which any run may soon have."""
        stroke = self.iconSize().width() + _NAME_SPARE
        widest = 0
        for row in range(min(len(self.runs.rows), _MEASURED)):
            index = self.runs.index(row, NAME)
            has_stroke = index.data(Qt.ItemDataRole.DecorationRole) is not None
            width = self.sizeHintForIndex(index).width()
            widest = max(widest, width + (0 if has_stroke else stroke))
        return widest + _NAME_SPARE

    def _note_size(self, column: int, _before: int, after: int) -> None:
        if not self._is_fitting:
            self._drawn_to_size.add(column)
            self._widths[column] = after

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
