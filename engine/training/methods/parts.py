"""Parts of a network that learn by themselves: which there are, and how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import networkx as nx

from engine.document import Document
from engine.edits import SetRecipe
from engine.graph import Graph, Node
from engine.problems import Fix, Problem, Severity

MACHINE = "RestrictedBoltzmannMachine"
SAME_RANGE = frozenset(
    "Flatten Unflatten Reshape Permute Transpose Squeeze Unsqueeze Slice SelectStep "
    "MaxPool1d MaxPool2d AvgPool1d AvgPool2d AdaptiveAvgPool1d AdaptiveAvgPool2d Mean "
    "Concatenate".split()
)
"""Layers that give numbers from 0 to 1 where they get such."""
CHANCES = frozenset(
    f"Input {MACHINE} Sigmoid Hardsigmoid Softmax Scale Clamp OneHot".split()
)
"""Layers that give, or may well have been set to give, numbers from 0 to 1."""


def leading_to(graph: Graph, outputs: Iterable[str], layer: str) -> list[Node]:
    """The nodes of a layer type that an Output depends on, those first that run first.

    Those that use another's weights are left out: they are not trained twice.
    """
    nodes = before(graph, outputs)
    return [node for node in nodes if node.layer == layer and not node.shares]


def before(graph: Graph, outputs: Iterable[str]) -> list[Node]:
    """The nodes that some Outputs depend on, each after those that it depends on."""
    names: set[str] = set()
    for output in outputs:
        names |= graph.ancestors(output)
    order = nx.topological_sort(graph.networkx.subgraph(names))
    nodes = [graph[name] for name in order if name in graph]
    return [node for node in nodes if not node.bypassed]


def too_short(document: Document, parts: int, what: str) -> list[Problem]:
    """The last of so many `parts` has no epoch to learn in; `what` it is."""
    recipe = document.recipe
    needed = (parts - 1) * recipe.layer_epochs + 1
    if recipe.epochs >= needed:
        return []
    edit = SetRecipe(replace(recipe, epochs=needed + recipe.layer_epochs - 1))
    several = "part before it learns" if parts == 2 else "parts before it learn"
    label = f"Set epochs to {needed + recipe.layer_epochs - 1}"
    return [
        Problem(
            code="too-few-epochs",
            message=f"With {recipe.epochs} epochs {what} never learns: the "
            f"{parts - 1} {several} for {recipe.layer_epochs} epochs each.",
            found=f"{recipe.epochs}",
            expected=f"at least {needed}",
            remedy=f"{label}, or layer_epochs lower.",
            fixes=(Fix(label=label, edits=(edit,)),),
        )
    ]


def no_chances(graph: Graph, machines: Iterable[Node]) -> list[Problem]:
    """A warning for each machine that is given other numbers than those from 0 to 1."""
    problems = []
    for machine in machines:
        feeder = _feeder(graph, machine.name)
        if feeder is None or feeder.layer in CHANCES:
            continue
        problems.append(
            Problem(
                code="no-chances",
                severity=Severity.WARNING,
                node=machine.name,
                message=f"{machine.name} takes numbers from 0 to 1, as chances, and "
                f"{feeder.name} ({feeder.layer}) may give others.",
                found=feeder.layer,
                expected="numbers from 0 to 1",
                remedy="Put a Sigmoid before it.",
            )
        )
    return problems


def _feeder(graph: Graph, name: str) -> Node | None:
    """What gives the numbers that reach a node, past what only rearranges them."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        edges = graph.edges_into(name)
        if not edges or edges[0].source not in graph:
            return None
        name = edges[0].source
        if graph[name].layer not in SAME_RANGE:
            return graph[name]
    return None


def player_names(nodes: Sequence[Node], taken: Iterable[str] = ()) -> list[str]:
    """What the players are called: as their nodes on the canvas.

    Their losses lie in files of these names, which some systems tell apart by letters
    alone: where two names differ in case only, one is numbered. No node has a space.
    """
    found: list[str] = []
    for number, node in enumerate(nodes, 1):
        known = {name.casefold() for name in (*taken, *found)}
        is_free = node.name.casefold() not in known
        found.append(node.name if is_free else f"{node.name} {number}")
    return found
