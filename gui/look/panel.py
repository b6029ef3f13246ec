"""The Look tab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from engine.document import Document
from gui.cards import EmptyState
from gui.look.trained_source import choices_of
from gui.look.view import LookView
from gui.runs.side_by_side import Enlarging
from gui.runs_panel import KnownRuns
from gui.texts import Texts
from gui.theme import Theme
from gui.training.controller import TrainingController

tr = Texts("look")


class LookPanel(Enlarging):
    """Shows the view here, or a text while it has a window of its own."""

    def __init__(
        self,
        controller: TrainingController,
        document: Callable[[], Document],
        data_dir: Path,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`document` gives the one that is open."""
        super().__init__(tr("Look"), parent)
        self._document = document
        self.view = LookView(controller, document, data_dir, theme, self)
        said = tr("This is shown in a window of its own.")
        self._elsewhere = EmptyState("", said, self)
        self.hold(self._elsewhere)
        controller.wishes = self.view.shown.wishes
        self.view.larger_wanted.connect(
            lambda: self.enlarge(self.view, self._elsewhere)
        )
        self.enlarged.connect(self.view.show_enlarged)
        self.hold(self.view)

    def show_runs(self, known: KnownRuns) -> None:
        """Offer the runs of a history to be looked at."""
        self.view.show_choices(choices_of(known.history, self._document().name))

    def look_at_last(self, page: int) -> None:
        """Show a page about what was trained last, wherever the view is."""
        self.view.look_at_last(page)
        self.bring_forward()

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self.view.source.look_in(data_dir)

    def note_edit(self) -> None:
        """The document was edited."""
        self.view.source.note_edit()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.view.set_theme(theme)

    def close_panel(self) -> None:
        """The window closes: wait for what is being worked out."""
        self.bring_back()
        self.view.close_view()
