"""Panning, selecting with a band, and pressing what is there to be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from engine.edits import RemoveEdge
from engine.graph import Edge
from gui.canvas.feedback import BandItem
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.hits import Hit
from gui.canvas.wording import edges_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_ADDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Pan(Gesture):
    """Move what is seen; a right click without a drag opens the menu."""

    scrolls = False

    def __init__(self, canvas: CanvasView, start: Pointer, *, has_menu: bool) -> None:
        super().__init__(canvas, start)
        self._last = start.view
        self._has_menu = has_menu

    def begin(self) -> None:
        self.canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def drag(self, pointer: Pointer) -> None:
        way = pointer.view - self._last
        self._last = pointer.view
        self.canvas.pan_by(way.x(), way.y())

    def clear(self) -> None:
        self.canvas.viewport().unsetCursor()

    def click(self, pointer: Pointer) -> None:
        if self._has_menu:
            self.canvas.open_menu(pointer)


class SelectBand(Gesture):
    """Select the nodes within a rectangle; Ctrl or Shift adds to those selected."""

    def __init__(self, canvas: CanvasView, start: Pointer) -> None:
        super().__init__(canvas, start)
        self._before = canvas.selection.names
        self._edges = canvas.selection.edges
        self._marks = canvas.selection.marks
        self._band: BandItem | None = None

    def click(self, pointer: Pointer) -> None:
        if not pointer.modifiers & _ADDS:
            self.canvas.select([])

    def begin(self) -> None:
        self._band = BandItem(self.network.style_)
        self.network.addItem(self._band)

    def drag(self, pointer: Pointer) -> None:
        rect = QRectF(self.start.scene, pointer.scene).normalized()
        if self._band is not None:
            self._band.show_rect(rect)
        inside = [
            name
            for name, item in self.network.nodes.items()
            if item.rect().intersects(rect)
        ]
        adds = bool(pointer.modifiers & _ADDS)
        marks = self.network.annotations.inside(rect)
        self.canvas.selection.set(
            [*(self._before if adds else []), *inside],
            [],
            [*(self._marks if adds else []), *marks],
        )

    def clear(self) -> None:
        if self._band is not None:
            self.network.removeItem(self._band)

    def restore(self) -> None:
        self.canvas.selection.set(self._before, self._edges, self._marks)


class PressCallout(Gesture):
    """Apply a fix, or put the note away."""

    scrolls = False

    def __init__(self, canvas: CanvasView, start: Pointer, hit: Hit) -> None:
        super().__init__(canvas, start)
        self._hit = hit

    def move(self, pointer: Pointer) -> None:
        """A press that slides off its button does nothing, as everywhere."""

    def release(self, pointer: Pointer) -> None:
        hit = self.canvas.hit(pointer.scene)
        if hit != self._hit:
            return
        if hit.fix is not None:
            self.canvas.editor.apply_fix(hit.fix)
        elif hit.is_cross:
            self.network.error_note.hide()


class PressBadge(Gesture):
    """Bring the note about an error back, or put it away."""

    def __init__(self, canvas: CanvasView, start: Pointer, node: str) -> None:
        super().__init__(canvas, start)
        self._node = node

    def click(self, pointer: Pointer) -> None:
        self.canvas.select([self._node])
        first = self.network.findings.first
        if first is None or first.node != self._node:
            return
        if self.network.error_note.is_shown:
            self.network.error_note.hide()
        else:
            self.network.error_note.show()


class PressEdge(Gesture):
    """Select an edge; with Alt, cut it."""

    def __init__(self, canvas: CanvasView, start: Pointer, edge: Edge) -> None:
        super().__init__(canvas, start)
        self._edge = edge

    def click(self, pointer: Pointer) -> None:
        if pointer.holds(Qt.KeyboardModifier.AltModifier):
            label = tr("Cut {edges}", edges=edges_phrase([self._edge]))
            self.canvas.model.push(label, RemoveEdge(self._edge))
            return
        self.canvas.select_edge(self._edge, adds=bool(pointer.modifiers & _ADDS))
