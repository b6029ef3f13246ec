"""Whether two documents compute the same, wherever their cards lie."""

from __future__ import annotations

from engine.document import Document
from engine.graph import Graph


def computes_alike(one: Document, other: Document) -> bool:
    """Whether weights of one document are weights of the other.

    Places, frames, notes and what is frozen make no difference.
    """
    return _network(one) == _network(other)


def _network(document: Document) -> object:
    blocks = [layer.block for layer in document.blocks.values()]
    return (
        _graph(document.graph),
        [(each.name, dict(each.settings), _graph(each.graph)) for each in blocks],
    )


def _graph(graph: Graph) -> object:
    nodes = [
        (node.name, node.layer, dict(node.settings), node.shares, node.bypassed)
        for node in graph
    ]
    return nodes, list(graph.edges)
