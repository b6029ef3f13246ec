"""Trying a network for pictures: draw one, choose a file, or take one of the test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from engine.problems import Problem
from gui.cards import label
from gui.look.ink_pad import InkPad
from gui.look.sheet_view import SheetView
from gui.look.trial import AnswerView, Trial, truth_text
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch and numpy: after the first frame
    import numpy as np
    from torch import Tensor

    from engine.showing.trained import Trained

tr = Texts("look")

HOW = tr.mark(
    "As with MNIST's digits, the drawing is scaled into a box of 20 of the 28 pixels "
    "and moved until its centre of mass is in the middle. The small picture is what "
    "the network sees."
)
INVITATION = tr.mark("Draw something, choose a picture, or take a test sample.")
PICTURES = tr.mark("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff)")


class DrawTrial(Trial):
    """A sheet to draw on; the answer follows the pen."""

    title = tr.mark("Draw")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._file: Path | None = None
        self._sample = 0
        self.pad = InkPad(theme, self)
        self.seen = SheetView(theme, tr("What the network sees"), self)
        self.seen.setToolTip(tr.of(HOW))
        self.pad.setToolTip(tr.of(HOW))
        self.answer = AnswerView(theme, self)
        self.answer.say(tr.of(INVITATION))
        self.clear_button = QPushButton(tr("Clear"), self)
        self.file_button = QPushButton(tr("Picture…"), self)
        self.file_button.setToolTip(tr("Choose a picture file"))
        self.sample_button = QPushButton(tr("Test sample"), self)
        self.sample_button.setToolTip(tr("Take the next picture of the test part"))
        self.inverted = QCheckBox(tr("Inverted"), self)
        self.inverted.setToolTip(
            tr("Ink on paper becomes light on dark, as MNIST has it")
        )
        self.inverted.hide()
        self.truth = label("", "muted", self)
        self._lay_out()
        self.pad.drawn.connect(self._ask_drawn)
        self.clear_button.clicked.connect(self.clear)
        self.file_button.clicked.connect(self._ask_for_file)
        self.sample_button.clicked.connect(self._take_sample)
        self.inverted.toggled.connect(lambda _: self._ask_file())
        self.call.answered.connect(self._take)

    def _lay_out(self) -> None:
        tools = QGridLayout()
        tools.setSpacing(4)
        self.seen.setMinimumSize(30, 30)
        self.seen.setMaximumSize(120, 120)
        tools.addWidget(self.clear_button, 0, 0)
        tools.addWidget(self.file_button, 1, 0)
        tools.addWidget(self.sample_button, 2, 0)
        tools.addWidget(self.inverted, 3, 0)
        tools.addWidget(self.truth, 4, 0)
        tools.addWidget(self.seen, 5, 0)
        tools.setRowStretch(6, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.pad, 4)
        row.addLayout(tools)
        row.addWidget(self.answer, 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pad.setMaximumWidth(max(self.height(), self.pad.minimumWidth()))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for each in (self.pad, self.seen, self.answer):
            each.set_theme(theme)

    def show_trained(self, trained: Trained) -> None:
        super().show_trained(trained)
        self._sample = 0
        if not self.pad.is_empty:
            self._ask_drawn()
        elif self._file is not None:
            self._ask_file()

    def clear(self) -> None:
        """Take a new sheet."""
        self._file = None
        self.inverted.hide()
        self.pad.clear()

    def _ask_drawn(self) -> None:
        trained = self.trained
        if trained is None:
            return
        self.truth.setText("")
        if self.pad.is_empty:
            self.seen.show_pictures(None)
            self.answer.say(tr.of(INVITATION))
            return
        ink = self.pad.ink().copy()

        def work() -> object:
            from engine.showing.drawing import drawn_input

            return _asked(trained, drawn_input(trained, trained.plan.fields[0], ink))

        self.call.ask(work)

    def _ask_for_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Choose a picture"), "", tr.of(PICTURES)
        )
        if path:
            self.show_file(Path(path))

    def show_file(self, path: Path) -> None:
        """Ask about the picture in a file."""
        self.pad.clear()
        self._file = path
        self.inverted.show()
        self._ask_file()

    def _ask_file(self) -> None:
        trained, path = self.trained, self._file
        if trained is None or path is None:
            return
        inverted = self.inverted.isChecked()

        def work() -> object:
            from engine.showing.drawing import file_input

            field = trained.plan.fields[0]
            return _asked(trained, file_input(trained, field, path, inverted=inverted))

        self.call.ask(work)

    def _take_sample(self) -> None:
        trained = self.trained
        if trained is None:
            return
        self.clear()
        index = self._sample % len(trained.splits.test)
        self._sample += 1

        def work() -> object:
            import torch

            few = trained.splits.test.batch(torch.tensor([index]))
            return _asked(trained, few.inputs[trained.plan.fields[0]])

        self.truth.setText(truth_text(trained, tr("Test picture"), index))
        self.call.ask(work)

    def _take(self, found: tuple[Any, np.ndarray[Any, Any]]) -> None:
        answers, seen = found
        self.seen.show_pictures(seen[None, None])
        self.answer.show_answers(answers)

    def fail(self, problem: Problem) -> None:
        self.answer.say(problem.sentence())


def _asked(trained: Trained, given: Tensor) -> tuple[object, object]:
    """The answers to a picture, and the picture as the network saw it."""
    from engine.showing.asking import ask
    from engine.showing.exhibit import painted
    from engine.showing.trained import pictures_in

    field = trained.plan.fields[0]
    seen = painted(pictures_in(given)[0], *trained.picture_range(field))
    return ask(trained, given), seen
