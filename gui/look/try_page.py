"""Trying a trained network by hand: a way to ask it that fits what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from gui.cards import EmptyState
from gui.look.latest_call import LatestCall
from gui.look.trained_source import TrainedSource
from gui.look.trial import Trial
from gui.look.try_attention import AttentionTrial
from gui.look.try_codes import MakeTrial, PlaneTrial
from gui.look.try_drawing import DrawTrial
from gui.look.try_row import RowTrial
from gui.look.try_sentence import SentenceTrial
from gui.look.try_writing import WriteTrial
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.trained import Trained

tr = Texts("look")

TRIALS: dict[str, type[Trial]] = {
    "draw": DrawTrial,
    "plane": PlaneTrial,
    "write": WriteTrial,
    "sentence": SentenceTrial,
    "attention": AttentionTrial,
    "row": RowTrial,
    "make": MakeTrial,
}
"""By the names of `engine.showing.asking.ways_of`."""
NO_WAY = tr.mark(
    "This network takes nothing that could be drawn, typed or filled in here; Shown "
    "and Evaluate tell what it has learned."
)


class TryPage(QWidget):
    """Loads the network when the page is first seen, and offers what fits it."""

    filled = Signal()
    """There is something else to see than a word, or nothing any more."""

    def __init__(
        self, source: TrainedSource, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._theme = theme
        self._trained: Trained | None = None
        self.trials: dict[str, Trial] = {}
        self._looking = LatestCall(self)
        self.head = QWidget(self)
        """The ways to choose from; whoever shows the page puts it above."""
        self.way = QComboBox(self.head)
        self.way.setAccessibleName(tr("How the network is tried"))
        self.way.setToolTip(tr("How the network is tried"))
        self.way.hide()
        row = QHBoxLayout(self.head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.way)
        self._box = QWidget(self)
        self._stack = QStackedLayout(self._box)
        self._empty = EmptyState("", "", self._box)
        self.sentence = self._empty.text
        self._stack.addWidget(self._empty)
        self._stack.currentChanged.connect(lambda _: self.filled.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._box, 1)
        source.changed.connect(self.forget)
        source.loaded.connect(self._look)
        source.failed.connect(self._fail)
        self._looking.answered.connect(self._offer)
        self._looking.failed.connect(self._fail)
        self.way.activated.connect(lambda _: self._show_way())
        self.forget()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but a word on what will be here."""
        return self._stack.currentWidget() is self._empty

    @property
    def trial(self) -> Trial | None:
        """The way that is shown."""
        return self.trials.get(self.way.currentData() or "")

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        for trial in self.trials.values():
            trial.set_theme(theme)

    def forget(self) -> None:
        """Another network would be tried now."""
        self._trained = None
        self.way.clear()
        self.way.hide()
        self._empty.say(self._source.heading(), self._source.why_not())
        self._stack.setCurrentWidget(self._empty)
        if self.isVisible():
            self._load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._trained is None:
            self._load()

    def _load(self) -> None:
        why_not = self._source.why_not()
        self._empty.say(
            self._source.heading(),
            why_not or tr("Loading the network and its data…"),
        )
        if not why_not:
            self._source.ask()

    def _look(self, trained: Trained) -> None:
        if not self.isVisible():
            return  # somebody else asked for it; it is looked at when the page is seen
        self._trained = trained

        def work() -> object:
            from engine.showing.asking import ways_of

            return trained, ways_of(trained)

        self._looking.ask(work)

    def _offer(self, found: tuple[Trained, tuple[str, ...]]) -> None:
        trained, ways = found
        if trained is not self._trained:
            return
        self.way.clear()
        for name in ways:
            self.way.addItem(tr.of(TRIALS[name].title), name)
        self.way.setVisible(len(ways) > 1)
        if ways:
            self._show_way()
        else:
            self._empty.say("", tr.of(NO_WAY))

    def _show_way(self) -> None:
        name = self.way.currentData()
        if self._trained is None or name is None:
            return
        if name not in self.trials:
            self.trials[name] = TRIALS[name](self._theme, self._box)
            self._stack.addWidget(self.trials[name])
        trial = self.trials[name]
        if trial.trained is not self._trained:
            trial.show_trained(self._trained)
        self._stack.setCurrentWidget(trial)

    def _fail(self, problem: Problem) -> None:
        self._empty.say("", problem.sentence())
        self._stack.setCurrentWidget(self._empty)

    def close_page(self) -> None:
        """Wait for what is being worked out."""
        self._looking.close()
        for trial in self.trials.values():
            trial.close_page()
