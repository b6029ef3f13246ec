"""Nodes into a block, with the names of their weights; `expand` is the way back.

A block's node `conv` has its weights under `stage1.conv`; expanded it is the node
`stage1_conv`, and the prefix makes it `stage1.conv` again when it is collapsed.
"""

from __future__ import annotations

from collections.abc import Collection

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
from engine.cutting import Cut, Flowing
from engine.document import Document
from engine.edits import AddBlock, Compound, Edit, emptied_frames, within
from engine.expanding import expand, rewired
from engine.graph import Graph, Node
from engine.problems import Refusal
from engine.towers import towers

_ENDS = ("Input", "Output")


def collapse(
    document: Document,
    scope: str,
    names: Collection[str],
    block_name: str,
    flowing: Flowing | None = None,
) -> Edit:
    """Make a block of some nodes and put a node that uses it in their middle.

    Parts that share all their weights with these nodes become further uses of it, which
    share the weights of the first. Raises Refusal where the nodes cannot be a block.
    """
    graph = document.scoped(scope).graph
    chosen = [name for name in graph.nodes if name in set(names)]
    _refuse_selection(graph, chosen)
    refuse_name(document, block_name)
    cut = Cut(graph, towers(graph, chosen), block_name, flowing)
    inside = [list(tower.values()) for tower in cut.towers]
    settings = _inherited(document, scope, [graph[name] for name in inside[0]])
    block = Block(name=block_name, graph=cut.inner_graph(document), settings=settings)
    uses = [
        Node(
            name=use,
            layer=block_name,
            settings={name: name for name in settings},
            position=_middle(graph, tower),
            shares=cut.uses[0] if number else "",
            frame=_common_frame([graph[name] for name in tower]),
        )
        for number, (use, tower) in enumerate(zip(cut.uses, inside, strict=True))
    ]
    gone = [name for name in graph.nodes if name in cut.where]
    first = list(graph.nodes).index(gone[0])
    outer = rewired(graph, gone, uses, first, cut.outer_edges())
    kept = {use.frame for use in uses}
    emptied = [each for each in emptied_frames(graph, gone) if each not in kept]
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


def _inherited(document: Document, scope: str, nodes: list[Node]) -> dict[str, int]:
    """The settings of the block around that expressions in these nodes need."""
    if scope == MAIN:
        return {}
    around = document.blocks[scope].block.settings
    return {name: around[name] for name in expression_names(nodes) if name in around}


def _middle(graph: Graph, names: list[str]) -> tuple[float, float]:
    places = [graph[name].position for name in names]
    across = [x for x, _ in places]
    down = [y for _, y in places]
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


__all__ = ["block_problem_name", "collapse", "expand", "make_unique"]
