"""What is drawn around a network for people, and means nothing to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

GRID = 8
"""Cards lie on multiples of this, in pixels at 100 %."""
Place = tuple[float, float]
"""A point of the canvas, in pixels at 100 %."""

FRAME_COLORS = ("grey", "blue", "green", "yellow", "orange", "purple")
"""The names a frame's colour has in a file; what they look like is the theme's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A titled frame. Nodes say which one they are in; it is as large as they need."""

    name: str
    """Unique in its graph; nobody sees it."""
    title: str = ""
    color: str = FRAME_COLORS[0]
    extras: Mapping[str, Any] = field(default_factory=dict)  # keys of newer versions

    def __post_init__(self) -> None:
        object.__setattr__(self, "extras", MappingProxyType(dict(self.extras)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A card of plain text."""

    name: str
    """Unique in its graph; nobody sees it."""
    text: str = ""
    position: Place = (0.0, 0.0)
    """The upper left corner."""
    extras: Mapping[str, Any] = field(default_factory=dict)  # keys of newer versions

    def __post_init__(self) -> None:
        object.__setattr__(self, "extras", MappingProxyType(dict(self.extras)))


def free_annotation_name(stem: str, taken: Mapping[str, object]) -> str:
    """`frame1`, else `frame2`, ...: a name that none of `taken` has."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
