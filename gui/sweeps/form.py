"""The form of a new sweep: what to vary, how to search, how many at once."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from engine.document import Document
from engine.problems import Refusal
from engine.sweep_plan import SWEEP_SETTINGS, Plan
from engine.sweep_space import Variation, combinations
from gui.cards import label
from gui.settings_form import SettingsForm
from gui.sweeps.vary_list import VaryList
from gui.text_scale import scaled, scaled_size
from gui.texts import Texts
from gui.whole_rows import end_with_whole_row

tr = Texts("sweeps")

_SIZE = (820, 520)
_SIDE = 270
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class SweepForm(QDialog):
    """Ends accepted with `variations` and `plan`, once these were `confirmed`."""

    confirmed = Signal(object, object)
    """Begin with these variations and this plan; meanwhile it says that it starts.

    Were it closed before, a click in the second or two that this takes would go to
    what lies below.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("New sweep of {document}", document=document.name))
        self.resize(scaled_size(*_SIZE))
        self.variations: list[Variation] = []
        self.plan = Plan()
        self.list = VaryList(document, self)
        self.search = SettingsForm(SWEEP_SETTINGS, self)
        self.search.show_values(asdict(self.plan))
        self.search.changed.connect(self._change)
        self.list.changed.connect(self._say)
        self.about = label("", "muted", self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = buttons.addButton(
            tr("Start the sweep"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        keys = QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_Return)
        self.start.setToolTip(
            tr(
                "Train the trials, one after another or several at once ({keys})",
                keys=keys.toString(QKeySequence.SequenceFormat.NativeText),
            )
        )
        self.start.setProperty("role", "primary")
        self.start.style().polish(self.start)  # the box has given it a style already
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        side = QWidget(self)
        side.setFixedWidth(scaled(_SIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self.about)
        column.addStretch(1)
        whole = QGridLayout(self)
        whole.setHorizontalSpacing(16)
        whole.setColumnStretch(0, 1)
        whole.setRowStretch(1, 1)
        whole.addWidget(label(tr("Tick the settings to vary"), "title", self), 0, 0)
        whole.addWidget(label(tr("How to search"), "title", self), 0, 1)
        whole.addWidget(self.list, 1, 0)
        whole.addWidget(side, 1, 1)
        whole.addWidget(buttons, 2, 0, 1, 2)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        end_with_whole_row(self, self.list.tree)

    def _change(self, name: str, value: Any) -> None:
        self.plan = replace(self.plan, **{name: value})
        self.search.show_values(asdict(self.plan))
        self._say()

    def _say(self) -> None:
        """How many trials it will be; a sweep that cannot begin cannot be started."""
        try:
            variations = self.list.variations()
            is_grid = self.plan.sampler == "grid"
            count = len(combinations(variations)) if is_grid else self.plan.trials
        except Refusal as refusal:
            self.about.setText("" if self.list.problem.text() else str(refusal))
            self.start.setEnabled(False)
            return
        self.start.setEnabled(bool(variations))
        if not variations:
            self.about.setText(tr("Nothing is ticked yet."))
            return
        trials = tr.counted(count, "1 trial", "{count:,} trials")
        at_once = (
            tr(", {at_once} at once", at_once=self.plan.at_once)
            if self.plan.at_once > 1
            else ""
        )
        self.about.setText(
            tr(
                "{settings}, {trials}{at_once}. Each is kept in the table of runs.",
                settings=tr.counted(len(variations), "1 setting", "{count:,} settings"),
                trials=trials,
                at_once=at_once,
            )
        )

    def _accept(self) -> None:
        try:
            self.variations = self.list.variations()
        except Refusal:
            return  # it is said under the list
        self.start.setFixedWidth(self.start.width())  # Cancel stays where it is
        self.start.setText(tr("Starting"))
        self.start.setEnabled(False)
        self.repaint()  # before what takes its time
        self.confirmed.emit(self.variations, self.plan)
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends what is typed in a field, as everywhere; with Ctrl it starts."""
        if event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.start.click()
