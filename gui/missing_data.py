"""What is asked where a training needs data that are not on this computer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.problems import Problem
from gui.question_bar import Answer, Question
from gui.texts import Texts
from gui.training.controller import TrainingState

if TYPE_CHECKING:
    from gui.workspace import Workspace

tr = Texts("window")

MISSING = "data-missing"
"""The code of the problem that is asked about here, and told nowhere else."""


class MissingData(QObject):
    """Offers to say where the data are, or to try once more."""

    def __init__(
        self,
        page: Workspace,
        choose: Callable[[], object],
        folder: Callable[[], Path],
    ) -> None:
        """`choose` lets the user choose another `folder` of data sets."""
        super().__init__(page)
        self._model, self._questions = page.model, page.safe.questions
        self._choose, self._folder, self._train = choose, folder, page.train
        page.training.failed.connect(self._ask)
        page.training.state_changed.connect(self._on_state)
        page.model.data_changed.connect(self._forget)

    def _on_state(self, state: TrainingState) -> None:
        if state is TrainingState.STARTING:
            self._forget()

    def _forget(self) -> None:
        self._questions.withdraw(MISSING)

    def _ask(self, problem: Problem) -> None:
        if problem.code != MISSING:
            return
        from engine.data.source import SOURCES

        source = SOURCES.get(self._model.root.data.source)
        self._questions.ask(
            Question(
                key=MISSING,
                text=tr(
                    "“{data}” is not in the folder of data sets, and it could not be "
                    "downloaded.",
                    data=source.title if source is not None else "",
                ),
                tip=problem.sentence(),
                answers=[
                    Answer(label=tr("Choose the folder"), act=self._choose_folder),
                    Answer(label=tr("Try again"), act=self._try_again),
                ],
                close=lambda: None,
            )
        )

    def _choose_folder(self) -> bool:
        before = self._folder()
        self._choose()
        return self._folder() != before and self._try_again()

    def _try_again(self) -> bool:
        self._forget()
        self._train()
        return False  # the training that begins takes the question back, or asks anew
