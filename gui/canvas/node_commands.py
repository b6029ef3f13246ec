"""What is switched on nodes, one undo step each: bypassed, frozen, collapsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.annotation_edits import SetCollapsed
from engine.bypassing import bypass
from engine.detaching import detachment
from engine.edits import Compound, SetBypassed
from engine.learning_edits import SetFrozen
from engine.problems import Refusal
from gui.canvas.wording import nodes_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_NONE = tr.mark("No node is selected. Click a node first.")


class NodeCommands:
    """Acts on the selected nodes of a canvas."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._model = canvas.model

    def bypass(self) -> None:
        """Let what reaches the nodes flow past them; if all are, through them again."""
        names = self._wanted()
        graph, model = self._model.document.graph, self._model
        left = [name for name in names if not graph[name].bypassed]
        if names and not left:
            edit = Compound(tuple(SetBypassed(name, False) for name in names))
            model.push(tr("Let {nodes} take part", nodes=nodes_phrase(names)), edit)
        elif left:
            try:
                edit_all = bypass(model.root, model.whole, model.scope, left)
            except Refusal as refusal:
                self._canvas.refused.emit(str(refusal))
                return
            model.push(
                tr("Bypass {nodes}", nodes=nodes_phrase(left)), edit_all, scope=""
            )

    def learning(self) -> list[str]:
        """The selected nodes that have weights of their own, and are not frozen."""
        graph, known = self._model.document.graph, self._model.analysis
        return [
            name
            for name in self._canvas.selection.names
            if known.parameters(name) > 0 and not graph[name].frozen
        ]

    def freeze(self) -> None:
        """Keep the nodes' weights as they are; if all are kept so, let them learn."""
        names, left = self._wanted(), self.learning()
        graph = self._model.document.graph
        if left:
            parts = tuple(SetFrozen(name, True) for name in left)
            self._model.push(
                tr("Freeze {nodes}", nodes=nodes_phrase(left)), Compound(parts)
            )
            return
        frozen = [name for name in names if graph[name].frozen]
        if frozen:
            parts = tuple(SetFrozen(name, False) for name in frozen)
            self._model.push(
                tr("Let {nodes} learn", nodes=nodes_phrase(frozen)), Compound(parts)
            )
        elif names:
            self._canvas.refused.emit(
                tr("{node} has no weights of its own to freeze.", node=names[0])
                if len(names) == 1
                else tr(
                    "The {count} nodes have no weights of their own to freeze.",
                    count=len(names),
                )
            )

    def collapse(self) -> None:
        """Show the nodes by their titles; if all are so, whole again."""
        names = self._wanted()
        graph = self._model.document.graph
        left = [name for name in names if not graph[name].collapsed]
        if names:
            nodes = nodes_phrase(left or names)
            label = (
                tr("Collapse {nodes}", nodes=nodes)
                if left
                else tr("Open up {nodes}", nodes=nodes)
            )
            parts = (SetCollapsed(name, bool(left)) for name in left or names)
            self._model.push(label, Compound(tuple(parts)))

    def detach(self) -> None:
        """Take the nodes out of the flow; what they lay between is joined."""
        names = self._wanted()
        edit = detachment(self._model.document.graph, names)
        if edit != Compound(()):
            self._model.push(tr("Detach {nodes}", nodes=nodes_phrase(names)), edit)

    def _wanted(self) -> list[str]:
        """The selected nodes; where there are none, that is said."""
        names = self._canvas.selection.names
        if not names:
            self._canvas.refused.emit(tr.of(_NONE))
        return names
