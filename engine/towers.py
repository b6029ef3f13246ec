"""Parts of a graph that share all their weights: the towers of a siamese network.

Expanded, the uses of a block with one module between them are such parts; made into a
block again, each of them has to become a use of it, for weights cannot be shared
between the inside of a block and its outside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from engine.graph import Edge, Graph, Node
from engine.problems import Refusal
from engine.sharing import is_stateless, module_of

Tower = Mapping[str, str]
"""Each node of the first tower, and the node in its place in this one."""


def towers(graph: Graph, chosen: Sequence[str]) -> list[Tower]:
    """`chosen`, and every part of the graph that is made and wired as it is.

    Only the parts that use the weights of `chosen`, or whose weights it uses; the one
    that has most of the weights comes first. Raises Refusal where weights would be
    shared across the border of all of them.
    """
    _refuse_ties(graph, chosen)
    users = _users(graph)
    found: list[dict[str, str]] = [{name: name for name in chosen}]
    taken = set(chosen)
    for name in chosen:
        for other in users[module_of(graph, graph[name])]:
            if other not in taken:
                found.append(_Matching(graph, chosen, taken, users).around(other))
                taken.update(found[-1].values())
    first = max(found, key=lambda tower: _owned(graph, tower))
    names = {name: first[name] for name in chosen}
    return [
        {names[name]: tower[name] for name in chosen}
        for tower in (first, *(each for each in found if each is not first))
    ]


def _users(graph: Graph) -> dict[str, list[str]]:
    """Of each module, the nodes that call it, in their order."""
    users: dict[str, list[str]] = {}
    for node in graph:
        users.setdefault(module_of(graph, node), []).append(node.name)
    return users


def _owned(graph: Graph, tower: Tower) -> int:
    """How many nodes of a tower have weights that are their own."""
    return sum(not graph[name].shares for name in tower.values())


def _refuse_ties(graph: Graph, chosen: Collection[str]) -> None:
    """Raise Refusal where the weight alone is shared across the border."""
    for node in graph:
        if node.shares not in graph or module_of(graph, node) != node.name:
            continue
        if (node.name in chosen) != (node.shares in chosen):
            away = ", which is not selected,"
            mine, its = ("", away[:-1]) if node.name in chosen else (away, "")
            raise Refusal(
                f"{node.name}{mine} shares the weights of {node.shares}{its}.",
                "Select both or neither.",
            )


class _UnlikeError(Exception):
    """Why two nodes cannot stand for each other, as a clause."""


class _Matching:
    """Finds what stands in the place of each chosen node, from one pair that is known.

    An input port takes one edge, so whatever lies before a pair is a pair as well; of
    what follows, several nodes may be alike, and each is tried.
    """

    def __init__(
        self,
        graph: Graph,
        chosen: Sequence[str],
        taken: Collection[str],
        users: Mapping[str, Sequence[str]],
    ) -> None:
        self._graph = graph
        self._chosen = dict.fromkeys(chosen)
        self._taken = taken
        self._users = users

    def around(self, other: str) -> dict[str, str]:
        """The whole tower that `other` is in. Raises Refusal where there is none."""
        alike = self._users[module_of(self._graph, self._graph[other])]
        mine = [name for name in alike if name in self._chosen]
        try:
            return self._first_way({}, [(name, other) for name in mine])
        except _UnlikeError as why:
            raise Refusal(
                f"{other}, which is not selected, shares its weights with {mine[0]}, "
                f"and what is around them is not alike: {why}.",
                "Select both or neither, or make what is around them alike.",
            ) from None

    def _first_way(
        self, tower: Mapping[str, str], pairs: Sequence[tuple[str, str]]
    ) -> dict[str, str]:
        """The first whole tower that comes of one of the pairs. Raises _UnlikeError."""
        whys = []
        for pair in pairs:
            try:
                return self._completed(tower, pair)
            except _UnlikeError as why:
                whys.append(why)
        raise whys[0]

    def _completed(
        self, known: Mapping[str, str], pair: tuple[str, str]
    ) -> dict[str, str]:
        """The tower that holds what is known and the pair. Raises _UnlikeError."""
        tower, todo = dict(known), [pair]
        used = {*self._taken, *tower.values()}
        while True:
            while todo:
                name, other = todo.pop()
                if tower.get(name) == other:
                    continue
                if name in tower:
                    raise _UnlikeError(f"{name} would be {tower[name]} and {other}")
                self._refuse_unlike(name, other, used)
                tower[name] = other
                used.add(other)
                todo += self._pairs_before(name, other)
            missing, choices = self._next(tower, used)
            if not missing:
                self._refuse_parts(tower)
                return tower
            if not choices:
                raise _UnlikeError(f"there is nothing like {missing}")
            todo = [(missing, each) for each in choices]
            if len(todo) > 1:
                return self._first_way(tower, todo)

    def _refuse_unlike(self, name: str, other: str, used: Collection[str]) -> None:
        """Raise _UnlikeError where one cannot stand for the other."""
        graph = self._graph
        mine, its = graph[name], graph.nodes.get(other)
        if its is None or its.layer != mine.layer:
            raise _UnlikeError(f"{name} is a {mine.layer} and {other} is not")
        if other in used:
            raise _UnlikeError(f"{other} would be in two places")
        if (_settings(its), its.bypassed) != (_settings(mine), mine.bypassed):
            raise _UnlikeError(f"the settings of {name} and {other} differ")
        one_module = module_of(graph, mine) == module_of(graph, its)
        if not one_module and not is_stateless(mine):
            raise _UnlikeError(f"{name} and {other} have weights of their own")

    def _pairs_before(self, name: str, other: str) -> list[tuple[str, str]]:
        """What feeds a pair, where it is chosen. Raises _UnlikeError."""
        mine, its = self._edges_into(name), self._edges_into(other)
        if [edge.target_port for edge in mine] != [edge.target_port for edge in its]:
            raise _UnlikeError(f"{name} and {other} are not fed alike")
        pairs = []
        for edge, its_edge in zip(mine, its, strict=True):
            if edge.source in self._chosen:
                if edge.source_port != its_edge.source_port:
                    raise _UnlikeError(f"{name} and {other} are not fed alike")
                pairs.append((edge.source, its_edge.source))
        return pairs

    def _refuse_parts(self, tower: Mapping[str, str]) -> None:
        """Raise _UnlikeError where a tower feeds itself what the chosen get."""
        inside = set(tower.values())
        for name, other in tower.items():
            edges = zip(self._edges_into(name), self._edges_into(other), strict=True)
            for mine, its in edges:
                if (mine.source in self._chosen) != (its.source in inside):
                    raise _UnlikeError(f"{name} and {other} are not fed alike")

    def _edges_into(self, name: str) -> list[Edge]:
        """The edges into a node by port, those of one port in their order."""
        return sorted(self._graph.edges_into(name), key=lambda edge: edge.target_port)

    def _next(
        self, tower: Mapping[str, str], used: Collection[str]
    ) -> tuple[str, list[str]]:
        """A chosen node whose like is missing, and what may be it; "" if none is."""
        graph = self._graph
        for name, other in tower.items():
            for edge in graph.edges_out_of(name):
                if edge.target in self._chosen and edge.target not in tower:
                    layer = graph[edge.target].layer
                    return edge.target, [
                        each.target
                        for each in graph.edges_out_of(other, edge.source_port)
                        if each.target_port == edge.target_port
                        and each.target not in used
                        and each.target in graph
                        and graph[each.target].layer == layer
                    ]
        apart = [name for name in self._chosen if name not in tower]
        for name in apart:  # not joined to what is known: only weights tell its like
            alike = self._users[module_of(graph, graph[name])]
            free = [each for each in alike if each not in used]
            if free:
                return name, free
        return (apart[0], []) if apart else ("", [])


def _settings(node: Node) -> Mapping[str, Any]:
    return node.settings if node.type is None else node.values
