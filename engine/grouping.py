"""Nodes into a block, with the names of their weights; `expand` is the way back.

A block's node `conv` has its weights under `stage1.conv`; expanded it is the node
`stage1_conv`, and the prefix makes it `stage1.conv` again when it is collapsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from engine.annotation_edits import RemoveFrame
from engine.block_edits import (
    MAIN,
    and_list,
    block_problem_name,
    expression_names,
    make_unique,
    refuse_name,
)
from engine.blocks import Block
from engine.catalog import TensorSpec
from engine.document import Document
from engine.edits import AddBlock, Compound, Edit, emptied_frames, within
from engine.expanding import expand, rewired
from engine.graph import Edge, Graph, Node, name_problem
from engine.problems import Refusal

Flowing = Callable[[str, str], TensorSpec | None]
"""What flows out of a port of a node of the graph, where that is known."""
_Value = tuple[str, str]
"""A node and one of its output ports."""
_STEP = 200.0
"""From one card to the next along a row, in pixels at 100 %."""
_ENDS = ("Input", "Output")


# Nodes into a block.


def collapse(
    document: Document,
    scope: str,
    names: Collection[str],
    block_name: str,
    flowing: Flowing | None = None,
) -> Edit:
    """Make a block of some nodes and put a node that uses it in their middle.

    Raises Refusal where the nodes cannot be a block.
    """
    graph = document.scoped(scope).graph
    chosen = [name for name in graph.nodes if name in set(names)]
    _refuse_selection(graph, chosen)
    refuse_name(document, block_name)
    cut = _Cut(graph, chosen, block_name, flowing)
    settings = _inherited(document, scope, [graph[name] for name in chosen])
    block = Block(name=block_name, graph=cut.inner_graph(document), settings=settings)
    use = Node(
        name=cut.use,
        layer=block_name,
        settings={name: name for name in settings},
        position=_middle(graph, chosen),
        frame=_common_frame([graph[name] for name in chosen]),
    )
    first = list(graph.nodes).index(chosen[0])
    outer = rewired(graph, chosen, [use], first, cut.outer_edges())
    emptied = [] if use.frame else emptied_frames(graph, chosen)
    outer = Compound((outer, *map(RemoveFrame, emptied)))
    return Compound((AddBlock(block), within(scope, outer)))


def _common_frame(nodes: list[Node]) -> str:
    """The frame that all these nodes are in, if it is one."""
    frames = {node.frame for node in nodes}
    return frames.pop() if len(frames) == 1 else ""


def _refuse_selection(graph: Graph, chosen: list[str]) -> None:
    if not chosen:
        raise Refusal("Nothing is selected.", "Select the nodes for the block first.")
    ends = [name for name in chosen if graph[name].layer in _ENDS]
    if ends:
        kinds = {graph[name].layer for name in ends}
        word = kinds.pop() if len(kinds) == 1 else "Input and Output"
        is_are = f"is an {word}" if len(ends) == 1 else f"are {word} nodes"
        raise Refusal(
            f"{and_list(ends)} {is_are}, which cannot be inside a block made of a "
            "selection.",
            "Leave it out of the selection; the block gets its own."
            if len(ends) == 1
            else "Leave them out of the selection; the block gets its own.",
        )
    _refuse_parting(graph, chosen)
    around = _around(graph, set(chosen))
    if around:
        raise Refusal(
            f"The block would feed itself: what leaves it comes back through "
            f"{and_list(around)}.",
            f"Select {and_list(around)} too, or fewer nodes.",
        )


def _refuse_parting(graph: Graph, chosen: list[str]) -> None:
    """Raise Refusal where weights would be shared across the border."""
    for node in graph:
        if node.shares in graph and (node.name in chosen) != (node.shares in chosen):
            away = ", which is not selected,"
            mine, its = ("", away[:-1]) if node.name in chosen else (away, "")
            raise Refusal(
                f"{node.name}{mine} shares the weights of {node.shares}{its}.",
                "Select both or neither.",
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


def _inherited(document: Document, scope: str, nodes: list[Node]) -> dict[str, int]:
    """The settings of the block around that expressions in these nodes need."""
    if scope == MAIN:
        return {}
    around = document.blocks[scope].block.settings
    return {name: around[name] for name in expression_names(nodes) if name in around}


class _Cut:
    """Where a selection is cut out of its graph: names, ports and edges."""

    def __init__(
        self, graph: Graph, chosen: list[str], block: str, flowing: Flowing | None
    ) -> None:
        self._graph = graph
        self._chosen = chosen
        self._flowing = flowing
        inside = set(chosen)
        self.use, self._inner = _inner_names(graph, chosen, block)
        taken = set(self._inner.values())
        crossing = [
            e for e in graph.edges if (e.source in inside) != (e.target in inside)
        ]
        entering = [_source(e) for e in crossing if e.target in inside]
        leaving = [_source(e) for e in crossing if e.source in inside]
        loose = {} if crossing else self._open_ports()
        if not crossing:
            leaving = self._last_values()
        self._entries = _port_names(entering, "input", taken)
        self._exits = _port_names(
            leaving, "output", taken, lambda value: self._inner[value[0]]
        )
        only = "input" if len(loose) == 1 else ""
        self._open = {
            (node, port): _free(only or f"{self._inner[node][:34]}_in", taken)
            for node, port in loose
        }

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
        specs = [self._spec(value) for value in self._entries]
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
            name, shares = self._inner[node.name], self._inner.get(node.shares, "")
            graph.add_node(
                replace(
                    node,
                    name=name,
                    shares=shares,
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
                    yield replace(edge, source=self._inner[edge.source], target=target)
                else:
                    entry = self._entries[_source(edge)]
                    yield Edge(entry, "output", target, edge.target_port)
        for (node, port), name in self._exits.items():
            yield Edge(self._inner[node], port, name, "input")

    def outer_edges(self) -> list[Edge]:
        """The edges of the graph around, in order, once the block is used in it."""
        edges: dict[Edge, None] = {}
        for edge in self._graph.edges:
            into, out_of = edge.target in self._inner, edge.source in self._inner
            if into and not out_of:
                entry = self._entries[_source(edge)]
                edges[replace(edge, target=self.use, target_port=entry)] = None
            elif out_of and not into:
                leaves = self._exits[_source(edge)]
                edges[replace(edge, source=self.use, source_port=leaves)] = None
            elif not into:
                edges[edge] = None
        return list(edges)


def _source(edge: Edge) -> _Value:
    return edge.source, edge.source_port


def _inner_names(
    graph: Graph, chosen: list[str], block: str
) -> tuple[str, dict[str, str]]:
    """The name of the use and of the nodes inside: a prefix they share is the use's."""
    letters = takewhile(lambda each: len(set(each)) == 1, zip(*chosen, strict=False))
    prefix = "".join(each[0] for each in letters)
    prefix = prefix[: prefix.rfind("_") + 1] if len(chosen) > 1 else ""
    inner = {name: name.removeprefix(prefix) for name in chosen}
    use = prefix.removesuffix("_")
    others = set(graph.nodes) - set(chosen)
    named = [use, *inner.values()]
    if prefix and use not in others and not any(map(name_problem, named)):
        return use, inner
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", block).lower()  # as Python names do
    outside = Graph()
    for name in others:
        outside.add_node(Node(name=name, layer="Input"))
    return outside.free_name(stem), {name: name for name in chosen}


def _port_names(
    values: list[_Value],
    only: str,
    taken: set[str],
    called: Callable[[_Value], str] = lambda value: value[0],
) -> dict[_Value, str]:
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


def _middle(graph: Graph, names: list[str]) -> tuple[float, float]:
    places = [graph[name].position for name in names]
    across = [x for x, _ in places]
    down = [y for _, y in places]
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


__all__ = ["block_problem_name", "collapse", "expand", "make_unique"]
