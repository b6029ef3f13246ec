"""The variables of a generated `forward`, chosen as a person would choose them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from engine.bypass import Value, origin
from engine.catalog import CATALOG, Layer, Variables
from engine.graph import Graph
from engine.sharing import shares_module


class Naming:
    """The running value is `x`; a branch is called after the node that begins it.

    A node's result takes the variable of an input that nobody needs afterwards. Where
    `x` is taken, what joins branches begins one of its own, as does each of several
    values that a node gives; of several answers each is called as its Output is.
    """

    def __init__(
        self, graph: Graph, order: Sequence[str], is_known: Callable[[str], bool]
    ) -> None:
        """Name what the nodes in `order` give, as far as `is_known` says they fit."""
        self._graph = graph
        self._uses: Counter[Value] = Counter()
        self._feeds = {name: feeds(graph, name) for name in order}
        for fed in self._feeds.values():
            self._uses.update(set(fed))
        self._taken = set(graph.nodes)
        self._answers = _answers(graph, order)
        self._parts: set[str] = set()
        """Variables that hold one of several values of a node."""
        self._arguments = {name for name in order if graph[name].layer == "Input"}
        self._variable = {(name, "output"): name for name in self._arguments}
        self._live = set(self._arguments)
        self.assigned: dict[str, Variables] = {}
        """The variables of each node that can be written."""
        for name in order:
            layer = graph[name].type
            if layer is not None and layer.inputs and layer.outputs and is_known(name):
                variables = self._assign(name, layer)
                if variables is not None:
                    self.assigned[name] = variables

    def inputs(self, name: str) -> list[str] | None:
        """The variables that hold what a node takes; None where one is not written."""
        fed = self._feeds[name]
        if not fed or any(feed not in self._variable for feed in fed):
            return None
        return [self._variable[feed] for feed in fed]

    def _assign(self, name: str, layer: Layer) -> Variables | None:
        """The names for one node's lines; what they free is free for the next."""
        inputs = self.inputs(name)
        if inputs is None:
            return None
        dying = []
        for feed in dict.fromkeys(self._feeds[name]):
            self._uses[feed] -= 1
            if self._uses[feed] == 0 and feed[0] not in self._arguments:
                variable = self._variable.pop(feed)
                self._live.discard(variable)
                dying.append(variable)
        used = [port.name for port in layer.outputs if self._uses[name, port.name] > 0]
        used = used or [layer.outputs[0].name]
        outputs: list[str | None] = []
        for port in layer.outputs:
            if port.name not in used:
                outputs.append(None)
                continue
            chosen = self._answers.get((name, port.name)) or (
                self._part(name, port.name)
                if len(used) > 1
                else self._choose(name, inputs[0], dying)
            )
            self._live.add(chosen)
            self._variable[name, port.name] = chosen
            outputs.append(chosen)
        node = self._graph[name]
        module = node.shares if shares_module(self._graph, node) else name
        return Variables(f"self.{module}", tuple(inputs), tuple(outputs))

    def _part(self, name: str, port: str) -> str:
        """One of several values that a node gives."""
        chosen = f"{name}_{port}"
        while chosen in self._taken:
            chosen += "_"
        self._parts.add(chosen)
        return chosen

    def _choose(self, name: str, first: str, dying: list[str]) -> str:
        """For a node that takes `first` before others and frees those in `dying`."""
        if "x" in dying:
            return "x"
        # A loop of copies goes on with what the first input begins.
        repeats = self._graph[name].settings.get("repeat", 1) != 1
        onward = [first] if repeats and first in dying else dying
        if len(onward) == 1 and onward[0] not in self._parts:
            return onward[0]
        return name if "x" in self._live else "x"


def varying(graph: Graph) -> list[object]:
    """What names depend on besides nodes and edges: sharing, copies, ports that follow
    a block's graph or a node's settings."""
    found: list[object] = []
    for node in graph:
        layer = node.type
        if layer is not None and (node.shares or layer is not CATALOG.get(node.layer)):
            ports = [port.name for port in (*layer.inputs, *layer.outputs)]
            count = len(layer.outputs)
            repeat = node.settings.get("repeat", 1)
            found.append((node.name, node.shares, repeat, ports, count))
    return found


def _answers(graph: Graph, order: Sequence[str]) -> dict[Value, str]:
    """What the values are called that a graph gives, where it gives several."""
    names: dict[Value, str] = {}
    outputs = [name for name in order if graph[name].layer == "Output"]
    if len(outputs) > 1:
        for name in outputs:
            for value in feeds(graph, name):
                names.setdefault(value, name)
    return names


def feeds(graph: Graph, name: str) -> list[Value]:
    """The values a node takes, one for each spec: an open port takes another's."""
    layer = graph[name].type
    if layer is None:
        return []
    by_port: dict[str, list[tuple[str, str]]] = {}
    for port in layer.inputs:
        edges = graph.edges_into(name, port.name)
        taken = edges if port.variadic else edges[:1]
        by_port[port.name] = [
            origin(graph, edge.source, edge.source_port) for edge in taken
        ]
        if not taken and port.follows:
            by_port[port.name] = by_port.get(port.follows, [])
    return [feed for port in by_port.values() for feed in port]
