"""Sketches a document node by node, blocks included, and gives every node its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.annotations import Place
from engine.document import DataConfig, Document
from engine.edits import MoveNodes
from engine.graph import Edge, Graph, Node
from engine.recipe import Recipe
from engine.tidying import tidy

CARD = (176.0, 76.0)
"""Room for a card of middling width: the real one depends on the fonts."""

WIDTH = 1100.0
"""Where rows of the main graph break."""
_INNER_WIDTHS = (WIDTH, 880.0, 1300.0, 1500.0, 1800.0)
"""Where those in a block may: the longer ones keep its branches whole."""
_BETTER = 1.15
"""How much larger all must be seen in another of these widths than in those before."""
_ROOM = (710.0, 350.0)
"""What a window of 1280 × 800 shows inside a block, in pixels of the screen."""
_LARGER = (40.0, 44.0)
"""What a card at the right and at the lower edge may be larger than `CARD`."""
_SCALE = 0.8
"""So large a network opens if it has room."""


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
        _lay_out(document, [WIDTH])
        for block in document.blocks:
            _lay_out(document.scoped(block), _INNER_WIDTHS)
        MoveNodes(places or {}).apply(document)
        return document


def sketch(title: str, shape: tuple[int, ...]) -> Sketch:
    """A new document's main graph with an Input for pictures of `shape`."""
    document = Document(name=title)
    return Sketch(document).add("image", "Input", after=(), shape=shape)


def _lay_out(view: Document, widths: Sequence[float]) -> None:
    """Tidy a graph into that of these widths in which it is seen largest."""
    graph = view.graph
    edges = [(edge.source, edge.target) for edge in graph.edges]
    sizes = dict.fromkeys(graph.nodes, CARD)
    best, scale = {}, 0.0
    for width in widths:
        places = tidy(sizes, edges, least_width=width)
        if _scale_of(places) > _BETTER * scale:
            best, scale = places, _scale_of(places)
    MoveNodes(best).apply(view)


def _scale_of(places: Mapping[str, Place]) -> float:
    """The scale at which all of a block is seen."""
    width = max(x for x, _ in places.values()) + CARD[0] + _LARGER[0]
    height = max(y for _, y in places.values()) + CARD[1] + _LARGER[1]
    return min(_SCALE, _ROOM[0] / width, _ROOM[1] / height)
