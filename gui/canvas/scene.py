"""The items of the canvas, kept in step with a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from engine.block_view import Known
from engine.document import Document
from engine.graph import Edge
from engine.problems import Problem
from gui.canvas.callout_item import CalloutItem
from gui.canvas.card import Card, Findings, make_card
from gui.canvas.edge_item import EdgeItem, EdgeLook, Flow
from gui.canvas.feedback import HintItem
from gui.canvas.node_item import NodeItem
from gui.canvas.routes import route
from gui.canvas.style import Style

CALLOUT_SCALE = 0.45
"""Below this zoom a note could not be read and would only cover the network."""

_CALLOUT_GAP = 14


class Drawn(Protocol):
    """What a scene draws: a document and what is known of it."""

    @property
    def document(self) -> Document: ...

    @property
    def analysis(self) -> Known: ...


@dataclass(frozen=True, slots=True)
class Pair:
    """A document with its analysis, for a picture of it without a window."""

    document: Document
    analysis: Known


class CanvasScene(QGraphicsScene):
    """Holds one item for each node and each edge; reads `drawn`, never changes it.

    Changes are noted as they are announced and carried out by `follow`, by comparing
    the noted names with the document: the order in which they were announced, or a
    node that came and went within one gesture, make no difference.
    """

    def __init__(
        self,
        drawn: Drawn,
        style: Style,
        parent: QObject | None = None,
        *,
        is_on_screen: bool = False,
    ) -> None:
        """On screen, cards are kept as pixels: while panning they are only copied.

        In a file they would be pixels too, where an SVG should hold shapes.
        """
        super().__init__(parent)
        self._cache_mode = (
            QGraphicsItem.CacheMode.DeviceCoordinateCache
            if is_on_screen
            else QGraphicsItem.CacheMode.NoCache
        )
        self._drawn = drawn
        self.style_ = style  # `style` is Qt's
        self.nodes: dict[str, NodeItem] = {}
        self.edges: dict[Edge, EdgeItem] = {}
        self.callout: CalloutItem | None = None
        self.findings = Findings(drawn.document.graph, drawn.analysis)
        self._dirty_nodes: set[str] = set()
        self._dirty_edges: set[Edge] = set()
        self._known: dict[str, object] = {}
        self._hidden: Problem | None = None
        self._callout_fits = True
        self.hint = HintItem(style)
        self.addItem(self.hint)
        self.rebuild()

    @property
    def document(self) -> Document:
        """The document that is shown."""
        return self._drawn.document

    @property
    def analysis(self) -> Known:
        """What is known of it."""
        return self._drawn.analysis

    # Following the document.

    def rebuild(self) -> None:
        """Begin anew with the document as it is."""
        for item in [*self.nodes.values(), *self.edges.values()]:
            self.removeItem(item)
        self.nodes, self.edges = {}, {}
        self._hidden = None
        self._known = {}
        graph = self.document.graph
        self._dirty_nodes = set(graph.nodes)
        self._dirty_edges = set(graph.edges)
        self.follow()

    def note_node(self, name: str) -> None:
        """Remember that a node came, went or changed."""
        self._dirty_nodes.add(name)

    def note_nodes(self, names: Iterable[str]) -> None:
        """Remember that nodes moved."""
        self._dirty_nodes.update(names)

    def note_edge(self, edge: Edge) -> None:
        """Remember that an edge came or went."""
        self._dirty_edges.add(edge)
        self._dirty_nodes.update((edge.source, edge.target))

    def note_renamed(self, old: str, new: str) -> None:
        """Let the items of a renamed node live on under its new name."""
        self._dirty_nodes.update((old, new))
        item = self.nodes.pop(old, None)
        if item is not None:
            item.name = new
            self.nodes[new] = item
        for edge in [e for e in self.edges if old in (e.source, e.target)]:
            renamed = replace(
                edge,
                source=new if edge.source == old else edge.source,
                target=new if edge.target == old else edge.target,
            )
            edge_item = self.edges.pop(edge)
            edge_item.edge = renamed
            self.edges[renamed] = edge_item
            self._dirty_edges.update((edge, renamed))

    @property
    def has_notes(self) -> bool:
        """Whether nodes or edges changed since the scene last followed."""
        return bool(self._dirty_nodes or self._dirty_edges)

    def follow(self) -> None:
        """Carry out what was noted, and show what the analysis has found."""
        graph = self.document.graph
        self.findings = Findings(graph, self.analysis)
        for name in self._dirty_nodes - graph.nodes.keys():
            if name in self.nodes:
                self.removeItem(self.nodes.pop(name))
        stale = self._stale_nodes()
        moved = self._update_nodes(stale)
        wanted = self._dirty_edges.intersection(graph.edges)
        for edge in self._dirty_edges - wanted:
            if edge in self.edges:
                self.removeItem(self.edges.pop(edge))
        for edge in wanted - self.edges.keys():
            if edge.source in graph and edge.target in graph:
                item = self.edges[edge] = EdgeItem(edge, self.style_)
                self.addItem(item)
                self._route(item)
        self._dirty_nodes, self._dirty_edges = set(), set()
        self.reroute(moved)
        for edge in {*wanted, *self._edges_at(stale)}:
            if edge in self.edges:
                self.edges[edge].show_look(self._edge_look(edge))
        self._update_callout()

    def _stale_nodes(self) -> set[str]:
        """The nodes whose cards may say something else now.

        A card tells of its node, of what the node gives and how it fares, and of what
        reaches it: so those after a node that gives something else are stale too.
        """
        graph, findings, outputs = (
            self.document.graph,
            self.findings,
            self.analysis.outputs,
        )
        stale = self._dirty_nodes & graph.nodes.keys()
        blocks = self.document.blocks
        known: dict[str, object] = {}
        before = self._known
        for name in graph.nodes:
            now = (
                outputs(name),
                findings.worst.get(name),
                name in findings.after_error,
            )
            known[name] = now
            # The ports of a block follow what is drawn inside it.
            if before.get(name) != now or (blocks and graph[name].layer in blocks):
                stale.add(name)
                stale.update(edge.target for edge in graph.edges_out_of(name))
        self._known = known
        return stale & graph.nodes.keys()

    def _edges_at(self, names: Iterable[str]) -> dict[Edge, None]:
        graph = self.document.graph
        touched: dict[Edge, None] = {}
        for name in names:
            touched.update(dict.fromkeys(graph.edges_into(name)))
            touched.update(dict.fromkeys(graph.edges_out_of(name)))
        return touched

    def _update_nodes(self, stale: Iterable[str]) -> set[str]:
        """Bring cards up to date; gives the nodes whose edges must be redrawn."""
        graph, fonts = self.document.graph, self.style_.fonts
        moved = set()
        for name in stale:
            node = graph[name]
            card = make_card(node, graph, self.analysis, self.findings, fonts)
            item = self.nodes.get(name)
            if item is None:
                item = self.nodes[name] = NodeItem(name, card, self.style_)
                item.setCacheMode(self._cache_mode)
                item.setPos(QPointF(*node.position))
                self.addItem(item)
                continue
            if item.card != card:
                if _geometry(item.card) != _geometry(card):
                    moved.add(name)
                item.show_card(card, self.style_)
            place = QPointF(*node.position)
            if item.pos() != place:
                item.setPos(place)
                moved.add(name)
        return moved

    def _edge_look(self, edge: Edge) -> EdgeLook:
        spec = self.analysis.flowing(edge.source, edge.source_port)
        kind = spec.kind if spec is not None else ""
        problem = self.findings.worst.get(edge.target)
        is_broken = problem is not None and problem.is_error
        if problem is not None and is_broken and problem.port == edge.target_port:
            return EdgeLook(kind, Flow.BROKEN)
        return EdgeLook(kind, Flow.KNOWN if spec is not None else Flow.UNKNOWN)

    # Edges.

    def reroute(self, names: Iterable[str]) -> None:
        """Redraw the edges of these nodes, whose cards lie elsewhere now."""
        for edge in self._edges_at(names):
            item = self.edges.get(edge)
            if item is not None:
                self._route(item)
        if self.callout is not None:
            self._place_callout()

    def _route(self, item: EdgeItem) -> None:
        edge = item.edge
        source, target = self.nodes[edge.source], self.nodes[edge.target]
        output = source.card.spot(edge.source_port, is_output=True)
        entry = target.card.spot(edge.target_port, is_output=False)
        path = route(source.rect(), output, target.rect(), entry)
        leaves_port = path.elementAt(0).y == source.spot_position(output).y()
        item.set_path(path, leaves_port=leaves_port)

    # The note about the first error.

    def hide_callout(self) -> None:
        """Put the note away until there is another error."""
        self._hidden = self.findings.first
        self._update_callout()

    def show_callout(self) -> None:
        """Bring the note back."""
        self._hidden = None
        self._update_callout()

    def set_scale(self, scale: float) -> None:
        """Hide the note where it could not be read."""
        self._callout_fits = scale >= CALLOUT_SCALE
        if self.callout is not None:
            self.callout.setVisible(self._callout_fits)

    def _update_callout(self) -> None:
        problem = self.findings.first
        wanted = problem if problem is not None and problem != self._hidden else None
        shown = self.callout.problem if self.callout is not None else None
        # Fixes take no part in comparing problems.
        if wanted != shown or (wanted and shown and wanted.fixes != shown.fixes):
            if self.callout is not None:
                self.removeItem(self.callout)
                self.callout = None
            if wanted is not None:
                self.callout = CalloutItem(wanted, self.style_)
                self.callout.setVisible(self._callout_fits)
                self.addItem(self.callout)
        if self.callout is not None:
            self._place_callout()

    def _place_callout(self) -> None:
        callout = self.callout
        if callout is None or callout.problem.node not in self.nodes:
            return
        card = self.nodes[callout.problem.node].rect()
        size = callout.rect().size()
        left, right = card.left(), card.right() - size.width()
        below, above = card.bottom() + _CALLOUT_GAP, card.top() - size.height() - 14
        beside = card.right() + _CALLOUT_GAP + 10
        corners = [(left, below), (right, below), (left, above), (right, above)]
        corners += [(beside, card.top()), (left, below)]
        for corner in corners:
            callout.setPos(*corner)
            covered = self.items(QRectF(QPointF(*corner), size))
            if not any(isinstance(item, NodeItem) for item in covered):
                return

    # What gestures draw.

    def passing_items(self) -> list[QGraphicsItem]:
        """The items that are there only while something is going on."""
        lasting = {*self.nodes.values(), *self.edges.values(), self.callout}
        return [
            item for item in self.items() if item.isVisible() and item not in lasting
        ]

    # Colours and measures.

    def set_style(self, style: Style) -> None:
        """Draw everything in other colours."""
        self.style_ = style
        for node in self.nodes.values():
            node.show_card(node.card, style)
        for edge in self.edges.values():
            edge.set_style(style)
        self.removeItem(self.hint)
        self.hint = HintItem(style)
        self.addItem(self.hint)
        if self.callout is not None:
            self.removeItem(self.callout)
            self.callout = None
        self._update_callout()

    def card(self, name: str) -> Card:
        """What the card of a node shows."""
        return self.nodes[name].card

    def rects(self) -> dict[str, QRectF]:
        """Where the cards lie."""
        return {name: item.rect() for name, item in self.nodes.items()}

    def extent(self, names: Iterable[str] | None = None) -> QRectF:
        """The rectangle around these cards, or around all of them and the note."""
        bounds = QRectF()
        for name in self.nodes if names is None else names:
            if name in self.nodes:
                bounds |= self.nodes[name].rect()
        if names is None and self.callout is not None:
            bounds |= self.callout.rect()
        return bounds


def _geometry(card: Card) -> object:
    return card.width, card.height, [(s.port, s.x, s.y) for s in card.spots]
