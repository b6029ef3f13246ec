"""What can be done to the document on the canvas: each method is one undo step."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from engine import edits
from engine.block_parts import bring
from engine.catalog import CATALOG
from engine.edits import AddEdge, AddNode, Compound, Edit, MoveNodes, RemoveEdge
from engine.graph import Edge, Node
from engine.problems import Refusal
from gui.canvas.card import PORT_Y, preview_card
from gui.canvas.clipboard import MIME, Clip, read_clip
from gui.canvas.edge_rules import EdgeRules, End, can_sit_on_edge, edge_between
from gui.canvas.layout import tidy
from gui.canvas.placing import GAP, GRID, Box, between, free_place, snapped
from gui.canvas.wording import nodes_phrase

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView
    from templates.block_library import KeptBlock

_PASTE_STEP = 4 * GRID
_SAME_NUDGE = 1.0
"""Seconds; arrow keys pressed within this time of each other are one gesture."""
Onto = Edge | End | None
"""What a new node is joined to: put into an edge, or attached to a port."""


class Shelf(Protocol):
    """Where blocks come from that are not in the document yet."""

    def find(self, name: str) -> KeptBlock | None: ...

    def bringing(self, name: str) -> Edit | None: ...


class Editor:
    """Changes the document of a canvas through its model."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._model = canvas.model
        self._pasted: tuple[str, int] = ("", 0)
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
        selected = self._canvas.selected_names()
        if place is None and onto is None and len(selected) == 1:
            onto = self.after(selected[0])
            beside = self._boxes()[selected[0]]
            wanted = None if isinstance(onto, Edge) else (beside.right + GAP, beside.y)
        if isinstance(onto, Edge) and not can_sit_on_edge(node):
            onto = End(onto.source, onto.source_port, True)
        if isinstance(onto, Edge):
            edit = self._inserted(node, onto, wanted)
            label = f"Insert {layer}"
        else:
            end = onto if isinstance(onto, End) else None
            edit = self._added(node, wanted, end)
            label = f"Add {layer}"
        shelf = self._canvas.shelf
        brought = shelf.bringing(layer) if shelf is not None else None
        if brought is not None:
            edit = Compound((brought, edit))
        self._model.push(label, edit)
        self._canvas.select([node.name])
        self._canvas.bring_into_sight(self._canvas.network.nodes[node.name].rect())
        return node.name

    def new_node(self, layer: str) -> Node:
        """A node of a layer type or block, with a free name; not added yet."""
        document = self._model.document
        name = document.graph.free_name(layer.lower())
        shelf = self._canvas.shelf
        kept = None if layer in CATALOG or shelf is None else shelf.find(layer)
        blocks = document.blocks if kept is None else kept.document.blocks
        return Node(name=name, layer=layer, blocks=blocks)

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
        boxes = self._boxes()
        place, moves = between(boxes, edge.source, edge.target, size, wanted)
        graph = self._model.document.graph
        placed = replace(node, position=place)
        insertion = edits.insertion(graph, placed, edge)
        return Compound((MoveNodes(moves), insertion)) if moves else insertion

    def _added(
        self, node: Node, wanted: tuple[float, float] | None, end: End | None
    ) -> Edit:
        width, height = self._size(node)
        if wanted is None:
            middle = self._canvas.sight().center()
            wanted = middle.x() - width / 2, middle.y() - height / 2
        place = free_place(self._boxes(), Box(*wanted, width, height))
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
        """The corner of a new card that was asked for at a point of the scene."""
        width, height = self._size(self.new_node(layer))
        if isinstance(onto, End):
            x = point.x() if onto.is_output else point.x() - width
            return QPointF(snapped(x), snapped(point.y() - PORT_Y))
        return QPointF(snapped(point.x() - width / 2), snapped(point.y() - height / 2))

    def _size(self, node: Node) -> tuple[float, float]:
        card = preview_card(node, self._canvas.network.style_.fonts)
        return card.width, card.height

    def _boxes(self) -> dict[str, Box]:
        return {
            name: Box(rect.x(), rect.y(), rect.width(), rect.height())
            for name, rect in self._canvas.network.rects().items()
        }

    # Taking away.

    def delete(self, *, keep_flow: bool = False) -> None:
        """Remove what is selected; `keep_flow` joins what the nodes lay between."""
        graph = self._model.document.graph
        names = self._canvas.selected_names()
        edges = self._canvas.selected_edges()
        loose = [e for e in edges if e.source not in names and e.target not in names]
        if names:
            parts: list[Edit] = [
                *map(RemoveEdge, loose),
                edits.removal(graph, names, keep_flow=keep_flow),
            ]
            self._model.push(f"Delete {nodes_phrase(names)}", Compound(tuple(parts)))
        elif loose:
            first = loose[0]
            label = f"Remove the edge from {first.source} to {first.target}"
            if len(loose) > 1:
                label = f"Remove {len(loose)} edges"
            self._model.push(label, Compound(tuple(map(RemoveEdge, loose))))

    # The clipboard.

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as text."""
        names = self._canvas.selected_names()
        if not names:
            return
        text = Clip.of(self._model.document, names).to_text()
        data = QMimeData()
        data.setData(MIME, QByteArray(text.encode()))
        data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)
        self._pasted = (text, 0)

    def cut(self) -> None:
        """Copy the selected nodes and remove them."""
        names = self._canvas.selected_names()
        if names:
            self.copy()
            removal = edits.removal(self._model.document.graph, names)
            self._model.push(f"Cut {nodes_phrase(names)}", removal)
            self._pasted = (self._pasted[0], -1)

    def paste(self) -> None:
        """Add the nodes that are on the clipboard; anything else does nothing."""
        data = QGuiApplication.clipboard().mimeData()
        if data is None:
            return
        raw = data.data(MIME).data() if data.hasFormat(MIME) else b""
        text = bytes(raw).decode(errors="replace") if raw else data.text()
        clip = read_clip(text)
        if clip is None:
            return
        times = self._pasted[1] + 1 if self._pasted[0] == text else 1
        self._pasted = (text, times)
        self._paste(clip, times * _PASTE_STEP, "Paste")

    def duplicate(self) -> None:
        """Add copies of the selected nodes beside them."""
        names = self._canvas.selected_names()
        if names:
            clip = Clip.of(self._model.document, names)
            self._paste(clip, _PASTE_STEP, "Duplicate")

    def _paste(self, clip: Clip, step: float, verb: str) -> None:
        graph = self._model.document.graph
        places = [node.position for node in clip.nodes]
        left, top = min(x for x, _ in places), min(y for _, y in places)
        shift = (step, step)
        if not self._canvas.sight().contains(QPointF(left + step, top + step)):
            middle = self._canvas.sight().center()
            right, bottom = max(x for x, _ in places), max(y for _, y in places)
            shift = (
                snapped(middle.x() - (left + right) / 2),
                snapped(middle.y() - (top + bottom) / 2),
            )
        edit, names = clip.pasting(graph, shift)
        try:
            edit = Compound((*self._brought(clip), edit))
        except Refusal as refusal:
            self._canvas.refused.emit(str(refusal))
            return
        self._model.push(f"{verb} {nodes_phrase(names)}", edit)
        self._canvas.select(names)

    def _brought(self, clip: Clip) -> list[Edit]:
        """The blocks of a clip that the document has not yet. Raises Refusal."""
        if clip.blocks is None:
            return []
        root, used = self._model.root, {node.layer for node in clip.nodes}
        names = [name for name in clip.blocks.blocks if name in used]
        return [bring(root, clip.blocks, name) for name in names]

    # Moving.

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected nodes a little; a run of presses is one undo step."""
        graph = self._model.document.graph
        names = self._canvas.selected_names()
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
        self._model.push(f"Move {nodes_phrase(names)}", MoveNodes(places), merge)

    def tidy_up(self) -> None:
        """Lay out the selected nodes, or all of them if fewer than two are selected."""
        graph = self._model.document.graph
        names = self._canvas.selected_names()
        if len(names) < 2:
            names = list(graph.nodes)
        if not names:
            return
        places = self._tidied(names)
        moved = {n: p for n, p in places.items() if p != graph[n].position}
        if moved:
            self._canvas.glide_next()
            self._model.push("Tidy up", MoveNodes(moved))

    def _tidied(self, names: Iterable[str]) -> dict[str, tuple[float, float]]:
        graph = self._model.document.graph
        boxes = self._boxes()
        sizes = {name: (boxes[name].width, boxes[name].height) for name in names}
        left = min(boxes[name].x for name in sizes)
        top = min(boxes[name].y for name in sizes)
        inner = [
            (e.source, e.target)
            for e in graph.edges
            if e.source in sizes and e.target in sizes
        ]
        # Rows as wide as the window shows at 100 %, so that nothing need be scrolled.
        width = max(640.0, self._canvas.viewport().width() - 96.0)
        origin = (snapped(left), snapped(top))
        return tidy(sizes, inner, origin=origin, least_width=width)

    # Drawing edges from the keyboard.

    def connect_selected(self) -> None:
        """Draw an edge between two selected nodes, in the order they were selected."""
        names = self._canvas.selected_names()
        graph = self._model.document.graph
        if len(names) != 2:
            return
        layer = graph[names[0]].type
        if layer is None or not layer.outputs:
            return
        held = End(names[0], layer.outputs[0].name, True)
        rules = EdgeRules(graph, held)
        best = rules.best(graph[names[1]], self._model.analysis)
        if best is not None:
            edge = edge_between(held, best)
            label = f"Connect {names[0]} to {names[1]}"
            self._model.push(label, edits.connection(graph, edge))
