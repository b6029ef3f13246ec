"""How good a trained network is on the test part, and where it errs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from gui.cards import label
from gui.elided import ElidedLabel
from gui.look.class_table import ClassTable
from gui.look.confusion_view import ConfusionView
from gui.look.latest_call import LatestCall
from gui.look.picture_list import SampleList
from gui.look.samples import mistakes, worst_numbers, worst_rebuilt
from gui.look.trained_source import TrainedSource
from gui.texts import Texts
from gui.theme import Theme
from gui.training.panel import metric_text

if TYPE_CHECKING:  # PyTorch, scikit-learn and pyqtgraph: when they are needed
    from engine.evaluation import Evaluation, Report
    from engine.showing.trained import Trained
    from gui.look.number_plots import NumberPlots

tr = Texts("look")

MOST_SAMPLES = 60
"""How many mistakes are shown."""
INVITATION = tr.mark(
    "Press Evaluate: the network answers the whole test part, and it is shown where it "
    "errs."
)
VIEWS = {
    "classes": (
        ("confusion", tr.mark("Confusion: truth × answer")),
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

    def __init__(
        self, source: TrainedSource, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._theme = theme
        self._wants = False
        self._given_up = False
        self.evaluation: Evaluation | None = None
        self._trained: Trained | None = None
        self.plots: NumberPlots | None = None
        self._cell: tuple[int, int] | None = None
        self._work = LatestCall(self)
        self._samples = LatestCall(self)
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
        self._samples.answered.connect(self.list.show_samples)
        self._samples.failed.connect(self._fail)
        self.forget()

    def _make_head(self) -> None:
        self.button = QPushButton(tr("Evaluate"), self)
        self.button.setToolTip(tr("Run the trained network on the whole test part"))
        self.button.clicked.connect(self.evaluate)
        self.output = _combo(tr("Output"), self)
        self.view = _combo(tr("What is shown of the evaluation"), self)
        self.step = _combo(tr("Which step is foretold"), self)
        self.figures = ElidedLabel(self)
        self._head = QHBoxLayout()
        self._head.setSpacing(6)
        self._head.addWidget(self.button)
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
        self.sentence = label("", "muted", self._box)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.confusion = ConfusionView(self._theme, self._box)
        self.classes = ClassTable(self._box)
        self._list_page = QWidget(self._box)
        self.heading = label("", "muted", self._list_page)
        self.back = QPushButton(tr("Back"), self._list_page)
        self.back.setToolTip(tr("Back to the confusion matrix"))
        self.list = SampleList(tr("Samples of the test part"), self._list_page)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addWidget(self.heading, 1)
        column = QVBoxLayout(self._list_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        for each in (self.sentence, self.confusion, self.classes, self._list_page):
            self._stack.addWidget(each)
        self.confusion.cell_chosen.connect(self._show_cell)
        self.back.clicked.connect(self._go_back)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.confusion.set_theme(theme)
        if self.plots is not None:
            self.plots.set_theme(theme)

    # Evaluating.

    def forget(self) -> None:
        """Another network would be evaluated now."""
        self.evaluation, self._trained = None, None
        self._given_up = True
        self._wants = False
        self._cell = None
        why_not = self._source.why_not()
        self.button.setEnabled(not why_not)
        self.button.show()
        self.sentence.setText(why_not or tr.of(INVITATION))
        self.figures.hide()
        for combo in (self.output, self.view, self.step):
            combo.hide()
        self._stack.setCurrentWidget(self.sentence)

    def evaluate(self) -> None:
        """Load the network if need be, and run it on the test part."""
        if self._source.why_not():
            self.forget()
            return
        if self.button.hasFocus():  # keep the keyboard here while it works
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.button.setEnabled(False)
        self._wants = True
        self.sentence.setText(tr("Loading the network and its data…"))
        self._stack.setCurrentWidget(self.sentence)
        self._source.ask()

    def _evaluate(self, trained: Trained) -> None:
        if not self._wants:
            return  # somebody else asked for it
        self._wants = False
        self._given_up = False
        count = len(trained.splits.test)
        self.sentence.setText(
            tr("Answering {count:,} samples of the test part…", count=count)
        )
        self._trained = trained

        def work() -> object:
            from engine.evaluation import Unwanted, evaluate  # imports scikit-learn

            try:
                return evaluate(trained, lambda: not self._given_up)
            except Unwanted:
                return None

        self._work.ask(work)

    def _take(self, evaluation: Evaluation | None) -> None:
        if evaluation is None or self._given_up:
            return
        self.evaluation = evaluation
        self.button.setEnabled(True)
        self.figures.show()
        self.button.hide()  # asked again, it would say the same
        self.output.clear()
        self.output.addItems([report.output for report in evaluation.reports])
        self.output.setVisible(len(evaluation.reports) > 1)
        self._show_output()
        if self.hasFocus():
            shown = self.view if self.view.isVisible() else self._stack.currentWidget()
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fail(self, problem: Problem) -> None:
        self._wants = False
        self.button.setEnabled(not self._source.why_not())
        self.sentence.setText(problem.sentence())
        self._stack.setCurrentWidget(self.sentence)
        if self.hasFocus():
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
        self._cell = None
        self._show_view()

    def _show_view(self) -> None:
        report, view = self.report, self.view.currentData()
        if report is None:
            return
        self.step.setVisible(view == "forecast" and self.step.count() > 1)
        self._cell = None
        self.figures.show_text(" · ".join(self._words()))
        if view == "confusion":
            self.confusion.show_report(report)
            self._stack.setCurrentWidget(self.confusion)
        elif view == "figures":
            self.classes.show_report(report)
            self._stack.setCurrentWidget(self.classes)
        elif view == "mistakes":
            self._show_mistakes(report)
        else:
            plots = self._make_plots()
            plots.show_report(report, view, max(self.step.currentIndex(), 0))
            self._stack.setCurrentWidget(plots)

    def _words(self) -> Iterator[str]:
        """The figures of the whole evaluation."""
        if self.evaluation is not None:
            yield from (metric_text(*pair) for pair in self.evaluation.metrics.items())
            yield tr("loss {loss:.4g}", loss=self.evaluation.loss)
            yield tr("{samples:,} test samples", samples=self.evaluation.samples)

    def _make_plots(self) -> NumberPlots:
        if self.plots is None:
            from gui.look.number_plots import NumberPlots  # imports pyqtgraph

            self.plots = NumberPlots(self._theme, self._box)
            self._stack.addWidget(self.plots)
        return self.plots

    def _show_mistakes(self, report: Report) -> None:
        kind = _kind_of(report)
        if kind == "classes":
            places = report.mistakes()
            total = len(report.truth)
            head = tr(
                "{count:,} of {total:,} answers are wrong; the surest first.",
                count=len(places),
                total=total,
            )
            make = partial(mistakes, self._trained, report)
        elif kind == "rebuilt":
            places = report.worst()
            head = tr("What is rebuilt worst: seen, and given back.")
            make = partial(worst_rebuilt, self._trained, report)
        else:
            places = report.worst()
            head = tr("The answers that are furthest from the truth.")
            make = partial(worst_numbers, self._trained, report)
        self._show_list(head, make, places[:MOST_SAMPLES].tolist())
        self.back.hide()

    def _show_cell(self, row: int, column: int) -> None:
        report = self.report
        if report is None or _kind_of(report) != "classes":
            return
        places = report.in_cell(row, column)
        truth, answer = report.names[row], report.names[column]
        said = (
            tr("told right")
            if row == column
            else tr("taken for {answer}", answer=answer)
        )
        head = tr(
            "{truth} {said}: {count:,}, the surest first.",
            truth=truth,
            said=said,
            count=len(places),
        )
        make = partial(mistakes, self._trained, report)
        self._show_list(head, make, places[:MOST_SAMPLES].tolist())
        self._cell = row, column
        self.back.show()
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_list(self, head: str, make: object, places: Sequence[int]) -> None:
        if len(places) == MOST_SAMPLES:
            head += " " + tr("These are {count} of them.", count=MOST_SAMPLES)
        self.heading.setText(head)
        self.list.clear()
        self._stack.setCurrentWidget(self._list_page)
        if places:
            self._samples.ask(lambda: make(places))  # type: ignore[operator]

    def _go_back(self) -> None:
        cell = self._cell
        self._show_view()
        if cell is not None:
            self.confusion.setCurrentIndex(self.confusion.matrix.index(*cell))
            self.confusion.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_page(self) -> None:
        """Give up what is being worked out, and wait for it."""
        self._given_up = True
        self._work.close()
        self._samples.close()


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
