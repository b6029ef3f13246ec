"""What networkx says of a graph: loops, missing inputs, nodes that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.bypass import is_cut_off
from engine.graph import Graph
from engine.problems import Problem, Severity
from engine.structure_problems import (
    apart,
    edges_to_nowhere,
    joined_to_nothing,
    loop_problem,
    missing_ends,
    node_problems,
)


@dataclass(frozen=True, slots=True)
class Structure:
    """The order a graph runs in, and what is wrong with how it is drawn."""

    order: tuple[str, ...]
    """Nodes that can run, each after all that feed it, branch by branch."""
    live: frozenset[str]
    """Nodes from which an Output can be reached: what the network is made of."""
    bypassed: frozenset[str]
    problems: tuple[Problem, ...]
    network: tuple[str, ...] = field(init=False)
    """What runs: the live nodes in order, without bypassed ones. All of them while
    there is no Output, or while an edge is missing."""

    def __post_init__(self) -> None:
        is_cut = any(
            problem.is_error and problem.code == "missing-input"
            for problem in self.problems
        )
        whole = is_cut or not self.live
        network = tuple(
            name
            for name in self.order
            if (whole or name in self.live) and name not in self.bypassed
        )
        object.__setattr__(self, "network", network)


def examine(graph: Graph) -> Structure:
    """Everything that can be said of a graph without knowing any shape."""
    loops = _loops(graph)
    looped = set().union(*loops) if loops else set()
    stuck = set(looped)
    for name in looped:
        stuck |= graph.descendants(name)
    live = _live(graph)
    problems = [
        *missing_ends(graph),
        *(loop_problem(graph, loop) for loop in loops),
        *edges_to_nowhere(graph),
    ]
    for node in graph:
        problems += node_problems(graph, node)
    if any(node.layer == "Output" for node in graph):
        problems = [_weighed(problem, live) for problem in problems]
        # The last node of a loose chain stands for those before it.
        ends = [n for n in graph.nodes if n not in live and _leads_nowhere(graph, n)]
        alone = {
            name
            for name in ends
            if not graph.edges_into(name) and not graph.edges_out_of(name)
        }
        problems = _told_once(graph, problems, alone)
        told = {problem.node for problem in problems if problem.code == "missing-input"}
        problems += [apart(graph, name) for name in ends if name not in alone & told]
    bypassed = frozenset(node.name for node in graph if node.bypassed)
    return Structure(_order(graph, stuck), frozenset(live), bypassed, tuple(problems))


def _weighed(problem: Problem, live: set[str]) -> Problem:
    """What is wrong with a node outside the network does not keep it from running."""
    if problem.node is None or problem.node in live or problem.code == "bad-name":
        return problem
    return replace(problem, severity=Severity.WARNING)


def _told_once(graph: Graph, problems: list[Problem], alone: set[str]) -> list[Problem]:
    """The problems, of which each node that is joined to nothing has one in all."""
    missing = {
        problem.node: joined_to_nothing(graph, problem)
        for problem in reversed(problems)
        if problem.code == "missing-input" and problem.node in alone
    }
    others = [
        problem
        for problem in problems
        if not (problem.code == "missing-input" and problem.node in missing)
    ]
    return [*others, *reversed(missing.values())]


def _leads_nowhere(graph: Graph, name: str) -> bool:
    return all(
        edge.target not in graph or is_cut_off(graph, edge)
        for edge in graph.edges_out_of(name)
    )


def _live(graph: Graph) -> set[str]:
    live = {node.name for node in graph if node.layer == "Output"}
    todo = list(live)
    while todo:
        for edge in graph.edges_into(todo.pop()):
            is_new = edge.source in graph and edge.source not in live
            if is_new and not is_cut_off(graph, edge):
                live.add(edge.source)
                todo.append(edge.source)
    return live


def _order(graph: Graph, stuck: set[str]) -> tuple[str, ...]:
    """Depth first from the outputs, so that a branch is finished before the next.

    That is the order in which a person writes `forward`; a breadth-first one would
    take turns between the branches of an Inception block.
    """
    order: dict[str, None] = {}
    ends = [node.name for node in graph if node.layer == "Output"]
    for end in [*ends, *graph.nodes]:
        if end in order or end in stuck:
            continue
        stack = [(end, _feeders(graph, end, stuck))]
        while stack:
            name, feeders = stack[-1]
            feeder = next((each for each in feeders if each not in order), None)
            if feeder is None:
                order[name] = None
                stack.pop()
            else:
                stack.append((feeder, _feeders(graph, feeder, stuck)))
    return tuple(order)


def _feeders(graph: Graph, name: str, stuck: set[str]) -> Iterator[str]:
    layer = graph[name].type
    edges = graph.edges_into(name)
    if layer is not None and len(edges) > 1:
        ports = [port.name for port in layer.inputs]
        edges.sort(
            key=lambda edge: (
                ports.index(edge.target_port)
                if edge.target_port in ports
                else len(ports)
            )
        )
    return iter(
        [
            edge.source
            for edge in edges
            if edge.source in graph and edge.source not in stuck
        ]
    )


def _loops(graph: Graph) -> list[list[str]]:
    import networkx as nx

    loops = []
    for component in nx.strongly_connected_components(graph.networkx):
        first = next(iter(component))
        if len(component) > 1 or graph.networkx.has_edge(first, first):
            start = next(name for name in graph.nodes if name in component)
            cycle = nx.find_cycle(graph.networkx.subgraph(component), start)
            loops.append([source for source, *_ in cycle])
    return loops
