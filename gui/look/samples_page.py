"""Samples of the test part, under one line that says which of them these are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.cards import label
from gui.look.latest_call import LatestCall
from gui.look.picture_list import SampleList, Shown
from gui.look.samples import mistakes
from gui.texts import Texts

if TYPE_CHECKING:  # PyTorch, scikit-learn: when something is evaluated
    from engine.evaluation import ClassReport
    from engine.showing.trained import Trained

tr = Texts("look")

MOST_SAMPLES = 60
"""How many are shown."""

_INDENT = 5  # pixels: in line with the list's pictures and texts

Make = Callable[[Sequence[int]], Sequence[Shown]]
"""Gives what is shown of the samples at these places; it is called on a thread."""


class SamplesPage(QWidget):
    """A list of samples, made in the background."""

    failed = Signal(object)
    """A `Problem`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = label("", "muted", self)
        self.heading.setContentsMargins(_INDENT, 0, 0, 0)
        self.back = QPushButton(tr("Back"), self)
        self.back.hide()
        self.list = SampleList(tr("Samples of the test part"), self)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addWidget(self.heading, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        self._work = LatestCall(self)
        self._work.answered.connect(self.list.show_samples)
        self._work.failed.connect(self.failed)

    def show_samples(self, head: str, make: Make, places: Sequence[int]) -> None:
        """Show the samples at the first of these places of the test part."""
        if len(places) > MOST_SAMPLES:
            head += " " + tr("These are {count} of them.", count=MOST_SAMPLES)
        self.heading.setText(head)
        self.list.clear()
        shown = list(places[:MOST_SAMPLES])
        self._work.ask(lambda: make(shown) if shown else ())

    def show_mistakes(self, trained: Trained, report: ClassReport) -> None:
        """Show which samples the network takes for another class."""
        places = report.mistakes()
        head = tr(
            "{count:,} of {total:,} answers are wrong; the surest first. Each: "
            "truth\u00a0→\u00a0answer, and how sure.",
            count=len(places),
            total=len(report.truth),
        )
        self.show_samples(head, partial(mistakes, trained, report), places.tolist())

    def close_page(self) -> None:
        """Wait for what is being worked out."""
        self._work.close()
