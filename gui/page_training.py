"""The training of one document: begun, gone on with, and shown around its canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from engine.document import Document, is_untitled
from engine.edits import SetRecipe
from engine.problems import Problem, Refusal
from engine.showing.likeness import computes_alike
from gui.missing_data import MISSING
from gui.runs_panel import known_runs
from gui.texts import Texts
from gui.training.controller import TrainingState
from gui.training.earlier_run import last_run_of
from gui.training.going_on import GoingOn
from gui.training.rate_search import RateSearch
from gui.training.what_next import WhatNext

if TYPE_CHECKING:
    from gui.training.buffer import News
    from gui.workspace import Workspace

tr = Texts("window")


class Work(Enum):
    """What may go on in a workspace."""

    NONE = auto()
    TRAINING = auto()
    SWEEP = auto()


class PageTraining(QObject):
    """Joins the training of a workspace to its panels, and begins it where it can."""

    def __init__(
        self,
        page: Workspace,
        data_folder: Callable[[], Path],
        runs_dir: Path | None = None,
    ) -> None:
        """`runs_dir` keeps the runs; without it they are in their usual place."""
        super().__init__(page)
        self._runs_dir = runs_dir
        self._page = page
        self._model, self._training = page.model, page.training
        self._refusal = ""
        """Why the network could not be trained when that was last wanted."""
        self._refused: Problem | None = None
        self._title = page.model.root.name
        self._runs: set[int] = set()
        """The runs that are this document's, whatever it was called when they began."""
        self.may_train: Callable[[], str] = str
        """Why no training can begin now, in a sentence; empty where one can."""
        panel, say = page.bottom.training, page.messages.show_error
        page.top.epochs.valueChanged.connect(self._set_epochs)
        self.going_on = GoingOn(self._model, self._training, panel, self._start)
        self.going_on.comes_next.connect(page.top.offer_to_go_on)
        look = page.bottom.look_at_last
        self.next = WhatNext(self._model, self._training, panel.next, look)
        self._training.state_changed.connect(self._show)  # now it is known what can
        self.rates = RateSearch(self._model, data_folder, self._why_wait, page)
        page.inspector.document_page.rate_wanted.connect(self.rates.begin)
        self.rates.refused.connect(say)
        for source in (self._training, page.readiness):
            source.hardware_known.connect(self._show_hardware)
        page.readiness.failed.connect(lambda problem: say(problem.sentence()))
        refuse = page.messages.show_refusal  # an edit is the answer to it
        self._training.failed.connect(
            lambda problem: problem.code == MISSING or refuse(problem.sentence())
        )
        self._training.left_out.connect(page.messages.show_note)
        self._training.news_came.connect(self._note)

    # Beginning and ending.

    @property
    def work(self) -> Work:
        """What goes on here and would be stopped by closing."""
        if self._training.is_busy:
            return Work.TRAINING
        return Work.SWEEP if self._page.bottom.is_sweeping else Work.NONE

    def train(self) -> None:
        """Train; while a training goes on, pause or resume it."""
        page = self._page
        if self._training.is_busy:
            page.bottom.training.toggle_pause()
            return
        data = self._model.data
        if data is not None and data.is_refused:  # the file may be mended by now
            data.look_again()
        error = self._model.whole.first_error
        if error is not None:
            page.problems.show_first()
            self._refused = error
            self._refusal = tr(
                "The network cannot be trained yet. {problem}", problem=error.message
            )
            page.messages.show_error(self._refusal)
            return
        self._start(self._model.root)

    def go_on(self, document: Document, folder: Path) -> bool:
        """Go on with the run in `folder`, which trains `document`; whether it does."""
        return not self._training.is_busy and self._start(document, folder)

    def bring_back(self) -> None:
        """Show the last run of this very network, and let what it learned count."""
        training = self._training
        if training.is_busy or training.document or training.learned:
            return  # what was trained here since is worth more
        document = self._model.root
        try:
            run = last_run_of(document, known_runs(self._runs_dir).history)
        except Refusal:
            return  # the table of runs says so
        if run is not None:
            self._runs.add(run.id)
            self._training.take_over(document, run.folder)
            self._page.bottom.training.show_earlier(run)

    def stop(self) -> bool:
        """Stop what trains here; whether it has stopped. All else goes on."""
        say = self._page.messages.show_error
        if not self._training.close():
            say(
                tr(
                    "The training has not stopped yet. Close the window again in a "
                    "moment."
                )
            )
            return False
        if not self._page.bottom.stop():
            say(
                tr("The sweep has not stopped yet. Close the window again in a moment.")
            )
            return False
        return True

    def _start(self, document: Document, resume: Path | None = None) -> bool:
        page = self._page
        if why_not := self.may_train():
            page.messages.show_error(why_not)
            return False
        page.messages.hide()
        panel = page.bottom.training
        if panel.isAncestorOf(QApplication.focusWidget() or page):
            # The button that was pressed goes, and the keyboard would go anywhere.
            page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        page.bottom.setCurrentWidget(panel)
        page.bottom.show()
        panel.prepare(document.recipe, is_new=resume is None)
        self._training.start(document, resume)
        return True

    def _why_wait(self) -> str:
        if self._training.is_busy:
            return tr(
                "A training goes on here. Wait until it has finished, or stop it."
            )
        return self.may_train()

    def _set_epochs(self, epochs: int) -> None:
        recipe = self._model.document.recipe
        if epochs == recipe.epochs:
            return  # the field follows the document
        recipe = replace(recipe, epochs=epochs)
        self._model.push(tr("Change epochs"), SetRecipe(recipe), merge="epochs")

    # What is shown of it.

    def follow(self) -> None:
        """The document is another: say what no longer holds, or is not trained."""
        page, model = self._page, self._model
        if self._refusal and model.whole.first_error != self._refused:  # it was mended
            if page.messages.text.text() == self._refusal:
                page.messages.hide()
            self._refusal, self._refused = "", None
        self._follow_title()
        page.top.epochs.setValue(model.document.recipe.epochs)
        is_empty = not len(model.root.graph)
        page.top.show_emptiness(is_empty)
        page.top.call_to_train(not is_empty and model.whole.first_error is None)
        error = model.whole.first_error
        page.bottom.training.area.say_network(is_empty=is_empty, error=error)
        self._say_version()
        self.next.refresh()

    def _follow_title(self) -> None:
        """Runs are found by the title of their document: the first one it is given is
        theirs too, trials of sweeps included. A later one may be that of a copy, and
        leaves them alone.
        """
        before, self._title = self._title, self._model.root.name
        if self._title == before or not is_untitled(before):
            return
        try:
            swept = self._page.bottom.rename_sweeps(self._title)
            if not swept and not self._runs:
                return
            history = known_runs(self._runs_dir).history
            trials = {run.id for run in history.list() if run.sweep in swept}
            history.rename(self._runs | trials, self._title)
        except Refusal as refusal:
            self._page.messages.show_error(str(refusal))
            return
        self._page.show_runs()

    def _say_version(self) -> None:
        """Say whether what the Training tab shows is of the network as it is now."""
        trained = self._training.document or self._training.learned
        now = self._model.root
        if trained is None:
            return
        is_another = trained.data != now.data or not (
            trained.has_network_of(now) or computes_alike(trained, now)
        )
        panel = self._page.bottom.training
        if self._training.is_busy:
            panel.say_earlier_version(is_another or trained.recipe != now.recipe)
        else:
            panel.say_outdated(is_another)

    def _show(self, state: TrainingState) -> None:
        page = self._page
        page.top.show_training(state)
        page.bottom.say_training(state is not TrainingState.IDLE)
        if state is TrainingState.IDLE:
            self._say_version()
            page.show_runs()
        self.next.refresh()
        page.described.emit()

    def _note(self, news: News) -> None:
        """A run has begun: the table of runs has it, and what it is trained on."""
        self._runs |= {each.id for each in news.others if each.event == "run"}
        if any(each.event in ("run", "started") for each in news.others):
            self._page.show_runs()

    def _show_hardware(self, device: str, precision: str, reason: str) -> None:
        page = self._page
        page.top.show_hardware(f"{device.upper()}, {precision}", reason)
        page.status.show_hardware(device, precision, reason)
