"""Edits of what is drawn around a network: frames, notes, and how edges run.

None of them changes what the network computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.annotations import Frame, Note, Place
from engine.document import Document
from engine.graph import Edge


@dataclass(frozen=True, slots=True)
class SetBends:
    """Lead an edge through these points; () lets it run as it likes."""

    edge: Edge
    bends: tuple[Place, ...]

    def apply(self, document: Document) -> SetBends:
        return SetBends(self.edge, document.graph.set_bends(self.edge, self.bends))


@dataclass(frozen=True, slots=True)
class SetCollapsed:
    """Show a node by its title alone, or whole again."""

    name: str
    collapsed: bool

    def apply(self, document: Document) -> SetCollapsed:
        node = document.graph[self.name]
        document.graph.replace_node(replace(node, collapsed=self.collapsed))
        return SetCollapsed(self.name, node.collapsed)


@dataclass(frozen=True, slots=True)
class SetFrame:
    """Put a node into a frame; "" takes it out of the one it is in."""

    name: str
    frame: str

    def apply(self, document: Document) -> SetFrame:
        node = document.graph[self.name]
        document.graph.replace_node(replace(node, frame=self.frame))
        return SetFrame(self.name, node.frame)


@dataclass(frozen=True, slots=True)
class PutFrame:
    """Add a frame, or let it take the place of the one of its name."""

    frame: Frame

    def apply(self, document: Document) -> PutFrame | RemoveFrame:
        frames = document.graph.frames
        before = frames.get(self.frame.name)
        frames[self.frame.name] = self.frame
        return PutFrame(before) if before else RemoveFrame(self.frame.name)


@dataclass(frozen=True, slots=True)
class RemoveFrame:
    """Take a frame away; what is in it stays."""

    name: str

    def apply(self, document: Document) -> PutFrame:
        return PutFrame(document.graph.frames.pop(self.name))


@dataclass(frozen=True, slots=True)
class PutNote:
    """Add a note, or let it take the place of the one of its name."""

    note: Note

    def apply(self, document: Document) -> PutNote | RemoveNote:
        notes = document.graph.notes
        before = notes.get(self.note.name)
        notes[self.note.name] = self.note
        return PutNote(before) if before else RemoveNote(self.note.name)


@dataclass(frozen=True, slots=True)
class RemoveNote:
    """Take a note away."""

    name: str

    def apply(self, document: Document) -> PutNote:
        return PutNote(document.graph.notes.pop(self.name))


@dataclass(frozen=True, slots=True)
class MoveNotes:
    """Put notes at new positions, in pixels of the canvas at 100 %."""

    positions: Mapping[str, Place]

    def apply(self, document: Document) -> MoveNotes:
        notes = document.graph.notes
        before = {name: notes[name].position for name in self.positions}
        for name, position in self.positions.items():
            notes[name] = replace(notes[name], position=position)
        return MoveNotes(before)


AnnotationEdit = (
    SetBends
    | SetCollapsed
    | SetFrame
    | PutFrame
    | RemoveFrame
    | PutNote
    | RemoveNote
    | MoveNotes
)
