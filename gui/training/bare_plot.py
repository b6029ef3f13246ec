"""A plot without curves yet. Importing this imports pyqtgraph."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsItem, QLabel, QVBoxLayout

from gui.cards import label
from gui.theme import Theme
from gui.whole_axis import GridAxis, WholeAxis, show_grid

_LEAST = (90, 60)  # pixels


def bare_plot(name: str) -> pg.PlotWidget:
    """A plot of something counted, without pyqtgraph's own menu and button."""
    plot = pg.PlotWidget(axisItems={"left": GridAxis(), "bottom": WholeAxis()})
    plot.setAccessibleName(name)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    show_grid(plot)
    # Its lines take longer to paint than all curves, and seldom change.
    cached = QGraphicsItem.CacheMode.DeviceCoordinateCache
    plot.getAxis("left").setCacheMode(cached)
    plot.getPlotItem().setContentsMargins(4, 8, 8, 2)
    plot.setLimits(xMin=0)  # a single point would have room on both sides
    plot.setMinimumSize(*_LEAST)
    return plot


def begin_axes(plot: pg.PlotWidget, right: float) -> None:
    """Axes for curves that are yet to come, from 0 to `right`; they follow these then.

    Of a single point pyqtgraph keeps the lengths of both axes as they are: those of the
    curves before would squeeze it. A zoom was made for the curves before, too.
    """
    plot.setRange(xRange=(0.0, right), yRange=(0.0, 1.0), padding=0)
    plot.enableAutoRange()


def color_plot(plot: pg.PlotWidget, theme: Theme) -> None:
    """Draw what is around the curves in the colours of `theme`."""
    plot.setBackground(theme.canvas)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(theme.border))
        axis.setTextPen(pg.mkPen(theme.muted))


def note_in(plot: pg.PlotWidget) -> QLabel:
    """A line in the middle of a plot, hidden until it says something."""
    note = label("", "muted", plot)
    note.setAlignment(Qt.AlignmentFlag.AlignCenter)
    note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    column = QVBoxLayout(plot)
    column.setContentsMargins(48, 8, 12, 24)  # beside the numbers of the axes
    column.addWidget(note)
    note.hide()
    return note
