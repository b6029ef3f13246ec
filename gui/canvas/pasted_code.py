"""Nodes of a clipboard that holds lines of PyTorch instead of nodes."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.annotations import Place
from engine.catalog import CATALOG
from engine.graph import Graph
from gui.canvas.card_making import preview_card
from gui.canvas.clipboard import Clip
from gui.canvas.style import Fonts

_CALL = re.compile(r"\b(nn\.)?([A-Z]\w*)\s*\(")


def clip_of_code(text: str, fonts: Fonts, width: float) -> Clip | None:
    """The layers that a text makes, in rows so wide; None where it is no such text.

    Nothing of it is run. Raises Refusal where it cannot be read whole.
    """
    if not any(nn or name in CATALOG for nn, name in _CALL.findall(text)):
        return None
    from engine.importing.layer_calls import read_layer_calls  # PyTorch

    graph = read_layer_calls(text)
    places = _places(graph, fonts, width)
    nodes = tuple(replace(node, position=places[node.name]) for node in graph)
    return Clip(nodes, graph.edges)


def _places(graph: Graph, fonts: Fonts, width: float) -> dict[str, Place]:
    from engine.tidying import tidy

    cards = {node.name: preview_card(node, fonts) for node in graph}
    sizes = {name: (card.width, card.height) for name, card in cards.items()}
    edges = [(edge.source, edge.target) for edge in graph.edges]
    return tidy(sizes, edges, least_width=width)
