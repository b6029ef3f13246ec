"""Trying a network for tables: a field for each column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.figures import figure
from engine.problems import Problem
from gui.cards import label
from gui.look.trial import AnswerView, Trial, truth_text
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.columns import Column
    from engine.showing.trained import Trained

tr = Texts("look")


class RowTrial(Trial):
    """Cells to fill in; the answer follows every change."""

    title = tr.mark("Fill in")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._columns: tuple[Column, ...] = ()
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self._sample = 0
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(tr("Columns"))
        self.sample_button = QPushButton(tr("Test sample"), self)
        self.sample_button.setToolTip(tr("Fill in the next row of the test part"))
        self.sample_button.clicked.connect(self.take_sample)
        self.answer = AnswerView(theme, self)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self._area, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.truth = label("", "muted", self)
        self.truth.setWordWrap(False)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.sample_button)
        below.addWidget(self.truth, 1)
        left.addLayout(below)
        row.addLayout(left, 1)
        row.addWidget(self.answer, 1)
        self.call.answered.connect(self._take)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.answer.set_theme(theme)

    def show_trained(self, trained: Trained) -> None:
        super().show_trained(trained)
        self._sample = 0
        self.answer.say(tr("Reading the table…"))

        def work() -> object:
            from engine.showing.columns import columns_behind

            return columns_behind(trained, trained.plan.fields[0])

        self.call.ask(work)

    def _take(self, found: tuple[object, ...]) -> None:
        if found and hasattr(found[0], "scales"):
            self._fill(found)  # type: ignore[arg-type]
        else:
            self.answer.show_answers(found)  # type: ignore[arg-type]

    def _fill(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns
        box = QWidget(self._area)
        box.setProperty("role", "plain")
        form = QFormLayout(box)
        form.setContentsMargins(0, 0, 6, 0)
        form.setSpacing(4)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.fields.clear()
        for column in columns:
            field = self._field(column, box)
            self.fields[column.name] = field
            name = label(column.name, "muted", box)
            name.setWordWrap(False)
            name.setBuddy(field)
            form.addRow(name, field)
        self._area.setWidget(box)
        self.take_sample()

    def _field(self, column: Column, parent: QWidget) -> QLineEdit | QComboBox:
        if column.words:
            combo = QComboBox(parent)
            combo.setAccessibleName(column.name)
            combo.addItems(list(column.words))
            combo.activated.connect(lambda _: self._ask())
            return combo
        line = QLineEdit(parent)
        line.setAccessibleName(column.name)
        if not column.date_order and math.isfinite(column.low):
            line.setToolTip(
                tr(
                    "From {low} to {high} in the training part",
                    low=figure(column.low),
                    high=figure(column.high),
                )
            )
        if column.fills:
            line.setPlaceholderText(
                tr("missing: read as the means")
                if column.date_order
                else tr("missing: read as {mean}", mean=figure(column.fills[0]))
            )
        line.textChanged.connect(lambda _: self._ask())
        return line

    def take_sample(self) -> None:
        """Fill in the next row of the test part."""
        trained = self.trained
        if trained is None or not self._columns:
            return
        from engine.data.columns import MISSING
        from engine.showing.columns import told_row

        test = trained.splits.test
        index = self._sample % len(test)
        row = test.inputs[trained.plan.fields[0]][index]
        self._sample += 1
        for name, cell in told_row(self._columns, row, ("test", index)):
            field = self.fields[name]
            field.blockSignals(True)
            if isinstance(field, QComboBox):
                field.setCurrentText(cell)
            else:
                field.setText("" if cell == MISSING else cell)
            field.blockSignals(False)
        self._ask()
        self.truth.setText(truth_text(trained, tr("Test row"), index))

    def _cells(self) -> dict[str, str]:
        return {
            name: field.currentText() if isinstance(field, QComboBox) else field.text()
            for name, field in self.fields.items()
        }

    def _ask(self) -> None:
        self.truth.setText("")  # nobody knows it for a row of one's own
        trained, columns, cells = self.trained, self._columns, self._cells()
        if trained is None:
            return

        def work() -> object:
            from engine.showing.asking import ask
            from engine.showing.columns import encoded_row

            return ask(trained, encoded_row(columns, cells))

        self.call.ask(work)

    def fail(self, problem: Problem) -> None:
        self.answer.say(problem.sentence())
