"""The layout of a card: its texts measured and broken, its ports placed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import Qt

from gui.canvas.card import (
    BOTTOM,
    COLLAPSED_HEIGHT,
    DETAIL_LINE,
    MAX_WIDTH,
    NAME_LINE,
    NAME_TOP,
    PAD,
    PORT_Y,
    ROW_LINE,
    RULE_GAP,
    WIDEST_BLOCK,
    WIDTH,
    Card,
    Row,
    Spot,
    Status,
    aside_of,
)
from gui.canvas.card_texts import LOCK_SIGN, block_lines, fitted
from gui.canvas.placing import GRID
from gui.canvas.style import Fonts


def lay_out(
    *,
    title: str,
    count: str,
    detail: str,
    family: str,
    status: Status,
    inputs: dict[str, tuple[str, bool, str]],
    outputs: dict[str, tuple[str, bool, str]],
    shapes: list[str],
    tip: str,
    fonts: Fonts,
    cost: str = "",
    is_collapsed: bool = False,
    briefer: Sequence[str] = (),
    is_frozen: bool = False,
) -> Card:
    """Measure the texts and place them; ports map to (kind, is used, shape).

    Collapsed it is a title with ports. `cost` stands behind the count, and one of
    `briefer` that of a block's detail where there is no room for all of it.
    """
    texts = () if is_collapsed else (detail, *briefer)
    ports = tuple(inputs.items()), tuple(outputs.items())
    below = _below(texts, family, tuple(shapes), *ports, fonts)
    rows = below.rows
    aside, lock = aside_of(count, cost), LOCK_SIGN * is_frozen
    beside = fonts.width(fonts.detail, aside) + 8 if aside else 0.0
    least = WIDTH - PAD - 12 - beside - lock
    titled = fonts.width_beyond(fonts.name, title, least) + beside + lock
    needed = max(below.needed, titled)
    width = min(MAX_WIDTH, max(WIDTH, GRID * math.ceil((needed + PAD + 12) / GRID)))
    body = below.at(float(width))
    room = body.width - PAD - 10 - beside - lock
    shown = fonts.elided(fonts.name, title, room, Qt.TextElideMode.ElideMiddle)
    is_whole = shown == title and body.rows == rows and " ".join(body.details) == detail
    return Card(
        title=shown,
        count=count,
        details=body.details,
        rows=body.rows,
        family=family,
        status=status,
        width=body.width,
        height=body.height,
        spots=body.spots,
        tip=tip,
        is_collapsed=is_collapsed,
        is_frozen=is_frozen,
        hint="" if is_whole else _in_full(title, detail, rows),
    )


_Ports = tuple[tuple[str, tuple[str, bool, str]], ...]


@dataclass(frozen=True, slots=True)
class _Body:
    """What a card shows below its title, and how large that makes it."""

    width: float
    height: float
    details: tuple[str, ...]
    rows: tuple[Row, ...]
    spots: tuple[Spot, ...]


class _Below:
    """All that is below a title, fitted into any width; without texts, collapsed."""

    def __init__(
        self,
        texts: tuple[str, ...],
        family: str,
        shapes: tuple[str, ...],
        inputs: _Ports,
        outputs: _Ports,
        fonts: Fonts,
    ) -> None:
        self._texts, self._family, self._fonts = texts, family, fonts
        self._inputs, self._outputs = dict(inputs), dict(outputs)
        names = tuple(self._inputs), tuple(self._outputs)
        self.rows = _rows(*names, shapes) if texts else ()
        self.needed = _needed(texts, self.rows, fonts)
        self._bodies: dict[float, _Body] = {}

    def at(self, width: float) -> _Body:
        """Fitted into `width`, or a little more."""
        body = self._bodies.get(width)
        if body is None:
            body = self._bodies[width] = self._fitted(width)
        return body

    def _fitted(self, width: float) -> _Body:
        more, details, fonts = 0.0, tuple[str, ...](), self._fonts
        if self._texts:
            room, spare = width - PAD - 10, WIDEST_BLOCK - width
            more, details = _second_lines(self._texts, self._family, room, spare, fonts)
        width += more
        rows = tuple(_fitted(row, width - PAD - 10, fonts) for row in self.rows)
        height, spots = _placed(
            self._inputs, self._outputs, width, len(details), len(rows)
        )
        return _Body(width, height, details, rows, tuple(spots))


_below = lru_cache(maxsize=4_096)(_Below)
"""Most cards of a large network differ in their titles alone."""


def _second_lines(
    texts: Sequence[str], family: str, room: float, spare: float, fonts: Fonts
) -> tuple[float, tuple[str, ...]]:
    """The lines below the title, and how much wider the card has to be for them."""
    if family == "block":
        return block_lines(texts, room, spare, fonts)
    more, lines = 0.0, _detail_lines(texts[0], room, fonts)
    while " ".join(lines) != texts[0] and more + GRID <= spare:
        more += GRID
        lines = _detail_lines(texts[0], room + more, fonts)
    return more, lines


def _fitted(row: Row, room: float, fonts: Fonts) -> Row:
    """A row whose names give way to its shape."""
    taken = fonts.width(fonts.mono, row.shape)
    left, middle = fitted((row.left, row.middle), taken, room, fonts)
    return replace(row, left=left, middle=middle)


def _in_full(title: str, detail: str, rows: Sequence[Row]) -> str:
    """All that the card would say if there were room."""
    named = (f"{row.left} {row.middle} {row.shape}" for row in rows if row.left)
    texts = [" ".join(text.split()) for text in named]
    return f"{title}: {'; '.join([detail, *texts])}."


def _placed(
    inputs: dict[str, tuple[str, bool, str]],
    outputs: dict[str, tuple[str, bool, str]],
    width: float,
    lines: int,
    rows: int,
) -> tuple[float, list[Spot]]:
    """The height of a card with so many second lines and rows, and its ports."""
    top = NAME_TOP + NAME_LINE + DETAIL_LINE * lines + 2 * RULE_GAP - 1
    middles = [top + ROW_LINE * (i + 0.5) for i in range(rows)]
    spots = _spots(inputs, 0.0, middles, is_output=False)
    spots += _spots(outputs, width, middles, is_output=True)
    return (top + ROW_LINE * rows + BOTTOM, spots) if rows else _spread(spots)


def _spread(spots: list[Spot]) -> tuple[float, list[Spot]]:
    """The height of a collapsed card, and its ports evenly down its sides."""
    sides = [[spot for spot in spots if spot.is_output == out] for out in (False, True)]
    height = max(COLLAPSED_HEIGHT, 2.0 * GRID * max(map(len, sides)))
    placed = []
    for side in sides:
        step = height / max(1, len(side))
        placed += [replace(s, y=step * (i + 0.5)) for i, s in enumerate(side)]
    return height, placed


def _detail_lines(detail: str, room: float, fonts: Fonts) -> tuple[str, ...]:
    """The second line, broken after a comma or else after the layer's name."""
    lines = fonts.wrapped(fonts.detail, detail, room, 2)
    layer, _, telling = detail.partition(" ")
    breaks_badly = len(lines) == 2 and not lines[0].endswith(",")
    if breaks_badly and fonts.width(fonts.detail, telling) <= room:
        return layer, telling
    return tuple(lines)


def _rows(
    inputs: tuple[str, ...], outputs: tuple[str, ...], shapes: tuple[str, ...]
) -> tuple[Row, ...]:
    if len(inputs) <= 1 and len(outputs) <= 1:
        return (Row(shape=shapes[0]),)
    count = max(len(inputs) if len(inputs) > 1 else 0, len(outputs), 1)
    rows = []
    for index in range(count):
        left = inputs[index] if len(inputs) > 1 and index < len(inputs) else ""
        name = outputs[index] if len(outputs) > 1 and index < len(outputs) else ""
        shape = shapes[index] if index < max(1, len(outputs)) else ""
        if len(inputs) <= 1:
            rows.append(Row(left=name, shape=shape, is_right=True))
        else:
            rows.append(Row(left=left, middle=name, shape=shape, is_right=True))
    return tuple(rows)


def _needed(texts: tuple[str, ...], rows: tuple[Row, ...], fonts: Fonts) -> float:
    """How wide the longest word or row below the title is."""
    words = texts[0].split() if texts else []
    needs = [fonts.width(fonts.detail, word) for word in words]
    for row in rows:
        parts = [
            fonts.width(fonts.small, row.left),
            fonts.width(fonts.small, row.middle),
            fonts.width(fonts.mono, row.shape),
        ]
        needs.append(sum(parts) + 10 * (sum(part > 0 for part in parts) - 1))
    return max(needs, default=0.0)


def _spots(
    ports: dict[str, tuple[str, bool, str]],
    x: float,
    row_centres: list[float],
    *,
    is_output: bool,
) -> list[Spot]:
    count = len(ports)
    spots = []
    for index, (name, (kind, is_used, shape)) in enumerate(ports.items()):
        # A collapsed card has no rows; it spreads its ports itself.
        lone = count == 1 or not row_centres
        y = PORT_Y if lone else row_centres[index]
        share = (index + 1) / (count + 1)
        spots.append(Spot(name, x, y, is_output, share, kind, is_used, shape))
    return spots
