"""The list of what is wrong with the network, first things first."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.edits import Compound
from engine.problems import Fix, Problem
from gui.cards import (
    EmptyState,
    allow_buttons,
    fix_buttons,
    found_and_expected,
    label,
    unbroken,
)
from gui.code_question import ask_to_allow
from gui.document_model import DocumentModel
from gui.texts import Texts

tr = Texts("window")

_BESIDE, _UNDER = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
_MOST_SHARE = 0.6
"""Of a row's width that its buttons may take beside the text."""
_MOST = 100  # rows: nobody reads more, and a broken thousand-layer file has thousands


class ProblemsPanel(QScrollArea):
    """Every problem in the order the network runs; a click leads to its node."""

    problem_chosen = Signal(object)
    """The `Problem` the user wants to see."""
    mended = Signal()
    """A fix was pressed; its button is gone."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._shown: list[tuple[Problem, tuple[Fix, ...]]] | None = None
        self._is_blank = False
        self.rows: list[ProblemRow] = []
        self.setWidgetResizable(True)
        self.setAccessibleName(tr("Problems"))
        body = QWidget(self)
        body.setProperty("role", "plain")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(10, 2, 10, 10)
        self._column.setSpacing(4)
        self._rest = label("", "muted", body)
        self._none = EmptyState("", "", body)
        self._column.addWidget(self._rest)
        self._column.addWidget(self._none, 100)
        self._column.addStretch(1)
        self.setWidget(body)
        model.analysed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the problems of the document as it is now."""
        is_blank = self._model.is_blank
        problems = [] if is_blank else list(self._model.analysis.problems)
        shown = [each.as_shown for each in problems]
        if shown == self._shown and is_blank == self._is_blank:
            return
        self._shown, self._is_blank = shown, is_blank
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [
            ProblemRow(problem, self._broken_block(problem), self)
            for problem in problems[:_MOST]
        ]
        for place, row in enumerate(self.rows):
            row.chosen.connect(self.problem_chosen)
            row.fix_chosen.connect(partial(self._mend, row.problem))
            row.allow_wanted.connect(partial(ask_to_allow, self._model, self))
            row.open_wanted.connect(partial(self._look_inside, row.problem))
            row.fit(self._room())
            self._column.insertWidget(place, row)
            row.show()  # now: under many keys Qt paints before it does
        more = len(problems) - len(self.rows)
        self._none.setVisible(not problems)
        if is_blank:
            self._none.say(
                tr("Nothing to check yet"),
                tr("Add an Input first: what is wrong is told here as you build."),
            )
        else:
            self._none.say(
                tr("No problems"), tr("The network can be trained and exported.")
            )
        self._rest.setText(
            tr("{more} more follow from these.", more=more) if more > 0 else ""
        )
        self._rest.setVisible(more > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        for row in self.rows:
            row.fit(self._room())
        super().resizeEvent(event)

    def _room(self) -> int:
        margins = self._column.contentsMargins()
        return self.viewport().width() - margins.left() - margins.right()

    def _broken_block(self, problem: Problem) -> str:
        """The block that a problem is inside of, seen from without; else empty."""
        blocks = self._model.root.blocks
        scope = blocks.get(problem.scope)
        graph = scope.block.graph if scope is not None else self._model.root.graph
        name = problem.node or ""
        if problem.code != "misfit" or problem.fixes or name not in graph:
            return ""
        layer = graph[name].layer
        return layer if layer in blocks else ""

    def _look_inside(self, problem: Problem, block: str) -> None:
        """Go into a block that does not work, to what is wrong there."""
        self.problem_chosen.emit(problem)
        self._model.enter(block, problem.node)
        inner = self._model.analysis.first_error
        if inner is not None and inner.scope == block:
            self.problem_chosen.emit(inner)

    def _mend(self, problem: Problem, fix: Fix) -> None:
        self._model.push(fix.label, Compound(fix.edits), scope=problem.scope)
        self.mended.emit()


class ProblemRow(QFrame):
    """One problem as a row: what is wrong, what to do, buttons that do it."""

    chosen = Signal(object)
    fix_chosen = Signal(object)
    allow_wanted = Signal(str)
    open_wanted = Signal(str)
    """The name of the block that is to be looked into."""

    def __init__(
        self, problem: Problem, block: str = "", parent: QWidget | None = None
    ) -> None:
        """`block` is where the problem is, where it is inside one."""
        super().__init__(parent)
        self.problem = problem
        self.setProperty("role", "problem" if problem.is_error else "warning")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(problem.sentence())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._row = row = QBoxLayout(_BESIDE, self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(12)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._passive(problem.message, "title"))
        detail = f"{found_and_expected(problem)} {problem.remedy}".strip()
        if detail:
            texts.addWidget(self._passive(detail, "muted"))
        row.addLayout(texts, 1)
        self._buttons = QBoxLayout(_BESIDE)
        for button in (
            *fix_buttons(problem, self.fix_chosen.emit, self),
            *allow_buttons(problem, self.allow_wanted.emit, self),
        ):
            self._buttons.addWidget(button)
        if block:
            look = QPushButton(tr("Open {block}", block=block), self)
            look.setProperty("role", "fix")
            look.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            look.clicked.connect(lambda: self.open_wanted.emit(block))
            self._buttons.addWidget(look)
        row.addLayout(self._buttons)

    def fit(self, width: int) -> None:
        """Put the buttons under the text where they would leave it too little room."""
        sizes = [
            item.sizeHint().width()
            for place in range(self._buttons.count())
            if (item := self._buttons.itemAt(place)) is not None
        ]
        need = sum(sizes) + 12 * len(sizes)
        self._row.setDirection(_UNDER if need > _MOST_SHARE * width else _BESIDE)
        self._buttons.setDirection(_UNDER if need > width - 20 else _BESIDE)
        self._row.setSpacing(6 if self._row.direction() is _UNDER else 12)
        self._row.setAlignment(self._buttons, Qt.AlignmentFlag.AlignLeft)

    def _passive(self, text: str, role: str) -> QWidget:
        made = label(unbroken(text), role, self)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return made

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self.problem)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.chosen.emit(self.problem)
        else:
            super().keyPressEvent(event)
