"""What differs between two runs, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from engine.figures import is_share, metric_name, percent
from engine.problems import Refusal
from engine.run_comparison import (
    DATA,
    NETWORK,
    RESULT,
    VERSIONS,
    Difference,
    differences,
)
from engine.run_record import Run
from gui.cards import label
from gui.setting_words import source_title, title_of, value_of
from gui.texts import Texts

tr = Texts("runs")

_LETTERS = 10


def in_words(each: Difference) -> tuple[str, str, str]:
    """What differs and its two values, as forms and the table of runs write them."""
    both = each.first, each.second
    if each.setting is not None:
        first, second = (value_of(text, each.setting) for text in both)
        return title_of(each.what, each.setting), first, second
    if each.part in {NETWORK, VERSIONS}:
        return each.what, *both  # names in the code stay as they are
    if each.part == DATA and each.what == "source":
        first, second = map(source_title, both)
        return tr("Source"), first, second
    part, _, metric = each.what.partition("_")
    what = each.what.replace("_", " ")
    if each.part == RESULT and part in {"test", "val"}:
        what = f"{part} {metric_name(metric)}"
    first, second = (_value(each.what, text) for text in both)
    return what[:1].upper() + what[1:], first, second


def _value(name: str, text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return text
    return percent(number, 1) if is_share(name) else text


class DifferencesView(QWidget):
    """A table with a column for each of two runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, 4, self)
        self.table.setAccessibleName(tr("What differs between two runs"))
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().setDefaultSectionSize(
            self.fontMetrics().height() + 8
        )
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        # Of a value that is cut off enough is seen; there is a bar for the rest.
        header.setMinimumSectionSize(_LETTERS * self.fontMetrics().averageCharWidth())
        for column in range(2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.text = label("", "muted", self)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.text)
        self._stack.addWidget(self.table)
        self.show_runs([])

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show what differs; there have to be two."""
        if len(runs) != 2:
            self._say(tr("Choose two runs to see what differs between them."))
            return
        first, second = sorted(runs, key=lambda run: run.id)
        try:
            found = differences(first, second)
        except Refusal as refusal:
            self._say(str(refusal))
            return
        if not found:
            self._say(
                tr("Nothing differs: network, data, settings and result are equal.")
            )
            return
        heads = ["", "", *(f"{run.id} · {run.title}" for run in (first, second))]
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(found))
        part = ""
        for place, each in enumerate(found):
            shown = each.part if each.part != part else ""
            part = each.part
            cells = (shown, *in_words(each))
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(place, column, item)
        self._stack.setCurrentWidget(self.table)

    def _say(self, text: str) -> None:
        self.text.setText(text)
        self._stack.setCurrentWidget(self.text)
