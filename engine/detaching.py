"""Taking nodes out of the flow without taking them away."""

from __future__ import annotations

from collections.abc import Iterable

from engine.edits import AddEdge, Compound, Edit, RemoveEdge, joins_past
from engine.graph import Graph


def detachment(graph: Graph, names: Iterable[str]) -> Edit:
    """Free nodes from their edges to others, and join what these lay between.

    Edges among the nodes stay.
    """
    chosen = set(names)
    edges = [e for e in graph.edges if (e.source in chosen) != (e.target in chosen)]
    joined = joins_past(graph, chosen, edges)
    return Compound(
        (
            *map(RemoveEdge, edges),
            *(AddEdge(edge, index) for edge, index in joined.items()),
        )
    )
