"""Strokes across edges: to cut them, or to put points on them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath

from engine.annotation_edits import SetBends
from engine.edits import Compound, Edit, RemoveEdge
from engine.graph import Edge
from gui.canvas.feedback import StrokeItem
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.plain import Pan
from gui.canvas.wording import edges_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_LEAST_STEP = 3.0
"""Pixels of the screen between two points of a stroke."""


class _Stroke(Gesture):
    """A line drawn freely; knows which edges it has crossed, and where first."""

    cuts = False

    def __init__(self, canvas: CanvasView, start: Pointer) -> None:
        super().__init__(canvas, start)
        self._points = [start.scene]
        self._item: StrokeItem | None = None
        self.crossed: dict[Edge, QPointF] = {}

    def begin(self) -> None:
        self._item = StrokeItem(self.network.style_, is_cut=self.cuts)
        self.network.addItem(self._item)
        self.canvas.viewport().setCursor(Qt.CursorShape.CrossCursor)

    def drag(self, pointer: Pointer) -> None:
        way = pointer.scene - self._points[-1]
        if way.manhattanLength() * self.canvas.scale_now < _LEAST_STEP:
            return
        self._points.append(pointer.scene)
        one, other = self._points[-2:]
        for edge, item in self.network.edges.items():
            if edge not in self.crossed:
                place = item.crossing_with(one, other)
                if place is not None:
                    self.crossed[edge] = place
                    self.mark(edge, is_crossed=True)
        if self._item is not None:
            path = QPainterPath(self._points[0])
            for _, point in pairwise(self._points):
                path.lineTo(point)
            self._item.show_path(path)
        self.network.hint.say(self.words(), pointer.scene)

    def clear(self) -> None:
        if self._item is not None:
            self.network.removeItem(self._item)
        for edge in self.crossed:
            self.mark(edge, is_crossed=False)
        self.network.hint.say("", QPointF())
        self.canvas.viewport().unsetCursor()

    def click(self, pointer: Pointer) -> None:
        # Without a stroke it is a right click like any other.
        Pan(self.canvas, self.start, has_menu=True).click(pointer)

    def mark(self, edge: Edge, *, is_crossed: bool) -> None:
        """Let an edge show what is going to happen to it."""

    def words(self) -> str:
        """What letting go will do."""
        return ""


class CutEdges(_Stroke):
    """Ctrl and the right button: the edges that the stroke crosses are removed."""

    cuts = True

    def mark(self, edge: Edge, *, is_crossed: bool) -> None:
        if edge in self.network.edges:
            self.network.edges[edge].set_cut(is_crossed)

    def words(self) -> str:
        return (
            tr("Let go to remove {edges}.", edges=edges_phrase(self.crossed))
            if self.crossed
            else ""
        )

    def finish(self, pointer: Pointer) -> None:
        edges = [edge for edge in self.crossed if edge in self.network.edges]
        if edges:
            label = tr("Cut {edges}", edges=edges_phrase(edges))
            edit = Compound(tuple(RemoveEdge(edge) for edge in edges))
            self.canvas.model.push(label, edit)


class AddBends(_Stroke):
    """Shift and the right button: edges get a point where the stroke crosses them."""

    def mark(self, edge: Edge, *, is_crossed: bool) -> None:
        if edge in self.network.edges:
            self.network.edges[edge].set_marked(is_crossed)

    def finish(self, pointer: Pointer) -> None:
        edits = [
            with_bend(self.canvas, edge, place)
            for edge, place in self.crossed.items()
            if edge in self.network.edges
        ]
        if edits:
            label = tr("Add points to {edges}", edges=edges_phrase(self.crossed))
            self.canvas.model.push(label, Compound(tuple(edits)))


def with_bend(canvas: CanvasView, edge: Edge, place: QPointF) -> Edit:
    """The edit that leads an edge through one more point on its course."""
    item = canvas.network.edges[edge]
    place = item.on_course(place)
    index = item.place_among_bends(place)
    bends = [(bend.x(), bend.y()) for bend in item.bends]
    # Not on the grid: a straight edge would no longer be straight.
    bends.insert(index, (round(place.x(), 1), round(place.y(), 1)))
    return SetBends(edge, tuple(bends))
