"""Where nodes are cut out of their graph to become a block: names, ports and edges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TypeVar

from engine.block_edits import and_list
from engine.catalog import TensorSpec
from engine.document import Document
from engine.graph import Edge, Graph, Node, name_problem
from engine.problems import Refusal
from engine.sharing import module_of
from engine.towers import Tower

Flowing = Callable[[str, str], TensorSpec | None]
"""What flows out of a port of a node of the graph, where that is known."""
_Value = tuple[str, str]
"""A node and one of its output ports."""
_Crossing = TypeVar("_Crossing", _Value, tuple[_Value, ...])
"""What leaves a block; what enters it, one value for each of its uses."""
_STEP = 200.0
"""From one card to the next along a row, in pixels at 100 %."""


class Cut:
    """Where towers are cut out of their graph: names, ports and edges."""

    def __init__(
        self,
        graph: Graph,
        towers: Sequence[Tower],
        block: str,
        flowing: Flowing | None,
    ) -> None:
        self._graph = graph
        self.towers = towers
        self.where = {
            name: (number, inner)
            for number, tower in enumerate(towers)
            for inner, name in tower.items()
        }
        """Of each node that is cut out, the tower and its like in the first."""
        self._chosen = list(towers[0])
        self._flowing = flowing
        self.uses, self._inner = _inner_names(graph, towers, block)
        _refuse_loops(graph, towers, self.uses)
        taken = set(self._inner.values())
        crossing = [e for e in graph.edges if self._is_crossing(e)]
        entering = [self._sources(e) for e in crossing if self._tower(e.target) == 0]
        leaving = [self._inside(e) for e in crossing if e.source in self.where]
        loose = {} if crossing else self._open_ports()
        if not crossing:
            leaving = self._last_values()
        self._entries = _port_names(entering, "input", taken, lambda value: value[0][0])
        self._exits = _port_names(
            leaving, "output", taken, lambda value: self._inner[value[0]]
        )
        only = "input" if len(loose) == 1 else ""
        self._open = {
            (node, port): _free(only or f"{self._inner[node][:34]}_in", taken)
            for node, port in loose
        }

    def _tower(self, name: str) -> int | None:
        """The number of the tower that a node is in, if it is in one."""
        return self.where[name][0] if name in self.where else None

    def _is_crossing(self, edge: Edge) -> bool:
        return self._tower(edge.source) != self._tower(edge.target)

    def _inside(self, edge: Edge) -> _Value:
        """What leaves a tower along an edge, in the words of the first."""
        return self.where[edge.source][1], edge.source_port

    def _sources(self, edge: Edge) -> tuple[_Value, ...]:
        """What enters along an edge, and in its place in each of the other towers."""
        _number, inner = self.where[edge.target]
        port = edge.target_port
        place = self._graph.edges_into(edge.target, port).index(edge)
        return tuple(
            _source(self._graph.edges_into(tower[inner], port)[place])
            for tower in self.towers
        )

    def _open_ports(self) -> dict[_Value, None]:
        """Of loose nodes: the ports that wait for an edge."""
        graph = self._graph
        return {
            (name, port.name): None
            for name in self._chosen
            if (layer := graph[name].type) is not None
            for port in layer.inputs
            if not (port.optional or port.follows or graph.edges_into(name, port.name))
        }

    def _last_values(self) -> list[_Value]:
        """Of loose nodes: what nobody takes yet."""
        graph = self._graph
        return [
            (name, layer.outputs[0].name)
            for name in self._chosen
            if (layer := graph[name].type) is not None
            and layer.outputs
            and not graph.edges_out_of(name)
        ]

    def inner_graph(self, document: Document) -> Graph:
        """The block's graph: the nodes between its own Inputs and Outputs."""
        graph = Graph(document.blocks)
        nodes = [self._graph[name] for name in self._chosen]
        left = min(node.position[0] for node in nodes)
        top = min(node.position[1] for node in nodes)
        right = max(node.position[0] for node in nodes)
        shift = (_STEP - left, -top)
        entries = [*self._entries.values(), *self._open.values()]
        specs = [self._spec(value[0]) for value in self._entries]
        for place, (name, spec) in enumerate(
            zip(entries, [*specs, *[None] * len(self._open)], strict=True)
        ):
            settings = {"shape": spec.shape, "dtype": spec.dtype} if spec else {}
            position = (0.0, place * _STEP / 2)
            graph.add_node(
                Node(name=name, layer="Input", settings=settings, position=position)
            )
        for node in nodes:
            x, y = node.position
            owner = self._graph[module_of(self._graph, node)]
            graph.add_node(
                replace(
                    node,
                    name=self._inner[node.name],
                    shares=self._shares(node),
                    frozen=owner.frozen,
                    rate=owner.rate,
                    frame="",
                    position=(x + shift[0], y + shift[1]),
                )
            )
        for place, name in enumerate(self._exits.values()):
            position = (right + shift[0] + _STEP, place * _STEP / 2)
            graph.add_node(Node(name=name, layer="Output", position=position))
        for edge in self._inner_edges():
            graph.add_edge(edge)
        return graph

    def _spec(self, value: _Value) -> TensorSpec | None:
        spec = self._flowing(*value) if self._flowing is not None else None
        return spec if spec is not None and spec.dtype in ("float32", "int64") else None

    def _inner_edges(self) -> Iterator[Edge]:
        for (node, port), name in self._open.items():
            yield Edge(name, "output", self._inner[node], port)
        for edge in self._graph.edges:  # in their order: variadic ports take them so
            if edge.target in self._inner:
                target = self._inner[edge.target]
                if edge.source in self._inner:
                    yield edge._replace(source=self._inner[edge.source], target=target)
                else:
                    entry = self._entries[self._sources(edge)]
                    yield Edge(entry, "output", target, edge.target_port)
        for (node, port), name in self._exits.items():
            yield Edge(self._inner[node], port, name, "input")

    def _shares(self, node: Node) -> str:
        """Whose weights a node of the block uses, for it may have lost its owner."""
        if node.shares in self._inner:
            return self._inner[node.shares]
        module = module_of(self._graph, node)
        alike = [
            name
            for name in self._chosen
            if module_of(self._graph, self._graph[name]) == module
        ]
        return "" if alike[0] == node.name else self._inner[alike[0]]

    def outer_edges(self) -> list[Edge]:
        """The edges of the graph around, in order, once the block is used in it."""
        edges: dict[Edge, None] = {}
        for edge in self._graph.edges:
            new = edge
            into, out_of = self._tower(edge.target), self._tower(edge.source)
            if into is not None and into == out_of:
                continue
            if into is not None:
                entry = self._entries[self._sources(edge)]
                new = new._replace(target=self.uses[into], target_port=entry)
            if out_of is not None:
                leaves = self._exits[self._inside(edge)]
                new = new._replace(source=self.uses[out_of], source_port=leaves)
            edges[new] = None
        return list(edges)


def _source(edge: Edge) -> _Value:
    return edge.source, edge.source_port


def _inner_names(
    graph: Graph, towers: Sequence[Tower], block: str
) -> tuple[list[str], dict[str, str]]:
    """The names of the uses and of the nodes inside: a prefix they share is the use's.

    Each tower has a prefix of its own; what follows it are names of the first.
    """
    chosen = list(towers[0])
    prefix = _prefix(chosen)
    inner = {name: name.removeprefix(prefix) for name in chosen}
    gone = {name for tower in towers for name in tower.values()}
    outside = Graph()
    for name in graph.nodes:
        if name not in gone:
            outside.add_node(Node(name=name, layer="Input"))
    if any(map(name_problem, inner.values())) or not _fits(prefix, outside):
        prefix, inner = "", {name: name for name in chosen}
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", block).lower()  # as Python names do
    uses = []
    for tower in towers:
        own = _prefix(list(tower.values())) if prefix else ""
        use = own.removesuffix("_") if _fits(own, outside) else outside.free_name(stem)
        outside.add_node(Node(name=use, layer="Input"))
        uses.append(use)
    return uses, inner


def _prefix(names: list[str]) -> str:
    """What names begin with up to a _, all of them; nothing of a single one."""
    letters = takewhile(lambda each: len(set(each)) == 1, zip(*names, strict=False))
    prefix = "".join(each[0] for each in letters)
    return prefix[: prefix.rfind("_") + 1] if len(names) > 1 else ""


def _fits(prefix: str, outside: Graph) -> bool:
    """Whether a use can be called as the prefix is."""
    use = prefix.removesuffix("_")
    return bool(prefix) and use not in outside and not name_problem(use)


def _port_names(
    values: list[_Crossing],
    only: str,
    taken: set[str],
    called: Callable[[_Crossing], str],
) -> dict[_Crossing, str]:
    """A port for each value that crosses: one of its kind needs no name of its own."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return {distinct[0]: _free(only, taken)}
    suffix = "in" if only == "input" else "out"
    return {value: _free(f"{called(value)[:34]}_{suffix}", taken) for value in distinct}


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken or name_problem(candidate):
        number += 1
        candidate = f"{name}{number}"
    taken.add(candidate)
    return candidate


def _refuse_loops(graph: Graph, towers: Sequence[Tower], uses: Sequence[str]) -> None:
    """Raise Refusal where a use would feed itself, over others or not."""
    import networkx as nx

    for tower in towers:
        around = _around(graph, set(tower.values()))
        if around:
            raise Refusal(
                f"The block would feed itself: what leaves it comes back through "
                f"{and_list(around)}.",
                f"Select {and_list(around)} too, or fewer nodes.",
            )
    if len(towers) == 1 or not nx.is_directed_acyclic_graph(graph.networkx):
        return
    used = {
        n: use for use, tower in zip(uses, towers, strict=True) for n in tower.values()
    }
    outer = nx.relabel_nodes(graph.networkx, used)
    outer.remove_edges_from(list(nx.selfloop_edges(outer)))
    if not nx.is_directed_acyclic_graph(outer):
        raise Refusal(
            f"{and_list(uses)}, which share their weights, would feed each other.",
            "Select fewer nodes.",
        )


def _around(graph: Graph, chosen: set[str]) -> list[str]:
    """The nodes outside that lie between two of the chosen ones, in order."""
    import networkx as nx

    flow = graph.networkx
    after = _reached(flow.successors, chosen)
    before = _reached(flow.predecessors, chosen)
    between = (after & before) - chosen
    try:
        return [name for name in nx.topological_sort(flow) if name in between]
    except nx.NetworkXUnfeasible:  # there is a loop already
        return [name for name in graph.nodes if name in between]


def _reached(step: Callable[[str], Iterable[str]], start: set[str]) -> set[str]:
    """What is reached from `start` through nodes outside of it."""
    found: set[str] = set()
    todo = list(start)
    while todo:
        for name in step(todo.pop()):
            if name not in found and name not in start:
                found.add(name)
                todo.append(name)
    return found
