"""The curves of a run. Importing this imports pyqtgraph: after the first frame."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from engine.figures import is_share, metric_name
from engine.run_curves import Curves
from engine.training.events import EpochDone
from gui.cards import label
from gui.plot_pens import as_thick
from gui.plot_readout import Read, Readout
from gui.texts import Texts
from gui.theme import Theme
from gui.training.bare_plot import bare_plot, begin_axes, color_plot, note_in
from gui.training.captions import (
    place_beside,
    say_epoch,
    say_step,
    sign,
    spaced,
    tell,
)
from gui.training.player_curve import PlayerCurve
from gui.training.series import Numbers, Series

tr = Texts("training")

_EPOCHS_ROOM = 512
"""Pieces that a curve by epoch is kept in."""
_MOST_DOTS = 25
"""Epochs that have a dot each; more would lie over one another."""
_SOLID, _DASHED = "━", "╍"
"""The lines as a caption shows them, in the colour of the curve."""
_WIDE_CAPTION = 24
"""So many lines' heights wide, a caption has room for one more explanation."""
_LOW_PLOT, _TWO_LINES = 8.0, 1.5
"""So many lines high a plot with its caption is low; from so many on it takes two."""
_SLOWEST, _FASTEST = 50.0, 5.0  # steps that the running mean reaches back


class Plots(QWidget):
    """Loss by step and a metric by epoch, training and validation."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        self._loss_plot = bare_plot(tr("Loss by step"))
        self._metric_plot = bare_plot(tr("Metric by epoch"))
        self.metric_note = note_in(self._metric_plot)
        self.players: dict[str, PlayerCurve] = {}
        """Those that learned so far, in the order in which they began to."""
        self._take_turns = True
        self.validation = self._loss_plot.plot()
        self.validation.setZValue(1)  # few dots, that many steps would cover
        self.train_metric = self._metric_plot.plot()
        self.validation_metric = self._metric_plot.plot()
        self.loss_caption = label("", "caption", self)
        self.metric_caption = label("", "caption", self)
        for caption in (self.loss_caption, self.metric_caption):
            caption.setTextFormat(Qt.TextFormat.RichText)
            caption.setMinimumWidth(1)  # never keeps the panel from shrinking
        self.loss_caption.setToolTip(
            tr("The strong line is a running mean; the faint one is each single step")
        )
        self.log = QCheckBox(tr("Log"), self)
        self.log.setProperty("role", "caption")
        self.log.setToolTip(tr("Equal factors are equally far apart"))
        self.log.setAccessibleName(tr("Logarithmic axis of the loss"))
        self.log.toggled.connect(self._scale)
        # A row for the plots and one for what is below them: a caption of two lines
        # leaves both plots equally high.
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setRowStretch(0, 1)
        below = self._below = QHBoxLayout()
        below.setSpacing(0)  # the caption ends in room of its own
        below.addWidget(self.loss_caption, 1, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.log, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._loss_plot, 0, 0)
        grid.addLayout(below, 1, 0)
        grid.addWidget(self._metric_plot, 0, 1)
        grid.addWidget(self.metric_caption, 1, 1, Qt.AlignmentFlag.AlignTop)
        self._grid = grid
        self._theme = theme
        self._readouts = (
            Readout(self._loss_plot, self._losses_read, say_step, theme),
            Readout(self._metric_plot, self._metrics_read, say_epoch, theme),
        )
        self._metric = ""
        self.marks: list[pg.InfiniteLine] = []
        self._validation = Series(_EPOCHS_ROOM)
        self.set_theme(theme)
        self.clear(steps_per_epoch=1, epochs_done=0)

    def clear(
        self, steps_per_epoch: int, epochs_done: int, steps_done: int = 0
    ) -> None:
        """Begin a run whose epochs have so many steps, so many of them done before."""
        self._steps_per_epoch = steps_per_epoch
        self._step = epochs_done * steps_per_epoch + steps_done
        self._reach = max(_FASTEST, min(_SLOWEST, steps_per_epoch / 5))
        for curve in self.players.values():
            self._loss_plot.removeItem(curve.raw)
            self._loss_plot.removeItem(curve.mean)
        self.players = {}
        self._show_players(("network",), take_turns=True)
        self._validation = Series(_EPOCHS_ROOM)
        self._train_metrics, self._metrics = self._two_series()
        self._metric = ""
        self._show_metric(True)  # until an epoch has told of none
        for curve in (self.validation, self.train_metric, self.validation_metric):
            curve.setData([], [])
        for mark in self.marks:
            self._loss_plot.removeItem(mark)
        self.marks.clear()
        begin_axes(self._loss_plot, float(steps_per_epoch))
        begin_axes(self._metric_plot, 1.0)
        self.say_first("")
        self._caption()

    def say_first(self, when: str) -> None:
        """Say when the first point by epoch comes, while there is none."""
        is_waiting = bool(when) and not len(self._validation)
        self.metric_note.setText(when if is_waiting else "")
        self.metric_note.setVisible(is_waiting)

    @property
    def losses_now(self) -> dict[str, float]:
        """The running mean of what each player lost, of those that learned so far."""
        found = {player: curve.now for player, curve in self.players.items()}
        return {player: loss for player, loss in found.items() if loss is not None}

    @staticmethod
    def _two_series() -> tuple[Series, Series]:
        return Series(_EPOCHS_ROOM), Series(_EPOCHS_ROOM)

    def mark(self, epoch: int) -> pg.InfiniteLine:
        """Mark where `epoch` ends, since something went wrong in it."""
        mark = pg.InfiniteLine(epoch * self._steps_per_epoch, angle=90)
        mark.setZValue(-1)  # behind the curves
        self.marks.append(mark)
        self._loss_plot.addItem(mark, ignoreBounds=True)
        self._color_marks()
        self._caption()
        return mark

    def unmark(self, mark: pg.InfiniteLine) -> None:
        """Take a mark away: what went wrong has passed."""
        self._loss_plot.removeItem(mark)
        self.marks.remove(mark)
        self._caption()

    def _color_marks(self) -> None:
        color = QColor(self._theme.warning)
        for mark in self.marks:
            pen = pg.mkPen(color, width=1.5, style=Qt.PenStyle.DotLine)
            mark.setPen(as_thick(pen, self))

    def add_losses(
        self, losses: list[float], players: tuple[str, ...] = ("network",)
    ) -> None:
        """Draw the losses of more steps, one of each player for every step."""
        if not losses:
            return
        self._show_players(players, take_turns=len(players) == 1)
        count = len(losses) // len(players)
        steps = self._step + 1 + np.arange(count, dtype=np.float64)
        self._step += count
        for place, player in enumerate(players):
            self.players[player].draw(steps, losses[place :: len(players)])
        self._readouts[0].refresh()

    def add_earlier(self, found: dict[str, tuple[Numbers, Numbers]]) -> None:
        """Draw what each player lost before the run was taken up again."""
        if found:
            starts = {steps[0] for steps, _ in found.values() if len(steps)}
            self._show_players(tuple(found), take_turns=len(starts) == len(found))
        for player, (steps, losses) in found.items():
            self.players[player].draw(steps, losses.tolist())

    def _show_players(self, players: tuple[str, ...], *, take_turns: bool) -> None:
        """Have a curve for each; those of players who are done stay.

        `take_turns` is whether one learns after the other, and not all in each step.
        """
        waiting = self.players.get("network")
        if waiting is not None and "network" not in players and not waiting.losses:
            self._loss_plot.removeItem(waiting.raw)
            self._loss_plot.removeItem(waiting.mean)
            del self.players["network"]
        new = [player for player in players if player not in self.players]
        for player in new:
            self.players[player] = PlayerCurve(self._loss_plot, self._reach)
        if new or take_turns != self._take_turns:
            self._take_turns = take_turns
            # What the players lose added up says nothing of either.
            self.validation.setVisible(take_turns)
            self.set_theme(self._theme)

    def add_epochs(self, epochs: list[EpochDone]) -> None:
        """Draw the validation of more epochs."""
        if not epochs:
            return
        for epoch in epochs:
            step = epoch.epoch * self._steps_per_epoch
            self._validation.extend([step], [epoch.val_loss])
            if epoch.val_metrics and self._metric not in epoch.val_metrics:
                # The first, or another stage's: an accuracy is no free energy.
                self._metric = next(iter(epoch.val_metrics))
                self._train_metrics, self._metrics = self._two_series()
            if self._metric:
                train = epoch.train_metrics.get(self._metric, np.nan)
                seen = epoch.val_metrics.get(self._metric, np.nan)
                self._train_metrics.extend([epoch.epoch], [train])
                self._metrics.extend([epoch.epoch], [seen])
        self._draw_epochs()

    def add_earlier_epochs(self, curves: Curves, done: int) -> None:
        """Draw the validation of the epochs before the run was taken up again."""
        count = int((curves.epochs <= done).sum())
        if not count:
            return
        epochs, found = curves.epochs[:count], curves.metrics
        gaps = np.full(count, np.nan)
        losses = found.get("val_loss", gaps)[:count]
        self._validation.extend(epochs * self._steps_per_epoch, losses.tolist())
        names = [
            name
            for name, values in found.items()
            if name.startswith("val_")
            and name != "val_loss"
            and np.isfinite(values[count - 1])  # an earlier stage's is not gone on with
        ]
        if names:
            self._metric = names[0].removeprefix("val_")
            train = found.get(f"train_{self._metric}", gaps)[:count]
            self._train_metrics.extend(epochs, train.tolist())
            self._metrics.extend(epochs, found[names[0]][:count].tolist())
        self._draw_epochs()

    def _draw_epochs(self) -> None:
        self.validation.setData(*self._validation.ends())
        self.train_metric.setData(*self._train_metrics.ends())
        self.validation_metric.setData(*self._metrics.ends())
        dot = self._dot()
        for curve in (self.validation, self.train_metric, self.validation_metric):
            if curve.opts["symbol"] != dot:
                curve.setSymbol(dot)
        self._caption()
        self._show_metric(bool(self._metric))
        self.say_first("")
        for readout in self._readouts:
            readout.refresh()

    def _losses_read(self) -> list[Read]:
        names = {"network": tr("train")}
        found = [
            Read.of(curve.mean, names.get(player, player), color)
            for color, (player, curve) in zip(
                self._player_colors(), self.players.items(), strict=True
            )
        ]
        if self.validation.isVisible():
            orange = self._theme.families["dense"]
            found.append(Read.of(self.validation, tr("validation"), orange))
        return found

    def _metrics_read(self) -> list[Read]:
        families, share = self._theme.families, is_share(self._metric)
        return [
            Read.of(curve, name, families[family], is_share=share)
            for curve, name, family in (
                (self.train_metric, tr("train"), "convolution"),
                (self.validation_metric, tr("validation"), "dense"),
            )
        ]

    def _scale(self, is_log: bool) -> None:
        self._loss_plot.setLogMode(y=is_log)
        self._loss_plot.enableAutoRange()
        self._readouts[0].refresh()

    def _dot(self) -> str | None:
        return "o" if len(self._validation) <= _MOST_DOTS else None

    def _show_metric(self, is_there: bool) -> None:
        """Leave all room to the loss where a run measures nothing else."""
        self._metric_plot.getAxis("left").tell_shares(is_share(self._metric))
        for part in (self._metric_plot, self.metric_caption):
            part.setVisible(is_there)
        for column in (0, 1):
            self._grid.setColumnStretch(column, int(column == 0 or is_there))

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self._color_marks()
        blue, orange = theme.families["convolution"], theme.families["dense"]
        for curve, color in zip(
            self.players.values(), self._player_colors(), strict=False
        ):
            curve.set_color(color)
        self.train_metric.setPen(as_thick(pg.mkPen(blue, width=2), self))
        for curve in (self.validation, self.validation_metric):
            dashed = pg.mkPen(orange, width=2, style=Qt.PenStyle.DashLine)
            curve.setPen(as_thick(dashed, self))
        for curve, color in (
            (self.validation, orange),
            (self.train_metric, blue),  # of a single epoch there is no line to see
            (self.validation_metric, orange),
        ):
            curve.setSymbol(self._dot())
            curve.setSymbolSize(6)
            curve.setSymbolBrush(color)
            curve.setSymbolPen(None)
        for plot in (self._loss_plot, self._metric_plot):
            color_plot(plot, theme)
        for readout in self._readouts:
            readout.set_theme(theme)
        self._caption()

    def _player_colors(self) -> list[str]:
        """A colour for each player, the same ones in every run."""
        families = self._theme.families
        names = ["convolution", "dense", "recurrent", "attention", "normalization"]
        if self._take_turns:
            names.remove("dense")  # the colour of the validation beside them
        colors = [families[name] for name in names]
        return [colors[i % len(colors)] for i in range(len(self.players))]

    def _caption(self) -> None:
        theme = self._theme
        orange = theme.families["dense"]
        train = sign(theme.families["convolution"], _SOLID)
        validation = sign(orange, _DASHED)
        if len(self.players) > 1:
            named = zip(self._player_colors(), self.players, strict=False)
            signs = " ".join(f"{sign(color, _SOLID)}{name}" for color, name in named)
            if self._take_turns:
                signs += " " + tr("{line}validation", line=validation)
            told = tr("loss by step {lines}", lines=signs)
        else:
            line = self.fontMetrics().height()
            is_wide = self.loss_caption.width() >= _WIDE_CAPTION * line
            told = tr(
                "loss by step {train}train {faint}{validation}validation",
                train=train,
                faint=tr("(faint: each single step)") + " " if is_wide else "",
                validation=validation,
            )
        if self.marks:
            told += " " + tr("{line}warning", line=sign(theme.warning, "┊"))
        self._tell(self.loss_caption, told, tr("loss by step"))
        name = metric_name(self._metric or "metric")
        told = tr(
            "{name} by epoch {train}train {validation}validation",
            name=name,
            train=train,
            validation=validation,
        )
        self._tell(self.metric_caption, told, tr("{name} by epoch", name=name))

    def _tell(self, caption: QLabel, whole: str, short: str) -> None:
        """A second line of a caption would take a low plot's height: it has a tip.

        So has one whose words would be cut in a narrow plot.
        """
        line = self.fontMetrics().lineSpacing()
        is_low = self.height() < _LOW_PLOT * line
        most = _TWO_LINES * line if is_low else math.inf
        has_room = tell(caption, whole, short, most)
        if caption is self.metric_caption:
            caption.setToolTip("" if has_room and not is_low else spaced(whole))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        place_beside(self._below, tr("loss by step"), self.log, self._loss_plot.width())
        self._caption()
