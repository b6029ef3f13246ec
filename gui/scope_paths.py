"""Ways into the blocks of a document: which stand, and where an edit belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from engine import annotation_edits, edits, learning_edits
from engine.block_edits import MAIN, users
from engine.block_view import Step
from engine.document import Document

ScopePath = tuple[Step, ...]
"""The blocks one went into, the outermost first."""

OF_A_GRAPH = (
    edits.AddNode,
    edits.RemoveNode,
    edits.AddEdge,
    edits.RemoveEdge,
    edits.SetSettings,
    edits.SetShares,
    edits.MoveNodes,
    edits.RenameNode,
    edits.SetBypassed,
    *get_args(annotation_edits.AnnotationEdit),
    *get_args(learning_edits.LearningEdit),
)


def scope_of(path: ScopePath) -> str:
    """The block at the end of a path; "" for the main graph."""
    return path[-1].block if path else ""


def standing(document: Document, steps: Sequence[Step]) -> ScopePath:
    """As much of a path as there is now; a use that went leaves its block."""
    found: list[Step] = []
    graph = document.graph
    for step in steps:
        layer = document.blocks.get(step.block)
        if layer is None:
            break
        node = graph.nodes.get(step.use) if step.use is not None else None
        is_used = node is not None and node.layer == step.block
        found.append(step if is_used else Step(step.block))
        graph = layer.block.graph
    return tuple(found)


def path_to(document: Document, path: ScopePath, scope: str) -> ScopePath:
    """The path to a block's graph: along `path` if it is on it, else to a use of it."""
    for depth, step in enumerate(path, start=1):
        if step.block == scope:
            return path[:depth]
    return _first_use(document, scope) if scope else ()


def place_of(document: Document, path: ScopePath, edit: edits.Edit) -> ScopePath:
    """The path to a graph that an edit changes: `path`, if it leads to one.

    Of an edit that changes no graph, `path` too.
    """
    touched = [
        single.scope if isinstance(single, edits.Within) else ""
        for single in edits.flatten(edit)
        if isinstance(single, (edits.Within, *OF_A_GRAPH))
    ]
    if not touched or scope_of(path) in touched:
        return path
    return path_to(document, path, touched[0])


def renamed(path: ScopePath, singles: Sequence[edits.Edit]) -> ScopePath:
    """A path where nodes on it have the names that edits gave them."""
    steps = list(path)
    for single in singles:
        scope = single.scope if isinstance(single, edits.Within) else ""
        inner = single.edit if isinstance(single, edits.Within) else single
        if not isinstance(inner, edits.RenameNode):
            continue
        around = ["", *(step.block for step in steps)]
        for place, step in enumerate(steps):
            if around[place] == scope and step.use == inner.old:
                steps[place] = Step(step.block, inner.new)
    return tuple(steps)


def _first_use(document: Document, scope: str) -> ScopePath:
    """The way from the main graph to the first node that uses a block, for its shapes.

    What nothing uses is seen by itself.
    """
    path: ScopePath = ()
    climbed: set[str] = set()  # a block that contains itself is a problem, no end
    while scope:
        climbed.add(scope)
        found = [use for use in users(document, scope) if use[0] not in climbed]
        around, node = found[0] if found else (MAIN, None)
        path = (Step(scope, node.name if node else None), *path)
        scope = around
    return path
