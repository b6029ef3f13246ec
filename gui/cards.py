"""The small framed boxes of the side panels, and labels in the roles of the style."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from textwrap import wrap

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMoveEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Fix, Problem
from gui.texts import Texts

tr = Texts("window")

_AROUND = 8  # pixels
_LINES_ABOVE = 1
"""So many lines of what stands in an empty panel are above its middle."""
_HANG = 8
"""Letters by which a wrapped line of code goes on further in."""
_LINE = (
    '<p style="margin: 0; margin-left: {}px; text-indent: {}px; '
    'white-space: pre-wrap">{}</p>'
)


def label(text: str, role: str, parent: QWidget | None = None) -> QLabel:
    """A wrapped label whose text can be selected, in a role of the style sheet."""
    made = QLabel(text, parent)
    made.setProperty("role", role)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def line_width(words: QLabel) -> int:
    """How wide a label is that breaks no line of its text, in pixels."""
    lines = words.text().splitlines()
    widest = max(map(words.fontMetrics().horizontalAdvance, lines), default=0)
    margins = words.contentsMargins()
    return widest + margins.left() + margins.right() + 2 * words.margin() + 1


def breakable(text: str) -> str:
    """The text with places to break long words at: one would widen the whole page."""
    return re.sub(r"(\S{16})(?=\S)", "\\1\u200b", text)


def unbroken(text: str) -> str:
    """`text` whose shapes and sizes, 28 × 28, are not torn at the end of a line."""
    return text.replace(" × ", "\u00a0×\u00a0")


class LinkLabel(QLabel):
    """A line with links, in the colour that links have in the theme of the moment."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setOpenExternalLinks(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:  # Qt colours links as it reads
            text = self.text()
            self.clear()
            self.setText(text)


def section(title: str, parent: QWidget | None = None) -> QLabel:
    """The heading of a part of a form: with more room above it than between rows."""
    made = label(title, "part", parent)
    made.setIndent(0)  # a styled label would stand a little to the right
    return made


class CodeLabel(QLabel):
    """Lines of code; what does not fit goes on further in than any statement."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = ""
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def text(self) -> str:
        """The code as it is, without what lays it out."""
        return self._code

    def setText(self, code: str) -> None:
        self._code = code
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._lay_out()

    def _lay_out(self) -> None:
        """Qt's labels know no hanging indent but that of rich text, in pixels."""
        letter = self.fontMetrics().horizontalAdvance("0")
        lines = []
        for line in self._code.split("\n"):
            inner = len(line) - len(line.lstrip())
            hang = (inner + _HANG) * letter
            lines.append(_LINE.format(hang, -hang, html.escape(line)))
        super().setText("".join(lines))


class EmptyState(QWidget):
    """What stands in a panel that has nothing to show yet: what will be, and how.

    It begins at the same height in all pages of a tab widget, whatever is above it
    there: what is read does not jump when another tab is chosen.
    """

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._words = QWidget(self)
        self._words.setProperty("role", "plain")
        self.title = label(title, "title", self._words)
        self.text = label(text, "muted", self._words)
        column = QVBoxLayout(self._words)
        column.setContentsMargins(24, 0, 24, 0)
        column.setSpacing(4)
        for line in (self.title, self.text):
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            line.setVisible(bool(line.text()))
            column.addWidget(line)

    def say(self, title: str, text: str) -> None:
        """Say something else."""
        for line, words in ((self.title, title), (self.text, text)):
            line.setText(words)
            line.setVisible(bool(words))
        self.updateGeometry()
        self._place()

    def sizeHint(self) -> QSize:
        return self._words.sizeHint() + QSize(0, 2 * _AROUND)

    def minimumSizeHint(self) -> QSize:
        return self._words.minimumSizeHint() + QSize(0, 2 * _AROUND)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._words.heightForWidth(width) + 2 * _AROUND

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:  # larger letters
            self._place()
        return is_done

    def _place(self) -> None:
        """Begin a little above the middle of the page, as far as the text has room."""
        page, needed = self._page(), self._words.heightForWidth(self.width())
        first = page.height() // 2 - round(_LINES_ABOVE * self.fontMetrics().height())
        above = first - self.mapTo(page, QPoint()).y() if page is not self else first
        above = max(min(above, self.height() - needed - _AROUND), 0)
        self._words.setGeometry(0, above, self.width(), needed)

    def _page(self) -> QWidget:
        """The page of the tab widget that it stands in; itself where there is none."""
        widget: QWidget = self
        while (around := widget.parentWidget()) is not None:
            if isinstance(around.parentWidget(), QTabWidget):
                return widget
            widget = around
        return self


class Card(QFrame):
    """A titled box with text in it; it hides while it has nothing to say."""

    def __init__(
        self,
        title: str,
        role: str,
        parent: QWidget | None = None,
        *,
        is_code: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 8, 10, 9)
        self._column.setSpacing(4)
        self._column.addWidget(label(title, "title", self))
        self.body = CodeLabel(role, self) if is_code else label("", role, self)
        self._column.addWidget(self.body)

    def show_text(self, text: str) -> None:
        """Show `text`; an empty one hides the card."""
        if self.body.text() != text:
            self.body.setText(text)
        self.setVisible(bool(text))

    def add(self, widget: QWidget) -> None:
        """Put another widget under what is there."""
        self._column.addWidget(widget)


_CARD_SIDE = 10
_FIX_LETTERS = 28
"""How long a line in the button of a fix may be on the narrowest page."""


class FixButton(QPushButton):
    """What a fix does, in as few lines as its room allows."""

    def __init__(self, fix: Fix, parent: QWidget | None = None) -> None:
        super().__init__(fix.label, parent)
        self._whole = fix.label
        self.setProperty("role", "fix")
        self.setAccessibleName(tr("Mend it: {fix}", fix=fix.label))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def fit(self, width: int) -> None:
        """Break the text into lines of so many pixels, but never into very short ones.

        Qt's buttons do not wrap.
        """
        metrics = self.fontMetrics()
        around = self.sizeHint().width() - max(
            map(metrics.horizontalAdvance, self.text().split("\n"))
        )
        lines = [self._whole]
        for letters in range(len(self._whole), _FIX_LETTERS - 1, -1):
            lines = wrap(self._whole, letters)
            if max(map(metrics.horizontalAdvance, lines)) + around <= width:
                break
        text = "\n".join(lines)
        if text != self.text():
            self.setText(text)


class ProblemCard(QFrame):
    """What is wrong, briefly, and what mends it: the fixes, or else a sentence.

    The note at the card and the list of problems say it in full; here the tip does.
    """

    fix_chosen = Signal(object)
    """The `Fix` whose button was pressed."""
    allow_wanted = Signal(str)
    """Code that the person wants to read, and perhaps to allow."""

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "problem" if problem.is_error else "warning")
        self.setAccessibleName(problem.sentence())
        column = QVBoxLayout(self)
        column.setContentsMargins(_CARD_SIDE, 8, _CARD_SIDE, 9)
        column.setSpacing(4)
        detail = found_and_expected(problem)
        self.setAccessibleDescription(detail)
        column.addWidget(label(unbroken(problem.message), "title", self))
        column.addSpacing(2)
        self._fixes = fix_buttons(problem, self.fix_chosen.emit, self)
        if problem.remedy and not self._fixes:
            column.addWidget(label(unbroken(problem.remedy), "muted", self))
        self.setToolTip(_wrapped(f"{problem.message} {detail} {problem.remedy}"))
        for fix in self._fixes:
            fix.setMinimumWidth(1)  # no obstacle to a narrower page: its text breaks
        buttons = (*self._fixes, *allow_buttons(problem, self.allow_wanted.emit, self))
        for button in buttons:
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self._fixes:
            button.fit(self.contentsRect().width() - 2 * _CARD_SIDE)


def _wrapped(text: str) -> str:
    """A sentence as a tip that takes as many lines as it needs: only rich text does."""
    return f"<p>{html.escape(unbroken(' '.join(text.split())))}</p>"


def found_and_expected(problem: Problem) -> str:
    """`Found N × 128; expected ...`, or as much of it as is known."""
    if problem.found and problem.expected:
        return tr(
            "Found {found}; expected {expected}.",
            found=problem.found,
            expected=problem.expected,
        )
    if problem.found:
        return tr("Found {found}.", found=problem.found)
    return (
        tr("Expected {expected}.", expected=problem.expected)
        if problem.expected
        else ""
    )


def fix_buttons(
    problem: Problem, choose: Callable[[Fix], None], parent: QWidget
) -> list[FixButton]:
    """A button for each fix of a problem."""
    buttons = []
    for fix in problem.fixes:
        button = FixButton(fix, parent)
        button.clicked.connect(lambda _=False, fix=fix: choose(fix))
        buttons.append(button)
    return buttons


def allow_buttons(
    problem: Problem, ask: Callable[[str], None], parent: QWidget
) -> list[QPushButton]:
    """The button that leads to code which has to be allowed, if a problem is that."""
    if not problem.asks_to_run:
        return []
    button = QPushButton(tr("Read the code…"), parent)
    button.setProperty("role", "fix")
    button.setToolTip(tr("Read the code, and allow it if you trust it"))
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    button.clicked.connect(lambda _=False: ask(problem.asks_to_run))
    return [button]
