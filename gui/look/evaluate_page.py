"""How good a trained network is on the test part, and where it errs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.figures import loss_figure, metric_text
from engine.problems import Problem
from gui.cards import EmptyState
from gui.elided import ElidedLabel
from gui.look.class_table import ClassTable
from gui.look.latest_call import LatestCall
from gui.look.matrix_page import MatrixPage
from gui.look.samples import worst_numbers, worst_rebuilt
from gui.look.samples_page import SamplesPage
from gui.look.trained_source import TrainedSource
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch, scikit-learn and pyqtgraph: when they are needed
    from engine.evaluation import Evaluation, Report
    from engine.showing.trained import Trained
    from gui.look.number_plots import NumberPlots

tr = Texts("look")

_TELLING = 0.1
"""Seconds between two words on how far it is: more often nobody could read it."""
INVITATION = tr.mark(
    "Press Evaluate: the network answers the whole test part, and it is shown where it "
    "errs."
)
VIEWS = {
    "classes": (
        ("confusion", tr.mark("Confusion: truth ↓, answer →")),
        ("figures", tr.mark("By class")),
        ("mistakes", tr.mark("Worst mistakes")),
    ),
    "numbers": (
        ("truth", tr.mark("Against the truth")),
        ("residuals", tr.mark("Residuals")),
        ("mistakes", tr.mark("Worst answers")),
    ),
    "series": (
        ("forecast", tr.mark("Forecast")),
        ("truth", tr.mark("Against the truth")),
        ("residuals", tr.mark("Residuals")),
    ),
    "rebuilt": (("mistakes", tr.mark("Worst rebuilt")),),
}


class EvaluatePage(QWidget):
    """Runs the evaluation in the background, and shows what came of it."""

    filled = Signal()
    """There is something else to see than a word, or nothing any more."""
    _answered = Signal(int, int)
    """How many samples of how many; sent on the thread that works."""

    def __init__(
        self, source: TrainedSource, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._theme = theme
        self._wants = self._is_working = False
        self._stop = Event()
        """Set once nobody waits for the evaluation any more; each has its own."""
        self.evaluation: Evaluation | None = None
        self._trained: Trained | None = None
        self.plots: NumberPlots | None = None
        self._work = LatestCall(self)
        self._make_head()
        self._make_stack()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._head)
        column.addWidget(self._box, 1)
        source.changed.connect(self.forget)
        source.loaded.connect(self._evaluate)
        source.failed.connect(self._fail)
        self._work.answered.connect(self._take)
        self._work.failed.connect(self._fail)
        self._answered.connect(self._tell_progress)
        for page in (self.samples, self.matrix.samples):
            page.failed.connect(self._fail)
        self.forget()

    def _make_head(self) -> None:
        self.button = QPushButton(tr("Evaluate"), self)
        self.button.setToolTip(tr("Run the trained network on the whole test part"))
        self.button.clicked.connect(self.evaluate)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the evaluation"))
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.setToolTip(tr("Leave the test part unanswered"))
        self.cancel_button.clicked.connect(self.cancel)
        self.output = _combo(tr("Output"), self)
        self.view = _combo(tr("What is shown of the evaluation"), self)
        self.step = _combo(tr("Which step is foretold"), self)
        self.figures = ElidedLabel(self)
        self._head = QHBoxLayout()
        self._head.setSpacing(6)
        self._head.addWidget(self.button)
        self._head.addWidget(self.bar, 1)  # where a second click does no harm
        self._head.addWidget(self.cancel_button)
        for combo in (self.output, self.view, self.step):
            self._head.addWidget(combo)
        self._head.addWidget(self.figures, 1)
        self._head.addStretch(0)
        self.output.activated.connect(lambda _: self._show_output())
        self.view.activated.connect(lambda _: self._show_view())
        self.step.activated.connect(lambda _: self._show_view())

    def _make_stack(self) -> None:
        self._box = QWidget(self)
        self._stack = QStackedLayout(self._box)
        self._empty = EmptyState("", "", self._box)
        self.sentence = self._empty.text
        self.matrix = MatrixPage(self._theme, self._box)
        self.classes = ClassTable(self._box)
        self.samples = SamplesPage(self._box)
        for each in (self._empty, self.matrix, self.classes, self.samples):
            self._stack.addWidget(each)
        self._stack.currentChanged.connect(lambda _: self.filled.emit())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but a word on what will be here."""
        return self._stack.currentWidget() is self._empty

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.matrix.confusion.set_theme(theme)
        if self.plots is not None:
            self.plots.set_theme(theme)

    # Evaluating.

    def forget(self) -> None:
        """Another network would be evaluated now."""
        self.evaluation, self._trained = None, None
        self._stop.set()
        self._wants = False
        why_not = self._source.why_not()
        self._show_work(is_working=False)
        self._empty.say(self._source.heading(), why_not or tr.of(INVITATION))
        self.figures.hide()
        for combo in (self.output, self.view, self.step):
            combo.hide()
        self._stack.setCurrentWidget(self._empty)

    def evaluate(self) -> None:
        """Load the network if need be, and run it on the test part."""
        if self._source.why_not():
            self.forget()
            return
        if self._is_working:
            return
        if self.button.hasFocus():  # keep the keyboard here while it works
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._wants = True
        self._show_work(is_working=True)
        self._empty.say("", tr("Loading the network and its data…"))
        self._stack.setCurrentWidget(self._empty)
        self._source.ask()

    def cancel(self) -> None:
        """Give up what is being worked out; it can be asked for again."""
        if not self._is_working:
            return
        has_keyboard = self.hasFocus() or self.cancel_button.hasFocus()
        self.forget()
        if has_keyboard:
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._is_working:
            self.cancel()
        else:
            super().keyPressEvent(event)

    def _show_work(self, *, is_working: bool) -> None:
        """Offer to cancel what is being worked out, or else to begin."""
        self._is_working = is_working
        self.button.setVisible(not is_working)
        self.button.setEnabled(not is_working and not self._source.why_not())
        self.cancel_button.setVisible(is_working)
        self.bar.hide()  # until it is known how much there is to do

    def _evaluate(self, trained: Trained) -> None:
        if not self._wants:
            return  # somebody else asked for it
        self._wants = False
        self._tell_progress(0, len(trained.splits.test))
        self._trained = trained
        stop = self._stop = Event()
        told = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= _TELLING and not stop.is_set():
                told = now
                self._answered.emit(done, total)

        def work() -> object:
            from engine.evaluation import Unwanted, evaluate  # imports scikit-learn

            try:
                return evaluate(trained, lambda: not stop.is_set(), progress)
            except Unwanted:
                return None

        self._work.ask(work)

    def _tell_progress(self, done: int, total: int) -> None:
        if not self._is_working:
            return  # given up meanwhile
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.show()
        words = tr(
            "{done:,} of {total:,} test samples answered", done=done, total=total
        )
        self._empty.say("", words)

    def _take(self, evaluation: Evaluation | None) -> None:
        if evaluation is None or self._stop.is_set():
            return
        self.evaluation = evaluation
        had_keyboard = self.hasFocus() or self.cancel_button.hasFocus()
        self._show_work(is_working=False)
        self.figures.show()
        self.button.hide()  # asked again, it would say the same
        self.output.clear()
        self.output.addItems([report.output for report in evaluation.reports])
        self.output.setVisible(len(evaluation.reports) > 1)
        self._show_output()
        if had_keyboard:
            shown = self.view if self.view.isVisible() else self._stack.currentWidget()
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fail(self, problem: Problem) -> None:
        self._wants = False
        had_keyboard = self.hasFocus() or self.cancel_button.hasFocus()
        self._show_work(is_working=False)
        self._empty.say("", problem.sentence())
        self._stack.setCurrentWidget(self._empty)
        if had_keyboard:
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    # Showing.

    @property
    def report(self) -> Report | None:
        """What is shown now."""
        if self.evaluation is None:
            return None
        return self.evaluation.reports[max(self.output.currentIndex(), 0)]

    def _show_output(self) -> None:
        report = self.report
        if report is None:
            return
        before = self.view.currentData()
        self.view.clear()
        for name, title in VIEWS[_kind_of(report)]:
            self.view.addItem(tr.of(title), name)
        self.view.setCurrentIndex(max(self.view.findData(before), 0))
        self.view.setVisible(self.view.count() > 1)
        answers = getattr(report, "answers", None)
        steps = 1 if answers is None else answers.shape[1]
        self.step.clear()
        self.step.addItems([tr("{step} ahead", step=step + 1) for step in range(steps)])
        self._show_view()

    def _show_view(self) -> None:
        report, view, trained = self.report, self.view.currentData(), self._trained
        if report is None or trained is None:
            return
        self.step.setVisible(view == "forecast" and self.step.count() > 1)
        self.figures.show_text(" · ".join(self._words()))
        if view == "confusion":
            self._stack.setCurrentWidget(self.matrix)
            self.matrix.show_report(trained, report)
        elif view == "figures":
            self.classes.show_report(report)
            self._stack.setCurrentWidget(self.classes)
        elif view == "mistakes":
            self._stack.setCurrentWidget(self.samples)
            self._show_mistakes(trained, report)
        else:
            plots = self._make_plots()
            plots.show_report(report, view, max(self.step.currentIndex(), 0))
            self._stack.setCurrentWidget(plots)

    def _words(self) -> Iterator[str]:
        """The figures of the whole evaluation."""
        if self.evaluation is not None:
            yield from (metric_text(*pair) for pair in self.evaluation.metrics.items())
            yield tr("loss {loss}", loss=loss_figure(self.evaluation.loss))
            yield tr("{samples:,} test samples", samples=self.evaluation.samples)

    def _make_plots(self) -> NumberPlots:
        if self.plots is None:
            from gui.look.number_plots import NumberPlots  # imports pyqtgraph

            self.plots = NumberPlots(self._theme, self._box)
            self._stack.addWidget(self.plots)
        return self.plots

    def _show_mistakes(self, trained: Trained, report: Report) -> None:
        kind = _kind_of(report)
        if kind == "classes":
            self.samples.show_mistakes(trained, report)
            return
        if kind == "rebuilt":
            head = tr("What is rebuilt worst: seen, and given back.")
            make = partial(worst_rebuilt, trained, report)
        else:
            head = tr("The answers that are furthest from the truth.")
            make = partial(worst_numbers, trained, report)
        self.samples.show_samples(head, make, report.worst().tolist())

    def close_page(self) -> None:
        """Give up what is being worked out, and wait for it."""
        self._stop.set()
        self._work.close()
        self.samples.close_page()
        self.matrix.close_page()


def _kind_of(report: Report) -> str:
    if hasattr(report, "confusion"):
        return "classes"
    if hasattr(report, "errors"):
        return "rebuilt"
    return "series" if getattr(report, "is_series", False) else "numbers"


def _combo(name: str, parent: QWidget) -> QComboBox:
    combo = QComboBox(parent)
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.hide()
    return combo
