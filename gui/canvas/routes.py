"""The course of an edge between two cards."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from gui.canvas.card import Spot
from gui.canvas.placing import GRID

_BELOW = 2.0 * GRID
"""A card this far below another is in a lower row."""
_LANE = 3.0 * GRID
"""How far a loop keeps from the cards it goes around."""
_BEND = 14.0
_ACROSS = 14.0 * GRID
"""The height in which an edge crosses to another column: what lies between rows."""


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """A plain curve that leaves to the right and arrives from the left."""
    across = abs(end.x() - start.x())
    # Neighbours close to each other need a short reach, or the curve would loop.
    reach = max(min(28.0, 12.0 + across), min(across * 0.5, 160.0))
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path


def route(source: QRectF, output: Spot, target: QRectF, entry: Spot) -> QPainterPath:
    """From an output of the card at `source` to an input of the one at `target`.

    To the right it is a plain curve; to a lower row it leaves through the bottom and
    enters at the top; anything else loops around both cards.
    """
    start = QPointF(source.left() + output.x, source.top() + output.y)
    end = QPointF(target.left() + entry.x, target.top() + entry.y)
    if end.x() >= start.x():
        return curve(start, end)
    if target.top() >= source.bottom() + _BELOW:
        return _down(
            QPointF(source.left() + source.width() * output.share, source.bottom()),
            QPointF(target.left() + target.width() * entry.share, target.top()),
        )
    return _around(start, end, max(source.bottom(), target.bottom()) + _LANE)


def _down(start: QPointF, end: QPointF) -> QPainterPath:
    """Straight down past the row of the source, then across just above the target."""
    drop = min(end.y() - start.y(), _ACROSS)
    path = QPainterPath(start)
    turn = QPointF(start.x(), end.y() - drop)
    if turn != start:
        path.lineTo(turn)
    path.cubicTo(
        QPointF(turn.x(), turn.y() + drop * 0.85),
        QPointF(end.x(), end.y() - drop * 0.85),
        end,
    )
    return path


def _around(start: QPointF, end: QPointF, lane: float) -> QPainterPath:
    """Out to the right, along a lane below both cards, and in from the left."""
    right, left, bend = start.x() + _LANE, end.x() - _LANE, _BEND
    path = QPainterPath(start)
    path.lineTo(right - bend, start.y())
    path.quadTo(right, start.y(), right, start.y() + bend)
    path.lineTo(right, lane - bend)
    path.quadTo(right, lane, right - bend, lane)
    path.lineTo(left + bend, lane)
    path.quadTo(left, lane, left, lane - bend)
    path.lineTo(left, end.y() + bend)
    path.quadTo(left, end.y(), left + bend, end.y())
    path.lineTo(end)
    return path
