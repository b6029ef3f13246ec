"""Words that several undo steps use."""

from __future__ import annotations

from collections.abc import Collection

from engine.graph import Edge


def nodes_phrase(names: Collection[str]) -> str:
    """`conv1`, or `3 nodes`."""
    return next(iter(names)) if len(names) == 1 else f"{len(names)} nodes"


def edges_phrase(edges: Collection[Edge]) -> str:
    """`the edge from conv1 to relu1`, or `3 edges`."""
    if len(edges) != 1:
        return f"{len(edges)} edges"
    edge = next(iter(edges))
    return f"the edge from {edge.source} to {edge.target}"
