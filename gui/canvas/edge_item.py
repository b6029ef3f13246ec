"""An edge on the canvas."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.graph import Edge
from gui.canvas.geometry import crossing, cuts, distance, foot, sampled, to_segment
from gui.canvas.style import Style

_SAMPLES, _FINELY = 32, 240
_MARGIN = 8.0
_DOT = 3.2
"""The radius of a point that the edge is led through."""
_END = 4.5
"""The radius of a dot where it leaves or reaches a card that has no port there."""


class Flow(StrEnum):
    """How sure an edge is of what it carries."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """What an edge shows: the kind that flows, and whether it arrives."""

    kind: str = ""
    flow: Flow = Flow.UNKNOWN


_PLAIN = EdgeLook()
_NO_PATH, _NOWHERE = QPainterPath(), QRectF()
"""Shared by edges that have no course yet: thousands are made at once."""


class EdgeItem(QGraphicsItem):
    """Draws one edge along a path that the scene gives it."""

    def __init__(self, edge: Edge, style: Style) -> None:
        super().__init__()
        self.edge = edge
        self.look = _PLAIN
        self.is_hovered = False
        self.is_selected = False
        self.is_marked = False
        """Whether something dragged over it would be inserted here."""
        self.is_cut = False
        """Whether it goes when the stroke that is being drawn ends."""
        self.bends: tuple[QPointF, ...] = ()
        """The points it is led through, where they are drawn now."""
        self.chosen_bends: frozenset[int] = frozenset()
        """Those of them that are selected."""
        self._style = style
        self._path, self._bounds = _NO_PATH, _NOWHERE
        self._points: list[QPointF] = []
        self._ends_on_edge_of_card = False

    @property
    def path(self) -> QPainterPath:
        """The edge's course in the scene."""
        return self._path

    def set_path(self, path: QPainterPath, *, leaves_port: bool) -> None:
        """Follow another course; `leaves_port` is false where it leaves downwards."""
        self.prepareGeometryChange()
        self._path = path
        self._ends_on_edge_of_card = not leaves_port
        self._bounds = path.controlPointRect().adjusted(
            -_MARGIN, -_MARGIN, _MARGIN, _MARGIN
        )
        self._points = []
        self.update()

    def show_look(self, look: EdgeLook) -> None:
        """Show what flows, and redraw if that is new."""
        if look != self.look:
            self.look = look
            self.update()

    def set_style(self, style: Style) -> None:
        """Draw in other colours."""
        self._style = style
        self.update()

    def set_hovered(self, is_hovered: bool) -> None:
        """Stand out under the pointer."""
        if is_hovered != self.is_hovered:
            self.is_hovered = is_hovered
            self.update()

    def set_selected(self, is_selected: bool) -> None:
        """Stand out as selected."""
        if is_selected != self.is_selected:
            self.is_selected = is_selected
            self.update()

    def set_cut(self, is_cut: bool) -> None:
        """Show that it is about to go."""
        if is_cut != self.is_cut:
            self.is_cut = is_cut
            self.update()

    def choose_bends(self, chosen: frozenset[int]) -> None:
        """Let these of its points stand out as selected."""
        if chosen != self.chosen_bends:
            self.chosen_bends = chosen
            self.update()

    def set_marked(self, is_marked: bool) -> None:
        """Show that a drop would be inserted here."""
        if is_marked != self.is_marked:
            self.is_marked = is_marked
            self.update()

    def middle(self) -> QPointF:
        """The point of the scene half way along the edge."""
        return self._path.pointAtPercent(0.5)

    def distance(self, point: QPointF) -> float:
        """How far a point of the scene is from the edge's course."""
        points = self._sampled()
        return min(to_segment(point, one, other) for one, other in pairwise(points))

    def bend_at(self, point: QPointF, reach: float) -> int | None:
        """Which of its points lies within `reach` of a point of the scene."""
        near = [(distance(bend, point), i) for i, bend in enumerate(self.bends)]
        best = min(near, default=None)
        return best[1] if best is not None and best[0] <= reach else None

    def place_among_bends(self, point: QPointF) -> int:
        """Where among its points a new one comes that lies on its course."""
        here = self._nearest_sample(point)
        return sum(self._nearest_sample(bend) < here for bend in self.bends)

    def crossing_with(self, one: QPointF, other: QPointF) -> QPointF | None:
        """Where a segment crosses its course first; None where it does not."""
        points = self._sampled()
        found = (crossing((one, other), part) for part in pairwise(points))
        return next((place for place in found if place is not None), None)

    def on_course(self, point: QPointF) -> QPointF:
        """The place on its course that is nearest to a point of the scene.

        Of one that goes back, that of its way back: a point there leaves it as it is.
        """
        parts = list(pairwise(sampled(self._path, _FINELY)))
        start, end = parts[0][0], parts[-1][1]
        if end.x() < start.x() and not self._ends_on_edge_of_card:
            lane = [(p, q) for p, q in parts if _goes_back(p, q, end.x(), start.x())]
            parts = lane or parts
        return min(
            (foot(point, *part) for part in parts), key=lambda at: distance(at, point)
        )

    def _nearest_sample(self, point: QPointF) -> int:
        points = self._sampled()
        return min(range(len(points)), key=lambda i: distance(points[i], point))

    def crosses(self, rect: QRectF) -> bool:
        """Whether the edge's course passes through a rectangle of the scene.

        `QPainterPath.intersects` would also count the area between curve and chord.
        """
        return any(cuts(rect, one, other) for one, other in pairwise(self._sampled()))

    def near_end(self, point: QPointF, reach: float) -> str:
        """`source` or `target` when a point is within `reach` of that end, else ""."""
        for end, place in (("target", 1.0), ("source", 0.0)):
            delta = point - self._path.pointAtPercent(place)
            if (delta.x() ** 2 + delta.y() ** 2) ** 0.5 <= reach:
                return end
        return ""

    # Qt's part.

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        color, pattern, width = self._pen()
        stands_out = self.is_hovered or self.is_selected or self.is_marked
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if stands_out:
            painter.setPen(QPen(self._style.glow, width + 6))
            painter.drawPath(self._path)
        pen = QPen(color, width + (0.6 if stands_out else 0))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if pattern:
            pen.setDashPattern(pattern)
        painter.setPen(pen)
        painter.drawPath(self._path)
        if self.bends:
            self._draw_bends(painter, color)
        if self._ends_on_edge_of_card:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            # The cards hide half of each dot: it sits on their border like a port.
            for end in (0, 1):
                painter.drawEllipse(self._path.pointAtPercent(end), _END, _END)

    def _draw_bends(self, painter: QPainter, color: QColor) -> None:
        for index, bend in enumerate(self.bends):
            is_chosen = index in self.chosen_bends
            painter.setPen(QPen(self._style.canvas, 1.5))
            painter.setBrush(self._style.accent if is_chosen else color)
            radius = _DOT + (1.6 if is_chosen or self.is_hovered else 0)
            painter.drawEllipse(bend, radius, radius)

    def _pen(self) -> tuple[QColor, list[float], float]:
        style = self._style
        if self.is_cut:
            return style.error, [2.0, 3.0], 2.2
        if self.is_marked:
            return style.accent, [], 2.4
        if self.look.flow is Flow.BROKEN:
            return style.error, [4.0, 2.5], 2.2
        if self.look.flow is Flow.UNKNOWN:
            return style.faint, [3.5, 2.5], 2.0
        return style.kind(self.look.kind), [], 2.0

    def _sampled(self) -> list[QPointF]:
        if not self._points:
            self._points = sampled(self._path, _SAMPLES * (1 + len(self.bends)))
        return self._points


def _goes_back(one: QPointF, other: QPointF, left: float, right: float) -> bool:
    """Whether a piece of a course runs level to the left, between two ports."""
    is_level = abs(one.y() - other.y()) < 0.01 * (one.x() - other.x())
    return is_level and left <= other.x() and one.x() <= right
