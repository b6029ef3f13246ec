"""A block with what it is made of: into another document, or by itself in one."""

from __future__ import annotations

from engine.blocks import uses
from engine.document import Document
from engine.edits import AddBlock, Compound, Edit
from engine.graph import Edge, Node
from engine.problems import Refusal


def parts_of(document: Document, name: str) -> list[str]:
    """A block and those it is made of, the innermost first."""
    found: dict[str, None] = {}

    def visit(block: str) -> None:
        if block in found or block in path or block not in document.blocks:
            return
        path.append(block)
        for used in sorted(uses(document.blocks[block].block.graph)):
            visit(used)
        path.pop()
        found[block] = None

    path: list[str] = []
    visit(name)
    return list(found)


def bring(document: Document, source: Document, name: str) -> Edit:
    """Take a block of another document in, with those it is made of. Raises Refusal.

    A block that this document has already is left as it is.
    """
    parts: list[Edit] = []
    for part in parts_of(source, name):
        block = source.blocks[part].block
        here = document.blocks.get(part)
        if here is None:
            parts.append(AddBlock(block))
        elif part != name and here.block != block:
            raise Refusal(
                f"{name} is made of a block called {part}, and this document has "
                "another of that name.",
                f"Rename the block {part} of this document first.",
            )
    return Compound(tuple(parts))


def alone(document: Document, name: str) -> Document:
    """A document that holds a block, what it is made of, and one use of it."""
    kept = Document(name=name)
    for part in parts_of(document, name):
        kept.put_block(document.blocks[part].block)
    layer = kept.blocks[name]
    graph = kept.graph
    use = Node(name="block", layer=name, position=(200.0, 0.0))
    graph.add_node(use)
    for row, entry in enumerate(layer.entries):
        place = (0.0, 120.0 * row)
        data = Node(
            name=graph.free_name("data"),
            layer="Input",
            settings=entry.settings,
            position=place,
        )
        graph.add_node(data)
        graph.add_edge(Edge(data.name, "output", use.name, entry.name))
    for row, leaves in enumerate(layer.exits):
        place = (400.0, 120.0 * row)
        answer = Node(name=graph.free_name("answer"), layer="Output", position=place)
        graph.add_node(answer)
        graph.add_edge(Edge(use.name, leaves.name, answer.name, "input"))
    return kept
