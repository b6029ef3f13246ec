"""Numbers beside the truth. Importing this imports pyqtgraph: after the first frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.cards import label
from gui.plot_pens import as_thick
from gui.texts import Texts
from gui.theme import Theme
from gui.whole_axis import show_grid

if TYPE_CHECKING:  # scikit-learn: when something is evaluated
    from engine.evaluation import NumberReport

tr = Texts("look")

Numbers = np.ndarray[Any, np.dtype[np.float64]]

MOST_POINTS = 5_000
"""More points than these are thinned evenly: they would only cover each other."""


class NumberPlots(QWidget):
    """Answers against truths, residuals, or a forecast along time."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        self._theme = theme
        self._report: NumberReport | None = None
        self._kind = "truth"
        self._step = 0
        self.plot = pg.PlotWidget(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        show_grid(self.plot)
        self.plot.setMinimumSize(120, 60)
        self.plot.getPlotItem().setContentsMargins(4, 8, 8, 2)
        self.line = self.plot.plot()
        self.points = self.plot.plot()
        self.answers = self.plot.plot()
        for curve in (self.line, self.answers):
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
        self.caption = label("", "caption", self)
        self.caption.setTextFormat(Qt.TextFormat.RichText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.plot, 1)
        column.addWidget(self.caption)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.plot.setBackground(theme.canvas)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.border))
            axis.setTextPen(pg.mkPen(theme.muted))
        self._draw()

    def show_report(self, report: NumberReport, kind: str, step: int = 0) -> None:
        """Show `truth`, `residuals` or `forecast`; `step` is the number foretold."""
        self._report, self._kind, self._step = report, kind, step
        self._draw()

    def _draw(self) -> None:
        if self._report is None:
            return
        for curve in (self.line, self.points, self.answers):
            curve.setData([], [])
        self.plot.setAspectLocked(False)
        if self._kind == "forecast":
            self._draw_forecast(self._report)
        elif self._kind == "residuals":
            self._draw_residuals(self._report)
        else:
            self._draw_truth(self._report)
        self.plot.enableAutoRange()

    def _draw_truth(self, report: NumberReport) -> None:
        truth, answers = _thinned(report.truth.ravel(), report.answers.ravel())
        self._scatter(truth, answers)
        ends = np.array(
            [min(truth.min(), answers.min()), max(truth.max(), answers.max())]
        )
        self._straight(ends, ends)
        self._say(tr("Truth"), tr("Answer"), tr("on the line the answer is right"))

    def _draw_residuals(self, report: NumberReport) -> None:
        answers = report.answers.ravel()
        answers, errors = _thinned(answers, answers - report.truth.ravel())
        self._scatter(answers, errors)
        self._straight(np.array([answers.min(), answers.max()]), np.zeros(2))
        self._say(
            tr("Answer"),
            tr("Answer less truth"),
            tr("a pattern here could still be learned"),
        )

    def _draw_forecast(self, report: NumberReport) -> None:
        steps = np.arange(len(report.truth), dtype=float) + self._step
        theme = self._theme
        blue, orange = theme.families["convolution"], theme.families["dense"]
        self.line.setPen(as_thick(pg.mkPen(blue, width=2), self))
        self.line.setData(steps, report.truth[:, self._step])
        self.answers.setPen(as_thick(pg.mkPen(orange, width=1.5), self))
        self.answers.setData(steps, report.answers[:, self._step])
        self.plot.setAccessibleName(tr("Forecast and truth along time"))
        self.caption.setText(
            tr(
                "{blue} truth {orange} forecast, by step of the test part",
                blue=f'<span style="color:{blue}">●</span>',
                orange=f'<span style="color:{orange}">●</span>',
            )
        )

    def _scatter(self, x: Numbers, y: Numbers) -> None:
        color = QColor(self._theme.families["convolution"])
        color.setAlpha(150 if len(x) < 500 else 70)
        self.points.setPen(None)
        self.points.setSymbol("o")
        self.points.setSymbolSize(6 if len(x) < 500 else 4)
        self.points.setSymbolPen(None)
        self.points.setSymbolBrush(color)
        self.points.setData(x, y)

    def _straight(self, x: Numbers, y: Numbers) -> None:
        dashed = Qt.PenStyle.DashLine
        pen = pg.mkPen(self._theme.muted, width=1.5, style=dashed)
        self.line.setPen(as_thick(pen, self))
        self.line.setData(x, y)

    def _say(self, across: str, up: str, how: str) -> None:
        self.plot.setAccessibleName(
            tr("{up} against {across}", up=up, across=across.lower())
        )
        self.caption.setText(
            tr(
                "across: {across} · up: {up} · {how}",
                across=across.lower(),
                up=up.lower(),
                how=how,
            )
        )


def _thinned(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    step = max(-(-len(x) // MOST_POINTS), 1)
    return x[::step], y[::step]
