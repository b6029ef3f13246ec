"""The questions of a lesson: answers to choose or to give, and thoughts to write."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.written_numbers import GROUPED
from gui.cards import label
from gui.later_text import LaterText
from gui.lesson_shortfall import measured_text, unlike_text
from gui.lesson_text import kept_together, plain_text
from gui.texts import Texts

if TYPE_CHECKING:  # lessons are read after the first frame
    from gui.lesson_session import LessonSession
    from templates.situation import Situation
    from templates.steps import Discussion, Question, Step

tr = Texts("lessons")

_KEEP_MILLISECONDS = 600
_LEAST_LINES, _MOST_LINES = 3, 12  # of thoughts, before they scroll
_AROUND_LINES = 16  # pixels
_MIXED = re.compile(r"\s*([-+]?)\s*(\d+)\s+(\d{1,2})\s*")
"""What stands before the stroke of `1 1/2`."""
_ROOT = re.compile(r"\s*(-?)\s*(?:sqrt|√)\s*(?:\(([^()]+)\)|([\d.,]+))\s*", re.I)
"""`sqrt(32)` or `√32`."""


def readings_of(text: str) -> list[float]:
    """What numbers a text may mean; the likelier comes first.

    A comma parts thousands, or stands for a point: `1,609` may be both, `0,5` only the
    second. `8/9` is a fraction, `1 1/2` a whole number with one, `sqrt(32)` a root;
    `44 %` may be 44, as where percent are asked for, or 0.44.
    """
    plain = text.strip().replace("−", "-").replace("⁄", "/")
    if plain.endswith("%"):
        shares = _fraction(plain[:-1])
        return shares + [each / 100 for each in shares]
    return _fraction(plain)


def _fraction(text: str) -> list[float]:
    """What a number, one number over another or a root of these may mean."""
    root = _ROOT.fullmatch(text)
    if root:
        sign = -1 if root[1] else 1
        return [
            sign * math.sqrt(each)
            for each in _fraction(root[2] or root[3])
            if each >= 0
        ]
    above, slash, below = text.rpartition("/")
    if not slash:
        return _decimals(text)
    if _ROOT.fullmatch(above) or _ROOT.fullmatch(below):
        ones, twos = _fraction(above), _fraction(below)
        return [one / two for one in ones for two in twos if two]
    mixed = _MIXED.fullmatch(above)
    sign, whole, above = mixed.groups() if mixed else ("", "0", above)
    return [
        (one / two + float(whole)) * (-1 if sign == "-" else 1)
        for one in _decimals(above)
        for two in _decimals(below)
        if two
    ]


def _decimals(text: str) -> list[float]:
    plain = "".join(text.split())
    meant = [plain]
    if "," in plain:
        is_point = plain.count(",") == 1 and "." not in plain
        meant = [plain.replace(",", "")] if GROUPED.fullmatch(plain) else []
        meant += [plain.replace(",", ".")] if is_point else []
    found = []
    for each in meant:
        with contextlib.suppress(ValueError):
            found.append(float(each))
    return [each for each in found if math.isfinite(each)]


class QuestionBox(QWidget):
    """A question with its answers to choose, or a field for one."""

    def __init__(
        self, step: Step, question: Question, session: LessonSession, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._step, self._question, self._session = step, question, session
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(label(kept_together(question.text), "title", self))
        self.group = QButtonGroup(self)
        self.options: list[QRadioButton] = []
        for place, option in enumerate(question.options):
            column.addLayout(self._option_row(place, option.text))
        self.group.idClicked.connect(self._choose)
        self.field: QLineEdit | None = None
        self.writing: QPlainTextEdit | None = None
        if question.is_number:
            column.addLayout(self._number_row())
        elif not question.options:
            self.writing = _Writing(question.text, self)
            column.addWidget(self.writing)
            _keep_later(self.writing, lambda text: session.answer(step.id, text))
        self.verdict = label("", "muted", self)
        column.addWidget(self.verdict)
        self._fill_in()
        self.refresh()

    def _option_row(self, place: int, text: str) -> QHBoxLayout:
        # A radio button does not wrap its text: a label beside it does.
        row = QHBoxLayout()
        row.setSpacing(7)
        button = QRadioButton(self)
        button.setAccessibleName(text)
        self.group.addButton(button, place)
        words = label(kept_together(text), "plain", self)
        words.setBuddy(button)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        words.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        words.setFocusProxy(button)  # else a click gives it to the panel around
        words.mousePressEvent = lambda _: button.click()
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        self.options.append(button)
        return row

    def _number_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.field = QLineEdit(self)
        self.field.setAccessibleName(self._question.text)
        self.field.setPlaceholderText(tr("a number"))
        self.field.returnPressed.connect(self._give_number)
        button = QPushButton(tr("Answer"), self)
        button.clicked.connect(self._give_number)
        row.addWidget(self.field, 1)
        row.addWidget(button)
        return row

    def _fill_in(self) -> None:
        """Show what was answered before."""
        progress = self._session.progress
        answer = progress.answers.get(self._step.id) if progress else None
        if answer is None:
            return
        if self.field is not None and not isinstance(answer.value, str):
            if answer.value not in readings_of(self.field.text()):  # 8/9 stays so
                self.field.setText(f"{answer.value:.12g}")
        elif self.writing is not None:
            self.writing.setPlainText(str(answer.value))
        elif isinstance(answer.value, int) and answer.value < len(self.options):
            self.options[answer.value].setChecked(True)

    def _choose(self, place: int) -> None:
        self._session.answer(self._step.id, place)
        self._show_verdict_later()

    def _show_verdict_later(self) -> None:
        """Once it is laid out, scroll to what is said of an answer."""
        area = _area_around(self)
        if area is not None:
            QTimer.singleShot(
                0, self, lambda: area.ensureWidgetVisible(self.verdict, 0, 0)
            )

    def _give_number(self) -> None:
        if self.field is None:
            return
        readings = readings_of(self.field.text())
        if not readings:
            self.verdict.setText(
                tr(
                    "Write a number, such as 160 or 0.5, a fraction, such as 8/9, or a "
                    "root, such as sqrt(2)."
                )
            )
            self.verdict.show()
            return
        question = self._question
        right = filter(question.answered.is_right, readings)
        known = next(filter(question.mistake, readings), readings[0])
        self._session.answer(self._step.id, next(right, known))
        self._show_verdict_later()
        self.field.selectAll()  # another try replaces this one

    def refresh(self) -> None:
        """Show what is locked, and what is to be said of the answer."""
        progress = self._session.progress
        answer = progress.answers.get(self._step.id) if progress else None
        if answer is not None and self.writing is None:
            self._fill_in()
        is_locked = self._session.is_locked(self._step)
        for button in self.options:
            button.setEnabled(not is_locked)
        text = self._said(is_locked)
        self.verdict.setText(text)
        self.verdict.setVisible(bool(text))

    def _said(self, is_locked: bool) -> str:
        progress = self._session.progress
        answer = progress.answers.get(self._step.id) if progress else None
        question = self._question
        if answer is None:
            return self._unanswered_said(is_locked)
        if question.decided_by is not None:
            return self._prediction_said(int(answer.value), is_locked)
        if self.writing is not None:
            return tr("Kept.")
        option = question.options[int(answer.value)] if question.options else None
        if question.answered.is_right(answer.value):
            return tr(
                "Right. {why}", why=option.says if option else question.says
            ).strip()
        mistake = question.mistake(answer.value)
        why = option.says if option else mistake.says if mistake else tr("Try again.")
        return tr("Not quite. {why}", why=why).strip()

    def _unanswered_said(self, is_locked: bool) -> str:
        if is_locked:
            return tr("A run is under way: choose when it has ended, and run again.")
        decided_by = self._question.decided_by
        if decided_by is None or self._session.progress is None:
            return ""
        if decided_by.judge(self._session.situation()).holds:
            return tr("You have trained already. Choose now, then train once more.")
        return ""

    def _prediction_said(self, place: int, is_locked: bool) -> str:
        situation = self._session.situation()
        if not self._session.is_done(self._step):
            if not is_locked:
                return tr("You can change it until you train.")
            stands = tr("Your choice stands.")
            if self._lacks_a_run(situation):
                return tr(
                    "{stands} Two networks are compared, and only one was trained: "
                    "train the other, too.",
                    stands=stands,
                )
            unlike = self._unlike(situation)
            if unlike:
                return f"{stands} {unlike}"
            return tr("Your choice stands until a run decides it.")
        prediction = self._question.prediction
        then = prediction.decided(situation) if prediction is not None else None
        if then is None:  # its runs were deleted since
            return ""
        conditions = [o.right_if for o in self._question.options if o.right_if]
        right = [
            option.text
            for option in self._question.options
            if option.right_if is not None and option.right_if.judge(then).holds
        ]
        if not right:
            return measured_text(conditions, then)
        told = (
            tr("It came as you said.")
            if self._question.options[place].text in right
            else tr("It came otherwise: {right}.", right=right[0])
        )
        return f"{told} {measured_text(conditions, then)}".strip()

    def _unlike(self, situation: Situation) -> str:
        """Why the runs that are there are not compared; empty while one goes on."""
        prediction = self._question.prediction
        if prediction is None or self._session.is_training:
            return ""
        return unlike_text(prediction, situation)

    def _lacks_a_run(self, situation: Situation) -> bool:
        from templates.shortfalls import lacks_a_run

        decided_by = self._question.decided_by
        if decided_by is None or self._session.is_training:  # it may be that run
            return False
        return lacks_a_run(decided_by, situation)


class DiscussionBox(QWidget):
    """A question to think about, with room to write and one possible answer."""

    def __init__(
        self,
        discussion: Discussion,
        session: LessonSession,
        folder: Path,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(5)
        asked = plain_text(discussion.text)
        self.text = LaterText(asked, self)
        self.text.show_text(discussion.text, folder)
        column.addWidget(self.text)
        self.writing = _Writing(asked, self)
        progress = session.progress
        answer = progress.answers.get(discussion.id) if progress else None
        self.writing.setPlainText(str(answer.value) if answer else "")
        _keep_later(self.writing, lambda text: session.answer(discussion.id, text))
        column.addWidget(self.writing)
        self.thought = LaterText(tr("One answer"), self)
        self.thought.show_text(discussion.thought, folder)
        self.thought.hide()
        column.addWidget(self.thought)
        if discussion.thought:
            button = QPushButton(tr("One answer"), self)
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.setAccessibleName(tr("One answer to: {text}", text=asked))
            button.clicked.connect(
                lambda: self.thought.setVisible(self.thought.isHidden())
            )
            column.addWidget(button)


def _area_around(widget: QWidget) -> QScrollArea | None:
    """What a widget scrolls in."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around


class _Writing(QPlainTextEdit):
    """A field for thoughts, which are only kept; it grows with them."""

    def __init__(self, question: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "prose")
        self.setAccessibleName(tr("Your thoughts: {question}", question=question))
        self.setPlaceholderText(tr("Your thoughts; nobody grades them."))
        self.setTabChangesFocus(True)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        wrapped = round(self.document().size().height())  # in lines, for plain text
        needs_bar = wrapped > _MOST_LINES
        bar = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            bar.ScrollBarAsNeeded if needs_bar else bar.ScrollBarAlwaysOff
        )
        lines = min(max(wrapped, _LEAST_LINES), _MOST_LINES)
        height = lines * self.fontMetrics().lineSpacing() + _AROUND_LINES
        if height == self.height():
            return
        self.setFixedHeight(height)
        if self.hasFocus():  # what is written stays in sight
            QTimer.singleShot(0, self, self._show_caret)

    def _show_caret(self) -> None:
        around = _area_around(self)
        if around is not None:
            caret = self.viewport().mapTo(around.widget(), self.cursorRect().center())
            around.ensureVisible(caret.x(), caret.y(), 0, _AROUND_LINES)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()  # another width breaks lines elsewhere


def _keep_later(field: QPlainTextEdit, keep: Callable[[str], object]) -> None:
    """Keep what is written once the writing rests."""
    timer = QTimer(field)
    timer.setSingleShot(True)
    timer.setInterval(_KEEP_MILLISECONDS)
    field.textChanged.connect(timer.start)
    timer.timeout.connect(lambda: keep(field.toPlainText()))
