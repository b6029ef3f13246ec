"""What can be done to the document on the canvas: each method is one undo step."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QPointF, QRectF

from engine import edits
from engine.catalog import CATALOG
from engine.edits import AddEdge, AddNode, Compound, Edit, MoveNodes, RemoveEdge
from engine.graph import Edge, Node
from gui.canvas.card import PORT_Y
from gui.canvas.card_making import preview_card
from gui.canvas.edge_rules import EdgeRules, End, can_sit_on_edge, edge_between
from gui.canvas.marks import BendMark, FrameMark
from gui.canvas.placing import (
    GAP,
    LEAST_GAP,
    Box,
    between,
    free_place,
    nearest_place,
    snapped,
    snapped_within,
)
from gui.canvas.wording import nodes_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView
    from templates.block_library import KeptBlock

tr = Texts("canvas")

_SAME_NUDGE = 1.0
"""Seconds; arrow keys pressed within this time of each other are one gesture."""
Onto = Edge | End | None
"""What a new node is joined to: put into an edge, or attached to a port."""


class Shelf(Protocol):
    """Where blocks come from that are not in the document yet."""

    def find(self, name: str) -> KeptBlock | None: ...

    def bringing(self, name: str) -> Edit | None: ...


class Inputs(Protocol):
    """Knows what the data give."""

    def settings(self) -> dict[str, Any]:
        """The settings of a new Input."""
        ...


class Editor:
    """Changes the document of a canvas through its model."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._model = canvas.model
        self._nudge = (0.0, 0)

    # Adding.

    def add(self, layer: str, place: QPointF | None = None, onto: Onto = None) -> str:
        """Add a node of a layer type, joined to `onto`; gives its name.

        Without a place it goes to the right of the selected node and follows it;
        without a selection into the middle of what is seen.
        """
        node = self.new_node(layer)
        if node.type is None:
            raise ValueError(f"there is no layer and no block {layer!r}")
        wanted = (place.x(), place.y()) if place is not None else None
        selected = self._canvas.selection.names
        if place is None and onto is None and len(selected) == 1:
            onto = self.after(selected[0])
            beside = self._canvas.network.boxes()[selected[0]]
            wanted = None if isinstance(onto, Edge) else (beside.right + GAP, beside.y)
        if isinstance(onto, Edge) and not can_sit_on_edge(node):
            onto = End(onto.source, onto.source_port, True)
        if isinstance(onto, Edge):
            edit = self._inserted(node, onto, wanted)
            label = tr("Insert {layer}", layer=layer)
        else:
            end = onto if isinstance(onto, End) else None
            edit = self._added(node, wanted, end)
            label = tr("Add {layer}", layer=layer)
        shelf = self._canvas.shelf
        brought = shelf.bringing(layer) if shelf is not None else None
        if brought is not None:
            edit = Compound((brought, edit))
        self._model.push(label, edit)
        self._canvas.select([node.name])
        added = self._canvas.network.nodes[node.name].rect()
        self._canvas.framing.bring_into_sight(added)
        return node.name

    def new_node(self, layer: str) -> Node:
        """A node of a layer type or block, with a free name; not added yet."""
        document = self._model.document
        name = document.graph.free_name(layer.lower())
        shelf = self._canvas.shelf
        kept = None if layer in CATALOG or shelf is None else shelf.find(layer)
        blocks = document.blocks if kept is None else kept.document.blocks
        inputs = self._canvas.inputs if layer == "Input" else None
        settings = {} if inputs is None else inputs.settings()
        return Node(name=name, layer=layer, settings=settings, blocks=blocks)

    def after(self, name: str) -> Onto:
        """What a new node that is to follow another is joined to."""
        graph = self._model.document.graph
        layer = graph[name].type
        if layer is None or not layer.outputs:
            return None
        out_of = graph.edges_out_of(name)
        if len(out_of) == 1 and out_of[0].target in graph:
            return out_of[0]
        return End(name, layer.outputs[0].name, True)

    def _inserted(
        self, node: Node, edge: Edge, wanted: tuple[float, float] | None
    ) -> Edit:
        size = self._size(node)
        boxes = self._canvas.network.boxes()
        place, moves = between(boxes, edge.source, edge.target, size, wanted)
        graph = self._model.document.graph
        placed = replace(node, position=place)
        insertion = edits.insertion(graph, placed, edge)
        return Compound((MoveNodes(moves), insertion)) if moves else insertion

    def _added(
        self, node: Node, wanted: tuple[float, float] | None, end: End | None
    ) -> Edit:
        width, height = self._size(node)
        # What is put somewhere by hand stays as near as it can be.
        by_hand = wanted is not None and end is None
        find = nearest_place if by_hand else free_place
        if wanted is None:
            middle = self._canvas.sight().center()
            wanted = middle.x() - width / 2, middle.y() - height / 2
        boxes = self._canvas.network.boxes()
        box = Box(*wanted, width, height)
        place = find(boxes, box)
        sight = self._canvas.clear_sight()
        seen = Box(sight.x(), sight.y(), sight.width(), sight.height())
        is_by_hand = self._canvas.framing.is_under_hand
        if is_by_hand and not seen.holds(replace(box, x=place[0], y=place[1])):
            place = nearest_place(boxes, box, seen)
        placed = replace(node, position=place)
        parts: list[Edit] = [AddNode(placed)]
        layer = placed.type
        if end is not None and layer is not None:
            ports = layer.inputs if end.is_output else layer.outputs
            if ports:
                new = End(placed.name, ports[0].name, not end.is_output)
                parts.extend(self._joined(end, new))
        return Compound(tuple(parts))

    def _joined(self, old: End, new: End) -> list[Edit]:
        """An edge between a port that is there and one of a node to come."""
        edge = edge_between(old, new)
        graph = self._model.document.graph
        replaced: list[Edge] = []
        if not old.is_output:
            layer = graph[old.node].type
            port = layer.input_port(old.port) if layer is not None else None
            if port is None or not port.variadic:
                replaced = graph.edges_into(old.node, old.port)
        return [*map(RemoveEdge, replaced), AddEdge(edge)]

    def place_for(self, layer: str, point: QPointF, onto: Onto) -> QPointF:
        """The corner of a new card that was asked for at a point of the scene.

        One that was pointed at is in sight, so that the view need not move for it.
        """
        width, height = self._size(self.new_node(layer))
        x, y = point.x() - width / 2, point.y() - height / 2
        if isinstance(onto, End):
            x = point.x() if onto.is_output else point.x() - width
            y = point.y() - PORT_Y
        if not self._canvas.framing.is_under_hand or isinstance(onto, Edge):
            return QPointF(snapped(x), snapped(y))
        seen = self._canvas.clear_sight()
        left, right = seen.left(), seen.right()
        if isinstance(onto, End):
            box = self._canvas.network.boxes()[onto.node]
            is_beside = box.shares_row(Box(x, y, width, height))
            if is_beside and onto.is_output:
                right = max(right, box.right + LEAST_GAP + width)
            elif is_beside:
                left = min(left, box.x - LEAST_GAP - width)
        x = snapped_within(x, width, left, right)
        y = snapped_within(y, height, seen.top(), seen.bottom())
        map_ = self._canvas.map_in_scene()
        if map_.intersects(QRectF(x, y, width, height)):
            if map_.center().y() > seen.center().y():
                y = snapped_within(y, height, seen.top(), map_.top())
            else:
                y = snapped_within(map_.bottom(), height, map_.bottom(), seen.bottom())
        return QPointF(x, y)

    def _size(self, node: Node) -> tuple[float, float]:
        card = preview_card(node, self._canvas.network.style_.fonts)
        return card.width, card.height

    # Taking away.

    def delete(self, *, keep_flow: bool = False) -> None:
        """Remove what is selected; `keep_flow` joins what the nodes lay between."""
        graph = self._model.document.graph
        names = self._canvas.selection.names
        edges = self._canvas.selection.edges
        loose = [e for e in edges if e.source not in names and e.target not in names]
        marks = self._marks_beside(names, loose)
        if names or marks:
            removal = edits.removal(graph, names, keep_flow=keep_flow)
            parts: list[Edit] = [*map(RemoveEdge, loose)]
            parts += [marks] if marks else []
            parts.append(removal)
            what = nodes_phrase(names) if names else tr("what is selected")
            self._model.push(tr("Delete {what}", what=what), Compound(tuple(parts)))
        elif loose:
            first = loose[0]
            label = tr(
                "Remove the edge from {source} to {target}",
                source=first.source,
                target=first.target,
            )
            if len(loose) > 1:
                label = tr("Remove {count} edges", count=len(loose))
            self._model.push(label, Compound(tuple(map(RemoveEdge, loose))))

    def _marks_beside(self, names: list[str], edges: list[Edge]) -> Edit | None:
        """The edit that removes the selected marks, but those that go by themselves."""
        graph = self._model.document.graph
        gone = {*edges}
        gone |= {e for e in graph.edges if e.source in names or e.target in names}
        emptied = set(edits.emptied_frames(graph, names))
        marks = [
            mark
            for mark in self._canvas.selection.marks
            if not (isinstance(mark, BendMark) and mark.edge in gone)
            and not (isinstance(mark, FrameMark) and mark.name in emptied)
        ]
        return self._canvas.annotator.removal(marks) if marks else None

    # Moving.

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected nodes a little; a run of presses is one undo step."""
        graph = self._model.document.graph
        names = self._canvas.selection.names
        if not names:
            return
        last, run = self._nudge
        now = time.monotonic()
        run += now - last > _SAME_NUDGE
        self._nudge = (now, run)
        places = {
            n: (graph[n].position[0] + dx, graph[n].position[1] + dy) for n in names
        }
        merge = f"nudge {run} {' '.join(sorted(names))}"
        self._model.push(
            tr("Move {nodes}", nodes=nodes_phrase(names)), MoveNodes(places), merge
        )

    def apply_fix(self, index: int) -> None:
        """Mend the first error in the way its note offers."""
        callout = self._canvas.network.callout
        if callout is not None and index < len(callout.problem.fixes):
            fix = callout.problem.fixes[index]
            edit = Compound(fix.edits)  # type: ignore[arg-type]
            self._model.push(fix.label, edit, scope=callout.problem.scope)

    # Drawing edges from the keyboard.

    def connect_selected(self) -> None:
        """Draw an edge between two selected nodes, in the order they were selected."""
        names = self._canvas.selection.names
        graph = self._model.document.graph
        if len(names) != 2:
            self._canvas.refused.emit(
                tr(
                    "An edge joins two nodes. Select the one that it leaves and then "
                    "the one that it reaches, with Ctrl and clicks or Ctrl+Shift and "
                    "arrows."
                )
            )
            return
        (first, second), layer = names, graph[names[0]].type
        outputs = layer.outputs if layer is not None else ()
        inputs = graph[second].type.inputs if graph[second].type is not None else ()
        for name, ports, side in (
            (first, outputs, tr("output")),
            (second, inputs, tr("input")),
        ):
            if not ports:
                self._canvas.refused.emit(
                    tr(
                        "{name} has no {side}. Select the node that the edge leaves "
                        "first, and then the one that it reaches.",
                        name=name,
                        side=side,
                    )
                )
                return
        held = End(first, outputs[0].name, True)
        rules = EdgeRules(graph, held)
        best = rules.best(graph[second], self._model.analysis)
        if best is None:
            refusal = rules.refusal(End(second, inputs[0].name, False))
            self._canvas.refused.emit(refusal)
            return
        edge = edge_between(held, best)
        edit = edits.connection(graph, edge)
        self._model.push(
            tr("Connect {first} to {second}", first=first, second=second), edit
        )
