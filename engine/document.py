"""The document: a graph with its data and its recipe, as one file holds it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import count
from types import MappingProxyType
from typing import Any

from engine.blocks import Block, BlockLayer, reached, uses
from engine.graph import Graph
from engine.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """Which data a document learns from; `engine.data` knows the sources."""

    source: str = "digits"
    settings: Mapping[str, Any] = field(default_factory=dict)  # checked by Setting

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))


UNTITLED = "Untitled"
"""The title of a document that nobody gave one."""


def numbered(title: str, taken: Collection[str]) -> str:
    """A title that no other has: `Untitled`, and where that is taken `Untitled 2`."""
    if title not in taken:
        return title
    return next(each for n in count(2) if (each := f"{title} {n}") not in taken)


def is_untitled(title: str) -> bool:
    """Whether nobody chose this title: `Untitled`, or `Untitled 2`."""
    return re.fullmatch(rf"{UNTITLED}( \d+)?", title) is not None


class Document:
    """What the user makes. Only `engine.edits` changes one."""

    def __init__(
        self,
        *,
        name: str = UNTITLED,
        graph: Graph | None = None,
        data: DataConfig | None = None,
        recipe: Recipe | None = None,
        extras: Mapping[str, Any] | None = None,  # keys of newer versions
    ) -> None:
        self.name = name
        """The title; the class in the generated code is called after it."""
        self.blocks: dict[str, BlockLayer] = {}
        """The blocks by name; the graphs take them as layer types."""
        self.graph = graph.copy(self.blocks) if graph else Graph(self.blocks)
        self.data = data or DataConfig()
        self.recipe = recipe or Recipe()
        self.extras: Mapping[str, Any] = dict(extras or {})  # of newer versions

    def new_block(
        self, name: str, settings: Mapping[str, int], help: str = ""
    ) -> Block:
        """A block without nodes, over this document's blocks; not yet one of them."""
        return Block(
            name=name, graph=Graph(self.blocks), settings=dict(settings), help=help
        )

    def put_block(self, block: Block, index: int | None = None) -> None:
        """Take a block in, at a place in the order, or for the one of its name."""
        layer = BlockLayer(replace(block, graph=block.graph.copy(self.blocks)))
        if index is None or block.name in self.blocks:
            self.blocks[block.name] = layer
            return
        order = list(self.blocks.items())
        order.insert(index, (block.name, layer))
        self.blocks.clear()  # in place: every graph holds this very dictionary
        self.blocks.update(order)

    def scoped(self, scope: str) -> Document:
        """The document as seen inside a block: its `graph` is the block's.

        The very graph, not a copy: what an edit does to it is done to the document.
        """
        if not scope:
            return self
        view = copy(self)
        view.graph = self.blocks[scope].block.graph
        return view

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return (
            (self.name, self.data, self.recipe)
            == (other.name, other.data, other.recipe)
            and self.extras == other.extras
            and self.has_network_of(other)
        )

    __hash__ = None  # type: ignore[assignment]  # a document changes

    def has_network_of(self, other: Document) -> bool:
        """Whether both hold the same network: graph and blocks alike."""
        return self.graph == other.graph and (
            [each.block for each in self.blocks.values()]
            == [each.block for each in other.blocks.values()]
        )

    @property
    def variant(self) -> str:
        """Which of several networks it is just now: the blocks that are in use.

        Empty where all of them are: then its name says which network it is.
        """
        used = uses(self.graph)
        if reached(self.graph, self.blocks) == set(self.blocks):
            return ""
        return ", ".join(name for name in self.blocks if name in used)

    def copy(self) -> Document:
        """An equal document that shares nothing that can change."""
        other = Document(
            name=self.name, data=self.data, recipe=self.recipe, extras=self.extras
        )
        for layer in self.blocks.values():
            other.put_block(layer.block)
        other.graph = self.graph.copy(other.blocks)
        return other
