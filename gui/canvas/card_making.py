"""Making cards: what a node's card says, measured and laid out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import Qt

from engine.block_view import Known
from engine.blocks import BlockLayer
from engine.catalog import Layer, TensorSpec, Values
from engine.graph import Graph, Node
from engine.learning_edits import how_it_learns
from engine.sharing import module_of
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
    Findings,
    Row,
    Spot,
    Status,
    copies,
    describe,
)
from gui.canvas.card_texts import (
    LOCK_SIGN,
    TIE_SIGN,
    block_lines,
    fitted,
    learning_hint,
    tie,
    tie_hint,
)
from gui.canvas.placing import GRID
from gui.canvas.style import Fonts


def make_card(
    node: Node,
    graph: Graph,
    analysis: Known,
    findings: Findings,
    fonts: Fonts,
    cost: str = "",
    heat: float = -1.0,
) -> Card:
    """The card of a node of a document; `cost` and `heat` where it is coloured."""
    layer = node.type
    inputs, outputs = _port_names(node, layer, graph)
    specs = analysis.outputs(node.name)
    shown = specs if outputs else analysis.inputs(node.name)
    status = findings.status(node.name, is_known=shown is not None)
    problem = findings.worst.get(node.name)
    unknown = "?" if analysis.has_shapes else "…"
    shapes = _shapes(shown, max(1, len(outputs)), unknown)
    kinds = _kinds(node.name, inputs, graph, analysis)
    used = {edge.source_port for edge in graph.edges_out_of(node.name)}
    known = [spec.kind for spec in specs or ()][: len(outputs)]
    known += [""] * (len(outputs) - len(known))
    flows = {
        name: (kind, name in used, shape)
        for name, kind, shape in zip(outputs, known, shapes, strict=False)
    }
    values = analysis.values(node.name)
    is_block = isinstance(layer, BlockLayer)
    count = copies(node, values) if is_block else ""
    card = lay_out(
        title=node.name,
        count=count,
        detail=describe(node, values).removesuffix(count).rstrip(", "),
        family=layer.family if layer is not None else "",
        status=status,
        inputs={name: kinds.get(name, ("", False, "")) for name in inputs},
        outputs=flows,
        shapes=shapes,
        tip=problem.sentence() if problem is not None else "",
        fonts=fonts,
        cost=cost,
        is_collapsed=node.collapsed,
        briefer=_briefer(node, values) if is_block else (),
        is_frozen=_is_frozen(node, graph, analysis),
    )
    learns = how_it_learns(node)
    if learns:
        card = replace(card, hint=f"{card.hint} {learning_hint(learns)}".strip())
    card = _with_tie(card, node.name, findings.ties.get(node.name, ()), fonts)
    if node.bypassed or heat >= 0:  # of 5,000 cards at once, most need no other copy
        card = replace(card, is_bypassed=node.bypassed, cost=cost, heat=heat)
    return card


def _is_frozen(node: Node, graph: Graph, analysis: Known) -> bool:
    """Whether nothing of a node learns; one that shares weights is as their owner."""
    owner = graph[module_of(graph, node)] if node.shares else node
    if owner.frozen or owner.layer not in owner.blocks:
        return owner.frozen
    return 0 < analysis.parameters(owner.name) == analysis.frozen(owner.name)


def _with_tie(card: Card, name: str, group: tuple[str, ...], fonts: Fonts) -> Card:
    """The card with a line on the nodes that have its weights too, if any do."""
    if not group:
        return card
    hint = f"{card.hint} {tie_hint(group)}".strip()
    if card.is_collapsed:
        return replace(card, hint=hint)
    room = card.width - PAD - 10 - TIE_SIGN
    text = tie(name, group)
    if len(card.rows) == 1 and not card.rows[0].left:
        beside = room - fonts.width(fonts.mono, card.rows[0].shape) - 10
        if fonts.width(fonts.small, text) <= beside:
            return replace(card, tie=text, is_tie_beside=True, hint=hint)
    shown = fonts.elided(fonts.small, text, room)
    return replace(card, tie=shown, height=card.height + ROW_LINE, hint=hint)


def preview_card(node: Node, fonts: Fonts) -> Card:
    """The card of a node that is not in the document yet."""
    layer = node.type
    return lay_out(
        title=node.name,
        count=copies(node),
        detail=describe(node),
        family=layer.family if layer is not None else "",
        status=Status.PENDING,
        inputs={p.name: ("", False, "") for p in layer.inputs} if layer else {},
        outputs={p.name: ("", False, "") for p in layer.outputs} if layer else {},
        shapes=["…"] * max(1, len(layer.outputs) if layer else 1),
        tip="",
        fonts=fonts,
    )


def _port_names(
    node: Node, layer: Layer | None, graph: Graph
) -> tuple[list[str], list[str]]:
    if layer is not None:
        inputs = [port.name for port in layer.inputs]
        return inputs, [port.name for port in layer.outputs]
    # Of an unknown layer, only the ports that edges mention are known.
    into = dict.fromkeys(edge.target_port for edge in graph.edges_into(node.name))
    out_of = dict.fromkeys(edge.source_port for edge in graph.edges_out_of(node.name))
    return list(into), list(out_of)


def _shapes(
    specs: tuple[TensorSpec, ...] | None, count: int, unknown: str
) -> list[str]:
    known = [spec.brief() for spec in specs] if specs is not None else []
    return [*known[:count], *[unknown] * (count - len(known))]


def _kinds(
    name: str, inputs: list[str], graph: Graph, analysis: Known
) -> dict[str, tuple[str, bool, str]]:
    """Of each input that has an edge: the kind that arrives, True, its shape."""
    kinds = {}
    for edge in graph.edges_into(name):
        if edge.target_port not in kinds:
            spec = analysis.flowing(edge.source, edge.source_port)
            kinds[edge.target_port] = (
                spec.kind if spec is not None else "",
                True,
                spec.brief() if spec is not None else "",
            )
    return kinds


def _briefer(node: Node, values: Values | None) -> list[str]:
    """A block's detail without its last settings at their defaults: one, two, ..."""
    if not isinstance(node.type, BlockLayer) or values is None:
        return []
    own = node.type.block.settings
    kept, briefer = list(own), []
    for name in reversed(own):
        if values[name] == own[name] and len(kept) > 1:
            kept.remove(name)
            told = [f"{each} {values[each]}" for each in kept]
            briefer.append(f"{node.layer} {', '.join(told)}, …")
    return briefer


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

    Collapsed it is a title with ports. `cost` takes the place of the count, and one of
    `briefer` that of a block's detail where there is no room for all of it.
    """
    texts = () if is_collapsed else (detail, *briefer)
    ports = tuple(inputs.items()), tuple(outputs.items())
    below = _below(texts, family, tuple(shapes), *ports, fonts)
    rows = below.rows
    aside, lock = cost or count, LOCK_SIGN * is_frozen
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
    return 0.0, _detail_lines(texts[0], room, fonts)


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
