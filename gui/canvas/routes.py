"""The course of an edge between two cards.

It is a plain curve where that is free. Where it would pass behind a card, the edge is
threaded through the gaps between cards: in each column of cards on its way it takes a
free height, such that it turns little (the layered layout keeps these gaps free, see
`engine.tidying`). One that a person has led through points is another module's:
`led_routes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from gui.canvas.card import Spot
from gui.canvas.geometry import crosses_any, sampled
from gui.canvas.placing import GRID

Cards = Callable[[QRectF], list[QRectF]]
"""The cards that lie in an area, without the two that an edge joins."""

_BELOW = 2.0 * GRID
"""A card this far below another is in a lower row."""
_LANE = 3.0 * GRID
"""How far a loop keeps from the cards it goes around, above and below them."""
LOOP = 2.0 * GRID
"""How far it keeps from the two that it joins, beside them: the margin of a view whose
text is half as large again has room for it."""
_APART = 5.0
"""Between two lanes side by side; all of them together fit beside a card."""
_PLACES = (0, 1, -1, 2, -2)
"""The places of lanes beside each other, from the middle."""
LANES = len(_PLACES)
_TURNING = 18
"""Elements of a path that turns back: a line to each of four corners, each a curve of
three elements, then a line to the end."""
_FAR = 1e6
"""Pixels: no row is longer."""
_NARROW = 0.02
"""A lane's share of a narrow gap, for each pixel it would lie aside in a wide one."""
_LEVEL = 2.0
"""Ports of so nearly one height are joined by a straight line, and no slope is seen."""
_BEND = 14.0
_NEARLY, _CORNER = 2.5 * GRID, 12.0
"""Ways down that differ by less than the first are one, so far from all corners."""
_ACROSS = 14.0 * GRID
"""The height in which an edge crosses to another column: what lies between rows."""
_NO_CARD = 120.0
"""No card is as narrow as this: neighbours so close have none between them."""
_AIR = 12.0
"""How far an edge keeps from the cards it passes."""
_AROUND = 400.0
"""How far above and below an edge a way past the cards is looked for."""
_TURN = 40.0
"""What a turn costs, in pixels of way: few turns are easier to follow."""


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """A plain curve that leaves to the right and arrives from the left."""
    path = QPainterPath(start)
    _curve(path, start.x(), start.y(), end.x(), end.y())
    return path


def _curve_to(path: QPainterPath, end: QPointF) -> None:
    start = path.currentPosition()
    _curve(path, start.x(), start.y(), end.x(), end.y())


def _curve(path: QPainterPath, x: float, y: float, x2: float, y2: float) -> None:
    across = abs(x2 - x)
    # Neighbours close to each other need a short reach, or the curve would loop.
    reach = max(min(28.0, 12.0 + across), min(across * 0.5, 160.0))
    path.cubicTo(x + reach, y, x2 - reach, y2, x2, y2)


def unit(way: QPointF) -> QPointF:
    """The same direction, one pixel long; to the right without any."""
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5
    return way / length if length else QPointF(1, 0)


def route(
    source: QRectF,
    output: Spot,
    target: QRectF,
    entry: Spot,
    cards: Cards = lambda area: [],
    shift: int = 0,
) -> QPainterPath:
    """From an output of the card at `source` to an input of the one at `target`.

    To the right it is a curve, to a card straight below one from the bottom to the top.
    Anything else turns back: to a lower row between the two rows, else around both
    cards; there it takes the lane that is `shift` places from its own.
    """
    x, y = source.left() + output.x, source.top() + output.y
    x2, y2 = target.left() + entry.x, target.top() + entry.y
    start = QPointF(x, y)
    if x2 >= x:
        end = QPointF(x2, y if abs(y2 - y) < _LEVEL else y2)
        plain = QPainterPath(start)
        _curve(plain, x, y, end.x(), end.y())
        return plain if x2 - x < _NO_CARD else threaded(plain, start, end, cards)
    end = QPointF(x2, y2)
    is_below = target.top() >= source.bottom() + _BELOW
    if goes_down(source, output, target, entry, cards):
        return _stacked(source, output, target, entry)
    right, left = start + QPointF(LOOP, 0), end - QPointF(LOOP, 0)
    aside, lane = _aside(source, cards, shift), None
    if is_below:
        between = _beyond(source, target, cards, 0)
        middle, room = _gap_above(target, [*between, source])
        wanted = middle + aside * min(2.0, room * _NARROW)
        around = [*map(_padded, between), source, target]
        lane = wanted if _is_free(right, wanted, left, around) else None
    if lane is None:
        others = _beyond(source, target, cards, _AROUND)
        lane = _lane(right, left, [*map(_padded, others), source, target], aside)
    if lane is None:
        lane = max(source.bottom(), target.bottom()) + _LANE
    corners = [start, right, QPointF(right.x(), lane), QPointF(left.x(), lane), left]
    return _rounded([*corners, end])


def goes_down(
    source: QRectF, output: Spot, target: QRectF, entry: Spot, cards: Cards
) -> bool:
    """Whether one can go straight down to the other card, and nothing is between."""
    is_below = target.top() >= source.bottom() + _BELOW
    is_above_another = target.right() > source.left() and target.left() < source.right()
    if not (is_below and is_above_another):
        return False
    return not is_covered(_stacked(source, output, target, entry), cards)


def is_covered(path: QPainterPath, cards: Cards) -> bool:
    """Whether a path passes behind a card."""
    area = path.controlPointRect()
    if area.height() < 2:  # a rectangle without height would intersect nothing
        area.adjust(0, -1, 0, 1)
    near = [rect.adjusted(-2, -2, 2, 2) for rect in cards(area)]
    return bool(near) and crosses_any(sampled(path, 24), near)


# To the right.


def threaded(
    plain: QPainterPath, start: QPointF, end: QPointF, cards: Cards
) -> QPainterPath:
    """The plain curve, or a way past the cards that lie behind it."""
    if not is_covered(plain, cards):
        return plain
    area = QRectF(start, end).normalized().adjusted(0, -_AROUND, 0, _AROUND)
    columns = _columns(
        rect
        for rect in cards(area)
        if rect.right() > start.x() and rect.left() < end.x()
    )
    heights = _heights(columns, start, end)
    if heights is None:
        return plain
    path = QPainterPath(start)
    for (left, right, _), y in zip(columns, heights, strict=True):
        if path.currentPosition().y() != y:
            # The turn is made between columns, not far before.
            left = max(left - _AIR / 2, path.currentPosition().x())
            _curve_to(path, QPointF(left, y))
        path.lineTo(max(right + _AIR / 2, path.currentPosition().x()), y)
    _curve_to(path, end)
    return path


_Column = tuple[float, float, list[tuple[float, float]]]
"""Left, right, and the heights that cards take up."""


def _columns(rects: Iterable[QRectF]) -> list[_Column]:
    """Cards that overlap sideways together, from the left."""
    columns: list[_Column] = []
    for rect in sorted(rects, key=QRectF.left):
        taken = (rect.top() - _AIR, rect.bottom() + _AIR)
        if columns and rect.left() < columns[-1][1]:
            left, right, heights = columns[-1]
            columns[-1] = (left, max(right, rect.right()), [*heights, taken])
        else:
            columns.append((rect.left(), rect.right(), [taken]))
    return columns


def _heights(
    columns: Sequence[_Column], start: QPointF, end: QPointF
) -> list[float] | None:
    """A free height in each column so that the way is short and turns little."""
    best: dict[float, tuple[float, list[float]]] = {start.y(): (0.0, [])}
    known = [start.y(), end.y()]
    for left, right, taken in columns:
        wanted = {*known, *(y for pair in taken for y in pair)}
        free = [y for y in wanted if not any(top < y < low for top, low in taken)]
        # Wider cards above and below an end: beside them there is no room to turn.
        if left < start.x() and start.y() in free:
            free = [start.y()]
        elif right > end.x() and end.y() in free:
            free = [end.y()]
        reached: dict[float, tuple[float, list[float]]] = {}
        for y in free:
            cost, way = min(
                (before + _cost(last, y), heights)
                for last, (before, heights) in best.items()
            )
            reached[y] = (cost, [*way, y])
        if not reached:
            return None
        best = reached
        known = [start.y(), end.y(), *reached]
    ends = ((cost + _cost(last, end.y()), way) for last, (cost, way) in best.items())
    return min(ends)[1]


def _cost(one: float, other: float) -> float:
    return abs(one - other) + (_TURN if one != other else 0.0)


# To the left.


def _beyond(
    source: QRectF, target: QRectF, cards: Cards, around: float
) -> list[QRectF]:
    """The cards beside and between two, and so far above and below them."""
    return cards(source.united(target).adjusted(-_LANE, -around, _LANE, around))


def _padded(rect: QRectF) -> QRectF:
    return rect.adjusted(-4, -4, 4, 4)


def _gap_above(target: QRectF, cards: Sequence[QRectF]) -> tuple[float, float]:
    """The middle and the height of what is free above the row of the target."""
    top = max(rect.bottom() for rect in cards if rect.bottom() < target.top())
    low = min(rect.top() for rect in (*cards, target) if rect.top() > top)
    return (top + low) / 2, low - top


def _lane(
    start: QPointF, end: QPointF, cards: Sequence[QRectF], aside: float
) -> float | None:
    """A height at which one can go from above or below one point to the other."""
    lower = [rect.bottom() + _LANE for rect in cards]
    upper = [rect.top() - _LANE for rect in cards]
    middle = (start.y() + end.y()) / 2
    heights = {each + aside for each in (middle, *lower, *upper)}
    # Between rows that are close to each other, too.
    low = max(start.y(), end.y())
    under = (rect.bottom() for rect in cards if rect.bottom() < low)
    heights |= {bottom + (low - bottom) * (0.5 + aside * _NARROW) for bottom in under}
    ways = []
    for y in heights:
        if _is_free(start, y, end, cards):
            # Of two ways as long, below: what is above may be a title or a note.
            ways.append((abs(start.y() - y) + abs(end.y() - y), -y))
    return -min(ways)[1] if ways else None


def lane_of(path: QPainterPath) -> tuple[float, float, float] | None:
    """The height, left and right end of the lane in which a route turns back."""
    if path.elementCount() != _TURNING:
        return None
    right, left = path.elementAt(8), path.elementAt(9)  # after two of four corners
    return (right.y, left.x, right.x) if left.x < right.x else None


def _aside(source: QRectF, cards: Cards, shift: int) -> float:
    """How far from the middle an edge runs: the last card's of a row not at all.

    Each before it has a lane of its own, or one could not tell the edges apart.
    """
    beside = QRectF(source.right(), source.top(), _FAR, source.height())
    place = (len(cards(beside)) + shift) % LANES
    return _PLACES[place] * _APART


def _is_free(
    start: QPointF, lane: float, end: QPointF, cards: Sequence[QRectF]
) -> bool:
    """Whether no card is in the way from one point to another at such a height."""
    corners = [start, QPointF(start.x(), lane), QPointF(end.x(), lane), end]
    return not crosses_any(corners, cards)


def stacked_ends(
    source: QRectF, output: Spot, target: QRectF, entry: Spot
) -> tuple[QPointF, QPointF]:
    """Where an edge leaves a card at its lower side, and reaches one at its upper.

    Cards of different widths that begin at one line: straight down, where it is little
    that they differ by.
    """
    x = source.left() + source.width() * output.share
    x2 = target.left() + target.width() * entry.share
    middle = (x + x2) / 2
    if abs(x - x2) < _NEARLY and all(
        card.left() + _CORNER < middle < card.right() - _CORNER
        for card in (source, target)
    ):
        x = x2 = middle
    return QPointF(x, source.bottom()), QPointF(x2, target.top())


def _stacked(source: QRectF, output: Spot, target: QRectF, entry: Spot) -> QPainterPath:
    """Straight down past the row of the source, then across just above the target."""
    start, end = stacked_ends(source, output, target, entry)
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


def _rounded(corners: Sequence[QPointF]) -> QPainterPath:
    """Straight from corner to corner, each of them rounded."""
    path = QPainterPath(corners[0])
    add_rounded(path, corners)
    return path


def add_rounded(path: QPainterPath, corners: Sequence[QPointF]) -> None:
    """Lead a path on from where it is, the first of the corners, to the last."""
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = corner - before, after - corner
        bend = min(_BEND, _half(into), _half(out))
        path.lineTo(corner - unit(into) * bend)
        path.quadTo(corner, corner + unit(out) * bend)
    path.lineTo(corners[-1])


def _half(way: QPointF) -> float:
    return float((way.x() ** 2 + way.y() ** 2) ** 0.5) / 2
