"""The curves of several runs over one another. Importing this imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from engine.figures import is_share
from engine.run_curves import Curves, Numbers, StepLossReader, bare_name, part_of
from gui.cards import label
from gui.plot_pens import as_thick
from gui.plot_readout import Read, Readout
from gui.runs.curve_key import CurveKey
from gui.runs.strokes import STROKES, stroke
from gui.texts import Texts
from gui.theme import Theme
from gui.training.series import Series
from gui.whole_axis import GridAxis, WholeAxis, show_grid

tr = Texts("runs")

_BY = (
    ("epochs", tr.mark("By epoch")),
    ("steps", tr.mark("By step")),
    ("seconds", tr.mark("By seconds")),
)
_PARTS = (
    ("val", tr.mark("Validation")),
    ("train", tr.mark("Training")),
    ("both", tr.mark("Both")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A run whose curves are drawn."""

    title: str
    curves: Curves
    losses: StepLossReader | None = None
    """Reads the loss of each step, where these were kept."""


class CurvePlot(QWidget):
    """One metric of many runs, over epochs, steps or seconds."""

    drawn = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        self._theme = theme
        self._runs: list[Drawn] = []
        self._pale: dict[str, None] = {}
        """The players whose losses are drawn palely."""
        self._reads: list[Read] = []
        """What the pointer can read of what is drawn."""
        self._each_step = tr("loss of each step")
        self.number = _combo(tr("Metric"), self)
        self.part = _combo(tr("Part of the data"), self)
        self.by = _combo(tr("Horizontal axis"), self)
        for combo, entries in ((self.part, _PARTS), (self.by, _BY)):
            for value, text in entries:
                combo.addItem(tr.of(text), value)
        self.log = QCheckBox(tr("Log"), self)
        self.log.setToolTip(tr("Equal factors are equally far apart"))
        self.log.setAccessibleName(tr("Logarithmic vertical axis"))
        self._across = WholeAxis()
        self._up = GridAxis()
        axes = {"left": self._up, "bottom": self._across}
        self.plot = pg.PlotWidget(self, axisItems=axes)
        self.plot.setAccessibleName(tr("Curves of the chosen runs"))
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        show_grid(self.plot)
        self.plot.setMinimumSize(120, 60)
        self.plot.getPlotItem().setContentsMargins(4, 8, 8, 2)
        self.readout = Readout(self.plot, lambda: self._reads, self._say_place, theme)
        self.key = CurveKey(theme, self)
        self.note = label("", "caption", self)
        self.note.hide()
        row = QHBoxLayout()
        row.setSpacing(6)
        for widget in (self.number, self.part, self.by, self.log):
            row.addWidget(widget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.key)
        column.addWidget(self.plot, 1)
        column.addWidget(self.note)
        for combo in (self.number, self.part, self.by):
            combo.activated.connect(lambda _: self._draw())
        self.log.toggled.connect(lambda _: self._draw())
        self.set_theme(theme)

    def show_runs(self, runs: Sequence[Drawn]) -> None:
        """Draw the curves of these runs, the first with the first stroke."""
        self._runs = list(runs)
        names = dict.fromkeys(
            bare_name(name) for run in self._runs for name in run.curves.metrics
        )
        if any(run.losses for run in self._runs):
            names[self._each_step] = None
        if names and list(names) != self._entries():
            before = self.number.currentText()
            self.number.clear()
            self.number.addItems(list(names))
            self.number.setCurrentIndex(max(self.number.findText(before), 0))
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.plot.setBackground(theme.canvas)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.border))
            axis.setTextPen(pg.mkPen(theme.muted))
        self.key.set_theme(theme)
        self.readout.set_theme(theme)
        self._draw()

    def _entries(self) -> list[str]:
        return [self.number.itemText(place) for place in range(self.number.count())]

    @property
    def _is_of_shares(self) -> bool:
        return is_share(self.number.currentText())

    def _draw(self) -> None:
        self.plot.clear()
        self.plot.disableAutoRange()  # else every curve would fit the view anew
        self.plot.setLogMode(y=self.log.isChecked())
        by = self.by.currentData()
        self._across.counts = by != "seconds"
        without: list[str] = []
        self._pale.clear()
        self._reads = []
        of_steps = self.number.currentText() == self._each_step
        self.part.setEnabled(not of_steps)  # steps are of the training alone
        self._up.tell_shares(self._is_of_shares)
        for place, run in enumerate(self._runs):
            across = getattr(run.curves, by)
            if across is None or (of_steps and run.losses is None):
                without.append(run.title)
                continue
            self._draw_run(place, run, across)
        self.key.show_names([run.title for run in self._runs])
        self.plot.enableAutoRange()
        self.readout.refresh()
        self._say(without)
        self.drawn.emit()

    def _draw_run(self, place: int, run: Drawn, across: Numbers) -> None:
        wanted, metric = self.part.currentData(), self.number.currentText()
        if metric == self._each_step:
            self._draw_steps(place, run)
            return
        for name, values in run.curves.metrics.items():
            is_train = part_of(name) == "training"
            parts = {"both", "train" if is_train else "val"}
            if bare_name(name) != metric or (part_of(name) and wanted not in parts):
                continue
            faint = is_train and wanted == "both"
            width = 1.2 if faint else 2.0
            part = part_of(name) if wanted == "both" else ""
            self._let_read(place, across, values, part)
            curve = self.plot.plot(
                across,
                _drawable(values, self.log.isChecked()),
                pen=self._stroke(place, width, faint=faint),
                connect="finite",
            )
            if len(across) == 1:  # a single point has no line
                curve.setSymbol("o")
                curve.setSymbolSize(7)
                curve.setSymbolPen(None)
                curve.setSymbolBrush(stroke(place % STROKES, self._theme).color())

    def _stroke(self, place: int, width: float, *, faint: bool) -> QPen:
        pen = stroke(place % STROKES, self._theme, width, faint=faint)
        return as_thick(pen, self)

    def _draw_steps(self, place: int, run: Drawn) -> None:
        """The loss of each step; of a very long run, the peaks of its pieces."""
        for number, (player, (steps, losses)) in enumerate(
            run.losses().items() if run.losses is not None else ()
        ):
            if number:
                self._pale[player] = None
            series = Series()
            series.extend(steps, losses)
            places, values = series.points()
            places = _across(run.curves, places, self.by.currentData())
            self._let_read(place, places, values, player if number else "")
            self.plot.plot(
                places,
                _drawable(values, self.log.isChecked()),
                pen=self._stroke(place, 1.2, faint=number > 0),
                connect="finite",
            )

    def _let_read(
        self, place: int, across: Numbers, values: Numbers, what: str
    ) -> None:
        title = self._runs[place].title
        read = Read(
            name=f"{title}, {what}" if what else title,
            color=stroke(place % STROKES, self._theme).color().name(),
            across=across,
            values=values,
            is_share=self._is_of_shares,
        )
        self._reads.append(read)

    def _say_place(self, place: float) -> str:
        by = self.by.currentData()
        if by == "seconds":
            return tr("{seconds:.1f} s", seconds=place)
        if by == "steps":
            return tr("step {step:,}", step=round(place))
        return tr("epoch {epoch}", epoch=f"{place:.4g}")  # a step is within one

    def _say(self, without: Sequence[str]) -> None:
        texts = (
            [] if self._runs else [tr("Choose runs in the table to see their curves.")]
        )
        if without:
            names = ", ".join(without[:3]) + (", …" if len(without) > 3 else "")
            texts.append(tr("No steps were recorded by {names}.", names=names))
        if len(self._runs) > STROKES:
            texts.append(tr("Strokes repeat after {STROKES} runs.", STROKES=STROKES))
        if self.part.currentData() == "both" and self._runs:
            texts.append(tr("Thin: training. Thick: validation."))
        if self._pale:
            texts.append(tr("Pale: {players}.", players=", ".join(self._pale)))
        self.note.setText(" ".join(texts))
        self.note.setVisible(bool(texts))


def _across(curves: Curves, steps: Numbers, by: str) -> Numbers:
    """Where steps lie on an axis of epochs, steps or seconds."""
    if by == "steps" or curves.steps_per_epoch is None:
        return steps
    epochs = steps / curves.steps_per_epoch
    if by == "epochs":
        return epochs
    ends, seconds = (np.append(0.0, each) for each in (curves.epochs, curves.seconds))
    return np.interp(epochs, ends, seconds)  # within an epoch steps are alike


def _drawable(values: Numbers, is_log: bool) -> Numbers:
    """Without what a logarithm does not know."""
    return np.where(values > 0, values, np.nan) if is_log else values


def _combo(name: str, parent: QWidget) -> QComboBox:
    combo = QComboBox(parent)
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo
