"""The items of the canvas, kept in step with a document."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from engine.annotations import Place
from engine.block_view import Known
from engine.document import Document
from engine.graph import Edge
from gui.canvas.annotation_items import AnnotationItems
from gui.canvas.callout_item import CalloutItem
from gui.canvas.card import Card, Findings
from gui.canvas.card_making import make_card
from gui.canvas.coloring import Coloring
from gui.canvas.edge_item import EdgeItem, EdgeLook, Flow
from gui.canvas.edge_router import EdgeRouter
from gui.canvas.error_note import ErrorNote
from gui.canvas.feedback import HintItem
from gui.canvas.geometry import around
from gui.canvas.node_item import NodeItem
from gui.canvas.placing import Box
from gui.canvas.style import Style


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage while thousands of items are made that all stay.

    One search through what PyTorch brings along takes 0.3 s.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
        self.error_note = ErrorNote(self)
        self.annotations = AnnotationItems(self)
        self.coloring = Coloring()
        self.router = EdgeRouter(self)
        self.findings = Findings(drawn.document.graph, drawn.analysis)
        self._dirty_nodes: set[str] = set()
        self._dirty_edges: set[Edge] = set()
        self._known: dict[str, object] = {}
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
        self.router.forget()
        self.annotations.clear()
        self.error_note.forget()
        self._known = {}
        graph = self.document.graph
        self._dirty_nodes = set(graph.nodes)
        self._dirty_edges = set(graph.edges)
        with _uncollected():
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
            renamed = edge.renamed(old, new)
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
        self.router.cards_moved()
        wanted = self._dirty_edges.intersection(graph.edges)
        for edge in self._dirty_edges - wanted:
            if edge in self.edges:
                self.removeItem(self.edges.pop(edge))
        bends = graph.bends
        fresh = [item for edge in wanted if (item := self._fresh_item(edge, bends))]
        for item in fresh:
            self.router.route(item)
            if item.scene() is None:  # now: a scene sorts items in by their bounds
                self.addItem(item)
        self._dirty_nodes, self._dirty_edges = set(), set()
        self.reroute(moved)
        self.router.give_way(moved)
        self.annotations.follow()
        for edge in {*wanted, *self._edges_at(stale)}:
            if edge in self.edges:
                self.edges[edge].show_look(self._edge_look(edge))
        self.error_note.update()

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
                findings.ties.get(name),
            )
            known[name] = now
            # The ports of a block follow what is drawn inside it.
            if before.get(name) != now or (blocks and graph[name].layer in blocks):
                stale.add(name)
                stale.update(edge.target for edge in graph.edges_out_of(name))
        self._known = known
        stale |= self.coloring.follow(self.analysis)
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
        analysis, findings, coloring = self.analysis, self.findings, self.coloring
        moved = set()
        for name in stale:
            node = graph[name]
            cost, heat = coloring.text(name), coloring.heat(name)
            card = make_card(node, graph, analysis, findings, fonts, cost, heat)
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
            if item.box[:2] != node.position:
                item.setPos(QPointF(*node.position))
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
        self.router.cards_moved()
        for edge in self._edges_at(names):
            item = self.edges.get(edge)
            if item is not None:
                self.router.route(item)
        self.annotations.follow_nodes()
        self.error_note.place()

    def _fresh_item(
        self, edge: Edge, known: Mapping[Edge, tuple[Place, ...]]
    ) -> EdgeItem | None:
        """The item of an edge that is new or led through other points; else None."""
        item = self.edges.get(edge)
        bends = tuple(QPointF(*point) for point in known.get(edge, ())) if known else ()
        if item is None and edge.source in self.nodes and edge.target in self.nodes:
            item = self.edges[edge] = EdgeItem(edge, self.style_)
        elif item is None or item.bends == bends:
            return None
        item.bends = bends
        return item

    @property
    def callout(self) -> CalloutItem | None:
        """The note about the first error, while there is one."""
        return self.error_note.item

    # What gestures draw.

    def passing_items(self) -> list[QGraphicsItem]:
        """The items that are there only while something is going on."""
        lasting = {
            *self.nodes.values(),
            *self.edges.values(),
            *self.annotations.frames.values(),
            *self.annotations.notes.values(),
            self.callout,
        }
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
        self.annotations.set_style(style)
        self.removeItem(self.hint)
        self.hint = HintItem(style)
        self.addItem(self.hint)
        self.error_note.redraw()

    def card(self, name: str) -> Card:
        """What the card of a node shows."""
        return self.nodes[name].card

    def rects(self) -> dict[str, QRectF]:
        """Where the cards lie."""
        return {name: item.rect() for name, item in self.nodes.items()}

    def boxes(self) -> dict[str, Box]:
        """The same in plain numbers."""
        return {
            name: Box(rect.x(), rect.y(), rect.width(), rect.height())
            for name, rect in self.rects().items()
        }

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it: no card, no frame, no note."""
        return not self.nodes and self.annotations.extent().isEmpty()

    def extent(self, names: Iterable[str] | None = None) -> QRectF:
        """The rectangle around these cards, or around all of them and the note."""
        known = self.nodes.keys() if names is None else self.nodes.keys() & names
        bounds = around(self.nodes[name].box for name in known)
        if names is None:
            bounds |= self.annotations.extent()
            for edge in self.document.graph.bends:
                if edge in self.edges:
                    bounds |= self.edges[edge].path.boundingRect()
        if names is None and self.callout is not None and self.error_note.is_shown:
            bounds |= self.callout.rect()
        return bounds

    def beginning(self) -> QRectF:
        """The card that is furthest left of those that nothing leads to."""
        fed = {edge.target for edge in self.edges}
        items = [item for name, item in self.nodes.items() if name not in fed]
        first = min(items, key=lambda item: item.box, default=None)
        return self.extent() if first is None else first.rect()


def _geometry(card: Card) -> object:
    return card.width, card.height, [(s.port, s.x, s.y) for s in card.spots]
