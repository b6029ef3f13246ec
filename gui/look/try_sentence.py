"""Trying a network for sentences: type one, and see what it is taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from engine.problems import Problem
from gui.cards import label
from gui.look.trial import AnswerView, Trial
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.asking import Answer
    from engine.showing.trained import Trained

tr = Texts("look")


class SentenceTrial(Trial):
    """A line to type into; the answer follows every letter."""

    title = tr.mark("Type")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(tr("Type a sentence"))
        self.line.setAccessibleName(tr("Sentence to ask the network about"))
        self.unknown = label("", "caption", self)
        self.unknown.hide()
        self.answer = AnswerView(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.line)
        column.addWidget(self.unknown)
        column.addWidget(self.answer, 1)
        self.line.textChanged.connect(lambda _: self._ask())
        self.call.answered.connect(self._take)
        self._ask()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.answer.set_theme(theme)

    def show_trained(self, trained: Trained) -> None:
        super().show_trained(trained)
        self._ask()

    def _ask(self) -> None:
        text, trained = self.line.text(), self.trained
        if trained is None or not text.strip():
            self.unknown.hide()
            self.answer.say(tr("Type a sentence: words are cut as in the data."))
            return

        def work() -> object:
            from engine.showing.asking import ask
            from engine.showing.sentence import sentence_of

            sentence = sentence_of(trained, text)
            return sentence.unknown, ask(trained, sentence.given)

        self.call.ask(work)

    def _take(self, found: tuple[tuple[str, ...], Sequence[Answer]]) -> None:
        if not self.line.text().strip():
            return  # it was cleared meanwhile
        unknown, answers = found
        self.unknown.setText(
            tr(
                "Unknown to the network: {unknown}",
                unknown=" ".join(f"“{word}”" for word in unknown),
            )
        )
        self.unknown.setVisible(bool(unknown))
        self.answer.show_answers(answers)

    def fail(self, problem: Problem) -> None:
        self.answer.say(problem.sentence())
