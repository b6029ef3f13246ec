"""Asking for a layer to add, and adding what was chosen where it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QCursor

from engine.catalog import TensorSpec
from engine.graph import Edge
from gui.canvas.card import PORT_Y
from gui.canvas.edge_rules import End
from gui.canvas.editing import Onto
from gui.canvas.feedback import LooseEdgeItem
from gui.canvas.placing import GAP

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class LayerRequests:
    """Remembers what the layer that was asked for last is to be joined to."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._last: tuple[QPointF, Onto] | None = None
        self._is_by_hand = False
        """Whether the pointer has said where."""
        self._loose: LooseEdgeItem | None = None
        """The edge that what is asked for is to be joined by, still in the air."""

    def ask(self, point: QPointF, onto: Onto, *, by_hand: bool = True) -> None:
        """Ask the window for a layer to add at a point of the scene.

        `by_hand` tells whether it was pointed at.
        """
        self._last, self._is_by_hand = (point, onto), by_hand
        source = None
        if isinstance(onto, End) and onto.is_output:
            source = (onto.node, onto.port)
        self._canvas.add_requested.emit(point, source)

    def ask_for_end(self, point: QPointF, held: End, loose: LooseEdgeItem) -> None:
        """The same for the loose end of an edge, which is seen until `close`."""
        self.close()
        self._loose = loose
        self._canvas.network.addItem(loose)
        self.ask(point, held)

    def close(self) -> None:
        """Nobody is asked any more."""
        if self._loose is not None:
            self._canvas.network.removeItem(self._loose)
            self._loose = None

    @property
    def given(self) -> TensorSpec | None:
        """What the layer that was asked for last will be given, where that is known."""
        onto = self._last[1] if self._last is not None else None
        known = self._canvas.model.analysis
        if isinstance(onto, Edge):
            return known.flowing(onto.source, onto.source_port)
        if isinstance(onto, End) and onto.is_output:
            return known.flowing(onto.node, onto.port)
        return None

    @property
    def likely(self) -> list[TensorSpec]:
        """What a layer that is joined to nothing may come to be given, likeliest first.

        What the loose ends of the network give, what its Inputs do, or else the data.
        """
        canvas, known = self._canvas, self._canvas.model.analysis
        graph = canvas.model.document.graph
        used = {(edge.source, edge.source_port) for edge in graph.edges}
        ends = [
            (node.name, port.name)
            for node in graph
            if node.type is not None
            for port in node.type.outputs
        ]
        loose = [end for end in ends if end not in used]
        inputs = [end for end in ends if graph[end[0]].layer == "Input"]
        flowing = [known.flowing(*end) for end in dict.fromkeys([*loose, *inputs])]
        specs = [spec for spec in flowing if spec is not None]
        if not inputs and canvas.inputs is not None:
            settings = canvas.inputs.settings()
            if settings:
                specs.append(TensorSpec(settings["shape"], settings["dtype"]))
        return specs

    def ask_at_pointer(self) -> None:
        """Ask for a layer: into the selected edge, after the selected node, else here.

        Here is where the pointer is, or the middle while that is elsewhere.
        """
        canvas = self._canvas
        names, edges = canvas.selection.names, canvas.selection.edges
        if len(edges) == 1 and not names:
            middle = canvas.network.edges[edges[0]].middle()
            self.ask(middle, edges[0], by_hand=False)
        elif len(names) == 1:
            item = canvas.network.nodes[names[0]]
            place = item.rect().topRight() + QPointF(GAP, PORT_Y)
            self.ask(place, canvas.editor.after(names[0]), by_hand=False)
        else:
            self.ask(self._pointed_at(), None)

    def add(
        self,
        layer_name: str,
        scene_pos: QPointF | None = None,
        source: tuple[str, str] | None = None,
    ) -> str:
        """Add a node of a layer type and select it; gives its name.

        It follows `source`, an output as (node, port). At the point that was asked
        for last it is joined to what was meant there. Without a point it goes to the
        right of the selected node and follows that.
        """
        editor = self._canvas.editor
        onto: Onto = End(*source, True) if source is not None else None
        last, self._last = self._last, None
        is_asked = last is not None and scene_pos == last[0]
        if onto is None and last is not None and is_asked:
            onto = last[1]
        with self._canvas.framing.under_hand(is_asked and self._is_by_hand):
            place = None
            if scene_pos is not None:
                place = editor.place_for(layer_name, scene_pos, onto)
            return editor.add(layer_name, place, onto)

    def _pointed_at(self) -> QPointF:
        viewport = self._canvas.viewport()
        at = QPointF(viewport.mapFromGlobal(QCursor.pos()))
        if not QRectF(viewport.rect()).contains(at):
            at = QPointF(viewport.rect().center())
        return self._canvas.to_scene(at)
