"""A block back into the nodes it is made of, in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.block_edits import block_of, substituted
from engine.blocks import REPEAT
from engine.document import Document
from engine.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    MoveNodes,
    RemoveEdge,
    RemoveNode,
    within,
)
from engine.expressions import ExpressionError, evaluate
from engine.graph import LONGEST_NAME, Edge, Graph, Node, name_problem
from engine.problems import Refusal
from engine.sharing import groups, made_once

_STEP = 200.0
"""From one card to the next along a row, in pixels at 100 %."""
_MOST_NODES = 2_000
_Value = tuple[str, str] | None
"""A node and one of its output ports, or nothing."""


def expand(document: Document, scope: str, node: str) -> Edit:
    """Put the nodes of a block where one node uses it, as often as it repeats.

    Names get the use's name as a prefix; expressions become what the use makes of them.
    Uses that share their weights with this one are expanded with it, and what they are
    made of goes on sharing. Raises Refusal where that cannot be drawn.
    """
    graph = document.scoped(scope).graph
    block_of(graph[node])
    owner, *others = groups(graph).get(node, (node,))
    if not others:
        return within(scope, _expanded(graph, _Copies(graph, graph[node])))
    _refuse_parting(graph, owner, others)
    after, edits = document.copy(), []
    lent: list[dict[str, str]] = []
    for name in (owner, *others):  # each sees the graph that the one before left
        graph = after.scoped(scope).graph
        copies = _Copies(graph, graph[name], lent)
        lent = lent or copies.names
        edits.append(within(scope, _expanded(graph, copies)))
        edits[-1].apply(after)
    return Compound(tuple(edits))


def _expanded(graph: Graph, copies: _Copies) -> Edit:
    """The copies in the place of their use."""
    use = copies.use
    place = list(graph.nodes).index(use.name)
    edit = rewired(graph, [use.name], copies.nodes, place, copies.edges())
    moved = _room(graph, use, copies.width)
    return Compound((MoveNodes(moved), edit)) if moved else edit


def _refuse_parting(graph: Graph, owner: str, others: Sequence[str]) -> None:
    """Raise Refusal where nodes with the owner's weights would lose them."""
    for name in others:
        node = graph[name]
        if (node.layer, node.values) != (graph[owner].layer, graph[owner].values):
            raise Refusal(
                f"{name} shares the weights of {owner}, and their settings differ.",
                f"Give {name} weights of its own, or the settings of {owner}.",
            )
    inside = block_of(graph[owner]).block.graph
    for each in inside:
        if each.shares in inside and inside[each.shares].layer != each.layer:
            raise Refusal(
                f"{owner} cannot be expanded: inside, {each.name} is tied to "
                f"{each.shares}, and {others[0]} uses the weights of both.",
                f"Give {others[0]} weights of its own first.",
            )


class _Copies:
    """The copies of a block that a node stands for, one after the other."""

    def __init__(
        self, graph: Graph, use: Node, lent: Sequence[Mapping[str, str]] = ()
    ) -> None:
        """`lent` names, for each copy, the nodes whose weights those in it share."""
        layer = block_of(use)
        self._graph = graph
        self.use = use
        self._layer = layer
        self._inner = [
            each for each in layer.block.graph if each.layer not in ("Input", "Output")
        ]
        values = use.values
        repeat = _repeat(use, values[REPEAT.name])
        if repeat * len(self._inner) > _MOST_NODES:
            raise Refusal(
                f"{use.name} would expand to {repeat * len(self._inner):,} nodes, and "
                f"{_MOST_NODES:,} is the most.",
                "Give it a smaller repeat first.",
            )
        own = {name: values[name] for name in layer.block.settings}
        self.names = self._named(repeat)
        """Of each copy, what the nodes inside are called outside."""
        left = min((each.position[0] for each in self._inner), default=0.0)
        right = max((each.position[0] for each in self._inner), default=0.0)
        top = min((each.position[1] for each in self._inner), default=0.0)
        step = right - left + _STEP
        self.width = step * repeat if self._inner else 0.0
        x, y = use.position
        self.nodes = [
            replace(
                each,
                name=names[each.name],
                settings=substituted(each, own),
                shares=self._shared(each, names, lent[copy] if lent else {}),
                bypassed=each.bypassed or use.bypassed,
                frozen=each.frozen or use.frozen,
                rate=each.rate * use.rate,
                frame=use.frame,
                position=(
                    x + each.position[0] - left + copy * step,
                    y + each.position[1] - top,
                ),
            )
            for copy, names in enumerate(self.names)
            for each in self._inner
        ]

    def _shared(
        self, node: Node, names: Mapping[str, str], lent: Mapping[str, str]
    ) -> str:
        """Whose weights a node of one copy uses; "" for its own."""
        if lent and made_once(node):
            return lent.get(node.shares, lent[node.name])
        return names.get(node.shares, "")

    def _named(self, repeat: int) -> list[dict[str, str]]:
        """The names of the nodes in each copy, by their names inside."""
        taken = set(self._graph.nodes) - {self.use.name}
        names: list[dict[str, str]] = []
        for copy in range(repeat):
            prefix = self.use.name if repeat == 1 else f"{self.use.name}_{copy}"
            names.append({})
            for each in self._inner:
                stem = f"{prefix}_{each.name}"[: LONGEST_NAME - 4]
                name, number = f"{prefix}_{each.name}", 1
                while name in taken or name_problem(name):
                    number += 1
                    name = f"{stem}_{number}"
                taken.add(name)
                names[-1][each.name] = name
        return names

    def edges(self) -> list[Edge]:
        """The edges of the whole graph afterwards, in order. Raises Refusal."""
        graph, use = self._graph, self.use.name
        fed: dict[str, _Value] = {}
        for entry in self._layer.entries:
            into = graph.edges_into(use, entry.name)
            fed[entry.name] = (into[0].source, into[0].source_port) if into else None
        inner: list[Edge] = []
        given: dict[str, _Value] = {}
        for names in self.names:
            inner += self._copy_edges(names, fed)
            given = self._given(names, fed)
            if self._layer.entries and self._layer.exits:
                first = self._layer.entries[0].name
                fed = {**fed, first: given[self._layer.exits[0].name]}
        edges: list[Edge] = []
        for edge in graph.edges:
            if edge.source == use and edge.target != use:
                value = given.get(edge.source_port)
                if value is not None:
                    new = Edge(*value, edge.target, edge.target_port)
                    edges.append(new)
            elif edge.target != use:
                edges.append(edge)
        edges += inner
        self._refuse_twice(edges)
        return edges

    def _copy_edges(
        self, names: Mapping[str, str], fed: Mapping[str, _Value]
    ) -> list[Edge]:
        edges = []
        for edge in self._layer.block.graph.edges:
            if edge.target in names:
                value = self._value(edge, names, fed)
                if value is not None:
                    edges.append(Edge(*value, names[edge.target], edge.target_port))
        return edges

    def _given(
        self, names: Mapping[str, str], fed: Mapping[str, _Value]
    ) -> dict[str, _Value]:
        """What each output port of one copy gives."""
        inside = self._layer.block.graph
        return {
            leaves.name: self._value(into[0], names, fed)
            if (into := inside.edges_into(leaves.name))
            else None
            for leaves in self._layer.exits
        }

    def _value(
        self, edge: Edge, names: Mapping[str, str], fed: Mapping[str, _Value]
    ) -> _Value:
        """What flows along an edge inside, in the words of the graph around."""
        if edge.source in fed:
            return fed[edge.source]
        return (names[edge.source], edge.source_port) if edge.source in names else None

    def _refuse_twice(self, edges: Sequence[Edge]) -> None:
        seen: set[Edge] = set()
        for edge in edges:
            if edge in seen:
                raise Refusal(
                    f"{self.use.name} cannot be expanded: {edge.target} would take "
                    f"{edge.source} twice, and an edge is drawn once.",
                    f"Put a layer between {edge.source} and {self.use.name} on one "
                    "of the two ways.",
                )
            seen.add(edge)


def _repeat(use: Node, value: object) -> int:
    """How many copies there are; raises Refusal where that differs between uses."""
    try:
        count = evaluate(value, {}) if isinstance(value, str) else value
    except ExpressionError:
        raise Refusal(
            f"{use.name} repeats {value} times, which differs between the uses of the "
            "block around it.",
            f"Give the repeat of {use.name} a number first.",
        ) from None
    wrong = REPEAT.problem(count)
    if wrong is not None or not isinstance(count, int):
        raise Refusal(
            f"{use.name} cannot be expanded: repeat {wrong}.",
            "Give it a right repeat first.",
        )
    return count


def _room(graph: Graph, use: Node, width: float) -> dict[str, tuple[float, float]]:
    """Where the nodes to the right of a use go to make room for its copies."""
    more = width - _STEP
    x, _ = use.position
    if more <= 0:
        return {}
    return {
        node.name: (node.position[0] + more, node.position[1])
        for node in graph
        if node.position[0] > x
    }


def rewired(
    graph: Graph,
    gone: Collection[str],
    put: Sequence[Node],
    place: int,
    edges: list[Edge],
) -> Edit:
    """Nodes taken out and others put in at a place, with these edges afterwards.

    `edges` are all of the graph's in their new order; those that stay keep theirs.
    """
    wanted = set(edges)
    # A new node may have the name of one that goes: edges of the old one go with it.
    kept = {
        edge
        for edge in graph.edges
        if edge in wanted and edge.source not in gone and edge.target not in gone
    }
    dropped = [edge for edge in graph.edges if edge not in kept]
    return Compound(
        (
            *map(RemoveEdge, dropped),
            *map(RemoveNode, gone),
            *(AddNode(node, place + index) for index, node in enumerate(put)),
            *(
                AddEdge(edge, index)
                for index, edge in enumerate(edges)
                if edge not in kept
            ),
        )
    )
