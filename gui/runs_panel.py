"""The Runs tab: what was trained before, how it went, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.cards import EmptyState
from gui.runs.side_by_side import Enlarging
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # SQLite: after the first frame
    from engine.runs import Runs
    from gui.runs.view import RunsView

tr = Texts("window")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRuns:
    """A history that was found to be readable, and how many runs it has."""

    history: Runs
    count: int


def known_runs(folder: Path | None) -> KnownRuns:
    """The history of runs in `folder`, or in its usual place. Raises Refusal."""
    from engine.runs import Runs, default_folder  # SQLite: after the first frame

    history = Runs(folder or default_folder())
    return KnownRuns(history=history, count=len(history.list()))


class RunsPanel(Enlarging):
    """A table of runs, made when there is the first one."""

    document_restored = Signal(object, object)
    """The document of a `Run`, to be opened as one that is not saved yet, and that."""
    resume_wanted = Signal(object)
    """A `Run` to go on with."""
    refused = Signal(str)
    noted = Signal(str)

    def __init__(
        self, name: Callable[[], str], theme: Theme, parent: QWidget | None = None
    ) -> None:
        """`name` gives that of the document that is open."""
        super().__init__(tr("Runs"), parent)
        self._name = name
        self._theme = theme
        self.view: RunsView | None = None
        self._empty = EmptyState("", "", self)
        self.say_training(False)
        self.hold(self._empty)

    def say_training(self, is_training: bool) -> None:
        """Say, while there is no run to show, whether the first is under way."""
        if self.view is None:
            if is_training:
                title = tr("The first run is under way")
                text = tr("It is listed once its data are loaded.")
            else:
                title = tr("No runs yet")
                text = tr("Each training is kept here with its result.")
            self._empty.say(title, text)

    def show_runs(self, known: KnownRuns) -> None:
        """Show the runs of a history."""
        if self.view is None and known.count:
            from gui.runs.view import RunsView

            self.view = RunsView(known.history, self._theme, self, self._name)
            self.view.document_restored.connect(self.document_restored)
            self.view.resume_wanted.connect(self.resume_wanted)
            self.view.refused.connect(self.refused)
            self.view.noted.connect(self.noted)
            self.view.larger_wanted.connect(self._enlarge)
            self.enlarged.connect(self.view.show_enlarged)
            self._empty.say("", tr("The runs are shown in a window of their own."))
            self.hold(self.view)
        if self.view is not None:
            self.view.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        if self.view is not None:
            self.view.set_theme(theme)

    def _enlarge(self) -> None:
        if self.view is not None:
            self.enlarge(self.view, self._empty)

    def close_panel(self) -> None:
        """The window closes: what was deleted here goes for good."""
        self.bring_back()
        if self.view is not None:
            self.view.close_view()
