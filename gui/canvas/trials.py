"""Trying an edge before it is drawn: whether it fits, and what would mend it."""

from __future__ import annotations

from engine import edits
from engine.bypassing import problems_after
from engine.edits import Edit
from engine.graph import Edge
from engine.problems import Problem
from gui.canvas.edge_rules import doubt, reconnection
from gui.document_model import DocumentModel
from gui.texts import Texts

tr = Texts("canvas")


class Trials:
    """Remembers what came of each edge that a gesture has tried.

    Made as a gesture begins, and of use until the document changes.
    """

    def __init__(self, model: DocumentModel, moving: Edge | None = None) -> None:
        self._model = model
        self._moving = moving
        self._known: dict[Edge, str] = {}

    def doubt(self, edge: Edge) -> str:
        """Why an edge would not fit, with both shapes and one thing to do; or ""."""
        if edge not in self._known:
            self._known[edge] = "" if edge == self._moving else self._tried(edge)
        return self._known[edge]

    def _tried(self, edge: Edge) -> str:
        model = self._model
        graph, known = model.document.graph, model.analysis
        spec = known.flowing(edge.source, edge.source_port)
        if spec is None:
            return ""
        before = {(p.node, p.message) for p in known.problems}
        after = problems_after(
            model.root, model.whole, edits.within(model.scope, self._edit(edge))
        )
        new = [
            problem
            for problem in after
            # Outside the network so far it is a warning, and tells as much.
            if problem.code == "misfit"
            and problem.node == edge.target
            and (problem.node, problem.message) not in before
        ]
        said = doubt(graph, known, edge)
        if not new:
            return said
        # The port's own words name both; a layer's name what it cannot do.
        said = said or tr(
            "{source} gives {spec}. {message}",
            source=edge.source,
            spec=spec.describe(),
            message=new[0].message,
        )
        return f"{said} {_remedy(new[0])}".strip()

    def _edit(self, edge: Edge) -> Edit:
        graph = self._model.document.graph
        if self._moving is not None:
            return reconnection(graph, self._moving, edge)
        return edits.connection(graph, edge)


def _remedy(problem: Problem) -> str:
    """One thing to do about it."""
    if problem.fixes:
        return f"{problem.fixes[0].label.rstrip('.')}."
    return problem.remedy
