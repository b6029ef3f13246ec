"""After a crash: offers to go on with the runs that it broke off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.problems import Refusal
from gui.question_bar import Answer, Question, QuestionBar
from gui.texts import Texts

if TYPE_CHECKING:  # SQLite: after the first frame
    from engine.run_record import Run
    from engine.runs import Runs

tr = Texts("runs")


class InterruptedRuns(QObject):
    """Asks about each such run once; the table of runs can go on with it later too."""

    refused = Signal(str)

    def __init__(
        self,
        runs_dir: Path | None,
        questions: QuestionBar,
        resume: Callable[[Run], bool],
        parent: QObject | None = None,
    ) -> None:
        """`resume` goes on with a run, and tells whether it could."""
        super().__init__(parent)
        self._runs_dir = runs_dir
        self._questions = questions
        self._resume = resume

    def offer(self) -> None:
        """Ask, above what is shown, about every run that a crash broke off."""
        from engine.runs import Runs, default_folder

        history = Runs(self._runs_dir or default_folder())
        try:
            interrupted = history.interrupted()
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        for run in interrupted:
            self._questions.ask(self._question(run, history))

    def _question(self, run: Run, history: Runs) -> Question:
        forget = partial(self._forget, run, history)
        epochs = run.recipe.get("epochs", "?")
        return Question(
            key=f"run {run.id}",
            text=tr(
                "The training of {run} was broken off when Espalier ended.",
                run=run.title,
            ),
            details=[
                tr(
                    "It goes on from its last checkpoint, up to epoch {epochs}.",
                    epochs=f"{epochs:,}" if isinstance(epochs, int) else epochs,
                )
            ],
            answers=[
                Answer(label=tr("Go on"), act=partial(self._resume, run)),
                Answer(label=tr("Not now"), act=forget),
            ],
        )

    def _forget(self, run: Run, history: Runs) -> bool:
        try:
            history.forget_interruption(run.id)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
        return True
