"""Nodes as JSON text, for the clipboard; read back with distrust."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine import storage
from engine.annotation_edits import PutFrame
from engine.annotation_storage import annotations_json, edge_json, read_annotations
from engine.annotations import free_annotation_name
from engine.block_parts import parts_of
from engine.document import Document
from engine.edits import AddEdge, AddNode, Compound, Edit
from engine.graph import Edge, Graph, Node, name_problem
from engine.json_fields import Fields, read_json
from engine.learning_edits import RATE, read_rate
from engine.problems import Refusal

MIME = "application/x-espalier+json"
_FORMAT = 1
_QUOTED = re.compile(r"^(\s*>)+ ?")
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
    entering: tuple[Edge, ...] = ()
    """The edges that fed the nodes from outside."""
    around: Graph = field(default_factory=Graph)
    """The frames whose nodes are all here, and the bends of the edges."""

    @classmethod
    def of(cls, document: Document, names: Iterable[str]) -> Clip:
        """These nodes of a document's graph with the edges among them."""
        chosen, graph = set(names), document.graph
        nodes = tuple(node for node in graph if node.name in chosen)
        left = {node.frame for node in graph if node.name not in chosen}
        nodes = tuple(replace(n, frame="") if n.frame in left else n for n in nodes)
        into = [edge for edge in graph.edges if edge.target in chosen]
        inner = tuple(edge for edge in into if edge.source in chosen)
        return cls(
            nodes,
            inner,
            _blocks_of(document, nodes),
            tuple(edge for edge in into if edge.source not in chosen),
            _around(graph, nodes, inner),
        )

    def to_text(self) -> str:
        """The nodes as JSON: names, layers, settings, positions, inner edges."""
        return json.dumps(
            {
                "espalier_nodes": _FORMAT,
                "nodes": [
                    storage.node_json(replace(node, shares="")) for node in self.nodes
                ],
                "edges": [edge_json(edge) for edge in self.edges],
                **_some("entering", [edge_json(edge) for edge in self.entering]),
                **annotations_json(self.around),
                **(
                    {"document": json.loads(storage.dumps(self.blocks))}
                    if self.blocks is not None
                    else {}
                ),
            },
            indent=1,
        )

    def pasting(
        self, graph: Graph, shift: tuple[float, float], *, with_edges: bool = False
    ) -> tuple[Edit, list[str]]:
        """The edit that adds the nodes under free names, and those names.

        `with_edges` feeds them as they were fed, from nodes that the graph has.
        """
        taken = graph.copy()
        names: dict[str, str] = {}
        adds: list[Edit] = []
        frames: dict[str, str] = {}
        for frame in self.around.frames.values():
            frames[frame.name] = free_annotation_name("frame", taken.frames)
            new_frame = replace(frame, name=frames[frame.name])
            taken.frames[new_frame.name] = new_frame
            adds.append(PutFrame(new_frame))
        for node in self.nodes:
            name = node.name
            if name in taken or name_problem(name):
                name = taken.free_name(_stem(node))
            x, y = node.position
            new = replace(
                node,
                name=name,
                position=(x + shift[0], y + shift[1]),
                frame=frames.get(node.frame, ""),
            )
            taken.add_node(new)
            names[node.name] = name
            adds.append(AddNode(new))
        for edge in self.edges:
            source, target = names[edge.source], names[edge.target]
            new_edge = edge._replace(source=source, target=target)
            bends = self.around.bends.get(edge, ())
            moved = tuple((x + shift[0], y + shift[1]) for x, y in bends)
            adds.append(AddEdge(new_edge, None, moved))
        for edge in self.entering if with_edges else ():
            if edge.source in graph:
                adds.append(AddEdge(edge._replace(target=names[edge.target])))
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
        data = read_json(text)
    except (ValueError, RecursionError):
        try:
            data = read_json(_unquoted(text))
        except (ValueError, RecursionError):
            return None
    if not isinstance(data, dict) or data.get("espalier_nodes") != _FORMAT:
        return None
    rows, pairs, into = (data.get(key, []) for key in ("nodes", "edges", "entering"))
    if not all(isinstance(each, list) for each in (rows, pairs, into)):
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
    entering = [
        Edge(*row)
        for row in into
        if isinstance(row, list) and len(row) == 4 and _all_text(row)
    ]
    return Clip(
        tuple(nodes.values()),
        tuple(edges),
        _read_blocks(data),
        tuple(e for e in entering if e.target in nodes and e.source not in nodes),
        _read_around(nodes.values(), edges, data),
    )


def _unquoted(text: str) -> str:
    """The JSON in a text that went through a mail: quoted, indented, with words around.

    Line by line the marks of a quotation go, then what is before and after the braces.
    """
    lines = [_QUOTED.sub("", line) for line in text.splitlines()]
    whole = "\n".join(lines).replace("\u00a0", " ")
    return whole[whole.find("{") : whole.rfind("}") + 1]


def _around(graph: Graph, nodes: Iterable[Node], edges: Iterable[Edge]) -> Graph:
    """What a graph draws around these nodes alone."""
    around = Graph()
    for name in dict.fromkeys(node.frame for node in nodes if node.frame):
        if name in graph.frames:
            around.frames[name] = graph.frames[name]
    for edge in edges:
        around.add_edge(edge)
        around.set_bends(edge, graph.bends.get(edge, ()))
    return around


def _read_around(
    nodes: Iterable[Node], edges: Iterable[Edge], data: Mapping[str, Any]
) -> Graph:  # Any: JSON
    held = Graph()
    for edge in edges:
        held.add_edge(edge)
    with contextlib.suppress(Refusal):  # the nodes are there all the same
        read_annotations(held, data, Fields("The clipboard"))
    return _around(held, nodes, edges)


def _some(key: str, values: list[Any]) -> dict[str, Any]:  # Any: JSON
    return {key: values} if values else {}


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
    frame = row.get("frame", "")
    known = {
        *("name", "layer", "settings", "position"),
        *("shares", "bypassed", "collapsed", "frame", "frozen", "rate"),
    }
    return Node(
        name=name,
        layer=layer,
        settings={key: _frozen(value) for key, value in settings.items()},
        position=_place(position),
        bypassed=row.get("bypassed") is True,
        collapsed=row.get("collapsed") is True,
        frame=frame if isinstance(frame, str) else "",
        frozen=row.get("frozen") is True,
        rate=_rate(row.get("rate", RATE.default)),
        extras={key: value for key, value in row.items() if key not in known},
    )


def _rate(value: object) -> float:
    try:
        return read_rate(value)
    except ValueError:
        return 1.0


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
