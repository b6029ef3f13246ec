"""The Sweeps tab; what is in it is made when it is first shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from engine.problems import Refusal
from gui.cards import EmptyState
from gui.document_model import DocumentModel
from gui.runs.side_by_side import Enlarging
from gui.texts import Texts
from gui.theme import Theme
from gui.waiting import waiting

if TYPE_CHECKING:  # PyTorch and Optuna: when it is shown
    from gui.sweeps.view import SweepsView

tr = Texts("sweeps")


class SweepsPanel(Enlarging):
    """Holds the sweeps, or says why there can be none."""

    refused = Signal(str)
    noted = Signal(str)
    runs_changed = Signal()

    def __init__(
        self, model: DocumentModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Sweeps"), parent)
        self._model = model
        self._theme = theme
        self._folders: tuple[Path, Path | None] | None = None
        self.view: SweepsView | None = None
        self._empty = EmptyState("", "", self)
        self.text = self._empty.text
        self.hold(self._empty)

    def work_in(self, data_dir: Path, runs_dir: Path | None) -> None:
        """Find data and keep runs there; the first frame is on screen."""
        self._folders = (data_dir, runs_dir)
        if self.view is not None:
            self.view.controller.look_in(data_dir)
        elif self.isVisible():
            self.open()

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        if self._folders is not None:
            self.work_in(data_dir, self._folders[1])

    def open(self) -> SweepsView | None:
        """Make what is in the tab, if it can be made."""
        if self.view is not None or self._folders is None:
            return self.view
        try:
            with waiting():
                import optuna  # noqa: F401  without it there is nothing to show

                from gui.sweeps.view import SweepsView
        except ImportError:
            self._empty.say(
                "",
                tr(
                    "Sweeps need the package optuna, which is not installed. Install "
                    "it with: pip install espalier[sweeps]"
                ),
            )
            return None
        try:
            self.view = SweepsView(self._model, *self._folders, self._theme, self)
        except Refusal as refusal:
            self._empty.say("", str(refusal))
            return None
        self.view.refused.connect(self.refused)
        self.view.noted.connect(self.noted)
        self.view.runs_changed.connect(self.runs_changed)
        self.view.larger_wanted.connect(self._enlarge)
        self.enlarged.connect(self.view.show_enlarged)
        self._empty.say("", tr("The sweeps are shown in a window of their own."))
        self.hold(self.view)
        return self.view

    def rename(self, name: str) -> set[str]:
        """The sweeps begun here are of a document that is called `name` from now on.

        Gives what their runs are tagged with. Raises Refusal.
        """
        if self.view is None:
            return set()
        self.view.controller.rename(name)
        return {folder.name for folder in self.view.controller.begun}

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        if self.view is not None:
            self.view.set_theme(theme)

    def _enlarge(self) -> None:
        if self.view is not None:
            self.enlarge(self.view, self._empty)

    def stop(self) -> bool:
        """Stop what runs; whether it has stopped."""
        return self.view is None or self.view.controller.close()

    def close_panel(self) -> None:
        """The window closes, and nothing runs any more."""
        self.bring_back()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self.open)  # the tab itself is drawn first
