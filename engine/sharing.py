"""Nodes that use the weights of another: tied embeddings, siamese networks.

Two nodes of the same layer with the same settings and inputs are one module that is
called twice. Two of different layers can share the tensor `weight` where it has the
same shape in both: the output Linear of a language model and its Embedding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from math import prod

from engine.blocks import BlockLayer
from engine.catalog import Call, Layer, Values
from engine.edits import SetSettings, SetShares
from engine.graph import Graph, Node
from engine.layer_result import LayerResult
from engine.problems import Fix, Problem


@dataclass(frozen=True, slots=True)
class Sharing:
    """What comes of the nodes that share weights."""

    problems: Mapping[str, Problem] = field(default_factory=dict)
    saved: Mapping[str, int] = field(default_factory=dict)
    """How many of its weights a node does not have of its own."""


def shares_module(graph: Graph, node: Node) -> bool:
    """Whether a node calls another's module, rather than tying its weight alone."""
    other = graph.nodes.get(node.shares)
    return other is not None and other.layer == node.layer


def module_of(graph: Graph, node: Node) -> str:
    """The node whose module this one calls: another's, or its own."""
    return node.shares if shares_module(graph, node) else node.name


def is_stateless(node: Node) -> bool:
    """Whether two nodes of the kind, each with a module of its own, are the same.

    Where a layer has neither weights nor statistics; a test holds it for the catalog.
    """
    layer = node.type
    if layer is None or not made_once(node):
        return layer is not None
    return layer.name in _STATELESS or (
        layer.family in _STATELESS_FAMILIES and layer.name != "PReLU"
    )


_STATELESS_FAMILIES = {"activation", "pooling", "regularization", "shape"}
_STATELESS = {"Upsample", "PixelShuffle", "PixelUnshuffle", "ChannelShuffle"}


def groups(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Of each node that shares weights with others, all of them, the owner first."""
    by_owner: dict[str, list[str]] = {}
    for node in graph:
        if node.shares in graph and node.shares != node.name:
            by_owner.setdefault(node.shares, [node.shares]).append(node.name)
    return {
        name: tuple(group)
        for group in by_owner.values()
        for name in dict.fromkeys(group)
    }


def made_once(node: Node) -> bool:
    """Whether code makes an object for a node, which another may call as well."""
    layer = node.type
    return isinstance(layer, BlockLayer) or (
        layer is not None and type(layer).constructor is not Layer.constructor
    )


def candidates(graph: Graph, name: str) -> list[str]:
    """The nodes whose weights a node may use: of its kind, or tied as embeddings are.

    Whether their shapes agree is told as a problem once it is chosen.
    """
    layer = graph[name].layer
    if any(node.shares == name for node in graph):
        return []  # others use its own
    alike = {layer} | (_TIED if layer in _TIED else set())
    return [
        node.name
        for node in graph
        if node.layer in alike and node.name != name and not node.shares
    ]


_TIED = {"Embedding", "Linear"}


def share(
    graph: Graph,
    live: Set[str],
    results: Mapping[str, LayerResult],
    values: Mapping[str, Values],
) -> Sharing:
    """Check every node that shares, and count what it does not need of its own."""
    problems: dict[str, Problem] = {}
    saved: dict[str, int] = {}
    for node in graph:
        if not node.shares or node.bypassed:
            continue
        other = graph.nodes.get(node.shares)
        why = _unusable(node, other, live)
        if other is None or why:
            problems[node.name] = _problem(
                node, f"{node.name} shares the weights of {node.shares}, which {why}"
            )
            continue
        mine, its = results.get(node.name), results.get(other.name)
        if not (mine and its and mine.outputs and its.outputs):
            continue  # what does not fit is told by its own problem
        if other.layer == node.layer:
            if (values[node.name], mine.parameters, mine.weight_shape) != (
                values[other.name],
                its.parameters,
                its.weight_shape,
            ):
                problems[node.name] = _unequal(node, other, _shape(its), _shape(mine))
            elif mine.modules is not None and its.modules is not None:
                unlike = _first_unlike(its.modules(), mine.modules())
                if unlike is not None:
                    problems[node.name] = _unequal(node, other, *unlike)
            saved[node.name] = mine.parameters
        elif mine.weight_shape is None or mine.weight_shape != its.weight_shape:
            problems[node.name] = _unequal(node, other, _shape(its), _shape(mine))
        else:
            saved[node.name] = prod(mine.weight_shape)
    return Sharing(problems, saved)


def _unusable(node: Node, other: Node | None, live: Set[str]) -> str:
    """Why a node's weights cannot be shared at all, or an empty text."""
    if other is None:
        return "does not exist"
    if other.bypassed:
        return "is bypassed"
    if other.name == node.name or other.shares:
        return "has no weights of its own"
    if node.name in live and other.name not in live:
        return "is not part of the network"
    return ""


def _first_unlike(
    there: Sequence[Call | None], here: Sequence[Call | None]
) -> tuple[str, str] | None:
    """The first layers that two uses of a block make otherwise; None where none are."""
    for its, mine in zip(there, here, strict=True):
        if its != mine:
            return str(its), str(mine)
    return None


def _unequal(node: Node, other: Node, there: str, here: str) -> Problem:
    problem = _problem(
        node,
        f"{node.name} shares the weights of {other.name}, and they are not alike: "
        f"{there} there, {here} here",
    )
    if other.layer != node.layer or other.settings == node.settings:
        return problem
    # Who sets one card of two wants to set the other as well, and not to part them.
    same = Fix(
        label=f"Set it as {other.name}",
        edits=(SetSettings(node.name, other.settings),),
    )
    return replace(problem, fixes=(same, *problem.fixes))


def _shape(result: LayerResult) -> str:
    if result.weight_shape is None:
        return f"{result.parameters:,} parameters"
    return " × ".join(map(str, result.weight_shape))


def _problem(node: Node, message: str) -> Problem:
    return Problem(
        code="sharing",
        node=node.name,
        message=f"{message}.",
        remedy="Share with a node of the same layer and settings, or give it weights "
        "of its own.",
        fixes=(
            Fix(
                label=f"Give {node.name} weights of its own",
                edits=(SetShares(node.name, ""),),
            ),
        ),
    )
