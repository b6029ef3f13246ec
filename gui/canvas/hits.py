"""What lies under the pointer."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt

from engine.graph import Edge
from gui.canvas.card import Spot
from gui.canvas.edge_item import EdgeItem
from gui.canvas.edge_rules import End
from gui.canvas.geometry import distance
from gui.canvas.marks import BendMark, Mark, NoteMark
from gui.canvas.node_item import NodeItem
from gui.canvas.scene import CanvasScene

_PORT_REACH = 10.0
_EDGE_REACH = 7.0
_END_REACH = 30.0
_PORTS_SHARE = 0.25
"""Of an edge, as far as it goes to the port at each end: the rest is the edge's."""
_FARTHEST = 24.0
"""Reaches grow in the scene as one zooms out, but no farther than this."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What is at a point; everything empty on the bare canvas."""

    node: str = ""
    spot: Spot | None = None
    is_badge: bool = False
    mark: Mark | None = None
    """A bend, a note, or a frame by its title."""
    edge: Edge | None = None
    edge_end: str = ""
    """`source` or `target` where the edge can be picked up by that end."""
    fix: int | None = None
    is_callout: bool = False
    is_cross: bool = False

    @property
    def end(self) -> End | None:
        """The port, as the end of an edge."""
        if self.spot is None:
            return None
        return End(self.node, self.spot.port, self.spot.is_output)


def hit_at(
    network: CanvasScene, point: QPointF, scale: float, *, wants_port: bool = False
) -> Hit:
    """The topmost thing at a point of the scene; ports go before what is near them.

    Of a short edge the middle is its own, though ports are near, except for who
    `wants_port`: an edge is being drawn.
    """
    callout = network.callout
    if callout is not None and callout.isVisible() and callout.rect().contains(point):
        return Hit(
            fix=callout.fix_at(point),
            is_callout=True,
            is_cross=callout.closes_at(point),
        )
    reach = min(_PORT_REACH / min(scale, 1.0), _FARTHEST)
    around = QRectF(point - QPointF(reach, reach), point + QPointF(reach, reach))
    items = network.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
    nodes = [item for item in items if isinstance(item, NodeItem)]
    edges = [item for item in items if isinstance(item, EdgeItem) and item.isVisible()]
    near = min(_EDGE_REACH / min(scale, 1.0), _FARTHEST)
    for item in nodes:
        spot = item.spot_at(point, reach)
        if spot is not None:
            port = Hit(node=item.name, spot=spot)
            if wants_port or any(each.rect().contains(point) for each in nodes):
                return port
            hit = _nearest_edge(edges, point, near)
            away = distance(item.spot_position(spot), point)
            return hit if _is_beyond_port(network, hit, away) else port
    for item in nodes:
        if item.badge_contains(point):
            return Hit(node=item.name, is_badge=True)
        if item.rect().contains(point):
            return Hit(node=item.name)
    for edge in edges:
        index = edge.bend_at(point, reach)
        if index is not None:
            return Hit(mark=BendMark(edge.edge, index))
    mark = network.annotations.at(point)
    if isinstance(mark, NoteMark):
        return Hit(mark=mark)
    hit = _nearest_edge(edges, point, near)
    # Edges run over frames.
    return hit if hit.edge is not None or mark is None else Hit(mark=mark)


def edge_at(network: CanvasScene, rect: QRectF, without: str = "") -> Edge | None:
    """The edge that passes closest to the middle of a rectangle, through it.

    Those of the node `without` do not count.
    """
    items = network.items(rect, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
    edges = [
        item
        for item in items
        if isinstance(item, EdgeItem)
        and without not in (item.edge.source, item.edge.target)
    ]
    middle = rect.center()
    near = [
        (edge.distance(middle), index)
        for index, edge in enumerate(edges)
        if edge.crosses(rect)
    ]
    return edges[min(near)[1]].edge if near else None


def _is_beyond_port(network: CanvasScene, hit: Hit, away: float) -> bool:
    """Whether so far from a port an edge begins to be meant."""
    if hit.edge is None:
        return False
    return away > _PORTS_SHARE * network.edges[hit.edge].path.length()


def _nearest_edge(edges: list[EdgeItem], point: QPointF, reach: float) -> Hit:
    distances = [edge.distance(point) for edge in edges]
    if not distances or min(distances) > reach:
        return Hit()
    nearest = edges[distances.index(min(distances))]
    end_reach = min(_END_REACH, 0.4 * nearest.path.length())
    return Hit(edge=nearest.edge, edge_end=nearest.near_end(point, end_reach))
