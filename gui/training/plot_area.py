"""Where the curves are: a word while there are none, and then their plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QWidget

from engine.problems import Problem
from gui.cards import EmptyState
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # pyqtgraph: after the first frame
    from gui.training.plots import Plots

tr = Texts("training")


class PlotArea(QWidget):
    """Holds the plots, which are made when there is something to draw."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.plots: Plots | None = None
        self.empty_state = EmptyState("", "", self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty_state)
        self.say_network(is_empty=False, error=None)

    def make(self) -> Plots:
        """The plots, made now if they are not there yet."""
        if self.plots is None:
            from gui.training.plots import Plots  # imports pyqtgraph

            self.plots = Plots(self._theme, self)
            self._stack.addWidget(self.plots)
            self._stack.setCurrentWidget(self.plots)
        return self.plots

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        if self.plots is not None:
            self.plots.set_theme(theme)

    def say_network(self, *, is_empty: bool, error: Problem | None) -> None:
        """Say what comes before the first training of this network."""
        title = tr("Not trained yet")
        text = tr(
            "Press Train, or Ctrl+Enter: loss and scores are drawn here as it learns."
        )
        if is_empty:
            title = tr("Nothing to train yet")
            text = tr("Add layers, from an input to an output, or open a lesson.")
        elif error is not None:
            title = tr("It cannot be trained yet")
            text = tr("To mend first: {problem}", problem=error.message)
        self.empty_state.say(title, text)
