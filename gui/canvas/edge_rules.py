"""Which edges may be drawn, and why others may not. Reads the graph alone."""

from __future__ import annotations

from dataclasses import dataclass

from engine.block_view import Known
from engine.catalog import Port, TensorSpec
from engine.edits import AddEdge, Compound, Edit, RemoveEdge
from engine.graph import Edge, Graph, Node
from gui.texts import Texts

tr = Texts("canvas")

_LAYOUTS = {
    0: tr.mark("one number"),
    1: tr.mark("a vector"),
    2: tr.mark("a sequence"),
    3: tr.mark("an image"),
    4: tr.mark("a volume"),
}


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge: a port of a node."""

    node: str
    port: str
    is_output: bool


def edge_between(one: End, other: End) -> Edge:
    """The edge from whichever end is an output to the other."""
    source, target = (one, other) if one.is_output else (other, one)
    return Edge(source.node, source.port, target.node, target.port)


class EdgeRules:
    """Says of each place where the loose end of an edge may be let go, and why not.

    Made once as a gesture begins: what leads to the held end and what follows it does
    not change while the pointer moves.
    """

    def __init__(self, graph: Graph, held: End, moving: Edge | None = None) -> None:
        self._graph = graph
        self._held = held
        self._moving = moving
        self._closed = self._closing_nodes()

    def _closing_nodes(self) -> set[str]:
        """The nodes at which the edge would close a circle."""
        import networkx as nx

        graph = nx.DiGraph(self._graph.networkx)
        moving = self._moving
        if moving is not None and graph.has_edge(moving.source, moving.target):
            leaving = self._graph.edges_out_of(moving.source)
            if sum(edge.target == moving.target for edge in leaving) == 1:
                graph.remove_edge(moving.source, moving.target)
        if self._held.node not in graph:
            return set()
        if self._held.is_output:
            return set(nx.ancestors(graph, self._held.node))
        return set(nx.descendants(graph, self._held.node))

    def refusal(self, other: End) -> str:
        """Why the edge cannot end at `other`, as a sentence; "" where it can."""
        held = self._held
        if other.node == held.node:
            return tr(
                "An edge cannot lead from {node} back to itself. Let go on "
                "another node.",
                node=held.node,
            )
        if other.is_output == held.is_output:
            if held.is_output:
                return tr(
                    "Both ends are outputs: an edge leads from an output to an input. "
                    "Let go on an input."
                )
            return tr(
                "Both ends are inputs: an edge leads from an output to an input. Let "
                "go on an output."
            )
        if other.node in self._closed:
            first, last = (
                (other.node, held.node) if held.is_output else (held.node, other.node)
            )
            return tr(
                "This would close a circle: {first} already leads to {last}, "
                "so {last} cannot feed {first}. Remove an edge between them first.",
                first=first,
                last=last,
            )
        edge = edge_between(held, other)
        if edge != self._moving and edge in self._graph.edges_out_of(edge.source):
            return tr(
                "{source} already feeds {target} here. Let go on another input.",
                source=edge.source,
                target=edge.target,
            )
        return ""

    def candidates(self, node: Node) -> list[End]:
        """The ports of a node at which the edge may end, in their order."""
        layer = node.type
        if layer is None:
            return []
        ports = layer.inputs if self._held.is_output else layer.outputs
        ends = [End(node.name, port.name, not self._held.is_output) for port in ports]
        return [end for end in ends if not self.refusal(end)]

    def best(self, node: Node, analysis: Known) -> End | None:
        """The port a drop on a card's body means.

        That is the first open port that takes what flows, else the first open one,
        else the first of all.
        """
        ends = self.candidates(node)
        if not ends or not self._held.is_output or node.type is None:
            return ends[0] if ends else None
        spec = analysis.flowing(self._held.node, self._held.port)

        def rank(end: End) -> tuple[bool, bool]:
            port = node.type.input_port(end.port) if node.type is not None else None
            open_ = port is None or port.variadic or not self._taken(end)
            fits = port is None or spec is None or takes(port, spec)
            return not open_, not fits

        return min(ends, key=rank)

    def _taken(self, end: End) -> bool:
        edges = self._graph.edges_into(end.node, end.port)
        return any(edge != self._moving for edge in edges)


def takes(port: Port, spec: TensorSpec) -> bool:
    """Whether an input declares that it takes tensors like `spec`."""
    if port.ndim and len(spec.shape) not in port.ndim:
        return False
    if port.dtype == "int":
        return spec.dtype == "int64"
    return port.dtype == "any" or spec.dtype.startswith(("float", "bfloat"))


def doubt(graph: Graph, analysis: Known, edge: Edge) -> str:
    """What is wrong with the shapes along an edge that may still be drawn, or ""."""
    layer = graph[edge.target].type
    port = layer.input_port(edge.target_port) if layer is not None else None
    spec = analysis.flowing(edge.source, edge.source_port)
    if port is None or spec is None or takes(port, spec):
        return ""
    if port.ndim and len(spec.shape) not in port.ndim:
        wanted = tr(" or ").join(
            tr.of(_LAYOUTS[n]) if n in _LAYOUTS else tr("{n} dimensions", n=n + 1)
            for n in port.ndim
        )
        return tr(
            "{target} reads {wanted}; {source} gives {spec}.",
            target=edge.target,
            wanted=wanted,
            source=edge.source,
            spec=spec.describe(),
        )
    wanted = tr("whole numbers") if port.dtype == "int" else tr("real numbers")
    return tr(
        "{target} reads {wanted}; {source} gives {dtype}.",
        target=edge.target,
        wanted=wanted,
        source=edge.source,
        dtype=spec.dtype,
    )


def reconnection(graph: Graph, old: Edge, new: Edge) -> Edit:
    """Put an edge elsewhere; an edge at the plain input it now reaches gives way."""
    layer = graph[new.target].type
    port = layer.input_port(new.target_port) if layer is not None else None
    others: list[Edge] = []
    if port is None or not port.variadic:
        into = graph.edges_into(new.target, new.target_port)
        others = [edge for edge in into if edge != old]
    index = None if others else graph.edges.index(old)
    return Compound((RemoveEdge(old), *map(RemoveEdge, others), AddEdge(new, index)))


def can_sit_on_edge(node: Node) -> bool:
    """Whether a node has an input and an output, so that an edge can run through it."""
    return node.type is not None and bool(node.type.inputs and node.type.outputs)


def insertion_of_existing(graph: Graph, name: str, edge: Edge) -> tuple[Edit, ...]:
    """Lead an edge through a node that is in the graph and has no edges."""
    layer = graph[name].type
    if layer is None or not layer.inputs or not layer.outputs:
        raise ValueError(f"{name} has no input and output to sit on an edge")
    index = graph.edges.index(edge)
    first = edge._replace(target=name, target_port=layer.inputs[0].name)
    second = edge._replace(source=name, source_port=layer.outputs[0].name)
    return RemoveEdge(edge), AddEdge(first, index), AddEdge(second, index + 1)
