"""Parallel coordinates: each trial is a line across the settings to its loss.

Importing this imports pyqtgraph.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalog.settings import Setting
from engine.figures import loss_figure
from engine.sweep_space import Variation
from engine.sweep_study import DONE, PRUNED, Trial
from gui.plot_pens import as_thick
from gui.setting_words import title_of
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("sweeps")

_FAR = 0.06  # of the plot's height: how far from a line a click still means it
_FAINT = 110
_MARGIN = 0.35
"""Room beside the outer axes at least, in distances of two axes."""
_GROUND = 190  # of 255: under texts that lie over lines


class ParallelPlot(QWidget):
    """Lines of trials, the better the stronger; one can be picked."""

    picked = Signal(int)
    """The number of the trial whose line was pressed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        self._theme = theme
        self._variations: list[Variation] = []
        self._settings: dict[str, Setting] = {}
        self._trials: list[Trial] = []
        self._chosen: int | None = None
        self._names: list[str] = []
        self.lines: dict[int, np.ndarray] = {}
        """Heights of each drawn trial on the axes, from 0 to 1, by its number."""
        self.plot = pg.PlotWidget(self)
        self.plot.setAccessibleName(tr("Settings of the trials and their losses"))
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.hideAxis("left")
        self.plot.getAxis("bottom").setStyle(tickLength=0)
        self.plot.setMinimumSize(120, 60)
        self.plot.getPlotItem().vb.sigResized.connect(self._make_room)
        self.plot.scene().sigMouseClicked.connect(
            lambda event: self._click(event.scenePos())
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.set_theme(theme)

    def show_trials(
        self,
        variations: Sequence[Variation],
        settings: dict[str, Setting],
        trials: Sequence[Trial],
        chosen: int | None,
    ) -> None:
        """Draw trials that have a loss; `chosen` is drawn over the others."""
        self._variations = list(variations)
        self._settings = settings
        self._trials = [trial for trial in trials if math.isfinite(trial.loss)]
        self._chosen = chosen
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.plot.setBackground(theme.canvas)
        axis = self.plot.getAxis("bottom")
        axis.setPen(pg.mkPen(None))
        axis.setTextPen(pg.mkPen(theme.text))
        self._draw()

    def _draw(self) -> None:
        self.plot.clear()
        self.lines = {}
        count = len(self._variations)
        if not count:
            return
        names = [title_of(v.name, self._settings[v.name]) for v in self._variations]
        names.append(tr("Validation loss"))
        self.plot.getAxis("bottom").setTicks([list(enumerate(names))])
        self._names = names
        self._make_room()
        low, high = self._loss_ends()
        for place, variation in enumerate(self._variations):
            self._draw_axis(place, _marks(variation, self._settings[variation.name]))
        if self._trials:
            marks = [(0.0, loss_figure(low)), (1.0, loss_figure(high))]
            self._draw_axis(count, marks if high > low else marks[:1])
        best_last = sorted(self._trials, key=lambda trial: -trial.loss)
        for trial in best_last:
            self._draw_trial(trial, low, high)

    def _make_room(self) -> None:
        """Room for a line of text above and below the axes, and for names at the ends.

        A name that would not fit whole is left out by the plot.
        """
        count = len(self._names) - 1
        if count > 0:
            metrics = self.fontMetrics()
            ends = (self._names[0], self._names[-1])
            half = max(metrics.horizontalAdvance(name) for name in ends) / 2 + 4
            inside = max(self.plot.width() - 2 * half, half)
            margin = max(half * count / inside, _MARGIN)
            self.plot.setXRange(-margin, count + margin, padding=0)
        text = self.fontMetrics().height() + 6
        rest = max(self.plot.getPlotItem().vb.height() - 2 * text, text)
        self.plot.setYRange(-text / rest, 1 + text / rest, padding=0)

    def _loss_ends(self) -> tuple[float, float]:
        losses = [trial.loss for trial in self._trials]
        return (min(losses), max(losses)) if losses else (0.0, 1.0)

    def _draw_axis(self, place: int, marks: Sequence[tuple[float, str]]) -> None:
        pen = as_thick(pg.mkPen(self._theme.border, width=1.5), self)
        self.plot.plot([place, place], [0, 1], pen=pen)
        for height, text in marks:
            # Beside the axis, and at its ends above and below the lines.
            anchor = (
                (-0.15, 0.5) if 0 < height < 1 else (0.5, 0.0 if height == 0 else 1)
            )
            ground = QColor(self._theme.canvas)
            ground.setAlpha(_GROUND)
            item = pg.TextItem(text, color=self._theme.text, anchor=anchor, fill=ground)
            item.setZValue(20)
            item.setPos(place, height)
            self.plot.addItem(item)

    def _draw_trial(self, trial: Trial, low: float, high: float) -> None:
        heights = [
            _height(variation, trial.values.get(variation.name))
            for variation in self._variations
        ]
        share = (trial.loss - low) / (high - low) if high > low else 0.0
        line = np.array([*heights, share], dtype=np.float64)
        self.lines[trial.number] = line
        is_chosen = trial.number == self._chosen
        color, width = self._color(trial, share, is_chosen), 3 if is_chosen else 1.6
        pen = as_thick(pg.mkPen(color, width=width), self)
        if trial.state == PRUNED:
            pen.setDashPattern([4.0, 3.0])
        curve = self.plot.plot(np.arange(len(line)), line, pen=pen)
        curve.setZValue(10 if is_chosen else 1)

    def _color(self, trial: Trial, share: float, is_chosen: bool) -> QColor:
        """From one colour for the best to another for the worst, apart in lightness."""
        if is_chosen:
            return QColor(self._theme.text)
        if trial.state != DONE:
            color = QColor(self._theme.faint)
            color.setAlpha(_FAINT)
            return color
        best = QColor(self._theme.families["convolution"])
        worst = QColor(self._theme.families["dense"])
        mixed = [
            round(a + (b - a) * share)
            for a, b in zip(best.getRgb()[:3], worst.getRgb()[:3], strict=True)  # type: ignore[index]
        ]
        return QColor(*mixed)

    def _click(self, at: QPointF) -> None:
        where = self.plot.getPlotItem().vb.mapSceneToView(at)
        nearest, distance = None, _FAR
        for number, line in self.lines.items():
            height = float(np.interp(where.x(), np.arange(len(line)), line))
            if abs(height - where.y()) < distance:
                nearest, distance = number, abs(height - where.y())
        if nearest is not None:
            self.picked.emit(nearest)


def _height(variation: Variation, value: object) -> float:
    """Where a value lies on its axis, from 0 to 1."""
    if not variation.is_range:
        last = max(len(variation.options) - 1, 1)
        options = variation.options
        return options.index(value) / last if value in options else math.nan
    if not isinstance(value, (int, float)):
        return math.nan
    low, high = variation.low, variation.high
    if variation.log:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def _marks(variation: Variation, setting: Setting) -> list[tuple[float, str]]:
    if variation.is_range:
        return [(0.0, f"{variation.low:g}"), (1.0, f"{variation.high:g}")]
    return [
        (_height(variation, each), setting.wording(each)) for each in variation.options
    ]
