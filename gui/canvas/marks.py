"""What can be selected on a canvas beside nodes and edges."""

from __future__ import annotations

from dataclasses import dataclass

from engine.graph import Edge


@dataclass(frozen=True, slots=True)
class BendMark:
    """One of the points that an edge is led through."""

    edge: Edge
    index: int


@dataclass(frozen=True, slots=True)
class FrameMark:
    """A frame, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A note, by its name."""

    name: str


Mark = BendMark | FrameMark | NoteMark
