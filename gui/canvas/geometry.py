"""Points, segments and rectangles, as far as edges need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

Coords = tuple[float, float, float, float]
"""Left, top, right and bottom of a rectangle."""


def around(boxes: Iterable[Coords]) -> QRectF:
    """The rectangle around rectangles; an empty one around none."""
    sides = list(zip(*boxes, strict=True))
    if not sides:
        return QRectF()
    lefts, tops, rights, bottoms = sides
    left, top = min(lefts), min(tops)
    return QRectF(left, top, max(rights) - left, max(bottoms) - top)


def sampled(path: QPainterPath, parts: int) -> list[QPointF]:
    """Points along a path, close enough for a polygon through them to stand for it."""
    return [path.pointAtPercent(index / parts) for index in range(parts + 1)]


def crosses_any(points: Sequence[QPointF], rects: Iterable[QRectF]) -> bool:
    """Whether a polygon passes through one of these rectangles."""
    # Most segments are far from most rectangles: plain numbers tell that soonest.
    parts = [
        (
            *(min(one.x(), other.x()), max(one.x(), other.x())),
            *(min(one.y(), other.y()), max(one.y(), other.y())),
            one,
            other,
        )
        for one, other in pairwise(points)
    ]
    for rect in rects:
        left, top, right, bottom = rect.getCoords()
        for x, x2, y, y2, one, other in parts:
            is_near = x <= right and x2 >= left and y <= bottom and y2 >= top
            if is_near and cuts(rect, one, other):
                return True
    return False


def cuts(rect: QRectF, one: QPointF, other: QPointF) -> bool:
    """Whether a segment passes through a rectangle (Liang and Barsky, 1984)."""
    first, last = 0.0, 1.0
    dx, dy = other.x() - one.x(), other.y() - one.y()
    for along, room in (
        (-dx, one.x() - rect.left()),
        (dx, rect.right() - one.x()),
        (-dy, one.y() - rect.top()),
        (dy, rect.bottom() - one.y()),
    ):
        if along == 0:
            if room < 0:
                return False
        elif along < 0:
            first = max(first, room / along)
        else:
            last = min(last, room / along)
    return first <= last


def to_segment(point: QPointF, one: QPointF, other: QPointF) -> float:
    """How far a point is from a segment."""
    return distance(point, foot(point, one, other))


def foot(point: QPointF, one: QPointF, other: QPointF) -> QPointF:
    """The point of a segment that is nearest to another."""
    along = other - one
    length = along.x() ** 2 + along.y() ** 2
    if length <= 0:
        return one
    delta = point - one
    share = (delta.x() * along.x() + delta.y() * along.y()) / length
    return one + along * max(0.0, min(1.0, share))


def distance(one: QPointF, other: QPointF) -> float:
    """How far two points are from each other."""
    delta = one - other
    return float((delta.x() ** 2 + delta.y() ** 2) ** 0.5)


def crossing(
    one: tuple[QPointF, QPointF], other: tuple[QPointF, QPointF]
) -> QPointF | None:
    """Where two segments cross; None where they do not."""
    (a, b), (c, d) = one, other
    r, s = b - a, d - c
    turn = r.x() * s.y() - r.y() * s.x()
    if turn == 0:
        return None
    way = c - a
    t = (way.x() * s.y() - way.y() * s.x()) / turn
    u = (way.x() * r.y() - way.y() * r.x()) / turn
    return a + r * t if 0 <= t <= 1 and 0 <= u <= 1 else None
