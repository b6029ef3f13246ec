"""Going on with the run that ended here: after a stop, after its last epoch with more
of them, or with what mends a trouble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.document import Document
from engine.edits import SetRecipe
from gui.document_model import DocumentModel
from gui.texts import Texts
from gui.training.buffer import News
from gui.training.controller import TrainingController
from gui.training.panel import TrainingPanel

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.training.events import Finished
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
        self._is_stopped = False
        self._finished: Finished | None = None
        self._begun_after = 0
        """How many epochs were done when the training began that ended here."""
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
        if not (folder / _CHECKPOINT).is_file() or self._is_settled(trained, now):
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

    def _is_settled(self, trained: Document, now: Document) -> bool:
        """Whether the run finished because no epoch was better for long enough: then
        more epochs do nothing, unless there is more patience."""
        if self._finished is None or not self._finished.stopped_early:
            return False
        return 0 < now.recipe.patience <= trained.recipe.patience

    @property
    def _missing(self) -> int:
        """How many epochs have to be asked for, that there is something to go on for:
        as many again as the training had that ended here."""
        if self._finished is None:
            return 0
        done = self._finished.epochs
        return 0 if self._model.root.recipe.epochs > done else done - self._begun_after

    def refresh(self) -> None:
        """Show the button, or hide it."""
        is_possible, missing = self.is_possible, self._missing
        button = self._panel.go_on_button
        button.setVisible(is_possible)
        if missing:
            text = _more(missing)
            tip = tr("Goes on from what it has learned, and asks for so many more")
        else:
            text = tr("Go on")
            tip = tr("Goes on after the last step; Train begins anew with new weights")
        button.setText(text)
        button.setToolTip(tip)
        is_wanted = self._is_stopped or (self._finished is not None and not missing)
        self.comes_next.emit(is_possible and is_wanted)

    def go_on(self) -> None:
        """Go on after the last step that was kept, for more epochs where all are done;
        that those are asked for can be undone like any edit."""
        if not self.is_possible:
            return
        missing, recipe = self._missing, self._model.root.recipe
        if missing and self._finished is not None:
            more = replace(recipe, epochs=self._finished.epochs + missing)
            self._model.push(_more(missing), SetRecipe(more), scope="")
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
            if event.event == "started":
                self._begun_after = event.epochs_done
            if event.event in {"run", "finished"}:
                self._finished = event if event.event == "finished" else None
            if event.event in {"run", "stopped"}:
                self._is_stopped = event.event == "stopped"


def _more(epochs: int) -> str:
    if epochs == 1:
        return tr("1 more epoch")
    return tr("{count} more epochs", count=epochs)


def _samples_of_a_step(document: Document) -> int:
    return document.recipe.batch_size * document.recipe.accumulation
