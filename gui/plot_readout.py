"""The figures of curves under the pointer. Importing this imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel

from engine.figures import loss_figure, percent
from engine.run_curves import Numbers
from gui.cards import label
from gui.theme import Theme

_MOST = 6
"""Of more curves those nearest to the pointer are told."""
_BEYOND = 24  # pixels beside its ends within which a curve is told
_EDGE = 8  # pixels between the lines and the plot's edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A curve that can be read: the numbers themselves, whatever scale they are on."""

    name: str
    color: str
    across: Numbers
    values: Numbers
    is_share: bool = False
    """Whether the values are told in percent."""

    @classmethod
    def of(
        cls, curve: pg.PlotDataItem, name: str, color: str, *, is_share: bool = False
    ) -> Read:
        """The numbers that a curve was given."""
        across, values = curve.getOriginalDataset()
        nothing = np.empty(0)
        return cls(
            name=name,
            color=color,
            across=nothing if across is None else across,
            values=nothing if values is None else values,
            is_share=is_share,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    curve: Read
    place: float
    value: float
    apart: float
    """How far above or below the pointer, in pixels."""


class Readout(QObject):
    """Follows the pointer over a plot, and says the nearest point of each curve."""

    def __init__(
        self,
        plot: pg.PlotWidget,
        curves: Callable[[], Sequence[Read]],
        say_place: Callable[[float], str],
        theme: Theme,
    ) -> None:
        """`say_place` says a place across: `step 320`."""
        super().__init__(plot)
        self._plot = plot
        self._curves = curves
        self._say_place = say_place
        self._pointer: QPointF | None = None
        self.line = pg.InfiniteLine(angle=90)
        self.line.setZValue(-1)  # behind the curves
        self.text: QLabel = label("", "keys", plot)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(False)
        self.text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_theme(theme)
        plot.viewport().installEventFilter(self)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw the line in the colours of `theme`."""
        self.line.setPen(pg.mkPen(theme.border, width=1))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._pointer = event.position()
            self.refresh()
        elif event.type() == QEvent.Type.Leave:
            self._pointer = None
            self.refresh()
        return super().eventFilter(watched, event)

    def refresh(self) -> None:
        """Say what is under the pointer now; nothing where it is elsewhere."""
        found = self._found()
        self.line.setVisible(bool(found))
        self.text.setVisible(bool(found))
        if not found or self._pointer is None:
            return
        if self.line.scene() is None:  # a plot that was cleared has lost it
            self._plot.addItem(self.line, ignoreBounds=True)
        nearest = min(found, key=lambda each: each.apart)
        self.line.setValue(nearest.place)
        self.text.setText(self._words(found))
        self.text.adjustSize()
        is_left = self._pointer.x() < self._plot.width() / 2
        right = self._plot.width() - self.text.width() - _EDGE
        self.text.move(right if is_left else self._left_edge(), _EDGE)
        self.text.raise_()

    def _left_edge(self) -> int:
        inside = self._plot.getViewBox().sceneBoundingRect()
        return round(inside.left()) + _EDGE

    def _found(self) -> list[_Found]:
        box = self._plot.getViewBox()
        at = self._pointer
        if at is None or not box.sceneBoundingRect().contains(at):
            return []
        seen = box.mapSceneToView(at)
        across, up = box.viewPixelSize()
        is_log = self._plot.getAxis("left").logMode
        found = []
        for curve in self._curves():
            known = np.isfinite(curve.values)
            if is_log:
                known &= curve.values > 0
            places, values = curve.across[known], curve.values[known]
            beyond = _BEYOND * across
            if not len(places) or not (
                places[0] - beyond <= seen.x() <= places[-1] + beyond
            ):
                continue
            nearest = int(np.argmin(np.abs(places - seen.x())))
            place, value = float(places[nearest]), float(values[nearest])
            height = float(np.log10(value)) if is_log else value
            apart = abs(height - seen.y()) / up
            found.append(_Found(curve=curve, place=place, value=value, apart=apart))
        told = sorted(found, key=lambda each: each.apart)[:_MOST]
        return [each for each in found if each in told]

    def _words(self, found: Sequence[_Found]) -> str:
        places = {each.place for each in found}
        lines = [self._say_place(places.pop())] if len(places) == 1 else []
        is_shared = bool(lines)
        for each in found:
            sign = f'<span style="color:{each.curve.color}">━</span>'
            is_share = each.curve.is_share
            value = percent(each.value, 1) if is_share else loss_figure(each.value)
            told = f"{sign} {_plain(each.curve.name)} {_plain(value)}"
            if not is_shared:
                told += f" · {self._say_place(each.place)}"
            lines.append(told.replace(" ", "&nbsp;").replace("<span&nbsp;", "<span "))
        return "<br>".join(lines)


def _plain(text: str) -> str:
    """Names are people's own: what looks like markup in one is not."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
