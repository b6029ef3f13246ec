"""A part of a network as a network of its own: from one of its values to the end."""

from __future__ import annotations

import networkx as nx

from engine.analysis import Analysis
from engine.document import Document
from engine.graph import Edge, Node


def bottleneck(document: Document, analysis: Analysis) -> str | None:
    """The node with the fewest numbers among those that everything passes.

    What an autoencoder's code is: all of the answer is computed of it. None where no
    such node gives fewer numbers than the network takes.
    """
    graph = document.graph
    inputs = [node.name for node in graph if node.layer == "Input"]
    network = set(analysis.network)
    inputs = [name for name in inputs if name in network]
    outputs = [node.name for node in graph if node.layer == "Output"]
    if len(inputs) != 1 or not outputs:
        return None
    above = nx.immediate_dominators(graph.networkx, inputs[0])
    found, fewest = None, _size(analysis, inputs[0])
    name = outputs[0]
    while above.get(name) not in (None, name, inputs[0]):
        name = above[name]
        size = _size(analysis, name)
        if size is not None and fewest is not None and size < fewest:
            found, fewest = name, size
    return found


def _size(analysis: Analysis, name: str) -> int | None:
    specs = analysis.outputs(name)
    if not specs or len(specs) != 1 or not specs[0].dtype.startswith("float"):
        return None
    return specs[0].numel


def part_after(document: Document, analysis: Analysis, name: str) -> Document | None:
    """What a document computes of one node's value; its nodes keep their names.

    None where it needs more than that value, or weights that stand before it.
    """
    graph, specs = document.graph, analysis.outputs(name)
    if not specs or len(specs) != 1:
        return None
    after = graph.descendants(name)
    if any(
        graph[each].shares and graph[each].shares not in after for each in after
    ) or any(
        edge.source != name and edge.source not in after
        for each in after
        for edge in graph.edges_into(each)
    ):
        return None
    part = Document(name=f"{document.name} after {name}")
    for block in document.blocks.values():
        part.put_block(block.block)
    settings = {"shape": specs[0].shape, "dtype": specs[0].dtype}
    part.graph.add_node(Node(name=name, layer="Input", settings=settings))
    for node in graph:
        if node.name in after:
            part.graph.add_node(node)
    for edge in graph.edges:
        if edge.target in after:
            port = "output" if edge.source == name else edge.source_port
            part.graph.add_edge(Edge(edge.source, port, edge.target, edge.target_port))
    part.recipe, part.data = document.recipe, document.data
    return part
