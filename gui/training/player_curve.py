"""The losses of one player, as they are drawn. Importing this imports pyqtgraph."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from gui.plot_pens import as_thick
from gui.training.series import Numbers, Series

_RAW_ALPHA = 95
_MEANS_ROOM = 1024
"""Pieces that a running mean is kept in: it changes little from one to the next."""
_DENSE = 1000
"""Points from which on a curve of every step is a band."""


class RunningMean:
    """An exponential running mean over about `steps` steps.

    It is corrected for its beginning (Kingma and Ba 2015, arXiv:1412.6980, section 3).
    Where losses fall fastest, in the first steps, it reaches less far back: else it
    would stay far above them (the decay of TensorFlow's ExponentialMovingAverage with
    its `num_updates`).
    """

    def __init__(self, steps: float) -> None:
        self._keep = 1.0 - 1.0 / steps
        self._sum = 0.0
        self._weight = 0.0
        self._seen = 0

    def after(self, numbers: list[float]) -> list[float]:
        """The mean after each of `numbers`."""
        means = []
        for number in numbers:
            if np.isfinite(number):
                keep = min(self._keep, (1 + self._seen) / (10 + self._seen))
                self._sum = keep * self._sum + (1 - keep) * number
                self._weight = keep * self._weight + (1 - keep)
                self._seen += 1
            means.append(self._sum / self._weight if self._weight else number)
        return means


class PlayerCurve:
    """The losses of one player: every step faintly, and their running mean."""

    def __init__(self, plot: pg.PlotWidget, reach: float) -> None:
        """The mean is over about `reach` steps."""
        self._plot = plot
        self.raw = plot.plot()
        self.mean = plot.plot()
        self.losses, self._means = Series(), Series(_MEANS_ROOM)
        self._running = RunningMean(reach)

    @property
    def now(self) -> float | None:
        """The running mean after the last step; None before the first."""
        means = self._means.ends()[1]
        return float(means[-1]) if len(means) else None

    def draw(self, steps: Numbers, losses: list[float]) -> None:
        """Draw the losses of more steps."""
        self.losses.extend(steps, losses)
        self._means.extend(steps, self._running.after(losses))
        steps, raw = self.losses.points()
        # A dense band of lines looks alike with and without, and costs twice with.
        self.raw.setData(steps, raw, antialias=len(raw) < _DENSE)
        self.mean.setData(*self._means.ends())

    def set_color(self, color: str) -> None:
        """Draw in this colour."""
        faint = QColor(color)
        faint.setAlpha(_RAW_ALPHA)
        self.raw.setPen(pg.mkPen(faint, width=1))  # wider ones take a frame's time
        self.mean.setPen(as_thick(pg.mkPen(color, width=2), self._plot))
