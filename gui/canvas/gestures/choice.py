"""Which gesture a press begins, and what a double click does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from gui.canvas.edge_rules import End
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.edge import DragEdge
from gui.canvas.gestures.mark import MoveMarks
from gui.canvas.gestures.move import DetachByDrag, DuplicateByDrag, MoveSelected
from gui.canvas.gestures.plain import (
    Pan,
    PressBadge,
    PressCallout,
    PressEdge,
    SelectBand,
)
from gui.canvas.gestures.stroke import AddBends, CutEdges
from gui.canvas.hits import Hit

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier


def gesture_for(
    canvas: CanvasView, event: QMouseEvent, *, holds_space: bool
) -> Gesture | None:
    """The gesture that a press begins, by its button, its keys and its place."""
    pointer = canvas.pointer(event.position(), event.modifiers())
    match event.button():
        case Qt.MouseButton.MiddleButton:
            return Pan(canvas, pointer, has_menu=False)
        case Qt.MouseButton.RightButton if pointer.holds(_CTRL):
            return CutEdges(canvas, pointer)
        case Qt.MouseButton.RightButton if pointer.holds(_SHIFT):
            return AddBends(canvas, pointer)
        case Qt.MouseButton.RightButton:
            return Pan(canvas, pointer, has_menu=True)
        case Qt.MouseButton.LeftButton if holds_space:
            return Pan(canvas, pointer, has_menu=False)
        case Qt.MouseButton.LeftButton:
            return _left(canvas, pointer, canvas.hit(pointer.scene))
    return None


def _left(canvas: CanvasView, pointer: Pointer, hit: Hit) -> Gesture:
    if hit.is_callout:
        return PressCallout(canvas, pointer, hit)
    if hit.end is not None:
        return _from_port(canvas, pointer, hit.end)
    if hit.is_badge:
        return PressBadge(canvas, pointer, hit.node)
    if hit.node:
        if pointer.holds(_ALT) and pointer.holds(_SHIFT):
            return DetachByDrag(canvas, pointer, hit.node)
        if pointer.holds(_ALT):
            return DuplicateByDrag(canvas, pointer, hit.node)
        return MoveSelected(canvas, pointer, hit.node)
    if hit.mark is not None:
        return MoveMarks(canvas, pointer, hit.mark)
    edge = hit.edge
    if edge is None:
        return SelectBand(canvas, pointer)
    if pointer.holds(_ALT):
        return PressEdge(canvas, pointer, edge)
    if hit.edge_end == "target":
        held = End(edge.source, edge.source_port, True)
        return DragEdge(canvas, pointer, held, edge)
    if hit.edge_end == "source":
        held = End(edge.target, edge.target_port, False)
        return DragEdge(canvas, pointer, held, edge)
    return PressEdge(canvas, pointer, edge)


def double_click(canvas: CanvasView, pointer: Pointer) -> None:
    """Open what is there; a point on an edge; on the bare canvas ask for a layer."""
    hit = canvas.hit(pointer.scene)
    if hit.node:
        canvas.select([hit.node])
        if not canvas.scopes.enter(hit.node):
            canvas.node_activated.emit(hit.node)
    elif hit.mark is not None:
        canvas.annotator.open(hit.mark)
    elif hit.edge is not None:
        canvas.annotator.add_bend(hit.edge, pointer.scene)
    elif not hit.is_callout:
        canvas.requests.ask(pointer.scene, None)


def _from_port(canvas: CanvasView, pointer: Pointer, end: End) -> Gesture:
    graph = canvas.model.document.graph
    layer = graph[end.node].type
    port = layer.input_port(end.port) if layer is not None else None
    edges = [] if end.is_output else graph.edges_into(end.node, end.port)
    if edges and (port is None or not port.variadic):
        # A plain input holds one edge: pulling there takes it off.
        edge = edges[-1]
        if edge in canvas.network.edges:
            held = End(edge.source, edge.source_port, True)
            return DragEdge(canvas, pointer, held, edge, clicked=end)
    return DragEdge(canvas, pointer, end, clicked=end)
