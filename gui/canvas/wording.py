"""Words that several undo steps use."""

from __future__ import annotations

from collections.abc import Collection

from engine.graph import Edge
from gui.texts import Texts

tr = Texts("canvas")


_FRAME_COLORS = {
    "grey": tr.mark("Grey"),
    "blue": tr.mark("Blue"),
    "green": tr.mark("Green"),
    "yellow": tr.mark("Yellow"),
    "orange": tr.mark("Orange"),
    "purple": tr.mark("Purple"),
}


def nodes_phrase(names: Collection[str]) -> str:
    """`conv1`, or `3 nodes`."""
    return (
        next(iter(names))
        if len(names) == 1
        else tr.counted(len(names), "{count} node", "{count} nodes")
    )


def edges_phrase(edges: Collection[Edge]) -> str:
    """`the edge from conv1 to relu1`, or `3 edges`."""
    if len(edges) != 1:
        return tr.counted(len(edges), "{count} edge", "{count} edges")
    edge = next(iter(edges))
    return tr(
        "the edge from {source} to {target}", source=edge.source, target=edge.target
    )


def frame_color(color: str) -> str:
    """What a colour of a frame is called."""
    return tr.of(_FRAME_COLORS[color])
