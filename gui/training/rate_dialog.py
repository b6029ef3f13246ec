"""Which learning rate to begin with: a short trial, its curve, and a button."""

from __future__ import annotations

import math
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.document import Document
from engine.figures import loss_figure
from engine.problems import Problem
from gui.background import BackgroundCall
from gui.cards import label
from gui.text_scale import scaled, scaled_size
from gui.texts import Texts
from gui.training.small_curve import SmallCurve

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.training.rate_finder import Suggestion

tr = Texts("training")

_SIZE = (460, 330)  # pixels


class RateDialog(QDialog):
    """Tries on a network of its own; the window waits, so that nothing else trains."""

    chosen = Signal(float)

    def __init__(
        self, document: Document, data_dir: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Find a learning rate"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(scaled_size(*_SIZE))
        self._stop = threading.Event()
        self._rate: float | None = None
        self.text = label(tr("Trying rates from small to large…"), "title", self)
        self.curve = SmallCurve(scaled(200), self)
        self.curve.setAccessibleName(tr("Loss by learning rate"))
        both = QSizePolicy.Policy.Expanding  # room that is left is the curve's
        self.curve.setSizePolicy(both, both)
        self.axes = label(
            tr("Upwards the loss, to the right the learning rate, logarithmic"),
            "caption",
            self,
        )
        self.note = label(
            tr(
                "Thin: the loss of each step; thick: its running mean. A new network "
                "is tried for a few hundred steps; yours is left alone."
            ),
            "muted",
            self,
        )
        buttons = QDialogButtonBox(self)  # in the order of the system
        roles = QDialogButtonBox.ButtonRole
        self.use = buttons.addButton(tr("Use"), roles.AcceptRole)
        self.use.setProperty("role", "primary")
        self.use.style().polish(self.use)  # the box has given it a style already
        self.use.setVisible(False)
        self.cancel = buttons.addButton(tr("Cancel"), roles.RejectRole)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        column.addWidget(self.axes)
        column.addWidget(self.curve, 1)
        column.addWidget(self.note)
        column.addWidget(buttons)
        self._call = BackgroundCall(
            partial(_find, document.copy(), data_dir, self._stop), self
        )
        self._call.succeeded.connect(self._show)
        self._call.failed.connect(self._fail)
        self._call.start()

    def done(self, result: int) -> None:
        self._stop.set()  # every way out of a dialog comes by here
        self._call.wait()
        super().done(result)

    def _show(self, found: Suggestion) -> None:
        self._rate = found.rate
        self.text.setText(f"{found.sentence()}.")
        if len(found.tried) > 1:
            rates = [math.log(each.rate) for each in found.tried]
            mark = None
            if found.rate is not None:
                mark = (math.log(found.rate) - rates[0]) / (rates[-1] - rates[0])
            self.curve.show_curve(
                [each.smooth for each in found.tried],
                (_short(found.tried[0].rate), _short(found.tried[-1].rate)),
                [each.loss for each in found.tried],
                mark,
                "" if found.rate is None else f"{found.rate:g}",
            )
            self.curve.show_heights(loss_figure)
        if found.rate is not None:
            self.use.setText(tr("Use {rate:g}", rate=found.rate))
            self.use.setVisible(True)
            self.use.setFocus()
        self.cancel.setText(tr("Close"))

    def _fail(self, problem: Problem) -> None:
        self.text.setText(problem.sentence())
        self.cancel.setText(tr("Close"))

    def _choose(self) -> None:
        if self._rate is not None:
            self.chosen.emit(self._rate)
        self.close()


def _short(rate: float) -> str:
    return f"{rate:.2g}".replace("e-0", "e-")


def _find(document: Document, data_dir: Path, stop: threading.Event) -> Suggestion:
    from engine.session import prepare  # imports PyTorch, on the thread
    from engine.training.rate_finder import find_rate

    return find_rate(partial(prepare, document, data_dir), stop.is_set)
