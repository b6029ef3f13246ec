"""The Training tab: curves, and how far it is; Pause and Stop are in the bar above."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from engine.recipe import Recipe
from gui.cards import label
from gui.icons import icon
from gui.scroll_room import ScrollRoom
from gui.texts import Texts
from gui.theme import Theme
from gui.training.buffer import News, Progress
from gui.training.controller import TrainingController, TrainingState
from gui.training.earlier_run import draw_earlier, finish_of
from gui.training.plot_area import PlotArea
from gui.training.run_words import (
    average_words,
    best_before,
    best_words,
    earlier_words,
    finished_words,
    first_words,
    loss_words,
    readable,
    recipe_words,
    result_words,
    stopped_words,
)
from gui.training.trouble_line import TroubleLine
from gui.training.what_next import NextButtons

if TYPE_CHECKING:  # pyqtgraph, and PyTorch: after the first frame
    from engine.run_record import Run
    from engine.training.events import EpochDone, Event, Finished, Started
    from gui.training.plots import Plots

tr = Texts("training")

_NUMBERS_WIDTHS, _NUMBERS_SHARE = (150, 250), 0.4  # in pixels; of the panel
_ROOM_LINES = 13
"""So many lines high, there is room for more than the numbers."""


class TrainingPanel(QWidget):
    """Draws a run while it goes on."""

    def __init__(
        self,
        controller: TrainingController,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._theme = theme
        self._may_draw = False
        self._progress: Progress | None = None
        self._started: Started | None = None
        self._last_time = 0.0
        self._best_epoch = self._tested_epoch = 0
        self._picks_best = True
        self.area = PlotArea(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 12, 8)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(14)
        column.addLayout(row, 1)
        self.trouble = TroubleLine(self)
        row.addWidget(self.area, 1)
        self._numbers = self._make_numbers()
        row.addWidget(self._numbers)
        column.addWidget(self.trouble)
        controller.state_changed.connect(self._show_state)
        controller.news_came.connect(self._take)
        controller.failed.connect(self._fail)
        self._show_state(controller.state)

    @property
    def plots(self) -> Plots | None:
        """The curves, once there is something to draw."""
        return self.area.plots

    def _make_numbers(self) -> QWidget:
        room = ScrollRoom(tr("Figures of the training"), self)
        box = QWidget(room)
        box.setProperty("role", "plain")
        room.setWidget(box)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(5)
        self.state_label = label("", "title", box)
        self.bar = QProgressBar(box)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Progress of the training"))
        self.next = NextButtons(box)
        self.loss = label("", "plain", box)
        self.loss.setToolTip(tr("The running mean of the last steps: the strong line"))
        self.speed = label("", "muted", box)
        self.left = label("", "muted", box)
        self.best = label("", "muted", box)
        self.best.setToolTip(tr("The weights of this epoch are kept in the run"))
        self.why_best = label("", "caption", box)
        self.result = label("", "good", box)
        self.result.setToolTip(
            tr(
                "Tested once, at the end: the weights of the epoch that is kept, "
                "where a patience is set, else those of the last"
            )
        )
        self.recipe = label("", "muted", box)
        self.version = label("", "muted", box)
        self.before = label(
            tr("The run before this one is kept in Runs."), "caption", box
        )
        self.error = label("", "error", box)
        for widget in (
            self.state_label,
            self.bar,
            self.next,
            self.version,
            self.loss,
            self.result,  # in little room what comes below has to be scrolled to
            self.speed,
            self.left,
            self.best,
            self.why_best,
            self.recipe,
            self.error,
        ):
            column.addWidget(widget)
            if isinstance(widget, QLabel):
                _say(widget, "")
        column.addWidget(self.before)
        self.before.hide()
        buttons = QHBoxLayout()
        self.go_on_button = QPushButton(box)  # what it says is for `GoingOn`
        buttons.addWidget(self.go_on_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(1)
        return room

    def toggle_pause(self) -> None:
        """Pause a running training, resume a paused one."""
        if self._controller.state is TrainingState.PAUSED:
            self._last_time = 0.0
            self._controller.resume()
        else:
            self._controller.pause()

    def allow_plots(self) -> None:
        """The first frame is on screen: pyqtgraph may be imported when it is needed."""
        self._may_draw = True

    def prepare(self, recipe: Recipe, *, is_new: bool = True) -> None:
        """A run is about to start with `recipe`, a new one or one that goes on."""
        has_drawn = self.plots is not None and bool(self.plots.losses_now)
        self.before.setVisible(is_new and has_drawn)
        self._progress = None
        self._best_epoch = self._tested_epoch = 0
        self._picks_best = True
        self._last_time = 0.0
        lines = (self.loss, self.speed, self.left, self.best, self.why_best)
        for each in (*lines, self.result, self.version, self.error):
            _say(each, "")
        self.trouble.clear()
        self.bar.setValue(0)
        _say(self.recipe, recipe_words(recipe))
        self.area.make().clear(1, 0)

    def show_earlier(self, run: Run) -> None:
        """Show a run that was over before this window was opened."""
        self.prepare(Recipe(**run.recipe))
        curves = draw_earlier(self.area.make(), run)
        done = int(curves.epochs[-1]) if len(curves) else 0
        self._picks_best = curves.picks_best
        best = best_before(curves, done, picks_best=self._picks_best)
        if best is not None:
            self._say_best(*best)
        finished = finish_of(run)
        if finished is not None:
            self._finish(finished)
        _say(self.state_label, earlier_words(run, finished, done))
        self._show_state(self._controller.state)

    def say_earlier_version(self, is_earlier: bool) -> None:
        """Say whether the network was edited since this run began."""
        _say(
            self.version,
            tr("Training an earlier version: the network was edited since.")
            if is_earlier
            else "",
        )

    def say_outdated(self, is_outdated: bool) -> None:
        """Say whether what is shown is of a network that was edited since.

        What would mend that run is no advice for the network as it is now.
        """
        told = tr("Of the network before its last change.") if is_outdated else ""
        _say(self.version, told)
        self.trouble.hold_back(is_outdated)
        self._say_why()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.area.set_theme(theme)
        self._show_state(self._controller.state)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._may_draw and self.plots is None and self._started is not None:
            QTimer.singleShot(0, self.area.make)

    def _show_state(self, state: TrainingState) -> None:
        if state is TrainingState.STARTING:
            _say(self.state_label, tr("Starting…"))
        elif state is TrainingState.STOPPING:
            _say(self.state_label, tr("Stopping…"))
        elif state in (TrainingState.RUNNING, TrainingState.PAUSED):
            self._show_progress()
        if state is TrainingState.IDLE and self.plots is not None:
            self.plots.say_first("")
        self.go_on_button.setIcon(icon("play", self._theme.muted, before_text=True))
        is_busy = state is not TrainingState.IDLE
        self.bar.setVisible(is_busy)
        self._numbers.setVisible(is_busy or bool(self.state_label.text()))

    def _take(self, news: News) -> None:
        for event in news.others:
            if event.event == "started":
                self._begin(event)
        if news.loading and self._controller.state is TrainingState.STARTING:
            _say(self.state_label, news.loading)
        plots = self.area.make()
        for players, losses in news.turns:
            plots.add_losses(losses, players)
        plots.add_epochs(news.epochs)
        for epoch in news.epochs:
            self._note_epoch(epoch)
        if self._progress is not None and news.steps:
            now = time.monotonic()
            seconds = now - self._last_time if self._last_time else 0.0
            self._progress.note_step(news.epoch, news.step, news.steps, seconds)
            self._last_time = now
        if self._controller.state in (TrainingState.RUNNING, TrainingState.PAUSED):
            self._show_progress()
        for event in news.others:
            self._note(event)

    def _begin(self, started: Started) -> None:
        self._started = started
        self._picks_best = started.picks_best
        self._progress = Progress(started)
        plots = self.area.make()
        done = (started.epochs_done, started.steps_done)
        plots.clear(started.steps_per_epoch, *done)
        folder = self._controller.folder
        if folder is not None and any(done):  # it goes on: what was before is drawn too
            from engine.run_curves import read_curves  # NumPy: after the first frame
            from engine.step_losses import read_losses

            plots.add_earlier(read_losses(folder, *done, started.steps_per_epoch))
            curves, epochs = read_curves(folder), started.epochs_done
            plots.add_earlier_epochs(curves, epochs)
            best = best_before(curves, epochs, picks_best=self._picks_best)
            if best is not None:
                self._say_best(*best)

    def _note_epoch(self, epoch: EpochDone) -> None:
        if self._progress is not None:
            self._progress.note_epoch(epoch)
        self._last_time = 0.0  # the validation took time that was no step's
        if epoch.best:
            told = self.trouble.trouble
            if told is not None and told.kind == "overfitting":
                self.trouble.clear()  # it got better after all
                if self.plots is not None and self.plots.marks:
                    self.plots.unmark(self.plots.marks[-1])
            self._say_best(epoch.epoch, epoch.val_metrics, epoch.val_loss)

    def _say_best(self, epoch: int, metrics: dict[str, float], loss: float) -> None:
        self._best_epoch = epoch
        metric = next(iter(metrics), "")
        picks = self._picks_best
        _say(self.best, best_words(epoch, metric, metrics, loss, picks_best=picks))
        self._say_why()

    def _say_why(self) -> None:
        """Say what decides which epoch is kept, where that leaves room for the rest."""
        has_room = self.height() >= _ROOM_LINES * self.fontMetrics().lineSpacing()
        why = ""
        if not self._picks_best:
            why = tr("with this method the last is kept")
        elif not self.version.text() and (
            self._tested_epoch not in (0, self._best_epoch)
        ):
            why = tr("set Patience to test this epoch instead of the last")
        _say(self.why_best, why if self.best.text() and has_room else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        least, most = _NUMBERS_WIDTHS
        width = max(min(round(_NUMBERS_SHARE * self.width()), most), least)
        self._numbers.setFixedWidth(width)
        lines = self.height() / self.fontMetrics().lineSpacing()
        self.trouble.make_room(lines < _ROOM_LINES)
        self._say_why()

    def _note(self, event: Event) -> None:
        match event.event:
            case "finished":
                self._finish(event)
            case "stopped":
                _say(self.state_label, stopped_words(event))
                _say(self.left, "")
            case "trouble" if (
                event.kind == "overfitting" and event.epoch <= self._best_epoch
            ):
                pass  # told with epochs in which it got better after all
            case "trouble":
                self.trouble.show_trouble(event)
                self.area.make().mark(event.epoch)
            case "diverged" | "checkpoint-failed":
                _say(self.error, f"{event.message} {event.remedy}")
                if event.event == "diverged":
                    _say(self.state_label, tr("The loss is no number any more"))
                    _say(self.left, "")

    def _finish(self, finished: Finished) -> None:
        _say(self.state_label, finished_words(finished))
        for line in (self.left, self.loss):  # what counts now is what was tested
            _say(line, "")
        if self._started is not None:
            _say(self.speed, average_words(finished, self._started))
        self._tested_epoch = finished.tested_epoch
        _say(self.result, result_words(finished, self._best_epoch))
        self._say_why()

    def _show_progress(self) -> None:
        progress = self._progress
        if progress is None:
            return
        epoch, epochs = progress.epoch, progress.epochs
        is_paused = self._controller.state is TrainingState.PAUSED
        told = tr("Epoch {epoch:,} of {epochs:,}", epoch=epoch, epochs=epochs)
        if is_paused:
            told = tr(
                "Paused, epoch {epoch:,} of {epochs:,}", epoch=epoch, epochs=epochs
            )
        _say(self.state_label, told)
        self.bar.setValue(round(1000 * progress.share))
        if progress.samples_per_second:
            _say(
                self.speed,
                tr("{count:,} samples/s", count=readable(progress.samples_per_second)),
            )
        _say(self.left, progress.told_left)
        if self.plots is not None:
            _say(self.loss, loss_words(self.plots.losses_now))
            self.plots.say_first(first_words(progress))

    def _fail(self, problem: Problem) -> None:
        has_begun = self._progress is not None
        _say(
            self.state_label,
            tr("Training ended early") if has_begun else tr("Training did not begin"),
        )
        _say(self.left, "")
        told = self.trouble.trouble
        is_told = told is not None and told.goes_on  # under the curves, with a button
        is_asked = problem.code == "data-missing"  # over the canvas, with buttons
        _say(self.error, "" if is_told or is_asked else problem.sentence())


def _say(line: QLabel, text: str) -> None:
    """Show `text`; a line without one takes no room."""
    line.setText(text.replace(" %", "\u00a0%"))  # never alone in a line
    line.setVisible(bool(text))
