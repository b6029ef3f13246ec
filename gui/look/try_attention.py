"""Trying a network with attention: type a sentence, and see who looks at whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from gui.cards import label
from gui.look.shares_view import ScrolledShares, SharesView
from gui.look.trial import Trial
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.attention import Attention
    from engine.showing.sentence import Sentence
    from engine.showing.trained import Trained

tr = Texts("look")

INVITATION = tr.mark(
    "Type a sentence, and see who looks at whom. Each row is a word that looks: the "
    "stronger a field, the more it takes from the word above it. A row adds up to "
    "100 %, but for rounding. “Larger” gives the map a window of its own."
)
_LEAST_ELSEWHERE = 0.005
"""From which share on what goes to no word has a column of its own."""
NO_MAPS = tr.mark("No layer of this network lets the words look at one another.")


class AttentionTrial(Trial):
    """A line to type into, a layer and a head to choose, and the map of that head."""

    title = tr.mark("Attention")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._maps: tuple[Attention, ...] = ()
        self._sentence: Sentence | None = None
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(tr("Type a sentence"))
        self.line.setAccessibleName(tr("Sentence whose words look at each other"))
        self.layer = _combo(tr("Layer of attention"), self)
        self.head = _combo(tr("Head of the layer"), self)
        self._box = QWidget(self)
        self._stack = QStackedLayout(self._box)
        self.text = label(tr.of(INVITATION), "muted", self._box)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.table = SharesView()
        self.area = ScrolledShares(self.table, self._box)
        self.area.setAccessibleName(tr("Map of the head"))
        self._stack.addWidget(self.text)
        self._stack.addWidget(self.area)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.layer)
        row.addWidget(self.head)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(row)
        column.addWidget(self._box, 1)
        self.line.textChanged.connect(lambda _: self._ask())
        self.layer.activated.connect(lambda _: self._show_layer())
        self.head.activated.connect(lambda _: self._show_head())
        self.call.answered.connect(self._take)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.table.update()

    def show_trained(self, trained: Trained) -> None:
        super().show_trained(trained)
        self._ask()

    def _ask(self) -> None:
        text, trained = self.line.text(), self.trained
        if trained is None or not text.strip():
            self._say(tr.of(INVITATION))
            return

        def work() -> object:
            from engine.showing.attention import attention_of

            return attention_of(trained, text)

        self.call.ask(work)

    def _take(self, found: tuple[Sentence, tuple[Attention, ...]]) -> None:
        if not self.line.text().strip():
            return  # it was cleared meanwhile
        self._sentence, self._maps = found
        if not self._maps:
            self._say(tr.of(NO_MAPS))
            return
        titles = [each.title for each in self._maps]
        _fill(self.layer, titles, usual=len(titles) - 1)
        self._show_layer()

    def _show_layer(self) -> None:
        heads = len(self._maps[self.layer.currentIndex()].shares)
        titles = [
            tr("Mean of the heads"),
            *(tr("Head {head}", head=head) for head in range(heads)),
        ]
        _fill(self.head, titles if heads > 1 else titles[1:], usual=0)
        self._show_head()

    def _show_head(self) -> None:
        if self._sentence is None:
            return
        shares = self._maps[self.layer.currentIndex()].shares
        place = self.head.currentIndex() - (len(shares) > 1)
        chosen = shares.mean(axis=0) if place < 0 else shares[place]
        words = columns = self._sentence.words
        elsewhere = self._maps[self.layer.currentIndex()].elsewhere
        elsewhere = elsewhere.mean(axis=0) if place < 0 else elsewhere[place]
        rows = chosen.tolist()
        if elsewhere.max() >= _LEAST_ELSEWHERE:  # else a row would not add up
            columns = (*words, self._sentence.elsewhere)
            rows = [[*row, float(e)] for row, e in zip(rows, elsewhere, strict=True)]
        self.table.show_shares(rows, words, columns)
        self.area.give_room()
        self._stack.setCurrentWidget(self.area)
        for combo in (self.layer, self.head):
            combo.show()

    def _say(self, text: str) -> None:
        self.text.setText(text)
        self._stack.setCurrentWidget(self.text)
        for combo in (self.layer, self.head):
            combo.hide()

    def fail(self, problem: Problem) -> None:
        self._say(problem.sentence())


def _combo(name: str, parent: QWidget) -> QComboBox:
    combo = QComboBox(parent)
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.hide()
    return combo


def _fill(combo: QComboBox, titles: list[str], *, usual: int) -> None:
    """Offer these; what was chosen stays chosen where it is still there."""
    if [combo.itemText(place) for place in range(combo.count())] == titles:
        return
    before = combo.currentText()
    combo.clear()
    combo.addItems(titles)
    kept = combo.findText(before)
    combo.setCurrentIndex(kept if kept >= 0 else usual)
