"""The document: a graph with its data and its recipe, as one file holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from engine.graph import Graph
from engine.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """Which data a document learns from; `engine.data` knows the sources."""

    source: str = "digits"
    settings: Mapping[str, Any] = field(default_factory=dict)  # checked by Setting

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))


@dataclass(slots=True, kw_only=True)
class Document:
    """What the user makes. Only `engine.edits` changes one."""

    name: str = "Untitled"
    """The title; the class in the generated code is called after it."""
    graph: Graph = field(default_factory=Graph)
    data: DataConfig = field(default_factory=DataConfig)
    recipe: Recipe = field(default_factory=Recipe)
    extras: Mapping[str, Any] = field(default_factory=dict)  # keys of newer versions

    def copy(self) -> Document:
        """An equal document that shares nothing that can change."""
        return Document(
            name=self.name,
            graph=self.graph.copy(),
            data=self.data,
            recipe=self.recipe,
            extras=self.extras,
        )
