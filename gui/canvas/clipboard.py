"""Nodes as JSON text, for the clipboard; read back with distrust."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import storage
from engine.block_parts import parts_of
from engine.document import Document
from engine.edits import AddEdge, AddNode, Compound, Edit
from engine.graph import Edge, Graph, Node, name_problem
from engine.problems import Refusal

MIME = "application/x-espalier+json"
_FORMAT = 1
_MOST_NODES = 10_000
_FARTHEST = 1e6
"""Pixels; a position beyond this is no place on any canvas."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Some nodes and the edges among them, with the blocks that they use."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    blocks: Document | None = None
    """Holds the blocks; its graph is empty."""

    @classmethod
    def of(cls, document: Document, names: Iterable[str]) -> Clip:
        """These nodes of a document's graph with the edges among them."""
        chosen, graph = set(names), document.graph
        nodes = tuple(node for node in graph if node.name in chosen)
        return cls(
            nodes,
            tuple(e for e in graph.edges if e.source in chosen and e.target in chosen),
            _blocks_of(document, nodes),
        )

    def to_text(self) -> str:
        """The nodes as JSON: names, layers, settings, positions, inner edges."""
        return json.dumps(
            {
                "espalier_nodes": _FORMAT,
                "nodes": [
                    {
                        **node.extras,
                        "name": node.name,
                        "layer": node.layer,
                        "settings": dict(node.settings),
                        "position": list(node.position),
                    }
                    for node in self.nodes
                ],
                "edges": [
                    [e.source, e.source_port, e.target, e.target_port]
                    for e in self.edges
                ],
                **(
                    {"document": json.loads(storage.dumps(self.blocks))}
                    if self.blocks is not None
                    else {}
                ),
            },
            indent=1,
        )

    def pasting(
        self, graph: Graph, shift: tuple[float, float]
    ) -> tuple[Edit, list[str]]:
        """The edit that adds the nodes under free names, and those names."""
        taken = graph.copy()
        names: dict[str, str] = {}
        adds: list[Edit] = []
        for node in self.nodes:
            name = node.name
            if name in taken or name_problem(name):
                name = taken.free_name(_stem(node))
            x, y = node.position
            new = replace(node, name=name, position=(x + shift[0], y + shift[1]))
            taken.add_node(new)
            names[node.name] = name
            adds.append(AddNode(new))
        for edge in self.edges:
            new_edge = replace(
                edge, source=names[edge.source], target=names[edge.target]
            )
            adds.append(AddEdge(new_edge))
        return Compound(tuple(adds)), list(names.values())


def _blocks_of(document: Document, nodes: Iterable[Node]) -> Document | None:
    """A document of the blocks that nodes use, and of those these are made of."""
    blocks = Document(name="Blocks")
    for node in nodes:
        for part in parts_of(document, node.layer):
            blocks.put_block(document.blocks[part].block)
    return blocks if blocks.blocks else None


def _stem(node: Node) -> str:
    if not name_problem(node.name):
        return node.name
    stem = node.layer.lower()
    return "node" if name_problem(stem) else stem


def read_clip(text: str) -> Clip | None:
    """The nodes that `text` holds; None where it is anything else."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("espalier_nodes") != _FORMAT:
        return None
    rows, pairs = data.get("nodes"), data.get("edges", [])
    if not isinstance(rows, list) or not isinstance(pairs, list):
        return None
    nodes: dict[str, Node] = {}
    for row in rows[:_MOST_NODES]:
        node = _node(row)
        if node is not None and node.name not in nodes:
            nodes[node.name] = node
    if not nodes:
        return None
    edges: dict[Edge, None] = {}
    for pair in pairs:
        if isinstance(pair, list) and len(pair) == 4 and _all_text(pair):
            edge = Edge(*pair)
            if edge.source in nodes and edge.target in nodes:
                edges[edge] = None
    return Clip(tuple(nodes.values()), tuple(edges), _read_blocks(data))


def _read_blocks(data: Mapping[str, Any]) -> Document | None:  # Any: JSON
    if not isinstance(data.get("document"), dict):
        return None
    try:
        document = storage.loads(json.dumps(data["document"]), "The clipboard")
    except Refusal:
        return None  # the nodes are there all the same, as unknown layers
    return document if document.blocks else None


def _all_text(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _node(row: object) -> Node | None:
    if not isinstance(row, dict):
        return None
    name, layer = row.get("name"), row.get("layer")
    if not isinstance(name, str) or not isinstance(layer, str):
        return None
    settings = row.get("settings", {})
    if not isinstance(settings, dict):
        return None
    position = row.get("position")
    known = {"name", "layer", "settings", "position"}
    return Node(
        name=name,
        layer=layer,
        settings={key: _frozen(value) for key, value in settings.items()},
        position=_place(position),
        extras={key: value for key, value in row.items() if key not in known},
    )


def _place(position: object) -> tuple[float, float]:
    if isinstance(position, list) and len(position) == 2:
        x, y = position
        if _is_place(x) and _is_place(y):
            return float(x), float(y)
    return 0.0, 0.0


def _is_place(value: object) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) <= _FARTHEST
    )


def _frozen(value: Any) -> Any:  # JSON: settings keep tuples where JSON has lists
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    if isinstance(value, Mapping):
        return {key: _frozen(part) for key, part in value.items()}
    return value
