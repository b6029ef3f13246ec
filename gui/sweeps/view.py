"""The sweeps of a document's runs: begin one, watch its trials, take the best.

Made when the tab is first shown: Optuna is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine import sweeps
from engine.catalog.settings import Setting
from engine.problems import Problem, Refusal
from engine.sweep_plan import Plan
from engine.sweep_space import Variation, edit_for, target_of
from engine.sweep_study import WAITING, Trial
from gui.cards import EmptyState
from gui.document_model import DocumentModel
from gui.elided import ElidedLabel
from gui.runs.side_by_side import SideBySide
from gui.setting_words import sweep_title, title_of
from gui.sweeps.controller import SweepController
from gui.sweeps.form import SweepForm
from gui.sweeps.importance import ImportanceBars
from gui.sweeps.trial_table import TrialTable
from gui.sweeps.wording import ended, standing
from gui.texts import Texts
from gui.theme import Theme
from gui.two_lines import TwoLines
from gui.waiting import waiting

if TYPE_CHECKING:  # pyqtgraph: when the plot is first shown
    from gui.sweeps.parallel import ParallelPlot

tr = Texts("sweeps")

_LEAST_TITLE = 12
"""So many letters of a sweep's title are always to be read."""


class SweepsView(QWidget):
    """One sweep at a time: its trials, its plot, and what can be done."""

    larger_wanted = Signal()
    """To have a window of its own, or to go back out of it."""
    refused = Signal(str)
    noted = Signal(str)
    runs_changed = Signal()
    """A trial is over: the table of runs has another."""

    def __init__(
        self,
        model: DocumentModel,
        data_dir: Path,
        runs_dir: Path | None,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._runs_dir = runs_dir
        self._theme = theme
        self._sweep: sweeps.Sweep | None = None
        self._settings: dict[str, Setting] = {}
        self._trials: dict[int, Trial] = {}
        self.controller = SweepController(data_dir, runs_dir, self)
        self.table = TrialTable(theme, self)
        self.plot: ParallelPlot | None = None
        self.importance = ImportanceBars(theme, self)
        self.details = QTabWidget(self)
        self.details.setAccessibleName(tr("What the trials show"))
        self._plot_page = QWidget(self.details)
        QVBoxLayout(self._plot_page).setContentsMargins(4, 0, 0, 0)
        self.details.addTab(self._plot_page, tr("Settings and loss"))
        self.details.addTab(self.importance, tr("Importance"))
        self._make_parts()
        self._lay_out()
        self._connect()
        self._list_sweeps()

    def _make_parts(self) -> None:
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(tr("Sweep"))
        self.choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.choice.setMinimumContentsLength(_LEAST_TITLE)
        self.choice.currentTextChanged.connect(self.choice.setToolTip)
        self.state = ElidedLabel(self)
        self.state.setProperty("role", "caption")
        self.new_button = QPushButton(tr("New sweep…"), self)
        self.new_button.setSizePolicy(
            QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed
        )
        self.new_button.setToolTip(tr("Train with many settings, to find the best"))
        self.go_button = QPushButton(tr("Go on"), self)
        self.use_button = QPushButton(tr("Use settings"), self)
        self.use_button.setToolTip(
            tr("Give this network the settings of the chosen trial, or of the best")
        )
        self.sides = SideBySide(self.table, self.details, tr("plot"), self)
        self.sides.arranged.connect(self._draw)
        self.larger = QPushButton(tr("Larger"), self)
        self.larger.setToolTip(
            tr("Show the sweeps in a window of their own, or here again")
        )
        self.larger.clicked.connect(self.larger_wanted)
        self.empty = EmptyState(
            tr("No sweeps yet"),
            tr(
                "A sweep trains this network with many settings, one or several at "
                "once, and shows which did best."
            ),
            self,
        )

    def _lay_out(self) -> None:
        row = TwoLines(self)
        row.first.addWidget(self.new_button, 0, Qt.AlignmentFlag.AlignLeft)
        row.first.addWidget(self.choice, 1)
        row.second.addWidget(self.use_button)
        second = QHBoxLayout()
        second.setSpacing(6)
        second.addWidget(self.state, 1)
        second.addWidget(self.go_button)  # in the row that has room for it
        second.addWidget(self.sides.toggle)
        second.addWidget(self.larger)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 6)
        column.setSpacing(4)
        column.addWidget(row)
        column.addLayout(second)
        column.addWidget(self.sides, 1)
        column.addWidget(self.empty, 1)

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.ask_new)
        self.go_button.clicked.connect(self._go_or_stop)
        self.use_button.clicked.connect(self.use_settings)
        self.choice.activated.connect(lambda _: self._open(self.choice.currentData()))
        self.table.chosen.connect(self._choose)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.details.currentChanged.connect(lambda _: self._draw())
        self.controller.state_changed.connect(self._show_state)
        self.controller.trials_changed.connect(self._take)
        self.controller.trial_ended.connect(self.runs_changed)
        self.controller.failed.connect(self._fail)

    # Which sweep is shown.

    def _list_sweeps(self, shown: Path | None = None) -> None:
        found = sweeps.sweeps_in(self._runs_dir)
        self.choice.clear()
        for folder in found:
            self.choice.addItem(sweep_title(folder.name), folder)
        if shown is not None:
            self.choice.setCurrentIndex(found.index(shown))
        self._open(self.choice.currentData())

    def _open(self, folder: Path | None) -> None:
        """Show the trials of a sweep; none while there is no sweep."""
        self._sweep, self._trials, self._settings = None, {}, {}
        if folder is not None:
            try:
                sweep = sweeps.Sweep(folder)
                self._trials = {t.number: t for t in sweep.study.trials()}
                self._settings = {
                    each.name: target_of(sweep.document, each.name).setting
                    for each in sweep.variations
                }
                self._sweep = sweep
            except Refusal as refusal:
                self.refused.emit(str(refusal))
        for widget in (
            self.sides,
            self.larger,
            self.choice,
            self.state,
            self.go_button,
            self.use_button,
        ):
            widget.setVisible(self.choice.count() > 0)
        self.empty.setVisible(self.choice.count() == 0)
        self._show_trials()
        self._show_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.table.trials.set_theme(theme)
        self.importance.set_theme(theme)
        if self.plot is not None:
            self.plot.set_theme(theme)

    # Beginning and ending.

    def ask_new(self) -> None:
        """Ask what to vary, and begin."""
        form = SweepForm(self._model.root.copy(), self)
        form.confirmed.connect(self.begin)
        form.exec()
        form.deleteLater()

    def begin(self, variations: Sequence[Variation], plan: Plan) -> None:
        """Begin a sweep of the document as it is now."""
        if self.controller.is_busy:
            self.refused.emit(
                tr("A sweep is running. Stop it, or wait until it is done.")
            )
            return
        error = self._model.whole.first_error
        if error is not None:
            self.refused.emit(
                tr(
                    "The network cannot be trained yet. {problem}",
                    problem=error.sentence(),
                )
            )
            return
        try:
            document = self._model.root.copy()
            with waiting():
                sweep = sweeps.begin(document, list(variations), plan, self._runs_dir)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        self._list_sweeps(sweep.folder)
        self.controller.begin(sweeps.Sweep(sweep.folder))

    def _go_or_stop(self) -> None:
        if self.controller.is_busy:
            self.controller.stop()
        elif self._sweep is not None:
            self.controller.start(sweeps.Sweep(self._sweep.folder))

    def delete_sweep(self) -> None:
        """Delete the sweep that is shown; its runs stay in their table."""
        if self._sweep is None or self._is_running:
            self.refused.emit(tr("The sweep is running. Stop it before you delete it."))
            return
        try:
            sweeps.delete(self._sweep.folder)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
        else:
            self.noted.emit(
                tr("The sweep is deleted; its runs are kept in their table.")
            )
        self._list_sweeps()

    @property
    def _is_running(self) -> bool:
        return (
            self._sweep is not None
            and self.controller.is_busy
            and self.controller.folder == self._sweep.folder
        )

    # Trials.

    def _take(self, trials: Mapping[int, Trial]) -> None:
        if self._is_running:
            self._trials |= trials
            for trial in trials.values():  # it takes the place of one that was stopped
                if trial.again_of is not None:
                    self._trials.pop(trial.again_of, None)
            self._show_trials()
            self._show_state()

    def _show_trials(self) -> None:
        shown = [t for t in self._trials.values() if t.state != WAITING]
        self.table.show_trials(self._settings, shown)
        self._draw()

    def _show_state(self) -> None:
        if self._sweep is None:
            self.state.show_text("")
            return
        trials = self._trials.values()
        parts = standing(trials, self._sweep.total)
        if self._is_running:
            parts.append(
                tr("stopping…") if self.controller.is_stopping else tr("running")
            )
        self.state.show_text(" · ".join(parts))
        self.go_button.setText(tr("Stop") if self.controller.is_busy else tr("Go on"))
        is_left = ended(trials) < self._sweep.total
        self.go_button.setEnabled(
            not self.controller.is_stopping and (self.controller.is_busy or is_left)
        )
        self.new_button.setEnabled(not self.controller.is_busy)
        self._show_use()

    def _wanted(self) -> Trial | None:
        return self.table.trial or sweeps.best_of(self._trials.values())

    def _choose(self) -> None:
        self._show_use()
        self._draw()

    def _show_use(self) -> None:
        is_chosen = self.table.trial is not None
        self.use_button.setText(tr("Use settings") if is_chosen else tr("Use the best"))
        self.use_button.setEnabled(self._wanted() is not None)

    def _draw(self) -> None:
        is_seen = self.isVisible() and self.details.isVisibleTo(self)
        if not is_seen or self._sweep is None:
            return
        if self.details.currentWidget() is self.importance:
            self._show_importance()
        if self.details.currentWidget() is not self._plot_page:
            return
        from gui.sweeps.parallel import ParallelPlot  # imports pyqtgraph

        if self.plot is None:
            self.plot = ParallelPlot(self._theme, self._plot_page)
            self.plot.picked.connect(self.table.choose)
            layout = self._plot_page.layout()
            if layout is not None:
                layout.addWidget(self.plot)
        chosen = self.table.trial
        self.plot.show_trials(
            self._sweep.variations,
            self._settings,
            list(self._trials.values()),
            chosen.number if chosen is not None else None,
        )

    def _show_importance(self) -> None:
        if self._sweep is None:
            return
        titles = {n: title_of(n, setting) for n, setting in self._settings.items()}
        trials = (
            self._sweep.folder,
            [(trial.number, trial.state) for trial in self._trials.values()],
        )
        self.importance.show_study(self._sweep.study, titles, trials)

    def use_settings(self) -> None:
        """Give the document the settings of the chosen trial, or of the best."""
        trial = self._wanted()
        if trial is None:
            return
        try:
            edit = edit_for(self._model.root, trial.values)
        except Refusal as refusal:
            self.refused.emit(
                tr("{refusal} The network was edited since the sweep.", refusal=refusal)
            )
            return
        label_ = tr("Use the settings of trial {number}", number=trial.number)
        self._model.push(label_, edit, scope="")
        self.noted.emit(
            tr(
                "This network has the settings of trial {number} now.",
                number=trial.number,
            )
        )

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        use = menu.addAction(self.use_button.text())
        use.setEnabled(self.use_button.isEnabled())
        use.triggered.connect(self.use_settings)
        menu.addSeparator()
        menu.addAction(tr("Delete this sweep")).triggered.connect(self.delete_sweep)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _fail(self, problem: Problem) -> None:
        self.refused.emit(problem.sentence())

    def show_enlarged(self, is_enlarged: bool) -> None:
        """Say on the button whether there is a window of its own to leave."""
        self.larger.setText(tr("Smaller") if is_enlarged else tr("Larger"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()
