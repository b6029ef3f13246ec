"""Which modules of a network are frozen, and which learn at a rate of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.blocks import REPEAT, BlockLayer, resolve
from engine.catalog import Layer
from engine.document import Document
from engine.expressions import ExpressionError
from engine.graph import Graph, Node
from engine.learning_edits import SetFrozen
from engine.problems import Fix, Problem
from engine.training.methods.parts import SAME_RANGE, before


def frozen_modules(document: Document, outputs: Mapping[str, object]) -> list[str]:
    """The frozen modules of what leads to `outputs`, as they are called in the code.

    What is inside a frozen block is frozen with it, and is not listed.
    """
    found: list[str] = []
    for path, node in _held(document.graph, outputs, {}, ""):
        if node.frozen and not any(path.startswith(f"{each}.") for each in found):
            found.append(path)
    return found


def module_rates(document: Document, outputs: Mapping[str, object]) -> dict[str, float]:
    """By module, what its learning rate is multiplied by, where that is not 1."""
    return {
        path: node.rate
        for path, node in _held(document.graph, outputs, {}, "")
        if node.rate != 1.0
    }


def stem_modules(document: Document, outputs: Mapping[str, object]) -> list[str]:
    """Frozen models and blocks of the main graph that see nothing but the data.

    Only where all learns at once, and from targets.
    """
    graph = document.graph
    if document.recipe.method != "supervised":
        return []
    shared = {node.shares for node in graph}
    return [
        node.name
        for node in before(graph, outputs)
        if node.frozen
        and not node.shares
        and node.name not in shared
        and _is_costly(node)
        and all(
            graph[name].layer in _STILL or graph[name].bypassed
            for name in graph.ancestors(node.name)
        )
    ]


def _is_costly(node: Node) -> bool:
    return isinstance(node.type, BlockLayer) or node.layer.startswith("Pretrained")


_STILL = SAME_RANGE | {
    *("Input", "ImageNetNormalize", "Upsample", "Pad", "Scale", "Clamp", "OneHot")
}
"""Layers that give the same of a sample every time."""


def _held(
    graph: Graph, outputs: Mapping[str, object], names: Mapping[str, int], prefix: str
) -> Iterator[tuple[str, Node]]:
    """Every node that has a module of its own, with its path; blocks before insides.

    `names` are the settings of the block that the graph is of.
    """
    for node in before(graph, outputs):
        layer = node.type
        if layer is None or node.shares or not _has_module(layer):
            continue  # a shared module is its owner's
        yield prefix + node.name, node
        if isinstance(layer, BlockLayer):
            yield from _inside(layer, node, names, f"{prefix}{node.name}.")


def _inside(
    layer: BlockLayer, use: Node, names: Mapping[str, int], prefix: str
) -> Iterator[tuple[str, Node]]:
    try:
        values = resolve(use, names or None)
    except ExpressionError:
        return  # told of where it stands
    own = {name: values[name] for name in layer.block.settings}
    exits = {node.name: node for node in layer.exits}
    repeat = values[REPEAT.name]
    for copy in range(repeat):
        place = f"{prefix}{copy}." if repeat > 1 else prefix
        yield from _held(layer.block.graph, exits, own, place)


def _has_module(layer: Layer) -> bool:
    """Whether a layer may have an attribute with weights or statistics."""
    if isinstance(layer, BlockLayer):
        return True
    # Dropout and noise hold nothing that could stand still.
    makes_one = type(layer).constructor is not Layer.constructor
    return makes_one and layer.family != "regularization"


def all_frozen(document: Document) -> Problem:
    """Nothing is left to learn, since every weight stays as it is."""
    nodes = [node for node in document.graph if node.frozen]
    last = nodes[-1] if nodes else None
    return Problem(
        code="all-frozen",
        node=last.name if last is not None else None,
        message="Every weight of the network is frozen, so there is nothing to learn.",
        remedy=f"Let {last.name} learn again."
        if last is not None
        else "Let a node inside a block learn again.",
        fixes=(
            Fix(
                label=f"Let {last.name} learn",
                edits=(SetFrozen(last.name, False),),
            ),
        )
        if last is not None
        else (),
    )
