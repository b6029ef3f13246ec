"""Frames, notes and the points of edges: each method is one undo step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF

from engine.annotation_edits import (
    PutFrame,
    PutNote,
    RemoveFrame,
    RemoveNote,
    SetBends,
    SetFrame,
)
from engine.annotations import Frame, Note, free_annotation_name
from engine.edits import Compound, Edit, emptied_frames
from engine.graph import Edge
from gui.canvas.gestures.stroke import with_bend
from gui.canvas.marks import BendMark, FrameMark, Mark, NoteMark
from gui.canvas.name_entry import NameEntry
from gui.canvas.note_entry import NoteEntry
from gui.canvas.placing import snapped
from gui.canvas.wording import nodes_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")


class Annotator:
    """Draws around the network of a canvas, and writes beside it."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._model = canvas.model
        self.title_entry = NameEntry(canvas)
        self.note_entry = NoteEntry(canvas)

    def close_entries(self) -> None:
        """Put the fields for titles and texts away, without taking what they hold."""
        self.title_entry.close_quietly()
        self.note_entry.close_quietly()

    def open(self, mark: Mark) -> None:
        """Edit what a mark says; a point on an edge goes."""
        match mark:
            case FrameMark(name=name):
                self.rename_frame(name)
            case NoteMark(name=name):
                self.edit_note(name)
            case BendMark():
                self._push(tr("Remove a point"), self.removal([mark]))

    # Frames.

    def frame_selected(self) -> None:
        """Put a frame around the selected nodes; its title is asked for in place."""
        names = self._canvas.selection.names
        if not names:
            self._canvas.refused.emit(
                tr(
                    "No node is selected. Select the nodes that the frame is to hold "
                    "first."
                )
            )
            return
        self.title_entry.ask(
            tr("A frame around {nodes}: its title", nodes=nodes_phrase(names)),
            "",
            self._middle(self._canvas.network.extent(names)),
            lambda _: "",
            lambda title: self._frame(names, title),
        )

    def _frame(self, names: list[str], title: str) -> None:
        graph = self._model.document.graph
        names = [name for name in names if name in graph]
        frame = Frame(name=free_annotation_name("frame", graph.frames), title=title)
        edit = Compound(
            (
                PutFrame(frame),
                *(SetFrame(name, frame.name) for name in names),
                *map(RemoveFrame, emptied_frames(graph, names)),
            )
        )
        self._push(tr("Frame {nodes}", nodes=nodes_phrase(names)), edit)
        self._canvas.selection.set([], [], [FrameMark(frame.name)])

    @property
    def has_framed(self) -> bool:
        """Whether a node in a frame is selected, or a frame."""
        names, frames = self._framed()
        return bool(names or frames)

    def _framed(self) -> tuple[list[str], list[FrameMark]]:
        """The selected nodes that are in a frame, and the selected frames."""
        graph, selection = self._model.document.graph, self._canvas.selection
        names = [n for n in selection.names if graph[n].frame]
        return names, [m for m in selection.marks if isinstance(m, FrameMark)]

    def unframe_selected(self) -> None:
        """Take the selected nodes out of their frames, and selected frames away."""
        names, frames = self._framed()
        if not names and not frames:
            self._canvas.refused.emit(
                tr(
                    "Nothing that is selected is in a frame. Select a node in a frame, "
                    "or a frame by its title."
                )
            )
            return
        parts: list[Edit] = [SetFrame(name, "") for name in names]
        parts += map(RemoveFrame, emptied_frames(self._model.document.graph, names))
        gone = {part.name for part in parts if isinstance(part, RemoveFrame)}
        parts.append(self.removal([mark for mark in frames if mark.name not in gone]))
        self._push(tr("Take out of the frame"), Compound(tuple(parts)))

    def rename_frame(self, name: str) -> None:
        """Ask for another title of a frame."""
        frame = self._model.document.graph.frames[name]
        self.title_entry.ask(
            tr("The title of the frame"),
            frame.title,
            self._middle(self._canvas.network.annotations.frames[name].title_rect()),
            lambda _: "",
            lambda title: self._put(frame, title=title),
        )

    def color_frame(self, name: str, color: str) -> None:
        """Give a frame another colour."""
        self._put(self._model.document.graph.frames[name], color=color)

    def _put(self, frame: Frame, **changes: str) -> None:
        changed = replace(frame, **changes)  # type: ignore[arg-type]
        if changed != frame and frame.name in self._model.document.graph.frames:
            renames = "title" in changes
            label = tr("Rename a frame") if renames else tr("Colour a frame")
            self._push(label, PutFrame(changed))

    # Notes.

    def add_note(self, point: QPointF | None = None) -> None:
        """Ask for a text, and put it on the canvas: at a point, or in the middle."""
        at = point if point is not None else self._canvas.sight().center()
        at = QPointF(snapped(at.x()), snapped(at.y()))
        self.note_entry.ask("", self._on_canvas(at), lambda text: self._add(at, text))

    def _add(self, at: QPointF, text: str) -> None:
        if text.strip():
            notes = self._model.document.graph.notes
            name = free_annotation_name("note", notes)
            note = Note(name=name, text=text, position=(at.x(), at.y()))
            self._push(tr("Add a note"), PutNote(note))
            self._canvas.selection.set([], [], [NoteMark(name)])

    def edit_note(self, name: str) -> None:
        """Ask for another text of a note; none at all removes it."""
        note = self._model.document.graph.notes[name]
        at = self._on_canvas(QPointF(*note.position))
        self.note_entry.ask(note.text, at, lambda text: self._write(note, text))

    def _write(self, note: Note, text: str) -> None:
        if note.name not in self._model.document.graph.notes or text == note.text:
            return
        if text.strip():
            self._push(tr("Change a note"), PutNote(replace(note, text=text)))
        else:
            self._push(tr("Remove a note"), RemoveNote(note.name))

    # Points of edges.

    def add_bend(self, edge: Edge, point: QPointF) -> None:
        """Lead an edge through one more point on its course."""
        label = tr(
            "Add a point to the edge from {source} to {target}",
            source=edge.source,
            target=edge.target,
        )
        self._push(label, with_bend(self._canvas, edge, point))

    def straighten(self, edge: Edge) -> None:
        """Let an edge run as it likes again."""
        label = tr(
            "Straighten the edge from {source} to {target}",
            source=edge.source,
            target=edge.target,
        )
        self._push(label, SetBends(edge, ()))

    # Taking away.

    def removal(self, marks: list[Mark] | list[FrameMark] | list[BendMark]) -> Edit:
        """The edit that takes these away; what is in a frame stays."""
        graph = self._model.document.graph
        parts: list[Edit] = []
        bent: dict[Edge, set[int]] = {}
        for mark in marks:
            match mark:
                case BendMark(edge=edge, index=index):
                    bent.setdefault(edge, set()).add(index)
                case NoteMark(name=name):
                    parts.append(RemoveNote(name))
                case FrameMark(name=name):
                    held = [node.name for node in graph if node.frame == name]
                    parts += [SetFrame(each, "") for each in held]
                    parts.append(RemoveFrame(name))
        for edge, gone in bent.items():
            bends = graph.bends.get(edge, ())
            left = tuple(b for index, b in enumerate(bends) if index not in gone)
            parts.append(SetBends(edge, left))
        return Compound(tuple(parts))

    def _push(self, label: str, edit: Edit) -> None:
        self._model.push(label, edit)

    def _middle(self, rect: QRectF) -> QPoint:
        return self._on_canvas(rect.center())

    def _on_canvas(self, point: QPointF) -> QPoint:
        canvas = self._canvas
        return canvas.viewport().mapToParent(canvas.to_view(point).toPoint())
