"""Drawing an edge from a port, and picking one up by its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from engine import edits
from engine.catalog import Port
from engine.edits import Compound, RemoveEdge
from engine.graph import Edge
from gui.canvas.edge_rules import (
    EdgeRules,
    End,
    edge_between,
    reconnection,
)
from gui.canvas.feedback import LooseEdgeItem
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.routes import curve
from gui.canvas.trials import Trials
from gui.canvas.wording import edges_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")


class DragEdge(Gesture):
    """One end is held by a port, the other follows the pointer.

    Dropped on a port or on a card that has a fitting one, the edge is drawn; on the
    bare canvas a new edge asks for a layer to add, and one that was picked up is
    removed; where it is refused nothing happens, and a hint says why.
    """

    def __init__(
        self,
        canvas: CanvasView,
        start: Pointer,
        held: End,
        moving: Edge | None = None,
        clicked: End | None = None,
    ) -> None:
        super().__init__(canvas, start)
        self._held = held
        self._moving = moving
        self._clicked = clicked
        graph = self.network.document.graph
        self._rules = EdgeRules(graph, held, moving)
        self._trials = Trials(canvas.model, moving)
        self._loose: LooseEdgeItem | None = None
        self._drop: End | None = None
        self._refusal = ""

    def click(self, pointer: Pointer) -> None:
        if pointer.holds(Qt.KeyboardModifier.AltModifier):
            self._cut()
        elif self._clicked is not None:
            self.canvas.select([self._clicked.node])
        elif self._moving is not None:
            self.canvas.select_edge(self._moving)

    def _cut(self) -> None:
        """Remove every edge at the port that was clicked."""
        end, graph = self._clicked or self._held, self.network.document.graph
        if end.is_output:
            out_of = graph.edges_out_of(end.node)
            edges = [edge for edge in out_of if edge.source_port == end.port]
        else:
            edges = graph.edges_into(end.node, end.port)
        if edges:
            edit = Compound(tuple(map(RemoveEdge, edges)))
            self.canvas.model.push(tr("Cut {edges}", edges=edges_phrase(edges)), edit)

    def begin(self) -> None:
        self._loose = LooseEdgeItem(self.network.style_)
        self.network.addItem(self._loose)
        if self._moving is not None:
            self.network.edges[self._moving].setVisible(False)
        graph = self.network.document.graph
        held_key = (self._held.port, self._held.is_output)
        for name, item in self.network.nodes.items():
            if name == self._held.node:
                item.change_look(hot_port=held_key)
                continue
            ends = self._rules.candidates(graph[name])
            lit = frozenset((end.port, end.is_output) for end in ends)
            item.change_look(lit_ports=lit, is_dimmed=not lit)

    def drag(self, pointer: Pointer) -> None:
        self._aim(pointer)
        held = self._position(self._held)
        loose = self._position(self._drop) if self._drop is not None else pointer.scene
        path = curve(held, loose) if self._held.is_output else curve(loose, held)
        if self._loose is not None:
            color = self._color()
            self._loose.show_path(path, color, is_solid=self._drop is not None)
        self._say(pointer.scene)

    def finish(self, pointer: Pointer) -> None:
        graph = self.network.document.graph
        if self._drop is not None:
            edge = edge_between(self._held, self._drop)
            label = tr(
                "Connect {source} to {target}", source=edge.source, target=edge.target
            )
            if self._moving is None:
                self.canvas.model.push(label, edits.connection(graph, edge))
            elif edge != self._moving:
                edit = reconnection(graph, self._moving, edge)
                self.canvas.model.push(label, edit)
        elif self._refusal:
            return
        elif self._moving is not None:
            source, target = self._moving.source, self._moving.target
            label = tr(
                "Remove the edge from {source} to {target}",
                source=source,
                target=target,
            )
            self.canvas.model.push(label, edits.RemoveEdge(self._moving))
        elif self._loose is not None:
            self.canvas.requests.ask_for_end(pointer.scene, self._held, self._loose)

    def clear(self) -> None:
        if self._loose is not None:
            self.network.removeItem(self._loose)
        self.network.hint.say("", QPointF())
        for item in self.network.nodes.values():
            item.change_look(lit_ports=frozenset(), is_dimmed=False, hot_port=None)
        if self._moving is not None and self._moving in self.network.edges:
            self.network.edges[self._moving].setVisible(True)

    def _aim(self, pointer: Pointer) -> None:
        """Find the port the pointer means, or why there is none."""
        self._drop, self._refusal = None, ""
        hit = self.canvas.hit(pointer.scene, wants_port=True)
        graph = self.network.document.graph
        if hit.end is not None:
            if hit.end == self._held:
                self._refusal = self._rules.refusal(hit.end)
                return
            self._refusal = self._rules.refusal(hit.end)
            if not self._refusal:
                self._drop = hit.end
                return
            if hit.end.is_output != self._held.is_output:
                return
        if not hit.node:
            return
        # On a card's body, or on a port of the wrong side: the card as a whole.
        best = self._rules.best(graph[hit.node], self.network.analysis)
        if best is not None:
            self._drop, self._refusal = best, ""
        elif not self._refusal:
            self._refusal = self._why_no_port(hit.node)

    def _why_no_port(self, name: str) -> str:
        layer = self.network.document.graph[name].type
        ports: tuple[Port, ...] = ()
        if layer is not None:
            ports = layer.inputs if self._held.is_output else layer.outputs
        if not ports:
            side = tr("input") if self._held.is_output else tr("output")
            return tr(
                "{name} has no {side}. Let go on a node that has one.",
                name=name,
                side=side,
            )
        end = End(name, ports[0].name, not self._held.is_output)
        return self._rules.refusal(end)

    def _say(self, at: QPointF) -> None:
        hint = self.network.hint
        if self._refusal:
            hint.say(self._refusal, at, is_refusal=True)
        elif self._drop is not None:
            hint.say(self._trials.doubt(edge_between(self._held, self._drop)), at)
        elif self._moving is not None:
            hint.say(tr("Let go to remove the edge."), at)
        else:
            hint.say(tr("Let go to add a layer here."), at)

    def _position(self, end: End) -> QPointF:
        item = self.network.nodes[end.node]
        return item.spot_position(item.card.spot(end.port, is_output=end.is_output))

    def _color(self) -> QColor:
        style = self.network.style_
        if self._refusal:
            return style.error
        source = self._held if self._held.is_output else self._drop
        if source is None:
            return style.faint
        spec = self.network.analysis.flowing(source.node, source.port)
        return style.kind(spec.kind) if spec is not None else style.faint
