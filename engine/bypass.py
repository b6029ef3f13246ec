"""Nodes that are bypassed: what would reach them flows past them.

A bypassed node keeps its place, its edges and its settings, and is not part of the
network: whatever takes its first output takes what feeds its first input instead.
"""

from __future__ import annotations

from engine.graph import Edge, Graph

Value = tuple[str, str]
"""What flows out of a node: its name and the output port."""


def passed_edge(graph: Graph, name: str) -> Edge | None:
    """The edge whose value flows past a bypassed node; None where there is none."""
    layer = graph[name].type
    if layer is None or not layer.inputs or not layer.outputs:
        return None
    edges = graph.edges_into(name, layer.inputs[0].name)
    return edges[0] if edges else None


def origin(graph: Graph, name: str, port: str) -> Value:
    """Where the value of an output port comes from, past bypassed nodes.

    Where nothing can flow past one, that is the bypassed node itself.
    """
    seen: set[str] = set()
    while name in graph and graph[name].bypassed and name not in seen:
        seen.add(name)
        edge = passed_edge(graph, name)
        layer = graph[name].type
        if edge is None or layer is None or layer.outputs[0].name != port:
            break
        name, port = edge.source, edge.source_port
    return name, port


def is_cut_off(graph: Graph, edge: Edge) -> bool:
    """Whether an edge ends at a bypassed node and its value does not flow on."""
    target = graph.nodes.get(edge.target)
    return (
        target is not None
        and target.bypassed
        and passed_edge(graph, edge.target) != edge
    )
