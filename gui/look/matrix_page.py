"""The confusion matrix, and the samples of a cell: beside it, or in its place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.look.confusion_view import ConfusionView
from gui.look.samples import mistakes
from gui.look.samples_page import SamplesPage
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch, scikit-learn: when something is evaluated
    from engine.evaluation import ClassReport
    from engine.showing.trained import Trained

tr = Texts("look")

_LIST_LETTERS = 40
"""How many letters wide the list is at least, for both to be seen."""
_BETWEEN = 14  # pixels
_ANY_WIDTH = 16777215  # Qt's QWIDGETSIZE_MAX


class MatrixPage(QWidget):
    """Where there is room, the mistakes stand beside the matrix from the first."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion = ConfusionView(theme, self)
        self.samples = SamplesPage(self)
        self.samples.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_BETWEEN)
        row.addWidget(self.confusion, 1)
        row.addWidget(self.samples, 1)
        self._shown: tuple[Trained, ClassReport] | None = None
        self.cell: tuple[int, int] | None = None
        """Row and column of the cell whose samples are shown."""
        self._has_mistakes = False
        self.confusion.cell_chosen.connect(self._show_cell)
        self.samples.back.clicked.connect(self._go_back)

    def show_report(self, trained: Trained, report: ClassReport) -> None:
        """Show the matrix of a report."""
        self._shown = trained, report
        self.confusion.show_report(report)
        self._leave_cell()

    def _leave_cell(self) -> None:
        self.cell, self._has_mistakes = None, False
        self._arrange()

    def _arrange(self) -> None:
        """Show both where both have room, else the one that is asked for."""
        least = _LIST_LETTERS * self.fontMetrics().averageCharWidth()
        room = self.width() - least - _BETWEEN
        has_room = room >= self.confusion.width_of_cells(is_least=True)
        most = min(self.confusion.width_of_cells(), room) if has_room else _ANY_WIDTH
        self.confusion.setMaximumWidth(most)
        in_cell = self.cell is not None
        self.confusion.setVisible(has_room or not in_cell)
        self.samples.setVisible(has_room or in_cell)
        self.samples.back.setVisible(in_cell)
        self.samples.back.setToolTip(
            tr("Back to all mistakes")
            if has_room
            else tr("Back to the confusion matrix")
        )
        if has_room and not in_cell and not self._has_mistakes and self._shown:
            self._has_mistakes = True
            self.samples.show_mistakes(*self._shown)

    def _show_cell(self, row: int, column: int) -> None:
        if self._shown is None:
            return
        trained, report = self._shown
        places = report.in_cell(row, column)
        truth, answer = report.names[row], report.names[column]
        said = (
            tr("told right")
            if row == column
            else tr("taken for {answer}", answer=answer)
        )
        head = tr("{truth} {said}: none.", truth=truth, said=said)
        if len(places):
            head = tr(
                "{truth} {said}: {count:,}, the surest first.",
                truth=truth,
                said=said,
                count=len(places),
            )
        self.cell = row, column
        self._arrange()
        make = partial(mistakes, trained, report)
        self.samples.show_samples(head, make, places.tolist())
        if not self.confusion.isVisible():
            self.samples.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_back(self) -> None:
        cell = self.cell
        self._leave_cell()
        if cell is not None:
            self.confusion.setCurrentIndex(self.confusion.matrix.index(*cell))
            self.confusion.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.cell is not None:
            self._go_back()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def close_page(self) -> None:
        """Wait for what is being worked out."""
        self.samples.close_page()
