"""Axes that say what their lines mean. Importing this imports pyqtgraph."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QGuiApplication

_GAP = 1.4
"""From one number to the next, as a multiple of the widest one."""


class GridAxis(pg.AxisItem):
    """An upright axis with a number at each line of its grid.

    pyqtgraph leaves those out that reach beyond the axis, once there is a grid.
    """

    def __init__(self) -> None:
        super().__init__("left")

    def boundingRect(self) -> QRectF:
        beyond = QFontMetrics(QGuiApplication.font()).height() / 2
        found: QRectF = super().boundingRect()
        return found.adjusted(0, -beyond, 0, beyond)


class WholeAxis(pg.AxisItem):
    """Marks whole numbers alone: there is no epoch 1.5."""

    def __init__(self, orientation: str = "bottom") -> None:
        super().__init__(orientation)
        self.counts = True
        """Whether what it shows is counted now, and not measured."""

    def tickSpacing(
        self,
        minVal: float,  # noqa: N803  pyqtgraph's names
        maxVal: float,  # noqa: N803
        size: float,
    ) -> list[tuple[float, float]]:
        spacings = super().tickSpacing(minVal, maxVal, size)
        if self.counts:
            whole = [(width, offset) for width, offset in spacings if width % 1 == 0]
            spacings = whole or [(1.0, 0.0)]
        return [(_apart(spacings[0][0], minVal, maxVal, size), 0.0), *spacings[1:]]


def _apart(width: float, low: float, high: float, size: float) -> float:
    """The first of 1, 2, 5, 10 ... times `width` at which no two numbers touch."""
    widest = f"{high:.0f}" if width % 1 == 0 else f"{high:.3g}"
    room = QFontMetrics(QGuiApplication.font()).horizontalAdvance(widest) * _GAP
    if high <= low or size <= 0:
        return width
    for power in range(6):
        for factor in (1, 2, 5):
            wide = width * factor * 10.0**power
            if wide / (high - low) * size >= room or wide > (high - low) / 2:
                return wide
    return width
