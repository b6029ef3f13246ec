"""The Runs tab: what was trained before, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gui.cards import label

if TYPE_CHECKING:
    from engine.runs import Run

_COLUMNS = ("Network", "When", "Epochs", "Result", "State")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run as the table shows it."""

    name: str
    when: str
    epochs: str
    result: str
    state: str
    tip: str


def known_runs(folder: Path | None) -> list[RunRow]:
    """The runs of the history in `folder`, newest first. Raises Refusal."""
    from engine.runs import Runs, default_folder  # SQLite: after the first frame

    return [_row(run) for run in Runs(folder or default_folder()).list()]


def _row(run: Run) -> RunRow:
    when = datetime.fromisoformat(run.started).astimezone()
    result = run.result
    epochs = result.get("epochs", result.get("epoch", ""))
    device = f"{run.device.upper()}, {run.precision}" if run.device else ""
    return RunRow(
        name=run.name,
        when=f"{when:%Y-%m-%d %H:%M}",
        epochs=f"{epochs} of {run.recipe.get('epochs', '?')}" if epochs != "" else "",
        result=_result(result),
        state=f"{run.state} · {device}" if device else run.state,
        tip=run.message or str(run.folder),
    )


def _result(result: dict[str, Any]) -> str:
    """The test metric of a run, or its loss; empty where it was not tested."""
    if "test_accuracy" in result:
        return f"test accuracy {100 * result['test_accuracy']:.1f} %"
    if "test_loss" in result:
        return f"test loss {result['test_loss']:.4g}"
    return ""


class RunsPanel(QWidget):
    """A table of runs, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, len(_COLUMNS), self)
        self.table.setAccessibleName("Runs")
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        self._empty = label(
            "No runs yet. Each training is kept here with its result.", "muted", self
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(10, 2, 10, 10)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)

    def show_runs(self, rows: Sequence[RunRow]) -> None:
        """Show these runs."""
        self.table.setRowCount(len(rows))
        for place, row in enumerate(rows):
            cells = (row.name, row.when, row.epochs, row.result, row.state)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(row.tip)
                self.table.setItem(place, column, item)
        self._stack.setCurrentWidget(self.table if rows else self._empty)
