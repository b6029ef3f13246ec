"""Going from one problem of the network to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.edits import Compound
from engine.problems import Problem
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.side_panels import BottomTabs
from gui.texts import Texts

tr = Texts("window")


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

    def mend_first(self) -> None:
        """Apply the first fix that is offered, and go where it mends something.

        That of an error first; what no press of a key mends does not stand in the way.
        """
        problems = sorted(
            self._model.analysis.problems,
            key=lambda each: (not each.fixes, not each.is_error),
        )
        problem = next(iter(problems), None)
        if problem is None:
            self._canvas.refused.emit(tr("Nothing is wrong: there is nothing to mend."))
            return
        self.show(problem)
        if not problem.fixes:
            self._canvas.refused.emit(
                tr("No press of a key mends this. {remedy}", remedy=problem.remedy)
            )
            return
        fix = problem.fixes[0]
        edit = Compound(fix.edits)  # type: ignore[arg-type]
        self._model.push(fix.label, edit, scope=problem.scope)

    def show_next(self) -> None:
        """Go to the problem after the one whose node is selected, else to the first."""
        found: dict[tuple[str, str], Problem] = {}
        for problem in self._model.analysis.problems:
            if problem.node is not None:
                found.setdefault((problem.scope, problem.node), problem)
        # Errors first: the one that is gone to first is an error if there is any.
        problems = sorted(found.values(), key=lambda each: not each.is_error)
        nodes = [(each.scope, each.node) for each in problems]
        here = [(self._model.scope, name) for name in self._canvas.selection.names]
        after = nodes.index(here[0]) + 1 if here and here[0] in nodes else 0
        if not 0 < after < len(problems):
            self.show_first()
            return
        self._bottom.setCurrentWidget(self._bottom.problems)
        self.show(problems[after])
