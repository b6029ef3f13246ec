"""The confusion matrix: truths by answers, a number and a colour in every cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.figures import percent
from gui.look.bars import one_line
from gui.look.key_choice import choose_current
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # scikit-learn: when something is evaluated
    from engine.evaluation import ClassReport

tr = Texts("look")

Index = QModelIndex | QPersistentModelIndex

_NARROWEST, _READABLE, _WIDEST = 22, 40, 64  # pixels of a cell
_GRID = 0.4  # of a border: lines between cells that are as the ground
_DENSEST, _LETTER = 0.8, 0.75
"""Rows so low, of a line of text, still hold numbers, which take so much of a row."""
_HEAD = 6  # pixels above the fields, beside the names
_WHITE, _BLACK = QColor("#ffffff"), QColor("#000000")
_NONE = QModelIndex()
_ACROSS = Qt.Orientation.Horizontal
CORNER = (
    "QAbstractScrollArea::corner, QTableCornerButton::section "
    "{ background: transparent; border: 0; }"
)
"""The style of where two scroll bars meet, and of where two headers do."""


class ConfusionModel(QAbstractTableModel):
    """Counts, and the share each is of its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: ClassReport | None = None

    def show(self, report: ClassReport) -> None:
        """Show the matrix of a report."""
        self.beginResetModel()
        self._report = report
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if self._report is None else len(self._report.confusion)

    def columnCount(self, parent: Index = _NONE) -> int:
        return self.rowCount()

    def count(self, row: int, column: int) -> int:
        """How many answers a cell counts."""
        return 0 if self._report is None else int(self._report.confusion[row, column])

    def share(self, row: int, column: int) -> float:
        """The part of its row, of one truth, that a cell is: from 0 to 1."""
        if self._report is None:
            return 0.0
        total = int(self._report.confusion[row].sum())
        return self.count(row, column) / total if total else 0.0

    def data(self, index: Index, role: int = 0) -> object:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            count = self.count(row, column)
            return f"{count:,}" if count else ""
        texts = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        if role in texts and self._report is not None:
            truth, answer = self._report.names[row], self._report.names[column]
            count = self.count(row, column)
            share = tr(
                "{count:,} of {truth}, {share}",
                count=count,
                truth=truth,
                share=percent(self.share(row, column), 1),
            )
            said = (
                tr("told right")
                if row == column
                else tr("taken for {answer}", answer=answer)
            )
            return f"{share}: {said}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> object:
        if self._report is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self._report.names[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            what = (
                tr("Answer")
                if orientation is Qt.Orientation.Horizontal
                else tr("Truth")
            )
            return f"{what}: {self._report.names[section]}"
        return None


class _CellPainter(QStyledItemDelegate):
    """Blue where the answer is right, orange where it is not: stronger, the more.

    The two are told apart with any colour vision, and the numbers say the same.
    """

    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self.theme = theme
        self.pixels = 0
        """How high the letters are; 0 for the usual ones."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        model = index.model()
        if not isinstance(model, ConfusionModel):
            return
        right = index.row() == index.column()
        share = model.share(index.row(), index.column())
        hue = self.theme.families["convolution" if right else "dense"]
        ground = mixed(self.theme.surface, hue, share**0.6)  # a few must show, too
        cell = option.rect.adjusted(0, 0, -1, -1)  # type: ignore[attr-defined]
        painter.save()
        painter.fillRect(cell, ground)
        if self.theme.surface == self.theme.window:  # a cell without answers
            painter.setPen(mixed(self.theme.window, self.theme.border, _GRID))
            painter.drawRect(option.rect.adjusted(-1, -1, -1, -1))  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_Selected:
            self._outline(painter, cell)
        text = index.data()
        if text:
            painter.setPen(legible(ground, self.theme))
            painter.setFont(option.font)  # type: ignore[attr-defined]
            if self.pixels:
                font = painter.font()
                font.setPixelSize(self.pixels)
                painter.setFont(font)
            if _is_wider(painter, text, cell):
                small = painter.font()
                small.setPointSizeF(max(small.pointSizeF() * 0.75, 5.0))
                painter.setFont(small)
            if _is_wider(painter, text, cell):  # the tip says it to the last digit
                count = model.count(index.row(), index.column())
                text = f"{round(count / 1000)}k"
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def _outline(self, painter: QPainter, cell: QRect) -> None:
        painter.setPen(QPen(QColor(self.theme.focus), 2))
        painter.drawRect(cell.adjusted(1, 1, -1, -1))


def _is_wider(painter: QPainter, text: str, cell: QRect) -> bool:
    return painter.fontMetrics().horizontalAdvance(text) > cell.width() - 2


def mixed(first: str, second: str, share: float) -> QColor:
    """A colour between two, `share` of the way."""
    one, two = QColor(first), QColor(second)
    return QColor(
        *(
            round(a + (b - a) * min(max(share, 0.0), 1.0))
            for a, b in zip(one.getRgb()[:3], two.getRgb()[:3], strict=True)
        )
    )


def legible(ground: QColor, theme: Theme) -> QColor:
    """White or black, whichever stands out more from a ground (WCAG 2.2, 1.4.3)."""
    light = luminance(ground)
    return _WHITE if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else _BLACK


def luminance(color: QColor) -> float:
    """How light a colour is, from 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in color.getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


class ConfusionView(QTableView):
    """Rows are what was right, columns what the network said."""

    cell_chosen = Signal(int, int)
    """Row and column of a cell that was clicked, or chosen by Enter."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix = ConfusionModel(self)
        self.setModel(self.matrix)
        self._painter = _CellPainter(theme, self)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(tr("Confusion matrix: truths by answers"))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setStyleSheet(CORNER + "QHeaderView::section { padding: 0 6px; }")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        pixels = QAbstractItemView.ScrollMode.ScrollPerPixel
        self.setHorizontalScrollMode(pixels)
        self.setVerticalScrollMode(pixels)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setMinimumSectionSize(_NARROWEST)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clicked.connect(lambda at: self.cell_chosen.emit(at.row(), at.column()))

    def show_report(self, report: ClassReport) -> None:
        """Show the matrix of a report."""
        self.matrix.show(report)
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._painter.theme = theme
        self.viewport().update()

    def _fit(self) -> None:
        """Cells as large as there is room for, but not larger than is good to read."""
        count = self.matrix.rowCount()
        if not count:
            return
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        line = self.fontMetrics().height()
        high = (self.height() - line - _HEAD) // count
        least = round(_DENSEST * line)
        is_dense = least <= high < _NARROWEST
        self._write_small(round(high * _LETTER) if is_dense else 0)
        rows.setMinimumSectionSize(least)
        smallest = least if is_dense else _NARROWEST
        tall = min(max(high, smallest), _WIDEST)
        rows.setDefaultSectionSize(tall)
        room = self.width() - rows.sizeHint().width() - 4
        if tall > high:  # the rows scroll, and the columns need not for that
            room -= self.verticalScrollBar().sizeHint().width()
        wide = room // count
        most = max(_WIDEST, self._width_of_names())
        columns.setDefaultSectionSize(min(max(wide, _NARROWEST), most))

    def _width_of_names(self) -> int:
        """What a column takes for its name to be read."""
        metrics, count = self.horizontalHeader().fontMetrics(), self.matrix.rowCount()
        names = (str(self.matrix.headerData(i, _ACROSS)) for i in range(count))
        return max((metrics.horizontalAdvance(n) for n in names), default=0) + 14

    def width_of_cells(self, *, is_least: bool = False) -> int:
        """Pixels for the whole matrix: as wide as it is drawn at most, or so narrow
        that its numbers and names still have room."""
        cell = max(_READABLE if is_least else _WIDEST, self._width_of_names())
        heads = self.verticalHeader().sizeHint().width()
        bar = self.verticalScrollBar().sizeHint().width()
        return heads + cell * self.matrix.rowCount() + bar + 4

    def _write_small(self, pixels: int) -> None:
        """Write in letters so high; 0 are the usual ones."""
        if self._painter.pixels != pixels:
            self._painter.pixels = pixels
            size = f"font-size: {pixels}px;" if pixels else ""
            head = f"QHeaderView::section {{ padding: 0 6px; {size} }}"
            self.setStyleSheet(CORNER + head)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            choose_current(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at.isValid():
            self.cell_chosen.emit(at.row(), at.column())
            return
        super().keyPressEvent(event)
