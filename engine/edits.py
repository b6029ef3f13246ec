"""Every way a document changes, as values that can be applied and undone.

One vocabulary for the window's commands, the one-click fixes of problems, the steps of
lessons and sweeps. Applying an edit gives the edit that undoes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.annotation_edits import AnnotationEdit, RemoveFrame
from engine.annotations import Place
from engine.blocks import Block
from engine.document import DataConfig, Document
from engine.graph import Edge, Graph, Node
from engine.learning_edits import LearningEdit
from engine.recipe import Recipe


@dataclass(frozen=True, slots=True)
class AddNode:
    """Add a node, at a place in the order if one is given."""

    node: Node
    index: int | None = None

    def apply(self, document: Document) -> RemoveNode:
        document.graph.add_node(self.node, self.index)
        return RemoveNode(self.node.name)


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Take a node out that has no edges left; `removal` makes the whole gesture."""

    name: str

    def apply(self, document: Document) -> AddNode:
        node = document.graph[self.name]
        return AddNode(node, document.graph.remove_node(self.name))


@dataclass(frozen=True, slots=True)
class AddEdge:
    """Draw an edge, at a place in the order if one is given."""

    edge: Edge
    index: int | None = None
    bends: tuple[Place, ...] = ()

    def apply(self, document: Document) -> RemoveEdge:
        document.graph.add_edge(self.edge, self.index)
        document.graph.set_bends(self.edge, self.bends)
        return RemoveEdge(self.edge)


@dataclass(frozen=True, slots=True)
class RemoveEdge:
    """Take an edge out."""

    edge: Edge

    def apply(self, document: Document) -> AddEdge:
        graph = document.graph
        bends = graph.bends.get(self.edge, ())
        return AddEdge(self.edge, graph.remove_edge(self.edge), bends)


@dataclass(frozen=True, slots=True)
class SetSettings:
    """Give a node these settings, and defaults for the rest."""

    name: str
    settings: Mapping[str, Any]  # checked by the layer's Setting declarations

    def apply(self, document: Document) -> SetSettings:
        node = document.graph[self.name]
        document.graph.replace_node(replace(node, settings=self.settings))
        return SetSettings(self.name, node.settings)


@dataclass(frozen=True, slots=True)
class SetShares:
    """Let a node use the weights of another; "" gives it its own again."""

    name: str
    shares: str

    def apply(self, document: Document) -> SetShares:
        node = document.graph[self.name]
        document.graph.replace_node(replace(node, shares=self.shares))
        return SetShares(self.name, node.shares)


@dataclass(frozen=True, slots=True)
class SetBypassed:
    """Let what would reach a node flow past it, or through it again."""

    name: str
    bypassed: bool

    def apply(self, document: Document) -> SetBypassed:
        node = document.graph[self.name]
        document.graph.replace_node(replace(node, bypassed=self.bypassed))
        return SetBypassed(self.name, node.bypassed)


@dataclass(frozen=True, slots=True)
class MoveNodes:
    """Put nodes at new positions, in pixels of the canvas at 100 %."""

    positions: Mapping[str, tuple[float, float]]

    def apply(self, document: Document) -> MoveNodes:
        graph = document.graph
        before = {name: graph[name].position for name in self.positions}
        for name, position in self.positions.items():
            graph.replace_node(replace(graph[name], position=position))
        return MoveNodes(before)


@dataclass(frozen=True, slots=True)
class RenameNode:
    """Give a node another name; its edges follow."""

    old: str
    new: str

    def apply(self, document: Document) -> RenameNode:
        document.graph.rename_node(self.old, self.new)
        return RenameNode(self.new, self.old)


@dataclass(frozen=True, slots=True)
class SetData:
    """Learn from other data, or from the same with other settings."""

    data: DataConfig

    def apply(self, document: Document) -> SetData:
        before, document.data = document.data, self.data
        return SetData(before)


@dataclass(frozen=True, slots=True)
class SetRecipe:
    """Train in another way."""

    recipe: Recipe

    def apply(self, document: Document) -> SetRecipe:
        before, document.recipe = document.recipe, self.recipe
        return SetRecipe(before)


@dataclass(frozen=True, slots=True)
class SetName:
    """Give the document another title."""

    name: str

    def apply(self, document: Document) -> SetName:
        before, document.name = document.name, self.name
        return SetName(before)


@dataclass(frozen=True, slots=True)
class SetExtras:
    """Keep other things of newer versions with the document."""

    extras: Mapping[str, Any]  # what another version wrote: kept, never read

    def apply(self, document: Document) -> SetExtras:
        before, document.extras = document.extras, self.extras
        return SetExtras(before)


@dataclass(frozen=True, slots=True)
class AddBlock:
    """Give the document a block; as it replaces one of that name, so it is edited."""

    block: Block
    index: int | None = None

    def apply(self, document: Document) -> AddBlock | RemoveBlock:
        before = document.blocks.get(self.block.name)
        document.put_block(self.block, self.index)
        return AddBlock(before.block) if before else RemoveBlock(self.block.name)


@dataclass(frozen=True, slots=True)
class RemoveBlock:
    """Take a block out of the document; nodes that use it are then unknown layers."""

    name: str

    def apply(self, document: Document) -> AddBlock:
        index = list(document.blocks).index(self.name)
        return AddBlock(document.blocks.pop(self.name).block, index)


@dataclass(frozen=True, slots=True)
class Within:
    """An edit of a block's graph."""

    scope: str
    edit: Edit

    def apply(self, document: Document) -> Within:
        return Within(self.scope, self.edit.apply(document.scoped(self.scope)))


@dataclass(frozen=True, slots=True)
class Compound:
    """Several edits that are one gesture."""

    edits: tuple[Edit, ...]

    def apply(self, document: Document) -> Compound:
        done: list[Edit] = []
        try:
            for edit in self.edits:
                done.append(edit.apply(document))
        except Exception:
            for edit in reversed(done):  # all or nothing: a half gesture is no state
                edit.apply(document)
            raise
        return Compound(tuple(reversed(done)))


Edit = (
    AddNode
    | RemoveNode
    | AddEdge
    | RemoveEdge
    | SetSettings
    | SetShares
    | SetBypassed
    | MoveNodes
    | RenameNode
    | SetData
    | SetRecipe
    | SetName
    | SetExtras
    | AddBlock
    | RemoveBlock
    | Within
    | Compound
    | AnnotationEdit
    | LearningEdit
)


def flatten(edit: Edit) -> Iterator[Edit]:
    """The single edits an edit is made of, in the order they are applied."""
    if isinstance(edit, Compound):
        for part in edit.edits:
            yield from flatten(part)
    elif isinstance(edit, Within):
        for part in flatten(edit.edit):
            yield Within(edit.scope, part)
    else:
        yield edit


def within(scope: str, edit: Edit) -> Edit:
    """An edit of the graph of `scope`; in the main graph, scope "", the edit itself.

    Parts of it that change the whole document still do.
    """
    if not scope:
        return edit
    if isinstance(edit, Compound):
        return Compound(tuple(within(scope, part) for part in edit.edits))
    if isinstance(edit, _OF_THE_DOCUMENT):
        return edit
    return Within(scope, edit)


_OF_THE_DOCUMENT = (
    *(SetData, SetRecipe, SetName, SetExtras),
    *(AddBlock, RemoveBlock, Within),
)


# Gestures that are several edits. Each only reads the graph and gives the edits.


def change_settings(graph: Graph, name: str, changes: Mapping[str, Any]) -> Edit:
    """Change some settings of a node."""
    return SetSettings(name, {**graph[name].settings, **changes})


def removal(graph: Graph, names: Iterable[str], *, keep_flow: bool = False) -> Edit:
    """Take nodes out with their edges.

    With `keep_flow`, what reached the first input of each removed node flows on to
    whatever its first output reached.
    """
    gone = set(names)
    edges = [e for e in graph.edges if e.source in gone or e.target in gone]
    joined = joins_past(graph, gone, edges) if keep_flow else {}
    return Compound(
        (
            *map(RemoveEdge, edges),
            *map(RemoveNode, _ordered(graph, gone)),
            *(AddEdge(edge, index) for edge, index in joined.items()),
            *map(RemoveFrame, emptied_frames(graph, gone)),
        )
    )


def joins_past(
    graph: Graph, gone: Collection[str], edges: Collection[Edge]
) -> dict[Edge, int]:
    """What joins the flow around nodes once these edges are out, with its place."""
    joined: dict[Edge, int] = {}
    kept = 0
    for edge in graph.edges:
        if edge not in edges:
            kept += 1
        elif edge.source in gone and edge.target not in gone:
            feeder = _feeder_past(graph, edge.source, gone)
            new = Edge(*feeder, edge.target, edge.target_port) if feeder else None
            if new is not None and new not in graph.edges_out_of(new.source):
                # In the old edge's place: a variadic port takes edges in order.
                joined.setdefault(new, kept + len(joined))
    return joined


def emptied_frames(graph: Graph, gone: Collection[str]) -> list[str]:
    """The frames that hold nothing once these nodes are out of them."""
    left = {node.frame for node in graph if node.name not in gone}
    return [
        name
        for name in dict.fromkeys(
            graph[each].frame for each in graph.nodes if each in gone
        )
        if name in graph.frames and name not in left
    ]


def _ordered(graph: Graph, names: set[str]) -> list[str]:
    return [name for name in graph.nodes if name in names]


def _feeder_past(
    graph: Graph, name: str, gone: Collection[str]
) -> tuple[str, str] | None:
    """The output that feeds the first input of a removed node, past removed ones."""
    seen: set[str] = set()
    while name in gone and name not in seen:
        seen.add(name)
        edges = graph.edges_into(name)
        layer = graph[name].type
        if layer is not None and layer.inputs:
            edges = graph.edges_into(name, layer.inputs[0].name)
        if not edges:
            return None
        name, port = edges[0].source, edges[0].source_port
    return None if name in gone else (name, port)


def insertion(graph: Graph, node: Node, edge: Edge) -> Edit:
    """Put a new node in the middle of an edge, through its first ports."""
    layer = node.type
    if layer is None or not layer.inputs or not layer.outputs:
        raise ValueError(f"{node.layer} has no input and output to sit on an edge")
    index = graph.edges.index(edge)
    return Compound(
        (
            AddNode(node),
            RemoveEdge(edge),
            AddEdge(
                Edge(edge.source, edge.source_port, node.name, layer.inputs[0].name),
                index,
            ),
            # In the old edge's place: the order of edges into a variadic port stays.
            AddEdge(
                Edge(node.name, layer.outputs[0].name, edge.target, edge.target_port),
                index + 1,
            ),
        )
    )


def connection(graph: Graph, edge: Edge) -> Edit:
    """Draw an edge; an edge that ends at the same plain input gives way."""
    node = graph[edge.target]
    port = node.type.input_port(edge.target_port) if node.type is not None else None
    replaced: list[Edge] = []
    if port is None or not port.variadic:
        replaced = graph.edges_into(edge.target, edge.target_port)
    return Compound((*map(RemoveEdge, replaced), AddEdge(edge)))
