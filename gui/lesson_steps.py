"""The steps of a lesson as cards: what is asked, hints, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from gui.cards import label
from gui.later_text import LaterText
from gui.lesson_fold import DONE, OPEN, Fold
from gui.lesson_questions import QuestionBox
from gui.lesson_shortfall import (
    misplaced_text,
    shortfall_text,
    unfinished_text,
    unlike_text,
)
from gui.texts import Texts

if TYPE_CHECKING:  # lessons are read after the first frame
    from gui.lesson_session import LessonSession
    from templates.steps import Step

tr = Texts("lessons")


class StepFold(Fold):
    """One step or exercise."""

    next_wanted = Signal()

    def __init__(
        self,
        step: Step,
        title: str,
        session: LessonSession,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.step = step
        self._session = session
        self._folder = folder
        self._was_done = False
        asked = tr("What to do: {step}", step=step.title)
        self.text = LaterText(asked, self.body)
        self.text.show_text(step.text, folder)
        self.column.addWidget(self.text)
        if step.figure:
            from gui.lesson_figures.making import figure_for  # with the first figure

            self.column.addWidget(figure_for(step.figure, session, self.body))
        self.question: QuestionBox | None = None
        if step.question is not None:
            self.question = QuestionBox(step, step.question, session, self.body)
            self.column.addWidget(self.question)
        self.hint_text = LaterText(tr("Hint"), self.body)
        self.hint_text.hide()
        self.column.addWidget(self.hint_text)
        self.missing = label("", "muted", self.body)
        self.column.addWidget(self.missing)
        self.done_line = label("", "good", self.body)
        self.column.addWidget(self.done_line)
        self.done_text = LaterText(tr("What there was to see"), self.body)
        self.column.addWidget(self.done_text)
        self._add_buttons()
        self.refresh()

    def _add_buttons(self) -> None:
        self.anew = QPushButton(tr("Bring back the lesson's network"), self.body)
        self.anew.setToolTip(
            tr("Everything as the lesson began. Ctrl+Z takes it back.")
        )
        self.anew.setAccessibleName(
            tr("Bring back the lesson's network for: {step}", step=self.step.title)
        )
        self.anew.clicked.connect(self._session.begin_anew)
        self.column.addWidget(self.anew, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.hint = QPushButton(tr("Hint"), self.body)
        self.hint.setAccessibleName(tr("Hint for: {step}", step=self.step.title))
        self.hint.clicked.connect(self._show_hint)
        self.show_me = QPushButton(tr("Show me"), self.body)
        self.show_me.setToolTip(tr("Do this step for me. One Ctrl+Z takes edits back."))
        self.show_me.setAccessibleName(tr("Show me: {step}", step=self.step.title))
        self.show_me.clicked.connect(lambda: self._session.show_me(self.step))
        self.next = QPushButton(tr("Next"), self.body)
        self.next.setProperty("role", "primary")
        self.next.clicked.connect(self.next_wanted)
        for button in (self.next, self.hint, self.show_me):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)

    def refresh(self) -> None:
        """Show what is done, said and locked as it is now."""
        is_done = self._session.is_done(self.step)
        self.show_mark(DONE if is_done else OPEN)
        self.next.setVisible(is_done)
        self._hold_keys(is_done)
        self.show_me.setVisible(not is_done)
        self.show_me.setEnabled(not self._session.is_showing)
        self.hint.setVisible(bool(self.step.hint) and not is_done)
        is_other = self.step.begins_anew and not self._session.is_as_it_began
        self.anew.setVisible(is_other and not is_done)
        self.anew.setEnabled(not self._session.is_showing)
        self.done_line.setText(tr("Done.") if is_done else "")
        self.done_line.setVisible(is_done)
        if is_done:
            self.hint_text.hide()
            if self.step.done and self.done_text.is_empty:
                self.done_text.show_text(self.step.done, self._folder)
        self.done_text.setVisible(is_done and bool(self.step.done))
        self._say_what_is_missing(is_done)
        if self.question is not None:
            self.question.refresh()

    @property
    def news_at(self) -> int:
        """How far down its body that begins which came with its being done."""
        asked = self.question.verdict if self.question is not None else None
        if asked is not None and asked.isVisible():
            return asked.mapTo(self.body, QPoint()).y()
        return self.done_line.y()

    def _hold_keys(self, is_done: bool) -> None:
        """Keep the keyboard here: a button that goes gives it to the next step."""
        focus = self.window().focusWidget()
        was_done, self._was_done = self._was_done, is_done
        waits = focus is self.head and self.is_open and not was_done
        if is_done and (waits or focus in (self.hint, self.show_me)):
            self.next.setFocus()
        elif self._session.is_showing and focus is self.show_me:
            self.head.setFocus()

    def _say_what_is_missing(self, is_done: bool) -> None:
        """Of the step that is open: of others nobody asked it yet."""
        asks = self.is_open and not is_done and self._session.progress is not None
        text = ""
        if asks and self._session.has_unfinished:
            text = unfinished_text(self.step)
        elif asks:
            situation = self._session.situation()
            text = shortfall_text(self.step, situation) or misplaced_text(
                self.step, situation, self._session.start
            )
            if not text and self.question is None:  # else the question says it
                text = unlike_text(self.step.check, situation)
        self.missing.setText(text)
        self.missing.setVisible(bool(text))

    def _show_hint(self) -> None:
        if self.hint_text.isHidden():
            self.hint_text.show_text(self.step.hint, self._folder)
        self.hint_text.setVisible(self.hint_text.isHidden())
