"""Pressing and dragging what is neither a node nor an edge: bends, frames, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from engine.edits import Compound
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.load import Load
from gui.canvas.marks import BendMark, FrameMark, Mark
from gui.canvas.placing import snapped
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_ADDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_LABELS = {BendMark: tr.mark("Move a point"), FrameMark: tr.mark("Move a frame")}
_MOVE_NOTE = tr.mark("Move a note")


class MoveMarks(Gesture):
    """A click selects; a drag moves all that is selected, on the grid."""

    def __init__(self, canvas: CanvasView, start: Pointer, grabbed: Mark) -> None:
        super().__init__(canvas, start)
        self._grabbed = grabbed
        self._load: Load | None = None

    def click(self, pointer: Pointer) -> None:
        selection = self.canvas.selection
        if not pointer.modifiers & _ADDS:
            selection.set([], [], [self._grabbed])
        elif self._grabbed in selection.marks:
            left = [mark for mark in selection.marks if mark != self._grabbed]
            selection.set(selection.names, selection.edges, left)
        else:
            selection.add(marks=[self._grabbed])

    def begin(self) -> None:
        selection = self.canvas.selection
        if self._grabbed not in selection.marks:
            selection.set([], [], [self._grabbed])
        self._load = Load(self.network, selection.names, selection.marks)

    def drag(self, pointer: Pointer) -> None:
        way = pointer.scene - self.start.scene
        if pointer.holds(Qt.KeyboardModifier.ControlModifier):
            way = QPointF(round(way.x()), round(way.y()))
        else:
            way = QPointF(snapped(way.x()), snapped(way.y()))
        if self._load is not None:
            self._load.shift(way)
        self.canvas.afar.changed()

    def finish(self, pointer: Pointer) -> None:
        edits = self._load.edits() if self._load is not None else []
        if edits:
            label = tr.of(_LABELS.get(type(self._grabbed), _MOVE_NOTE))
            self.canvas.model.push(label, Compound(tuple(edits)))

    def restore(self) -> None:
        if self._load is not None:
            self._load.shift(QPointF())
        self.canvas.afar.changed()
