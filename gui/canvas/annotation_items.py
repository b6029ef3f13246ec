"""Frames and notes on the canvas, kept in step with a document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from gui.canvas.frame_item import FrameItem
from gui.canvas.marks import BendMark, FrameMark, Mark, NoteMark
from gui.canvas.note_item import NoteItem
from gui.canvas.style import Style

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene


class AnnotationItems:
    """One item for each frame that holds a node, and for each note of a scene."""

    def __init__(self, network: CanvasScene) -> None:
        self._network = network
        self.frames: dict[str, FrameItem] = {}
        self.notes: dict[str, NoteItem] = {}

    def follow(self) -> None:
        """Show the frames and notes that there are now."""
        network, graph = self._network, self._network.document.graph
        members = self.members()
        for name in [n for n in self.frames if n not in members]:
            network.removeItem(self.frames.pop(name))
        for name in members:
            item = self.frames.get(name)
            if item is None:
                item = self.frames[name] = FrameItem(name, network.style_)
                network.addItem(item)
            item.show_frame(graph.frames[name], network.style_)
        for name in [n for n in self.notes if n not in graph.notes]:
            network.removeItem(self.notes.pop(name))
        for name, note in graph.notes.items():
            card = self.notes.get(name)
            if card is None:
                card = self.notes[name] = NoteItem(name, network.style_)
                network.addItem(card)
            card.show_note(note, network.style_)
        self.embrace(members)

    def members(self) -> dict[str, list[str]]:
        """The nodes in each frame that has any."""
        graph = self._network.document.graph
        found: dict[str, list[str]] = {}
        if graph.frames:
            for node in graph:
                if node.frame in graph.frames and node.name in self._network.nodes:
                    found.setdefault(node.frame, []).append(node.name)
        return found

    def follow_nodes(self) -> None:
        """Let frames be as large as their nodes need, which lie elsewhere now."""
        if self.frames:
            self.embrace(self.members())

    def embrace(self, members: dict[str, list[str]]) -> None:
        """Let frames lie around the cards of these nodes."""
        nodes = self._network.nodes
        for name, names in members.items():
            inner = QRectF()
            for each in names:
                inner |= nodes[each].rect()
            if name in self.frames:
                self.frames[name].embrace(inner)

    def clear(self) -> None:
        """Take all of them away."""
        for item in [*self.frames.values(), *self.notes.values()]:
            self._network.removeItem(item)
        self.frames, self.notes = {}, {}

    def set_style(self, style: Style) -> None:
        """Draw in other colours."""
        for frame in self.frames.values():
            frame.set_style(style)
        for note in self.notes.values():
            note.set_style(style)

    def extent(self) -> QRectF:
        """The rectangle around all of them."""
        bounds = QRectF()
        for frame in self.frames.values():
            bounds |= frame.rect()
        for note in self.notes.values():
            bounds |= note.rect()
        return bounds

    # What is selected and pressed.

    def at(self, point: QPointF) -> Mark | None:
        """The note, or the frame by its title, at a point of the scene."""
        for note in reversed(self.notes.values()):
            if note.rect().contains(point):
                return NoteMark(note.name)
        for frame in reversed(self.frames.values()):
            if frame.title_rect().contains(point):
                return FrameMark(frame.name)
        return None

    def inside(self, rect: QRectF) -> list[Mark]:
        """The notes and bends that a rectangle touches."""
        found: list[Mark] = [
            NoteMark(name)
            for name, note in self.notes.items()
            if note.rect().intersects(rect)
        ]
        edges = self._network.edges
        found += [
            BendMark(edge, index)
            for edge in self._network.document.graph.bends
            if edge in edges
            for index, bend in enumerate(edges[edge].bends)
            if rect.contains(bend)
        ]
        return found

    def has(self, mark: Mark) -> bool:
        """Whether a mark is there."""
        match mark:
            case BendMark(edge=edge, index=index):
                item = self._network.edges.get(edge)
                return item is not None and index < len(item.bends)
            case FrameMark(name=name):
                return name in self.frames
            case NoteMark(name=name):
                return name in self.notes

    def choose(self, before: Iterable[Mark], now: Iterable[Mark]) -> None:
        """Let these stand out as selected, and those no longer."""
        chosen = set(now)
        for mark in [*before, *chosen]:
            is_chosen = mark in chosen
            match mark:
                case BendMark(edge=edge):
                    item = self._network.edges.get(edge)
                    if item is not None:
                        mine = [
                            each.index
                            for each in chosen
                            if isinstance(each, BendMark) and each.edge == edge
                        ]
                        item.choose_bends(frozenset(mine))
                case FrameMark(name=name) if name in self.frames:
                    self.frames[name].set_selected(is_chosen)
                case NoteMark(name=name) if name in self.notes:
                    self.notes[name].set_selected(is_chosen)
