"""Going from one problem of the network to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.problems import Problem
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.side_panels import BottomTabs


class ProblemWalk(QObject):
    """Shows a problem in the list and its node on the canvas."""

    def __init__(
        self,
        model: DocumentModel,
        canvas: CanvasView,
        bottom: BottomTabs,
        go_to: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        """`go_to` brings a node of the graph that is shown into sight."""
        super().__init__(parent)
        self._model = model
        self._canvas = canvas
        self._bottom = bottom
        self._go_to = go_to

    def show(self, problem: Problem) -> None:
        """Go to where a problem is."""
        self._model.go_to_scope(problem.scope)
        if problem.node is not None:
            self._go_to(problem.node)

    def show_first(self) -> None:
        """Go to what is to be mended first; nothing where nothing is."""
        problems = self._model.analysis.problems
        if problems:
            self._bottom.setCurrentWidget(self._bottom.problems)
            self.show(self._model.analysis.first_error or problems[0])

    def show_next(self) -> None:
        """Go to the problem after the one whose node is selected, else to the first."""
        problems = [p for p in self._model.analysis.problems if p.node is not None]
        selected = self._canvas.selected_names()
        here = [n for n, p in enumerate(problems) if [p.node] == selected]
        if not here or not problems[here[-1] + 1 :]:
            self.show_first()
            return
        self._bottom.setCurrentWidget(self._bottom.problems)
        self.show(problems[here[-1] + 1])
