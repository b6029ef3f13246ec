"""The trials of a sweep as a table: what was tried, and what came of it."""

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
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from engine.catalog.settings import Setting
from engine.figures import loss_figure, metric_text
from engine.run_record import FINISHED
from engine.run_table import duration_text
from engine.sweep_study import DONE, FAILED, RUNNING, Trial
from gui.runs.table import CORNER
from gui.setting_words import title_of
from gui.sort_signs import DOWN, UP
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("sweeps")

Index = QModelIndex | QPersistentModelIndex

_FIRST = (tr.mark("Trial"), tr.mark("State"), tr.mark("Val. loss"))
_LAST = (tr.mark("Metric"), tr.mark("Epochs"), tr.mark("Time"), tr.mark("Message"))


class TrialModel(QAbstractTableModel):
    """Trials with a column for each setting that is varied."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._settings: dict[str, Setting] = {}
        self.trials: list[Trial] = []
        self._column, self._descending = 0, False

    @property
    def heads(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return (*_FIRST, *self._settings, *_LAST)

    def show_trials(
        self, settings: dict[str, Setting], trials: Sequence[Trial]
    ) -> None:
        """Show these trials, and the settings that they vary."""
        self.beginResetModel()
        self._settings = settings
        self.trials = list(trials)
        self._arrange()
        self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.beginResetModel()
        self._theme = theme
        self.endResetModel()

    @property
    def best(self) -> int | None:
        """The number of the best trial."""
        done = [trial for trial in self.trials if trial.state == DONE]
        return min(done, key=lambda t: t.loss).number if done else None

    def _arrange(self) -> None:
        """Sort; what has no value in the column comes last either way."""
        known = [trial for trial in self.trials if not _is_gap(self._key(trial))]
        without = [trial for trial in self.trials if _is_gap(self._key(trial))]
        known.sort(key=lambda trial: _order(self._key(trial)), reverse=self._descending)
        self.trials = known + without

    def _key(self, trial: Trial) -> float | str:
        head = self.heads[min(self._column, len(self.heads) - 1)]
        if head in self._settings:
            value = trial.values.get(head)
            return value if isinstance(value, (int, float)) else str(value)
        metric = next(iter(trial.metrics.values()), math.nan)
        keys: dict[str, float | str] = {
            "Trial": trial.number,
            "State": trial.state,
            "Val. loss": trial.loss,
            "Metric": metric,
            "Epochs": trial.epochs,
            "Time": trial.seconds,
            "Message": trial.message,
        }
        return keys[head]

    def _text(self, trial: Trial, head: str) -> str:
        if head in self._settings:
            value = trial.values.get(head)
            return self._settings[head].wording(value)
        metric = next(iter(trial.metrics.items()), None)
        return {
            "Trial": str(trial.number),
            "State": FINISHED if trial.state == DONE else trial.state,
            "Val. loss": loss_figure(trial.loss) if math.isfinite(trial.loss) else "",
            "Metric": metric_text(*metric) if metric else "",
            "Epochs": f"{trial.epochs:,}" if trial.epochs else "",
            "Time": duration_text(trial.seconds) if trial.seconds else "",
            "Message": trial.message,
        }[head]

    # What Qt asks.

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.trials)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            head = self.heads[section]
            setting = self._settings.get(head)
            title = tr.of(head) if setting is None else title_of(head, setting)
            arrow = DOWN if self._descending else UP
            return title + (arrow if section == self._column else "")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        trial, head = self.trials[index.row()], self.heads[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(trial, head)
        if role == Qt.ItemDataRole.ToolTipRole:
            return trial.message or self._text(trial, head)
        if role == Qt.ItemDataRole.FontRole and trial.number == self.best:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and head == "State":
            colors = {FAILED: self._theme.error, RUNNING: self._theme.success}
            return QColor(colors.get(trial.state, self._theme.text))
        return None

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        self.beginResetModel()
        self._column = column
        self._descending = order is Qt.SortOrder.DescendingOrder
        self._arrange()
        self.endResetModel()


def _is_gap(value: float | str) -> bool:
    return value == "" or (isinstance(value, float) and math.isnan(value))


def _order(value: float | str) -> tuple[int, float, str]:
    return (1, 0.0, value) if isinstance(value, str) else (0, value, "")


class TrialTable(QTableView):
    """Shows trials; one can be chosen."""

    chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trials = TrialModel(theme, self)
        self.setModel(self.trials)
        self.setAccessibleName(tr("Trials of the sweep"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 9)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.setStyleSheet(CORNER)
        self.setSortingEnabled(True)
        # The title has it, as in the table of runs: upwards where the least is above.
        self.horizontalHeader().setSortIndicatorShown(False)
        self.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    @property
    def trial(self) -> Trial | None:
        """The chosen trial."""
        rows = self.selectionModel().selectedRows()
        return self.trials.trials[rows[0].row()] if rows else None

    def show_trials(
        self, settings: dict[str, Setting], trials: Sequence[Trial]
    ) -> None:
        """Show these trials; the chosen one stays so."""
        before = self.trial
        heads = self.trials.heads
        self.trials.show_trials(settings, trials)
        if self.trials.heads != heads or len(trials) < 3:
            self.resizeColumnsToContents()
        if before is not None:
            self.choose(before.number)

    def choose(self, number: int) -> None:
        """Choose the trial of this number, and bring it into sight."""
        for place, trial in enumerate(self.trials.trials):
            if trial.number == number:
                self.selectRow(place)
                self.scrollTo(self.trials.index(place, 0))
