"""Moving nodes, copying them by dragging, and inserting one into an edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt

from engine.detaching import detachment
from engine.edits import Compound, Edit, MoveNodes
from engine.graph import Edge
from gui.canvas.clipboard import Clip
from gui.canvas.edge_rules import can_sit_on_edge, insertion_of_existing
from gui.canvas.feedback import GhostItem, GuidesItem
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.load import Load
from gui.canvas.hits import edge_at
from gui.canvas.placing import between, snapped
from gui.canvas.wording import nodes_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_PULL = 6.0
"""Pixels of the screen within which a card is pulled into line with another."""


class _Carry(Gesture):
    """What moving and copying share: the selected cards follow the pointer."""

    def __init__(self, canvas: CanvasView, start: Pointer, grabbed: str) -> None:
        super().__init__(canvas, start)
        self.grabbed = grabbed
        self.names: list[str] = []
        self._guides: GuidesItem | None = None

    def click(self, pointer: Pointer) -> None:
        if pointer.holds(Qt.KeyboardModifier.ControlModifier):
            names = self.canvas.selection.names
            if self.grabbed in names:
                self.canvas.select([n for n in names if n != self.grabbed])
            else:
                self.canvas.select([*names, self.grabbed])
        elif pointer.holds(Qt.KeyboardModifier.ShiftModifier):
            self.canvas.select([*self.canvas.selection.names, self.grabbed])
        else:
            self.canvas.select([self.grabbed])

    def begin(self) -> None:
        names = self.canvas.selection.names
        if self.grabbed not in names:
            names = [self.grabbed]
            self.canvas.select(names)
        self.names = names
        self._guides = GuidesItem(self.network.style_)
        self.network.addItem(self._guides)

    def clear(self) -> None:
        if self._guides is not None:
            self.network.removeItem(self._guides)

    def shift(self, pointer: Pointer, origin: QPointF, still: set[str]) -> QPointF:
        """How far the cards go: on the grid, in line with a card that stays.

        Ctrl lets them go anywhere.
        """
        way = pointer.scene - self.start.scene
        if pointer.holds(Qt.KeyboardModifier.ControlModifier):
            self._show_guides([])
            return QPointF(round(way.x()), round(way.y()))
        place = origin + way
        x, y = snapped(place.x()), snapped(place.y())
        pull = _PULL / self.canvas.scale_now
        lines: list[QLineF] = []
        size = self.network.nodes[self.grabbed].rect().size()
        near = self.canvas.sight()
        others = [
            rect
            for name, rect in self.network.rects().items()
            if name in still and rect.intersects(near)
        ]
        left = _nearest(place.x(), [r.left() for r in others], pull)
        if left is not None:
            x = left
        top = _nearest(place.y(), [r.top() for r in others], pull)
        if top is not None:
            y = top
        here = QRectF(QPointF(x, y), size)
        if left is not None:
            lines.append(_upright(here, [r for r in others if r.left() == left]))
        if top is not None:
            lines.append(_level(here, [r for r in others if r.top() == top]))
        self._show_guides(lines)
        return QPointF(x, y) - origin

    def _show_guides(self, lines: list[QLineF]) -> None:
        if self._guides is not None:
            self._guides.show_lines(lines)


class MoveSelected(_Carry):
    """Drag nodes elsewhere; one without edges can be dropped into an edge."""

    def __init__(self, canvas: CanvasView, start: Pointer, grabbed: str) -> None:
        super().__init__(canvas, start, grabbed)
        self._load: Load | None = None
        self._origin = QPointF()
        self._still: set[str] = set()
        self._edge: Edge | None = None

    def begin(self) -> None:
        super().begin()
        self._load = Load(self.network, self.names, self.canvas.selection.marks)
        self._origin = self.network.nodes[self.grabbed].pos()
        self._still = self.network.nodes.keys() - set(self._load.names)

    def drag(self, pointer: Pointer) -> None:
        shift = self.shift(pointer, self._origin, self._still)
        if self._load is not None:
            self._load.shift(shift)
        self._mark(self._edge_below())
        self.canvas.afar.changed()

    def finish(self, pointer: Pointer) -> None:
        graph = self.network.document.graph
        edits = self._load.edits() if self._load is not None else []
        label = tr("Move {nodes}", nodes=nodes_phrase(self.names))
        if self._edge is not None:
            edits = [
                *self._making_room(edits),
                *insertion_of_existing(graph, self.grabbed, self._edge),
            ]
            label = tr("Insert {node}", node=self.grabbed)
            self.canvas.glide.arm()
        if edits:
            self.canvas.model.push(label, Compound(tuple(edits)))

    def clear(self) -> None:
        super().clear()
        edge = self._edge
        self._mark(None)
        self._edge = edge

    def restore(self) -> None:
        if self._load is not None:
            self._load.shift(QPointF())
        self.canvas.afar.changed()

    def _making_room(self, edits: list[Edit]) -> list[Edit]:
        """The moves of a card into an edge, with those of neighbours that yield."""
        boxes = self.network.boxes()
        mine = boxes.pop(self.grabbed)
        edge = self._edge
        if edge is None:
            return edits
        wanted, size = (mine.x, mine.y), (mine.width, mine.height)
        place, moves = between(boxes, edge.source, edge.target, size, wanted)
        return [MoveNodes({**moves, self.grabbed: place})]

    def _edge_below(self) -> Edge | None:
        graph = self.network.document.graph
        if len(self.names) != 1 or not can_sit_on_edge(graph[self.grabbed]):
            return None
        if not self._is_loose():
            return None
        rect = self.network.nodes[self.grabbed].rect()
        return edge_at(self.network, rect.adjusted(20, 12, -20, -12), self.grabbed)

    def _is_loose(self) -> bool:
        """Whether the node has no edges, once it is let go."""
        graph, name = self.network.document.graph, self.grabbed
        return not (graph.edges_into(name) or graph.edges_out_of(name))

    def _mark(self, edge: Edge | None) -> None:
        if edge == self._edge:
            return
        for one, is_marked in ((self._edge, False), (edge, True)):
            if one is not None and one in self.network.edges:
                self.network.edges[one].set_marked(is_marked)
        self._edge = edge


class DuplicateByDrag(_Carry):
    """Alt and drag: copies of the nodes, with the edges among them."""

    def __init__(self, canvas: CanvasView, start: Pointer, grabbed: str) -> None:
        super().__init__(canvas, start, grabbed)
        self._ghost: GhostItem | None = None
        self._origin = QPointF()
        self._way = QPointF()

    def begin(self) -> None:
        super().begin()
        nodes = self.network.nodes
        self._origin = nodes[self.grabbed].pos()
        cards = [(nodes[name].card, nodes[name].pos()) for name in self.names]
        self._ghost = GhostItem(cards, self.network.style_)
        self.network.addItem(self._ghost)

    def drag(self, pointer: Pointer) -> None:
        self._way = self.shift(pointer, self._origin, set(self.network.nodes))
        if self._ghost is not None:
            self._ghost.setPos(self._way)

    def clear(self) -> None:
        super().clear()
        if self._ghost is not None:
            self.network.removeItem(self._ghost)

    def finish(self, pointer: Pointer) -> None:
        if self._way.isNull():
            return
        document = self.network.document
        clip = Clip.of(document, self.names)
        edit, names = clip.pasting(document.graph, _pair(self._way))
        self.canvas.model.push(
            tr("Duplicate {nodes}", nodes=nodes_phrase(self.names)), edit
        )
        self.canvas.select(names)


def _pair(point: QPointF) -> tuple[float, float]:
    return point.x(), point.y()


def _nearest(value: float, others: list[float], reach: float) -> float | None:
    near = [other for other in others if abs(other - value) <= reach]
    return min(near, key=lambda other: abs(other - value)) if near else None


def _upright(here: QRectF, others: list[QRectF]) -> QLineF:
    tops = [rect.top() for rect in (here, *others)]
    bottoms = [rect.bottom() for rect in (here, *others)]
    return QLineF(here.left(), min(tops) - 8, here.left(), max(bottoms) + 8)


def _level(here: QRectF, others: list[QRectF]) -> QLineF:
    lefts = [rect.left() for rect in (here, *others)]
    rights = [rect.right() for rect in (here, *others)]
    return QLineF(min(lefts) - 8, here.top(), max(rights) + 8, here.top())


class DetachByDrag(MoveSelected):
    """Shift, Alt and drag: the nodes leave their edges, what lay around them joins.

    Dropped on another edge, a node is inserted there. All of it is one undo step.
    """

    def begin(self) -> None:
        super().begin()
        self._near = [
            item
            for edge, item in self.network.edges.items()
            if edge.source in self.names or edge.target in self.names
        ]
        for item in self._near:
            item.setVisible(False)

    def clear(self) -> None:
        super().clear()
        for item in self._near:
            item.setVisible(True)

    def finish(self, pointer: Pointer) -> None:
        moves = self._load.edits() if self._load is not None else []
        document = self.network.document
        parts = [*moves, detachment(document.graph, self.names)]
        if self._edge is not None:
            parts = [*self._making_room(moves), parts[-1]]
            parts += insertion_of_existing(document.graph, self.grabbed, self._edge)
            label = tr("Move {node} to another edge", node=self.grabbed)
        else:
            label = tr("Detach {nodes}", nodes=nodes_phrase(self.names))
        self.canvas.model.push(label, Compound(tuple(parts)))

    def _is_loose(self) -> bool:
        return True
