"""Going on with the run that ended here: after a stop, or with what mends a trouble."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.document import Document
from gui.document_model import DocumentModel
from gui.texts import Texts
from gui.training.buffer import News
from gui.training.controller import TrainingController
from gui.training.panel import TrainingPanel

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.training.trouble import Trouble

tr = Texts("training")

_CHECKPOINT = "checkpoint.safetensors"  # as `engine.runs.CHECKPOINT`, with SQLite
_OF_A_CHECKPOINT = ("method", "optimizer", "seed")
"""What of a recipe has to stay for its checkpoint to fit."""


class GoingOn(QObject):
    """Offers to go on where that is possible, beside training anew."""

    comes_next = Signal(bool)
    """Whether to go on is what one would do next: the run was stopped, and can."""

    def __init__(
        self,
        model: DocumentModel,
        training: TrainingController,
        panel: TrainingPanel,
        start: Callable[[Document, Path | None], bool],
    ) -> None:
        super().__init__(panel)
        self._model = model
        self._training = training
        self._panel = panel
        self._start = start
        self._is_finished = self._is_stopped = False
        training.news_came.connect(self._note)
        training.state_changed.connect(self.refresh)
        model.undo_stack.indexChanged.connect(self.refresh)
        panel.go_on_button.clicked.connect(self.go_on)
        panel.trouble.fix_wanted.connect(self.mend)
        self.refresh()

    @property
    def is_possible(self) -> bool:
        """Whether the last run of this window can go on with the document as it is."""
        trained, folder, now = (
            self._training.document,
            self._training.folder,
            self._model.root,
        )
        if self._training.is_busy or trained is None or folder is None:
            return False
        if self._is_finished or not (folder / _CHECKPOINT).is_file():
            return False
        return (
            trained.has_network_of(now)
            and trained.data == now.data
            and _samples_of_a_step(trained) == _samples_of_a_step(now)
            and all(
                getattr(trained.recipe, name) == getattr(now.recipe, name)
                for name in _OF_A_CHECKPOINT
            )
        )

    def refresh(self) -> None:
        """Show the button, or hide it."""
        is_possible = self.is_possible
        self._panel.go_on_button.setVisible(is_possible)
        self.comes_next.emit(is_possible and self._is_stopped)

    def go_on(self) -> None:
        """Go on after the last step that was kept."""
        if self.is_possible:
            self._start(self._model.root, self._training.folder)

    def mend(self, trouble: Trouble) -> None:
        """Apply what mends a trouble, as one step; go on where the run ended by it."""
        for fix in trouble.fixes(self._model.root.recipe):
            for edit in fix.edits:
                self._model.push(
                    tr("{fix} against trouble", fix=fix.label), edit, scope=""
                )
        self._panel.trouble.button.hide()
        if trouble.goes_on and not self._training.is_busy:
            resume = self._training.folder if self.is_possible else None
            self._start(self._model.root, resume)

    def _note(self, news: News) -> None:
        for event in news.others:
            if event.event in {"run", "finished"}:
                self._is_finished = event.event == "finished"
            if event.event in {"run", "stopped"}:
                self._is_stopped = event.event == "stopped"


def _samples_of_a_step(document: Document) -> int:
    return document.recipe.batch_size * document.recipe.accumulation
