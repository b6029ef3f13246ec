"""Draws documents for tests in a few words."""

from __future__ import annotations

import itertools
from typing import Any

from engine.document import Document
from engine.graph import Edge, Node


class Drawing:
    """A document that grows node by node; edges are `source[.port] > target[.port]`."""

    def __init__(self, name: str = "Drawn") -> None:
        self.document = Document(name=name)

    def node(self, name: str, layer: str, **settings: Any) -> Drawing:
        """Add a node, 200 pixels to the right of the last."""
        position = (200.0 * len(self.document.graph), 0.0)
        self.document.graph.add_node(
            Node(name=name, layer=layer, settings=settings, position=position)
        )
        return self

    def edges(self, *edges: str) -> Drawing:
        """Draw edges; a port left out is the node's first."""
        graph = self.document.graph
        for text in edges:
            names = [name.strip() for name in text.split(">")]
            for start, end in itertools.pairwise(names):
                source, _, source_port = start.partition(".")
                target, _, target_port = end.partition(".")
                out = graph[source].type if source in graph else None
                into = graph[target].type if target in graph else None
                first_out = out.outputs[0].name if out and out.outputs else "output"
                first_in = into.inputs[0].name if into and into.inputs else "input"
                graph.add_edge(
                    Edge(
                        source,
                        source_port or first_out,
                        target,
                        target_port or first_in,
                    )
                )
        return self


def chain(*layers: tuple[str, str, dict[str, Any]], shape: tuple[int, ...]) -> Document:
    """Input, the layers one after the other, Output."""
    drawing = Drawing().node("data", "Input", shape=shape)
    for name, layer, settings in layers:
        drawing.node(name, layer, **settings)
    drawing.node("answer", "Output")
    drawing.edges(" > ".join(["data", *(name for name, *_ in layers), "answer"]))
    return drawing.document
