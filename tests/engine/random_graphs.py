"""Hypothesis strategies: documents of the catalog's layers, sound or broken."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.catalog import CATALOG, Layer
from engine.catalog.settings import (
    Bool,
    Choice,
    Dim,
    Float,
    Int,
    Setting,
    Shape,
    Size,
    Text,
)
from engine.document import Document
from engine.graph import Edge, Node

LAYERS = sorted(name for name in CATALOG if name not in {"Input", "Output"})
SHAPES = ((6,), (5, 8), (3, 8, 8), (1, 12, 12), (4, 4))


@st.composite
def values(draw: st.DrawFn, setting: Setting) -> Any:
    """A right value of a setting, small enough to be built quickly."""
    match setting:
        case _ if setting.optional and draw(st.booleans()):
            return None
        case Bool():
            return draw(st.booleans())
        case Choice(options=options):
            return draw(st.sampled_from(options))
        case Dim():
            return draw(st.sampled_from([-3, -2, -1, 1, 2, 3]))
        case Int(minimum=low, maximum=high):
            return draw(st.integers(low or 0, min(high or 12, (low or 0) + 12)))
        case Float(minimum=low, maximum=high, above=above):
            least = 0.0 if low is None else low
            least = least if above is None else above + 0.01
            most = min(1.0 if high is None else high, 0.9)
            return draw(st.floats(least, max(most, least)))
        case Size(dims=dims, minimum=low, words=words):
            one = st.integers(low, low + 4)
            each = st.tuples(*[one] * dims)
            return draw(st.one_of(one, each, *map(st.just, words)))
        case Shape(minimum=low, least=least):
            size = st.integers(low, 8)
            return tuple(draw(st.lists(size, min_size=max(1, least), max_size=4)))
        case Text():
            return setting.default
    raise TypeError(f"no strategy for {type(setting).__name__}")


@st.composite
def settings_of(draw: st.DrawFn, layer: Layer) -> dict[str, Any]:
    """Right values for some of a layer's settings, defaults for the rest."""
    chosen = {}
    for setting in layer.settings:
        if draw(st.integers(0, 2)) == 0:
            chosen[setting.name] = draw(values(setting))
        elif isinstance(setting, Int) and (setting.default or 0) > 64:
            chosen[setting.name] = max(setting.minimum or 1, 16)
    return chosen


@st.composite
def documents(draw: st.DrawFn, most: int = 8) -> Document:
    """A connected graph without loops; its layers may or may not fit each other."""
    document = Document(name="Random")
    graph = document.graph
    tokens = draw(st.integers(0, 4)) == 0
    shape = (5,) if tokens else draw(st.sampled_from(SHAPES))
    settings = {"shape": shape, "dtype": "int64" if tokens else "float32"}
    graph.add_node(Node(name="data", layer="Input", settings=settings))
    for number in range(draw(st.integers(1, most))):
        layer = CATALOG[draw(st.sampled_from(LAYERS))]
        node = Node(
            name=f"n{number}", layer=layer.name, settings=draw(settings_of(layer))
        )
        sources = [each.name for each in graph]
        graph.add_node(node)
        for port in layer.inputs:
            if (port.follows or port.optional) and draw(st.booleans()):
                continue
            count = draw(st.integers(port.at_least, 3)) if port.variadic else 1
            for _ in range(count):
                # Mostly the newest node: long chains find more than stars do.
                source = sources[-1]
                if draw(st.integers(0, 2)) == 0:
                    source = draw(st.sampled_from(sources))
                outputs = CATALOG[graph[source].layer].outputs
                edge = Edge(
                    source, draw(st.sampled_from(outputs)).name, node.name, port.name
                )
                if edge not in graph.edges:
                    graph.add_edge(edge)
    last = list(graph)[-1]
    graph.add_node(Node(name="answer", layer="Output"))
    port_name = CATALOG[last.layer].outputs[0].name
    graph.add_edge(Edge(last.name, port_name, "answer", "input"))
    return document
