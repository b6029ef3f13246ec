"""The course of an edge that a person has led through points.

It keeps to what it was before: straight where it was straight, and back along a lane
where it went back. To the right it still gives way to cards, between its points.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from gui.canvas.card import Spot
from gui.canvas.routes import (
    LOOP,
    Cards,
    add_rounded,
    curve,
    goes_down,
    is_covered,
    stacked_ends,
    threaded,
    unit,
)

_RIGHT, _LEFT, _DOWN = QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1)


def led_route(
    source: QRectF,
    output: Spot,
    target: QRectF,
    entry: Spot,
    bends: Sequence[QPointF],
    cards: Cards = lambda area: [],
) -> QPainterPath:
    """From an output to an input, as `routes.route`, through points in their order."""
    start = QPointF(source.left() + output.x, source.top() + output.y)
    end = QPointF(target.left() + entry.x, target.top() + entry.y)
    if end.x() >= start.x():
        return _onwards([start, *bends, end], cards)
    if goes_down(source, output, target, entry, cards):
        above, below = stacked_ends(source, output, target, entry)
        return through(above, bends, below, _DOWN)
    return _back(start, bends, end)


def through(
    start: QPointF, bends: Sequence[QPointF], end: QPointF, along: QPointF = _RIGHT
) -> QPainterPath:
    """A smooth way through points, out to the right and in from the left.

    Or `along` another direction. Each point is passed in the direction from the one
    before to the one after (Catmull and Rom, 1974).
    """
    points = [start, *bends, end]
    path = QPainterPath(start)
    _add_smooth(path, points, [along, *_tangents(points), along])
    return path


def _tangents(points: Sequence[QPointF]) -> list[QPointF]:
    """The directions in which all points but the first and the last are passed."""
    return [
        unit(after - before) for before, after in zip(points, points[2:], strict=False)
    ]


def _add_smooth(
    path: QPainterPath, points: Sequence[QPointF], tangents: Sequence[QPointF]
) -> None:
    for place, (one, other) in enumerate(pairwise(points)):
        way = other - one
        reach = min(0.4 * (way.x() ** 2 + way.y() ** 2) ** 0.5, 160.0)
        path.cubicTo(
            one + tangents[place] * reach, other - tangents[place + 1] * reach, other
        )


def _onwards(points: Sequence[QPointF], cards: Cards) -> QPainterPath:
    """Smoothly, or from point to point past the cards that lie behind that."""
    smooth = through(points[0], points[1:-1], points[-1])
    goes_right = all(one.x() < other.x() for one, other in pairwise(points))
    if not goes_right or not is_covered(smooth, cards):
        return smooth
    path = QPainterPath(points[0])
    for one, other in pairwise(points):
        path.connectPath(threaded(curve(one, other), one, other, cards))
    return path


def _back(start: QPointF, bends: Sequence[QPointF], end: QPointF) -> QPainterPath:
    """Out to the right, at the height of the points to the left, and in again.

    A point that lies beyond a port is gone to smoothly: there is no lane to turn into.
    """
    first, last = bends[0], bends[-1]
    turns, returns = first.x() <= start.x() + LOOP, last.x() >= end.x() - LOOP
    path = QPainterPath(start)
    if turns:
        right = max(start.x(), first.x()) + LOOP
        corners = [QPointF(right, start.y()), QPointF(right, first.y())]
        add_rounded(path, [start, *corners, first])
    points = [*([] if turns else [start]), *bends, *([] if returns else [end])]
    before = [_RIGHT] if not turns else [_LEFT] if len(points) > 1 else []
    after = [_RIGHT] if not returns else [_LEFT] if len(points) > 1 else []
    _add_smooth(path, points, [*before, *_tangents(points), *after])
    if returns:
        left = min(end.x(), last.x()) - LOOP
        corners = [QPointF(left, last.y()), QPointF(left, end.y())]
        add_rounded(path, [last, *corners, end])
    return path
