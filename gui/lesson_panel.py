"""The Lesson tab: the open lesson with its steps, and all lessons to open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label
from gui.later_text import LaterText
from gui.lesson_fold import Fold, text_fold
from gui.lesson_list import LessonList
from gui.lesson_news import LessonNews
from gui.lesson_next import NextLesson
from gui.lesson_questions import DiscussionBox
from gui.lesson_steps import StepFold
from gui.lesson_text import LessonText
from gui.texts import Texts

if TYPE_CHECKING:  # lessons are read after the first frame
    from gui.lesson_session import LessonSession
    from templates.lesson_files import Course

tr = Texts("lessons")

_INDENT = 5
"""Pixels to where the flat buttons' texts begin, and those of the list."""
_BELOW_GOALS = 6  # pixels
_TITLE = re.compile(r"\A# .*\n+")
_HEADING = re.compile(r"\A## (.*)\n+")


class LessonPanel(QWidget):
    """Shows a lesson beside its network, or the list to choose from."""

    lesson_chosen = Signal(str)
    """The id of the lesson to open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: LessonSession | None = None
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 2, 0)  # what is cut below is cut by the edge
        column.addWidget(self._stack)
        self._stack.addWidget(self._make_choice())
        self._stack.addWidget(self._make_reading())
        self._folds: list[Fold] = []
        self._captions: list[QWidget] = []
        self._known: set[str] = set()
        self._fresh: set[str] = set()
        self._news = LessonNews(self.note, self.area)
        self.steps: list[StepFold] = []
        """The steps and then the exercises of the open lesson."""

    def _make_choice(self) -> QWidget:
        choice = QWidget(self)
        column = QVBoxLayout(choice)
        column.setContentsMargins(0, 0, 0, 0)
        self.invitation = label("", "muted", choice)
        self.invitation.setContentsMargins(_INDENT, 0, 6, 0)
        column.addWidget(self.invitation)
        self.list = LessonList(choice)
        self.list.lesson_chosen.connect(self.lesson_chosen)
        column.addWidget(self.list, 1)
        self._invite()
        return choice

    def _make_reading(self) -> QWidget:
        reading = QWidget(self)
        column = QVBoxLayout(reading)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 6, 0)
        self.back = QPushButton(tr("All lessons"), reading)
        self.back.setProperty("role", "flat")
        self.back.clicked.connect(self._show_list)
        self.start_over = QPushButton(tr("Start over"), reading)
        self.start_over.setProperty("role", "flat")
        self.start_over.setToolTip(tr("Forget what was done in this lesson"))
        self.start_over.clicked.connect(self._ask_to_start_over)
        row.addWidget(self.back)
        row.addStretch(1)
        row.addWidget(self.start_over)
        column.addLayout(row)
        self.bar = QProgressBar(reading)
        self.bar.setTextVisible(False)
        self.count = label("", "caption", reading)
        self.note = label("", "muted", reading)
        self.note.hide()
        self.next_lesson = NextLesson(reading)
        self.next_lesson.wanted.connect(self.lesson_chosen)
        told = QVBoxLayout()
        told.setContentsMargins(_INDENT, 0, 12, _BELOW_GOALS)
        for widget in (self.bar, self.count, self.note, self.next_lesson):
            told.addWidget(widget)
        column.addLayout(told)
        column.addWidget(self._make_area(reading), 1)
        return reading

    def _make_area(self, reading: QWidget) -> QScrollArea:
        self.area = QScrollArea(reading)
        self.area.setWidgetResizable(True)
        # A click between the parts is not to frame the panel; Tab still leads here.
        self.area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its room is always kept: a text that just fits without a bar, and not beside
        # one, would be laid out for ever, now with it and now without.
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.area.verticalScrollBar()
        bar.rangeChanged.connect(lambda first, last: bar.setEnabled(last > first))
        page = QWidget(self.area)
        page.setProperty("role", "plain")
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(0, 0, 8, 0)
        self._page.setSpacing(3)
        self.text = LessonText(page)
        self.text.setAccessibleName(tr("Text of the lesson"))
        self.text.lesson_clicked.connect(self.lesson_chosen)
        title = QVBoxLayout()
        # At the left as the texts of the steps; what is below begins something new.
        title.setContentsMargins(2, 0, 0, _BELOW_GOALS)
        title.addWidget(self.text)
        self._page.addLayout(title)
        self._page.addStretch(1)
        self.area.setWidget(page)
        return self.area

    def attend(self, session: LessonSession) -> None:
        """Follow the lesson that `session` judges."""
        self._session = session
        session.opened.connect(self._show_course)
        session.judged.connect(self._refresh)
        session.step_done.connect(self._celebrate)
        session.noted.connect(self._news.say)

    # The list.

    def load_lessons(self) -> None:
        """Fill the list; the lessons are read here, after the first frame."""
        self.list.load(self._session)

    def _invite(self) -> None:
        is_in_one = self._session is not None and self._session.lesson_id is not None
        self.invitation.setText(
            tr("Open another lesson.")
            if is_in_one
            else tr("Open a lesson to begin with.")
        )

    def _show_list(self) -> None:
        self.load_lessons()
        self._invite()
        self._stack.setCurrentIndex(0)

    # The lesson.

    def make_room(self) -> None:
        """Show an empty page in place of the list: a lesson comes in a moment."""
        for each in (self.bar, self.count, self.start_over):
            each.hide()
        self._stack.setCurrentIndex(1)

    def show_lesson(self, lesson_id: str | None) -> None:
        """Show a lesson; None shows the list."""
        if self._session is not None:
            self._session.open(lesson_id)
        if lesson_id is None:
            self._show_list()
            return
        if self._session is None:  # nobody judges: the text alone
            self._read(lesson_id, None)

    def _show_course(self) -> None:
        if self._session is not None and self._session.lesson_id is not None:
            self._read(self._session.lesson_id, self._session.course)

    def _read(self, lesson_id: str, course: Course | None) -> None:
        from templates import lesson, text

        folder = lesson(lesson_id).folder
        for old in (*self._folds, *self._captions):
            self._page.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._folds, self.steps, self._captions = [], [], []
        self.note.hide()
        self.next_lesson.hide()
        markdown = text(lesson_id)
        has_steps = course is not None and bool(course.tasks)
        for widget in (self.bar, self.count, self.start_over):
            widget.setVisible(has_steps)
        if course is not None and has_steps:
            self._add_folds(course, lesson_id, markdown)
            title = _TITLE.match(markdown)
            markdown = title[0] if title else ""
            # Above the first part: in it a heading would follow its heading.
            markdown += _goals(course.objectives)
        self.text.show_text(markdown, folder)
        self._stack.setCurrentIndex(1)
        self.area.verticalScrollBar().setValue(0)
        self._refresh()
        self._open_first()

    def _add_folds(self, course: Course, lesson_id: str, markdown: str) -> None:
        from templates import lesson

        if self._session is None:
            return
        folder = lesson(lesson_id).folder
        idea = _TITLE.sub("", markdown)
        title, idea = _heading_off(idea)
        first = text_fold(title or tr("The idea"), idea, folder, self)
        if course.figure:
            from gui.lesson_figures.making import figure_for  # with the first figure

            figure = figure_for(course.figure, self._session, first.body)
            first.column.addWidget(figure)
        self._add(first)
        for number, step in enumerate(course.steps, start=1):
            self._add_step(
                StepFold(step, f"{number}. {step.title}", self._session, folder)
            )
        if course.exercises:
            self._add_caption(tr("Exercises"))
        for step in course.exercises:
            self._add_step(StepFold(step, step.title, self._session, folder))
        if course.discussions:
            talk = Fold(tr("Think about it"), self)
            for each in course.discussions:
                talk.column.addWidget(
                    DiscussionBox(each, self._session, folder, talk.body)
                )
            self._add(talk)
        if course.after:
            title, after = _heading_off(course.after)
            title = tr("Further") if title in ("", "Further") else title
            self._add(text_fold(title, after, folder, self))

    def _add(self, fold: Fold) -> None:
        fold.open_wanted.connect(lambda: self._turn_to(fold))
        for text in fold.findChildren(LaterText):
            text.lesson_clicked.connect(self.lesson_chosen)
        self._page.insertWidget(self._page.count() - 1, fold)
        self._folds.append(fold)

    def _add_caption(self, text: str) -> None:
        caption = label(text, "section", self)
        caption.setContentsMargins(4, 8, 0, 0)
        self._page.insertWidget(self._page.count() - 1, caption)
        self._captions.append(caption)

    def _add_step(self, fold: StepFold) -> None:
        self._add(fold)
        self.steps.append(fold)
        fold.next_wanted.connect(lambda: self._open_after(fold))

    def _open_first(self) -> None:
        """Open what is to be done next; on the first visit that is to read."""
        if self._session is None or not self.steps:
            return
        current = self._session.current
        is_new = self._session.progress is not None and not self._session.progress.done
        wanted: Fold = self._folds[0]
        for fold in self.steps:
            if not is_new and current is not None and fold.step.id == current.id:
                wanted = fold
        wanted.set_open(True)
        self._open(wanted)

    def _turn_to(self, fold: Fold) -> None:
        """Open what the learner turns to: what was told before is behind them."""
        self.note.hide()
        self._open(fold)

    def _open(self, fold: Fold, was_read: bool = False) -> None:
        """Let one part alone be open; news of one that was read come into sight."""
        for each in self._folds:
            if each is not fold:
                each.set_open(False)
        fold.set_open(True)
        if isinstance(fold, StepFold):
            fold.refresh()
        # Once the layout knows the new heights.
        QTimer.singleShot(0, fold, lambda: self._bring(fold, was_read))

    def _bring(self, fold: Fold, was_read: bool) -> None:
        """Scroll so that a part begins at the top; where its end is news, as far as
        shows that, of a part that was being read even past where it begins.
        """
        bar = self.area.verticalScrollBar()
        if fold is self._folds[0]:
            bar.setValue(0)
            return
        end = fold.y() + fold.height() - self.area.viewport().height()
        is_news = isinstance(fold, StepFold) and fold.next.isVisible()
        begin = fold.y()
        if isinstance(fold, StepFold) and is_news and was_read:
            begin += fold.body.y() + fold.news_at
        bar.setValue(min(begin, max(end, bar.value())) if is_news else begin)

    def _open_after(self, fold: StepFold) -> None:
        """Open what is to be done next: later steps, left out ones, then exercises."""
        if self._session is None:
            return
        later = self.steps[self.steps.index(fold) + 1 :]
        earlier = self.steps[: self.steps.index(fold)]
        waiting = [
            each for each in later + earlier if not self._session.is_done(each.step)
        ]
        steps = [each for each in waiting if not each.step.is_exercise]
        for following in (steps or waiting or later)[:1]:
            self._turn_to(following)
            following.head.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        session = self._session
        if session is None or session.course is None or session.progress is None:
            return
        done_now = set(session.progress.done)
        self._known, self._fresh = done_now, done_now - self._known
        for fold in self.steps:
            fold.refresh()
        steps = session.course.steps
        done = sum(map(session.is_done, steps))
        self.bar.setRange(0, max(len(steps), 1))
        self.bar.setValue(done)
        self.bar.setAccessibleName(
            tr("{done} of {count} steps done", done=done, count=len(steps))
        )
        is_done = steps and done == len(steps)
        ended = " · " + tr("the lesson is done") if is_done else ""
        self.count.setText(
            tr(
                "{done} of {count} steps{ended}",
                done=done,
                count=len(steps),
                ended=ended,
            )
        )
        self.next_lesson.offer(session.lesson_id if is_done else None)
        self.start_over.setEnabled(
            bool(session.progress.done or session.progress.answers)
        )

    def _celebrate(self, step_id: str) -> None:
        """A step is done: open it if the learner does nothing else, or tell it.

        Of several that are done at once the open one is read; the others are told.
        """
        fold = next((each for each in self.steps if each.step.id == step_id), None)
        if fold is None or self._session is None:
            return
        busy = next((each for each in self._folds if each.is_open), None)
        is_step = isinstance(busy, StepFold)
        was_done = is_step and busy.step.id in self._known - self._fresh
        if busy is None or busy is fold or was_done:
            self._open(fold, was_read=busy is fold)
        elif is_step:
            self._news.mention(tr("“{step}” is done as well.", step=fold.step.title))
        else:
            self._news.mention(tr("“{step}” is done.", step=fold.step.title))

    def _ask_to_start_over(self) -> None:
        if self._session is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle("Espalier")
        box.setText(tr("Forget what was done in this lesson?"))
        box.setInformativeText(tr("Your network and your runs stay as they are."))
        forget = box.addButton(tr("Start over"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is forget:
            self._session.start_over()


def _heading_off(markdown: str) -> tuple[str, str]:
    """The heading that a text begins with, empty where it has none, and the rest."""
    heading = _HEADING.match(markdown)
    return (heading[1], markdown[heading.end() :]) if heading else ("", markdown)


def _goals(objectives: Sequence[str]) -> str:
    learn = "\n".join(f"- {each}" for each in objectives)
    return f"\n\n**{tr('What you will learn')}**\n\n{learn}" if learn else ""
