"""How well each class is told from the others: a table that sorts by its heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from engine.figures import percent
from gui.look.bars import one_line
from gui.look.confusion_view import CORNER
from gui.look.key_choice import choose_current
from gui.sort_signs import DOWN, UP
from gui.texts import Texts

if TYPE_CHECKING:  # scikit-learn: when something is evaluated
    from engine.evaluation import ClassFigures, ClassReport

tr = Texts("look")

Index = QModelIndex | QPersistentModelIndex

_NONE = QModelIndex()
_HEADS = (
    (tr.mark("Class"), tr.mark("What the class is called")),
    (
        tr.mark("Precision"),
        tr.mark("The share of right answers among those that name the class"),
    ),
    (tr.mark("Recall"), tr.mark("The share that was found of what the class is")),
    (tr.mark("F1"), tr.mark("The harmonic mean of precision and recall")),
    (tr.mark("Samples"), tr.mark("How often the class is the truth")),
)
_SORT = Qt.ItemDataRole.UserRole


class _ClassModel(QAbstractTableModel):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures: tuple[ClassFigures, ...] = ()

    def show(self, figures: tuple[ClassFigures, ...]) -> None:
        self.beginResetModel()
        self.figures = figures
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        return len(self.figures)

    def columnCount(self, parent: Index = _NONE) -> int:
        return len(_HEADS)

    def data(self, index: Index, role: int = 0) -> object:
        each, column = self.figures[index.row()], index.column()
        numbers = (each.precision, each.recall, each.f1)
        if role == _SORT:
            return (index.row(), *numbers, each.support)[column]
        if role == Qt.ItemDataRole.DisplayRole:
            shares = (percent(number, 1) for number in numbers)
            return (one_line(each.name), *shares, f"{each.support:,}")[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr.of(_HEADS[section][0])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr.of(_HEADS[section][1])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
            return int((right if section else left) | Qt.AlignmentFlag.AlignVCenter)
        return None


class _Sorted(QSortFilterProxyModel):
    """Sorts, and says by what behind the title: upwards where the least is above."""

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> object:
        title = super().headerData(section, orientation, role)
        is_sorted_by = section == self.sortColumn() and title is not None
        if not is_sorted_by or role != Qt.ItemDataRole.DisplayRole:
            return title
        return title + (UP if self.sortOrder() is Qt.SortOrder.AscendingOrder else DOWN)


class ClassTable(QTableView):
    """Precision, recall and F1 of each class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures = _ClassModel(self)
        sorted_ = _Sorted(self)
        sorted_.setSourceModel(self._figures)
        sorted_.setSortRole(_SORT)
        self.setModel(sorted_)
        self.setAccessibleName(tr("Figures of each class"))
        self.setStyleSheet(CORNER)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 9)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the title has it
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            choose_current(self)

    def show_report(self, report: ClassReport) -> None:
        """Show the figures of a report."""
        self._figures.show(report.figures)
