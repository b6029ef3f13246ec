"""The field in which a node is renamed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QWidget,
)

from engine.graph import Graph, name_problem
from gui.cards import label
from gui.eliding_line import ElidingLine
from gui.form_label import FormLabel
from gui.texts import Texts

tr = Texts("inspector")


class _NameLine(ElidingLine):
    """Tells when it is left, and when what was typed is given up or taken."""

    left = Signal()
    reverted = Signal()
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
            event.ignore()  # the inspector gives the keyboard back to the canvas
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class NameField(QWidget):
    """The field a node is renamed in; a name that cannot be is marked, not taken."""

    renamed = Signal(str)
    done = Signal()
    """Enter was pressed on a name that can be: one is through with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._graph = Graph()
        self._name = ""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self.line = _NameLine(self)
        self.line.setObjectName("node-name")
        self.line.setAccessibleName(tr("Name"))
        self.line.setToolTip(
            tr("The attribute in the code and the prefix of its weights")
        )
        caption = FormLabel(tr("Name"), self.line, self)
        self.problem_label = label("", "error", self)
        self.problem_label.hide()
        grid.addWidget(caption, 0, 0)
        grid.addWidget(self.line, 0, 1)
        grid.addWidget(self.problem_label, 1, 1)
        self.line.textEdited.connect(self._check)
        self.line.editingFinished.connect(self._finish)
        self.line.reverted.connect(self._revert)
        self.line.left.connect(self._leave)
        self.line.entered.connect(self._enter)

    def show_name(self, name: str, graph: Graph) -> None:
        """Show the node's name; what is being typed is kept."""
        self._graph = graph
        if name != self._name or not (self.line.hasFocus() or self.problem):
            self._name = name
            self.line.setText(name)
            self.line.home(False)
            self._mark("")

    @property
    def problem(self) -> str:
        """Why what stands in the field cannot be the name; empty where it can."""
        text = self.line.text().strip()
        if text == self._name:
            return ""
        reason = name_problem(text)
        if reason is not None:
            return tr(
                "“{text}” {reason}. The node stays {name}.",
                text=text,
                reason=reason,
                name=self._name,
            )
        if text in self._graph:
            return tr(
                "Another node is called {text}; a name is used once. "
                "The node stays {name}.",
                text=text,
                name=self._name,
            )
        return ""

    def _check(self) -> None:
        self._mark(self.problem)

    def _finish(self) -> None:
        text = self.line.text().strip()
        if not self.problem and text != self._name:
            self.renamed.emit(text)

    def _enter(self) -> None:
        if not self.problem:
            self.done.emit()

    def _revert(self) -> None:
        """Escape gives up what was typed: the node's name is shown again."""
        self.line.setText(self._name)
        self._mark("")

    def _leave(self) -> None:
        """The node's name is shown again; why the other was not taken stays to be read
        until the next edit.
        """
        problem = self.problem
        if problem:
            self.line.setText(self._name)
            self._mark("")
            self.problem_label.setText(problem)
            self.problem_label.show()

    def _mark(self, problem: str) -> None:
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))
        self.line.setProperty("wrong", bool(problem))
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
