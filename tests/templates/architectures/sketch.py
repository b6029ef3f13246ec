"""Sketches a document node by node, blocks included, and gives every node its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.document import DataConfig, Document
from engine.edits import MoveNodes
from engine.graph import Edge, Graph, Node
from engine.recipe import Recipe
from engine.tidying import tidy

CARD = (176.0, 76.0)
"""Room for a card of middling width: the real one depends on the fonts."""

NARROW, WIDE = 1100.0, 1800.0
"""Where rows break: chains into short ones; in a block, branches stay whole."""


class Sketch:
    """A graph that grows; each node follows the last one unless told otherwise."""

    def __init__(self, document: Document, scope: str = "") -> None:
        self._document = document
        self._graph: Graph = document.scoped(scope).graph
        self._last = ""

    def block(
        self, name: str, settings: Mapping[str, int] | None = None, *, help: str
    ) -> Sketch:
        """A new block of the same document, to be filled; its input is there already.

        Its Input is called `x_in`. `settings` are what its uses may set, by default.
        """
        document = self._document
        document.put_block(document.new_block(name, settings or {}, help))
        return Sketch(document, name).add("x_in", "Input", after=())

    def add(
        self,
        name: str,
        layer: str,
        *,
        after: str | Iterable[str] | None = None,
        **settings: Any,
    ) -> Sketch:
        """A node that takes what the nodes in `after` give, or the last one added.

        A source may be `node.port`; several go to the ports one after the other, or
        all to the first where that takes many.
        """
        graph = self._graph
        graph.add_node(Node(name=name, layer=layer, settings=settings))
        if after is None:
            sources = [self._last] if self._last else []
        else:
            sources = [after] if isinstance(after, str) else list(after)
        taker = graph[name].type
        if taker is None:
            raise ValueError(f"there is no layer {layer}")
        for place, source in enumerate(sources):
            giver_name, _, giver_port = source.partition(".")
            giver = graph[giver_name].type
            if giver is None:
                raise ValueError(f"there is no node {giver_name}")
            many = taker.inputs[0].variadic
            into = taker.inputs[0 if many else place].name
            out = giver_port or giver.outputs[0].name
            graph.add_edge(Edge(giver_name, out, name, into))
        self._last = name
        return self

    def finished(
        self,
        data: DataConfig,
        recipe: Recipe,
        places: Mapping[str, tuple[float, float]] | None = None,
    ) -> Document:
        """The document, laid out inside every block too; `places` are kept as given."""
        document = self._document
        document.data, document.recipe = data, recipe
        for scope in ("", *document.blocks):
            _lay_out(document.scoped(scope), WIDE if scope else NARROW)
        MoveNodes(places or {}).apply(document)
        return document


def sketch(title: str, shape: tuple[int, ...]) -> Sketch:
    """A new document's main graph with an Input for pictures of `shape`."""
    document = Document(name=title)
    return Sketch(document).add("image", "Input", after=(), shape=shape)


def _lay_out(view: Document, width: float) -> None:
    graph = view.graph
    edges = [(edge.source, edge.target) for edge in graph.edges]
    places = tidy(dict.fromkeys(graph.nodes, CARD), edges, least_width=width)
    MoveNodes(places).apply(view)
