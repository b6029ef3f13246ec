"""Branches that differ in size: whose padding is to blame, and the mend of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from engine.catalog import Layer, Specs, Values
from engine.catalog.remedies import shortest, show
from engine.catalog.window import Sizes, per_dim
from engine.edits import change_settings
from engine.graph import Graph
from engine.problems import Fix, Problem


class Known(Protocol):
    """What has to be known of the nodes of a graph."""

    def inputs(self, name: str) -> Specs | None: ...
    def outputs(self, name: str) -> Specs | None: ...
    def layer(self, name: str) -> Layer | None: ...
    def values(self, name: str) -> Values | None: ...


def with_padding_mended(graph: Graph, known: Known, problem: Problem) -> Problem:
    """The problem of branches of differing sizes, with a fix where padding mends it.

    Each branch is compared with its own size, that which reaches its layer: neither the
    smaller nor the larger branch is the wrong one as such.
    """
    odd: dict[str, int | Sizes] = {}
    sizes: set[Sizes] = set()
    for edge in graph.edges_into(problem.node or ""):
        name = _resizing(graph, known, edge.source)
        given, reached = known.outputs(name), known.inputs(name)
        if not given:
            return problem
        kept = _keeping(graph, known, name)
        if kept is not None and reached:
            odd[name] = kept
        sizes.add((reached if name in odd and reached else given)[0].shape[1:])
    if not odd or len(sizes) != 1:
        return problem
    label = "Set " + " and ".join(
        f"the padding of {name} to {show(padding)}" for name, padding in odd.items()
    )
    edits = tuple(
        change_settings(graph, name, {"padding": padding})
        for name, padding in odd.items()
    )
    keeps = "which keeps the size" if len(odd) == 1 else "which keep the size"
    return replace(
        problem,
        remedy=f"{label}, {keeps}.",
        fixes=(*problem.fixes, Fix(label=label, edits=edits)),
    )


def _resizing(graph: Graph, known: Known, name: str) -> str:
    """The nearest node, from `name` back, that gives another shape than it gets."""
    while True:
        fed, given, reached = (
            graph.edges_into(name),
            known.outputs(name),
            known.inputs(name),
        )
        if len(fed) != 1 or not given or not reached:
            return name
        if given[0].shape != reached[0].shape:
            return name
        name = fed[0].source


def _keeping(graph: Graph, known: Known, name: str) -> int | Sizes | None:
    """The padding that would keep a layer's size; None where it has it or none can."""
    layer, values = known.layer(name), known.values(name)
    if layer is None or values is None:
        return None
    is_expression = isinstance(graph[name].settings.get("padding"), str)
    kept = layer.padding_that_keeps(values)
    if kept is None or is_expression:
        return None
    dims = len(kept)
    return None if per_dim(values.padding, dims) == kept else shortest(kept)
