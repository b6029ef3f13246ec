"""Questions that can wait: one line over the canvas, with a button for each answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.cards import label, line_width
from gui.icons import icon
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("window")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One button under a question. It tells whether the question is answered by it."""

    label: str
    act: Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. A question with the key of another takes its place."""

    key: str
    text: str
    details: Sequence[str] = ()
    """Lines under the text, such as what differs."""
    tip: str = ""
    """More about it, for whoever points at the text."""
    answers: Sequence[Answer]
    close: Callable[[], None] | None = None
    """What closing it without an answer does; without it there is no closing."""


class QuestionBar(QFrame):
    """Shows the oldest question that has no answer yet, and stops nobody's work."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self._questions: dict[str, Question] = {}
        self.text = label("", "title", self)
        self.text.setAccessibleName(tr("Question"))
        self.details = label("", "muted", self)
        self.details.setAccessibleName(tr("What differs"))
        self.more = label("", "muted", self)
        """How many questions come after this one: the next may look much like it."""
        self.more.setWordWrap(False)
        self.buttons: list[QPushButton] = []
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(6)
        self._buttons.addWidget(self.more)  # on one line with them
        self._close = QPushButton(self)
        self._close.setObjectName("close")
        self._close.setProperty("role", "flat")
        self._close.setAccessibleName(tr("Close the question"))
        self._close.setToolTip(tr("Close the question"))
        self._close.clicked.connect(self._close_question)
        row = self._row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.text, 1)
        row.addLayout(self._buttons)
        row.addWidget(self._close)
        for part in (self._buttons, self._close):
            row.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)  # the details get the whole width
        column.setContentsMargins(12, 6, 6, 8)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.details)
        self.set_theme(theme)
        self.hide()

    def natural_width(self) -> int:
        """The width at which each thing it says is on one line, in pixels."""
        margins = self.layout().contentsMargins()
        edges = margins.left() + margins.right() + 2 * self.frameWidth()
        said = line_width(self.text) + self._row.spacing()
        beside = self._buttons.sizeHint().width()
        if not self._close.isHidden():
            beside += self._close.sizeHint().width() + self._row.spacing()
        return max(said + beside, line_width(self.details)) + edges

    @property
    def question(self) -> Question | None:
        """The question that is shown."""
        return next(iter(self._questions.values()), None)

    @property
    def waiting(self) -> list[str]:
        """The keys of all questions without an answer, the shown one first."""
        return list(self._questions)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._close.setIcon(icon("close", theme.muted))

    def ask(self, question: Question) -> None:
        """Ask, at once or after the questions that wait already."""
        self._questions[question.key] = question
        self._show()

    def withdraw(self, key: str) -> None:
        """Take a question back; nothing if it was not asked."""
        if self._questions.pop(key, None) is not None:
            self._show()

    def _show(self) -> None:
        question = self.question
        for button in self.buttons:
            button.setParent(None)
            button.deleteLater()
        self.buttons = []
        self.setVisible(question is not None)
        if question is None:
            return
        self.text.setText(question.text)
        self.text.setToolTip(question.tip)
        after = len(self._questions) - 1
        self.more.setText(
            tr.counted(after, "1 more after this", "{count} more after this")
        )
        self.more.setVisible(after > 0)
        self.details.setText("\n".join(question.details))
        self.details.setVisible(bool(question.details))
        self.setAccessibleName(question.text)
        self._close.setVisible(question.close is not None)
        for answer in question.answers:
            button = QPushButton(answer.label, self)
            button.setAccessibleName(answer.label)
            button.clicked.connect(
                lambda _=False, answer=answer: self._answer(question, answer)
            )
            self._buttons.addWidget(button)
            self.buttons.append(button)

    def _answer(self, question: Question, answer: Answer) -> None:
        # Acting may ask the question anew under its key: that one is not answered.
        if answer.act() and self._questions.get(question.key) is question:
            self.withdraw(question.key)

    def _close_question(self) -> None:
        question = self.question
        if question is not None and question.close is not None:
            question.close()
            self.withdraw(question.key)
