"""Where new cards go, and who makes room. Plain numbers, no Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.annotations import GRID

GAP = 48.0
"""Between neighbours along a row, in pixels at 100 %."""
LEAST_GAP = 32.0
LANE_GAP = 40.0
"""Between cards one above the other."""
_STEP_DOWN = 3 * GRID
_SEARCH_STEP, _SEARCHED = 4 * GRID, 16
"""A free place for several cards is looked for in such steps, and so many of them."""


@dataclass(frozen=True, slots=True)
class Box:
    """A card's place and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def meets(self, other: Box, margin: float = 0.0) -> bool:
        """Whether two cards overlap, or are closer than `margin`."""
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.shares_row(other, margin)
        )

    def holds(self, other: Box) -> bool:
        """Whether all of another box lies in this one."""
        return (
            self.x <= other.x
            and other.right <= self.right
            and self.y <= other.y
            and other.bottom <= self.bottom
        )

    def shares_row(self, other: Box, margin: float = 0.0) -> bool:
        """Whether two cards lie side by side at some height."""
        return self.y < other.bottom + margin and other.y < self.bottom + margin


def snapped(value: float, grid: int = GRID) -> float:
    """The nearest multiple of the grid."""
    return grid * math.floor(value / grid + 0.5)


def snapped_within(begin: float, extent: float, low: float, high: float) -> float:
    """The place on the grid nearest to where something begins that lies within.

    What is too long lies at the low end.
    """
    least = GRID * math.ceil(low / GRID)
    most = GRID * math.floor((high - extent) / GRID)
    return max(least, min(most, snapped(begin)))


def free_place(boxes: Mapping[str, Box], wanted: Box) -> tuple[float, float]:
    """The nearest place below `wanted` where a card of its size overlaps none."""
    x, y = snapped(wanted.x), snapped(wanted.y)
    others = list(boxes.values())
    while True:
        here = Box(x, y, wanted.width, wanted.height)
        in_the_way = [box for box in others if here.meets(box, GRID)]
        if not in_the_way:
            return x, y
        lowest = max(box.bottom for box in in_the_way)
        y = GRID * math.ceil((lowest + _STEP_DOWN) / GRID)


def nearest_place(
    boxes: Mapping[str, Box], wanted: Box, seen: Box | None = None
) -> tuple[float, float]:
    """Where a card goes that is wanted here: here, or at the nearest side of others.

    At one within what is `seen`, if there is one.
    """
    here = replace(wanted, x=snapped(wanted.x), y=snapped(wanted.y))
    if not any(here.meets(box, GRID) for box in boxes.values()):
        return here.x, here.y
    lefts, tops = {here.x}, {here.y}
    for box in boxes.values():
        if box.meets(here, max(here.width, here.height)):
            lefts |= {
                GRID * math.floor((box.x - LEAST_GAP - here.width) / GRID),
                GRID * math.ceil((box.right + LEAST_GAP) / GRID),
            }
            tops |= {
                GRID * math.floor((box.y - _STEP_DOWN - here.height) / GRID),
                GRID * math.ceil((box.bottom + _STEP_DOWN) / GRID),
            }
    free = [
        (x, y)
        for x in lefts
        for y in tops
        if not any(replace(here, x=x, y=y).meets(box, GRID) for box in boxes.values())
    ]
    if not free:
        return free_place(boxes, wanted)
    if seen is not None:
        free = [
            at for at in free if seen.holds(replace(here, x=at[0], y=at[1]))
        ] or free
    return min(free, key=lambda at: (math.dist(at, (here.x, here.y)), -at[1], -at[0]))


def free_shift(
    boxes: Mapping[str, Box], group: Iterable[Box], wanted: tuple[float, float]
) -> tuple[float, float]:
    """How far to move some cards so that none lies on another: nearly as `wanted`."""
    cards = list(group)
    reach = _SEARCHED * _SEARCH_STEP
    left, top = min(c.x for c in cards), min(c.y for c in cards)
    right, bottom = max(c.right for c in cards), max(c.bottom for c in cards)
    whole = _shifted(Box(left, top, right - left, bottom - top), *wanted)
    near = [box for box in boxes.values() if box.meets(whole, reach + 2 * GRID)]

    def is_free(dx: float, dy: float) -> bool:
        moved = [_shifted(card, wanted[0] + dx, wanted[1] + dy) for card in cards]
        return not any(m.meets(box, 2 * GRID) for m in moved for box in near)

    # Down and to the right sooner than back: that is where one reads on.
    steps = range(-_SEARCHED, _SEARCHED + 1)
    ways = sorted(
        ((_SEARCH_STEP * dx, _SEARCH_STEP * dy) for dx in steps for dy in steps),
        key=lambda way: math.hypot(*way) + sum(-part for part in way if part < 0),
    )
    for dx, dy in ways:
        if is_free(dx, dy):
            return wanted[0] + dx, wanted[1] + dy
    lowest = max(box.bottom for box in boxes.values())
    return wanted[0], snapped(lowest + LANE_GAP - top)


def _shifted(box: Box, dx: float, dy: float) -> Box:
    return replace(box, x=box.x + dx, y=box.y + dy)


def between(
    boxes: Mapping[str, Box],
    source: str,
    target: str,
    size: tuple[float, float],
    wanted: tuple[float, float] | None = None,
) -> tuple[tuple[float, float], dict[str, tuple[float, float]]]:
    """Where a card inserted between two others goes, and who moves to where for it.

    Those to the right in the same row make room; where the row breaks between the
    two, the card goes where it is `wanted`, else to the right of the first. Where the
    second lies lower or higher, its row makes room if there is none at that place.
    """
    width, height = size
    one, other = boxes[source], boxes[target]
    in_row = one.shares_row(other)
    if other.x < one.right or not in_row:
        x, y = wanted if wanted is not None else (one.right + GAP, one.y)
        place = Box(snapped(x), snapped(y), width, height)
        blocks = place.meets(one, GRID) or place.meets(other, GRID)
        if other.x < one.right or not blocks:
            return free_place(boxes, place), {}
    y = snapped(one.y if in_row or wanted is None else wanted[1])
    if other.x - one.right >= width + 2 * LEAST_GAP:
        middle = (one.right + other.x - width) / 2
        x = wanted[0] if wanted is not None else middle
        low, high = one.right + LEAST_GAP, other.x - width - LEAST_GAP
        x = snapped(min(max(x, low), high))
        if wanted is not None and abs(one.y - other.y) > GRID:
            y = snapped(wanted[1])
        place = Box(x, y, width, height)
        return free_place(_without(boxes, source, target), place), {}
    x = snapped(one.right + GAP)
    shift = GRID * math.ceil((x + width + GAP - other.x) / GRID)
    moves = {
        name: (box.x + shift, box.y)
        for name, box in boxes.items()
        if name != source and box.x >= other.x - GRID and box.shares_row(other)
    }
    still = {name: box for name, box in boxes.items() if name not in moves}
    return free_place(still, Box(x, y, width, height)), moves


def settled(
    boxes: Mapping[str, Box], name: str, rows: Iterable[float] = ()
) -> dict[str, tuple[float, float]]:
    """Who moves to where so that a card has the usual gaps to those beside it.

    It moves itself where there is room between them; else those to its right do. Where
    it is too close to what lies above or below it goes to the nearest of these `rows`.
    """
    place, others = boxes[name], _without(boxes, name)
    heights = sorted(rows, key=lambda y: abs(y - place.y))
    tried = (replace(place, y=y) for y in (place.y, *heights))
    box = next((each for each in tried if not _is_close(each, others)), place)
    middle = box.x + box.width / 2
    row = {n: each for n, each in others.items() if each.shares_row(box)}
    ends = [each.right for each in row.values() if each.x + each.width / 2 < middle]
    after = {n: b for n, b in row.items() if b.x + b.width / 2 >= middle}
    low = GRID * math.ceil((max(ends) + GAP) / GRID) if ends else -math.inf
    begin = min((each.x for each in after.values()), default=math.inf)
    high = begin - GAP - box.width
    x = max(box.x if box.x <= high else GRID * math.floor(high / GRID), low)
    moves = {} if (x, box.y) == (place.x, place.y) else {name: (x, box.y)}
    lacking = x + box.width + GAP - begin
    if lacking <= 0:
        return moves
    shift = GRID * math.ceil(lacking / GRID)
    moved = {n: replace(each, x=each.x + shift) for n, each in after.items()}
    while True:  # those they would come to lie on make room as well
        pushed = {
            n: replace(each, x=each.x + shift)
            for n, each in others.items()
            if n not in moved
            and each.x >= begin - GRID
            and any(each.meets(now, GRID) for now in moved.values())
        }
        if not pushed:
            break
        moved |= pushed
    return {**moves, **{n: (each.x, each.y) for n, each in moved.items()}}


def _is_close(box: Box, others: Mapping[str, Box]) -> bool:
    """Whether a card of another row is closer above or below than lanes are."""
    return any(
        box.meets(each, LANE_GAP - 1) and not box.shares_row(each)
        for each in others.values()
    )


def _without(boxes: Mapping[str, Box], *names: str) -> dict[str, Box]:
    return {name: box for name, box in boxes.items() if name not in names}


class Side(StrEnum):
    """What cards are aligned by."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


def aligned(boxes: Mapping[str, Box], side: Side) -> dict[str, tuple[float, float]]:
    """Where cards go to be in line: at the outermost, or at the middle of all."""
    left, right = min(b.x for b in boxes.values()), max(b.right for b in boxes.values())
    top, bottom = (
        min(b.y for b in boxes.values()),
        max(b.bottom for b in boxes.values()),
    )
    places = {}
    for name, box in boxes.items():
        x = {
            Side.LEFT: left,
            Side.CENTRE: (left + right - box.width) / 2,
            Side.RIGHT: right - box.width,
        }.get(side, box.x)
        y = {
            Side.TOP: top,
            Side.MIDDLE: (top + bottom - box.height) / 2,
            Side.BOTTOM: bottom - box.height,
        }.get(side, box.y)
        places[name] = (x, y)
    return places


def distributed(
    boxes: Mapping[str, Box], *, across: bool
) -> dict[str, tuple[float, float]]:
    """Where cards go to have equal gaps; the two outermost stay."""

    def begin(box: Box) -> float:
        return box.x if across else box.y

    def extent(box: Box) -> float:
        return box.width if across else box.height

    order = sorted(boxes, key=lambda name: begin(boxes[name]))
    first, last = boxes[order[0]], boxes[order[-1]]
    room = begin(last) + extent(last) - begin(first)
    gap = (room - sum(map(extent, boxes.values()))) / (len(order) - 1)
    places, at = {}, begin(first)
    for name in order:
        box = boxes[name]
        places[name] = (at, box.y) if across else (box.x, at)
        at += extent(box) + gap
    return places
