"""What a module is drawn as: nodes with what feeds each, before they are a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from engine.importing.final_states import End
from engine.importing.recording import Scope


@dataclass(slots=True)
class Drawn:
    """A node with what feeds it."""

    name: str
    layer: str
    """Of the catalog; empty for the use of a block."""
    settings: dict[str, Any] = field(default_factory=dict)  # checked by Setting
    inputs: list[tuple[str, End]] = field(default_factory=list)
    shares: str = ""
    inside: Picture | None = None
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    """The imported network's, by their names in the node's own module."""


@dataclass(slots=True)
class Picture:
    """The inside of one module, drawn."""

    scope: Scope
    nodes: list[Drawn] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[tuple[str, End]] = field(default_factory=list)
    moved: list[tuple[int, ...] | None] = field(default_factory=list)
    """Of each output the order that its dimensions have in the network, where the batch
    is not first there."""

    @property
    def title(self) -> str:
        """The class that it is the inside of."""
        return type(self.scope.module).__name__
