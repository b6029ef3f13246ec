"""Axes that say what their lines mean. Importing this imports pyqtgraph."""

from __future__ import annotations

import math
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QGuiApplication

_GRID_ALPHA = 0.6
"""How much of an axis's own colour the lines of its grid have: faint, but there."""
_BEHIND = -200
"""Below pyqtgraph's view box: it draws an axis, grid and all, over the curves."""


class GridAxis(pg.AxisItem):
    """An upright axis with a number at each line of its grid.

    pyqtgraph leaves those out that reach beyond the axis, once there is a grid.
    """

    def __init__(self) -> None:
        super().__init__("left")
        self.setStyle(maxTickLevel=1)  # finer lines would hatch the plot
        self._finest = math.inf
        self._is_of_shares = False

    def tell_shares(self, is_so: bool) -> None:
        """Write numbers from 0 to 1 as percent, as texts tell such a metric."""
        if is_so is not self._is_of_shares:
            self._is_of_shares = is_so
            self.picture = None  # pyqtgraph draws the numbers anew
            self.update()

    def tickSpacing(
        self,
        minVal: float,  # noqa: N803  pyqtgraph's names
        maxVal: float,  # noqa: N803
        size: float,
    ) -> list[tuple[float, float]]:
        """Without levels whose numbers would lie on one another: in a low plot."""
        found: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        if self.logMode or maxVal <= minVal:
            return found
        line = QFontMetrics(QGuiApplication.font()).height()
        least = line * (maxVal - minVal) / max(size, 1.0)
        return [found[0], *(each for each in found[1:] if each[0] >= least)]

    def tickValues(
        self,
        minVal: float,  # noqa: N803  pyqtgraph's names
        maxVal: float,  # noqa: N803
        size: float,
    ) -> list[tuple[float | None, list[float]]]:
        """A level has no spacing where the axis is logarithmic."""
        found: list[tuple[float | None, list[float]]] = super().tickValues(
            minVal, maxVal, size
        )
        spacings = [spacing for spacing, _ in found if spacing is not None]
        self._finest = min(spacings, default=math.inf)
        return found

    def tickStrings(
        self, values: list[float], scale: float, spacing: float | None
    ) -> list[str]:
        """All with as many decimals: `2.0, 1.5, 1.0`."""
        if self._is_of_shares:
            scale *= 100
        found = self._numbers(values, scale, spacing)
        sign = " %" if self._is_of_shares else ""
        return [each and each + sign for each in found]

    def _numbers(
        self, values: list[float], scale: float, spacing: float | None
    ) -> list[str]:
        if spacing is not None and not self.logMode:
            spacing = min(spacing, self._finest)
        found: list[str] = super().tickStrings(values, scale, spacing)
        if self.logMode:
            if self._is_of_shares:  # pyqtgraph writes 20 as 2·10¹
                found = [f"{scale * 10**value:.3g}" for value in values]
            told = self._told_digits()
            return [
                text if round(10 ** (value % 1), 6) in told else ""
                for value, text in zip(values, found, strict=True)
            ]
        decimals = {len(each.partition(".")[2]) for each in found if each != "0"}
        if len(decimals) == 1:  # pyqtgraph writes a bare zero
            zero = f"{0:.{decimals.pop()}f}"
            found = [zero if each == "0" else each for each in found]
        return found

    def _told_digits(self) -> set[float]:
        """Which first digits have a number, where there are lines for all nine."""
        decades = max(self.range[1] - self.range[0], 1e-9)
        decade = self.height() / decades  # pixels
        line = QFontMetrics(QGuiApplication.font()).height()
        for digits in (range(1, 10), (1, 2, 5)):
            beyond = (*digits, 10)
            gaps = (math.log10(b / a) for a, b in pairwise(beyond))
            if decade * min(gaps) >= line:
                return set(map(float, digits))
        return {1.0}

    def boundingRect(self) -> QRectF:
        beyond = QFontMetrics(QGuiApplication.font()).height() / 2
        found: QRectF = super().boundingRect()
        return found.adjusted(0, -beyond, 0, beyond)


class WholeAxis(pg.AxisItem):
    """Marks whole numbers alone: there is no epoch 1.5."""

    def __init__(self, orientation: str = "bottom") -> None:
        super().__init__(orientation)
        # Only the first of the spacings has numbers: those of two would touch.
        self.setStyle(maxTextLevel=0)
        self.counts = True
        """Whether what it shows is counted now, and not measured."""

    def tickSpacing(
        self,
        minVal: float,  # noqa: N803  pyqtgraph's names
        maxVal: float,  # noqa: N803
        size: float,
    ) -> list[tuple[float, float]]:
        found = [width for width, _ in super().tickSpacing(minVal, maxVal, size)]
        least = 1.0 if self.counts else 10.0 ** math.floor(math.log10(min(found)))
        wide = _apart(least, minVal, maxVal, size)
        finer = [w for w in found if w < wide and (w % 1 == 0 or not self.counts)]
        return [(wide, 0.0), *((width, 0.0) for width in finer)]


def show_grid(plot: pg.PlotWidget) -> None:
    """Draw a line at each number of the upright axis, behind the curves."""
    plot.showGrid(x=False, y=True, alpha=_GRID_ALPHA)
    plot.getAxis("left").setZValue(_BEHIND)


def _apart(least: float, low: float, high: float, size: float) -> float:
    """The first of 1, 2, 5, 10 ... times `least` whose numbers stand well apart.

    At least two of them are in sight, unless `least` itself is too wide for that.
    """
    widest = f"{high:.0f}" if least % 1 == 0 else f"{high:.3g}"
    metrics = QFontMetrics(QGuiApplication.font())
    room = metrics.horizontalAdvance(widest) + metrics.horizontalAdvance("0")
    if high <= low or size <= 0:
        return least
    before = least
    for power in range(12):
        for factor in (1, 2, 5):
            wide = least * factor * 10.0**power
            if math.floor(high / wide) - math.ceil(low / wide) < 1:
                return before  # wider ones would leave one number, or none
            if wide / (high - low) * size >= room:
                return wide
            before = wide
    return before
