"""What every way of trying a network has in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from engine.figures import figure, percent
from engine.problems import Problem
from gui.cards import label
from gui.look.bars import ChanceBars
from gui.look.latest_call import LatestCall
from gui.look.sheet_view import SheetView
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.asking import Answer
    from engine.showing.trained import Trained

tr = Texts("look")

_RING = 3  # pixels to the ring of the keyboard


class AnswerView(QWidget):
    """What a network answers: bars of chances, numbers, or a picture.

    Tab stops at it, so that it can be read aloud; a new answer is said by itself.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.said = ""
        """The likeliest class, or whatever was said last."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Answer of the network"))
        self._box = QWidget(self)
        self._stack = QStackedLayout(self._box)
        self.text = label("", "muted", self._box)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number = label("", "heading", self._box)
        self.bars = ChanceBars(theme, self._box)
        self.picture = SheetView(theme, tr("What the network gives back"), self._box)
        for each in (self.text, self.number, self.bars, self.picture):
            self._stack.addWidget(each)
        self.others = label("", "muted", self)
        self.others.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(_RING, _RING, _RING, _RING)
        column.setSpacing(3)
        column.addWidget(self._box, 1)
        column.addWidget(self.others)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.focus))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5
        )
        painter.end()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.bars.set_theme(theme)
        self.picture.set_theme(theme)

    def say(self, text: str) -> None:
        """Show a sentence in place of an answer."""
        self.text.setText(text)
        self.others.hide()
        self._stack.setCurrentWidget(self.text)
        self.setAccessibleDescription(text)

    def show_answers(self, answers: Sequence[Answer]) -> None:
        """Show the first answer, and below it the others in a line each."""
        if not answers:
            return
        first, *rest = answers
        if first.chances:
            self.bars.show_chances(first.chances)
            self._stack.setCurrentWidget(self.bars)
        elif first.picture is not None:
            self.picture.show_pictures(first.picture[None, None])
            self._stack.setCurrentWidget(self.picture)
        else:
            self.number.setText(", ".join(figure(each) for each in first.numbers))
            self._stack.setCurrentWidget(self.number)
        lines = [_in_a_line(answer) for answer in rest]
        self.others.setText("\n".join(lines))
        self.others.setVisible(bool(lines))
        self._tell(first, lines)

    def _tell(self, first: Answer, others: Sequence[str]) -> None:
        """Say the answer to whoever does not see it; at once where it is another."""
        if first.chances:
            shown, said = self.bars.accessibleDescription(), _in_a_line(first)
        elif first.picture is not None:
            shown = said = self.picture.accessibleDescription()
        else:
            shown = said = self.number.text()
        self.setAccessibleDescription("\n".join([shown, *others]))
        if said != self.said and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))
        self.said = said


def _in_a_line(answer: Answer) -> str:
    if answer.chances:
        name, share = max(answer.chances, key=lambda each: each[1])
        return f"{answer.title}: {name}, {percent(share)}"
    if answer.numbers:
        shown = ", ".join(figure(each) for each in answer.numbers[:6])
        return f"{answer.title}: {shown}"
    return tr("{answer}: a picture", answer=answer.title)


def truth_text(trained: Trained, what: str, index: int) -> str:
    """Which sample of the test part is asked about, and what would be right."""
    from engine.showing.asking import truth_of

    truth = truth_of(trained, index)
    if not truth:
        return f"{what} {index + 1}"
    return tr(
        "{what} {number}: truth\u00a0{truth}", what=what, number=index + 1, truth=truth
    )


class Trial(QWidget):
    """One way to try a network: it is asked on a thread, the newest question counts."""

    title = ""
    """How it is called where there are several ways."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.trained: Trained | None = None
        self.call = LatestCall(self)
        self.call.failed.connect(self.fail)

    def show_trained(self, trained: Trained) -> None:
        """Try this network from now on."""
        self.trained = trained

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme

    def fail(self, problem: Problem) -> None:
        """Say why there is no answer."""

    def close_page(self) -> None:
        """Wait for what is being worked out."""
        self.call.close()
