"""What the user has drawn: named nodes and the edges between their ports.

A graph accepts anything a person may draw or a file may hold: a node of an unknown
layer, an edge to nowhere, a cycle, two edges into one port. A half-drawn network is the
normal state; `engine.structure` and `engine.shapes` say what is wrong with it.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.annotations import Frame, Note, Place
from engine.catalog import CATALOG, Layer, Values
from engine.catalog.settings import complete

if TYPE_CHECKING:  # at run time where a graph is first asked: after the first frame
    import networkx as nx

# The names a layer cannot have as an attribute of an nn.Module; a test compares them
# with PyTorch's own (this module does not import torch).
MODULE_ATTRIBUTES = frozenset(
    """T_destination add_module apply bfloat16 buffers call_super_init children compile
    cpu cuda double dump_patches eval extra_repr float forward get_buffer
    get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
    named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook
    register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training
    type xpu zero_grad""".split()
)
# Names that generated code uses for itself.
CODE_NAMES = frozenset({"self", "super", "torch", "nn", "F", "math", "x"})
_TAKEN = MODULE_ATTRIBUTES | CODE_NAMES | frozenset(dir(builtins)) - {"input"}

LONGEST_NAME = 40
"""Letters of a node's name: lines of code with longer ones cannot be laid out."""


def name_problem(name: str) -> str | None:
    """Why `name` cannot name a node, as the end of a sentence, or None."""
    if not name.isascii() or not name.isidentifier():
        return "is no name: use letters, digits and _, beginning with a letter"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return "is a word of the Python language"
    if name.startswith("_"):
        return "begins with _, which PyTorch keeps for itself"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} letters"
    if name in _TAKEN:
        return "is taken by Python or by PyTorch's modules"
    return None


_NO_BLOCKS: Mapping[str, Layer] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One use of a layer type, with the settings that differ from its defaults."""

    name: str
    """Unique in its graph, a Python identifier, the attribute in generated code."""
    layer: str
    settings: Mapping[str, Any] = field(default_factory=dict)  # checked by Setting
    position: tuple[float, float] = (0.0, 0.0)
    """The card's upper left corner on the canvas, in pixels at 100 %."""
    shares: str = ""
    """The node of the same graph whose weights it uses instead of its own."""
    bypassed: bool = False
    """Whether what would reach it flows past it: `engine.bypass`."""
    frozen: bool = False
    """Whether its weights stay as they are while others learn."""
    rate: float = 1.0
    """What the learning rate is multiplied by for its weights."""
    collapsed: bool = False
    """Whether its card shows the title alone."""
    frame: str = ""
    """The frame of the same graph that it is in."""
    extras: Mapping[str, Any] = field(default_factory=dict)  # keys of newer versions
    blocks: Mapping[str, Layer] = field(
        default_factory=lambda: _NO_BLOCKS, compare=False, repr=False
    )
    """The blocks of its document, which its graph binds it to."""
    _layer: Layer | None = field(default=None, init=False, compare=False, repr=False)
    """Its type of the catalog, once that was asked for."""
    _values: Values | None = field(default=None, init=False, compare=False, repr=False)
    """Its settings complete, once they were asked for; not of a block, which changes
    under it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))
        object.__setattr__(self, "extras", MappingProxyType(dict(self.extras)))

    @property
    def type(self) -> Layer | None:
        """The node's layer type or block, or None where there is none of that name."""
        block = self.blocks.get(self.layer)
        if block is not None:
            return block
        if self._layer is None and self.layer in CATALOG:
            layer = CATALOG[self.layer].of(self.settings)
            object.__setattr__(self, "_layer", layer)
        return self._layer

    @property
    def values(self) -> Values:
        """Every setting, defaults filled in; raises KeyError for an unknown layer."""
        layer = self.type
        if layer is None:
            raise KeyError(self.layer)
        if layer is not self._layer:
            return complete(layer.settings, self.settings)
        if self._values is None:
            values = complete(layer.settings, self.settings)
            object.__setattr__(self, "_values", values)
            return values
        return self._values


class Edge(NamedTuple):
    """From an output port of one node to an input port of another.

    A tuple, for edges are looked up all the time: it is hashed, and made, in half the
    time that a frozen dataclass takes.
    """

    source: str
    source_port: str
    target: str
    target_port: str

    def renamed(self, old: str, new: str) -> Edge:
        """The edge once a node has another name."""
        source = new if self.source == old else self.source
        target = new if self.target == old else self.target
        return self._replace(source=source, target=target)

    def __str__(self) -> str:
        return f"{self.source}.{self.source_port} → {self.target}.{self.target_port}"


class Graph:
    """Nodes by name and edges in the order they were drawn, over a networkx graph.

    Only `engine.edits` changes the graph of a document.
    """

    def __init__(self, blocks: Mapping[str, Layer] = _NO_BLOCKS) -> None:
        self.blocks = blocks
        """The document's, by name: layer types beside the catalog's."""
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []
        self._in: dict[str, list[Edge]] = {}
        self._out: dict[str, list[Edge]] = {}
        self._networkx: nx.DiGraph | None = None
        self.version = 0
        """Another number after each change of nodes or edges; settings do not count."""
        self.frames: dict[str, Frame] = {}
        self.notes: dict[str, Note] = {}
        self._bends: dict[Edge, tuple[Place, ...]] = {}

    # What is there.

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Every node by name, in the order they were added."""
        return MappingProxyType(self._nodes)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge in the order drawn, those to nowhere too."""
        return tuple(self._edges)

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes.values())

    def __getitem__(self, name: str) -> Node:
        return self._nodes[name]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        return (
            list(self._nodes.values()) == list(other._nodes.values())
            and self._edges == other._edges
            and (self.frames, self.notes) == (other.frames, other.notes)
            and self._bends == other._bends
        )

    __hash__ = None  # type: ignore[assignment]  # a graph changes

    def edges_into(self, name: str, port: str | None = None) -> list[Edge]:
        """The edges that end at a node, or at one of its ports, in the order drawn."""
        edges = self._in.get(name, ())
        if port is None:
            return [*edges]
        return [edge for edge in edges if edge.target_port == port]

    def edges_out_of(self, name: str, port: str | None = None) -> list[Edge]:
        """The edges that begin at a node, or at one of its ports, in order drawn."""
        edges = self._out.get(name, ())
        if port is None:
            return [*edges]
        return [edge for edge in edges if edge.source_port == port]

    @property
    def bends(self) -> Mapping[Edge, tuple[Place, ...]]:
        """The points that edges are led through, of those that are."""
        return MappingProxyType(self._bends)

    @property
    def networkx(self) -> nx.DiGraph:
        """Which nodes feed which, as far as they exist; not to be changed."""
        if self._networkx is None:
            import networkx as nx

            self._networkx = nx.DiGraph()
            self._networkx.add_nodes_from(self._nodes)
            self._networkx.add_edges_from(
                (edge.source, edge.target)
                for edge in self._edges
                if edge.source in self._nodes and edge.target in self._nodes
            )
        return self._networkx

    def ancestors(self, name: str) -> set[str]:
        """All that leads to a node, without itself; raises NetworkXError for none."""
        import networkx as nx

        return set(nx.ancestors(self.networkx, name))

    def descendants(self, name: str) -> set[str]:
        """All that a node leads to, without itself; raises NetworkXError for none."""
        import networkx as nx

        return set(nx.descendants(self.networkx, name))

    def free_name(self, stem: str) -> str:
        """A name that no node has: `conv`, else `conv2`, `conv3`, ..."""
        stem = stem.rstrip("0123456789") or "node"
        candidate, number = stem + "1", 1
        while candidate in self._nodes or name_problem(candidate):
            number += 1
            candidate = f"{stem}{number}"
        return candidate

    def _bound(self, node: Node) -> Node:
        if node.blocks is self.blocks:
            return node
        return replace(node, blocks=self.blocks)

    def copy(self, blocks: Mapping[str, Layer] | None = None) -> Graph:
        """An equal graph that shares nothing that can change, over other `blocks`."""
        other = Graph(self.blocks if blocks is None else blocks)
        other._nodes = {name: other._bound(node) for name, node in self._nodes.items()}
        other._edges = list(self._edges)
        other._in = {name: list(edges) for name, edges in self._in.items()}
        other._out = {name: list(edges) for name, edges in self._out.items()}
        other.frames, other.notes = dict(self.frames), dict(self.notes)
        other._bends = dict(self._bends)
        return other

    # How it changes.

    def _restructured(self) -> None:
        self._networkx = None
        self.version += 1

    def add_node(self, node: Node, index: int | None = None) -> None:
        """Add a node, at a place in the order if one is given."""
        if node.name in self._nodes:
            raise ValueError(f"the graph already has a node {node.name!r}")
        node = self._bound(node)
        self._restructured()
        if index is None or index >= len(self._nodes):
            self._nodes[node.name] = node
        else:
            names = list(self._nodes.items())
            names.insert(index, (node.name, node))
            self._nodes = dict(names)

    def remove_node(self, name: str) -> int:
        """Take a node without edges out; gives the place in the order it had."""
        if self._in.get(name) or self._out.get(name):
            raise ValueError(f"node {name!r} still has edges")
        index = list(self._nodes).index(name)
        self._restructured()
        del self._nodes[name]
        return index

    def replace_node(self, node: Node) -> Node:
        """Put a node in the place of the one that has its name; gives the old one."""
        old = self._nodes[node.name]
        self._nodes[node.name] = self._bound(node)
        if (old.bypassed, old.layer) != (node.bypassed, node.layer):
            self._restructured()
        return old

    def rename_node(self, old: str, new: str) -> None:
        """Give a node another name, in place and in every edge."""
        if new != old and new in self._nodes:
            raise ValueError(f"the graph already has a node {new!r}")
        nodes = [
            replace(node, shares=new) if node.shares == old else node
            for node in self._nodes.values()
        ]
        self._nodes = {
            node.name: node
            for node in (
                replace(node, name=new) if node.name == old else node for node in nodes
            )
        }
        renamed = {edge: edge.renamed(old, new) for edge in self._edges}
        bends = {renamed[edge]: points for edge, points in self._bends.items()}
        self._edges, self._in, self._out = [], {}, {}
        self._restructured()
        for edge in renamed.values():
            self.add_edge(edge)
        self._bends = bends

    def add_edge(self, edge: Edge, index: int | None = None) -> None:
        """Add an edge, at a place in the order if one is given."""
        if edge in self._out.get(edge.source, ()):
            raise ValueError(f"the graph already has the edge {edge}")
        self._restructured()
        into = self._in.setdefault(edge.target, [])
        out_of = self._out.setdefault(edge.source, [])
        if index is None or index >= len(self._edges):
            self._edges.append(edge)
            into.append(edge)
            out_of.append(edge)
        else:
            self._edges.insert(index, edge)
            order = {each: place for place, each in enumerate(self._edges)}
            for edges in (into, out_of):
                edges.append(edge)
                edges.sort(key=order.__getitem__)

    def remove_edge(self, edge: Edge) -> int:
        """Take an edge out; gives the place in the order it had."""
        index = self._edges.index(edge)
        self._restructured()
        del self._edges[index]
        self._in[edge.target].remove(edge)
        self._out[edge.source].remove(edge)
        self._bends.pop(edge, None)
        return index

    def set_bends(self, edge: Edge, bends: tuple[Place, ...]) -> tuple[Place, ...]:
        """Lead an edge through points; gives those it was led through."""
        if edge not in self._out.get(edge.source, ()):
            raise ValueError(f"the graph has no edge {edge}")
        before = self._bends.pop(edge, ())
        if bends:
            self._bends[edge] = bends
        return before
