"""The edit that turns one document into another, so that it can be undone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from engine import annotation_edits, edits, learning_edits
from engine.document import Document
from engine.graph import Graph, Node

_T = TypeVar("_T", bound=Hashable)


def transition(before: Document, after: Document) -> edits.Edit:
    """One edit after which `before` equals `after`; what is the same is not touched."""
    return edits.Compound(
        (
            *_blocks(before, after),
            *_graph(before.graph, after.graph),
            *_of_the_document(before, after),
        )
    )


def _of_the_document(before: Document, after: Document) -> Iterator[edits.Edit]:
    if before.name != after.name:
        yield edits.SetName(after.name)
    if before.data != after.data:
        yield edits.SetData(after.data)
    if before.recipe != after.recipe:
        yield edits.SetRecipe(after.recipe)
    if before.extras != after.extras:
        yield edits.SetExtras(after.extras)


def _blocks(before: Document, after: Document) -> Iterator[edits.Edit]:
    kept = set(_in_order(before.blocks, after.blocks))
    for name in before.blocks:
        if name not in kept:
            yield edits.RemoveBlock(name)
    for index, (name, layer) in enumerate(after.blocks.items()):
        if name not in kept or before.blocks[name].block != layer.block:
            yield edits.AddBlock(layer.block, index)


def _graph(before: Graph, after: Graph) -> Iterator[edits.Edit]:
    lasting = [name for name, node in after.nodes.items() if _lasts(node, before)]
    nodes = set(_in_order(before.nodes, lasting))
    edges = set(
        _in_order(
            (e for e in before.edges if {e.source, e.target} <= nodes), after.edges
        )
    )
    for edge in before.edges:
        if edge not in edges:
            yield edits.RemoveEdge(edge)
    for name in before.nodes:
        if name not in nodes:
            yield edits.RemoveNode(name)
    for index, (name, node) in enumerate(after.nodes.items()):
        if name not in nodes:
            yield edits.AddNode(node, index)
    yield from _changed([(before[n], after[n]) for n in after.nodes if n in nodes])
    for index, edge in enumerate(after.edges):
        bends = after.bends.get(edge, ())
        if edge not in edges:
            yield edits.AddEdge(edge, index, bends)
        elif bends != before.bends.get(edge, ()):
            yield annotation_edits.SetBends(edge, bends)
    yield from _annotations(before, after)


def _annotations(before: Graph, after: Graph) -> Iterator[edits.Edit]:
    for name in before.frames.keys() - after.frames.keys():
        yield annotation_edits.RemoveFrame(name)
    for name in before.notes.keys() - after.notes.keys():
        yield annotation_edits.RemoveNote(name)
    for name, frame in after.frames.items():
        if before.frames.get(name) != frame:
            yield annotation_edits.PutFrame(frame)
    for name, note in after.notes.items():
        if before.notes.get(name) != note:
            yield annotation_edits.PutNote(note)


def _lasts(node: Node, before: Graph) -> bool:
    """Whether edits can turn the node of that name into this one."""
    old = before.nodes.get(node.name)
    return old is not None and (old.layer, old.extras) == (node.layer, node.extras)


def _in_order(before: Iterable[_T], after: Iterable[_T]) -> Sequence[_T]:
    """What is in both, if it is in the same order in both; else nothing lasts."""
    old, new = list(before), list(after)
    both = set(old) & set(new)
    kept = [each for each in old if each in both]
    return kept if kept == [each for each in new if each in both] else []


def _changed(pairs: Sequence[tuple[Node, Node]]) -> Iterator[edits.Edit]:
    for old, new in pairs:
        if old.settings != new.settings:
            yield edits.SetSettings(new.name, new.settings)
        if old.shares != new.shares:
            yield edits.SetShares(new.name, new.shares)
        if old.bypassed != new.bypassed:
            yield edits.SetBypassed(new.name, new.bypassed)
        if old.frozen != new.frozen:
            yield learning_edits.SetFrozen(new.name, new.frozen)
        if old.rate != new.rate:
            yield learning_edits.SetRate(new.name, new.rate)
        if old.collapsed != new.collapsed:
            yield annotation_edits.SetCollapsed(new.name, new.collapsed)
        if old.frame != new.frame:
            yield annotation_edits.SetFrame(new.name, new.frame)
    moved = {
        new.name: new.position for old, new in pairs if old.position != new.position
    }
    if moved:
        yield edits.MoveNodes(moved)
