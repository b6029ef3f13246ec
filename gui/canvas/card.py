"""What a node's card says, and where its ports sit.

A card is a value: computed from the document and the analysis, compared with the one
shown before, drawn by `card_painter`. All lengths are pixels at 100 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import networkx as nx
from PySide6.QtCore import Qt

from engine.block_view import Known
from engine.blocks import REPEAT, BlockLayer
from engine.catalog import TensorSpec, Values
from engine.graph import Graph, Node
from engine.problems import Problem
from gui.canvas.placing import GRID
from gui.canvas.style import Fonts

WIDTH = 152
MAX_WIDTH = 216
STRIP = 6
PAD = 16
"""From the card's left edge to its text; on the right it is 4 less."""
NAME_TOP = 8
NAME_LINE = 18
DETAIL_LINE = 15
RULE_GAP = 5
ROW_LINE = 18
BOTTOM = 5
PORT_Y = 36
"""Where a lone port sits below the card's top: edges along a row are straight."""
PORT_RADIUS = 4.0


class Status(StrEnum):
    """How a node fares."""

    FINE = "fine"
    PENDING = "pending"
    FADED = "faded"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Spot:
    """A port on a card: where edges begin or end."""

    port: str
    x: float
    y: float
    is_output: bool
    share: float = 0.5
    """Where along the card's width an edge leaves that goes down instead."""
    kind: str = ""
    is_used: bool = False
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line in the lower part of a card."""

    left: str = ""
    shape: str = ""
    is_right: bool = False
    """Whether the shape stands at the right, beside its port."""
    middle: str = ""
    """The name of the output, before its shape."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a card shows."""

    title: str
    count: str
    """`× 3` where the node stands for several copies; they show as a deck of cards."""
    details: tuple[str, ...]
    rows: tuple[Row, ...]
    family: str
    status: Status
    width: float
    height: float
    spots: tuple[Spot, ...]
    tip: str = ""

    def spot(self, port: str, *, is_output: bool) -> Spot:
        """The port of this name; an edge to a port that is not there gets a place."""
        for spot in self.spots:
            if spot.port == port and spot.is_output == is_output:
                return spot
        return Spot(port, self.width if is_output else 0.0, PORT_Y, is_output)

    @property
    def inputs(self) -> list[Spot]:
        """The places where edges end, from the top."""
        return [spot for spot in self.spots if not spot.is_output]

    @property
    def outputs(self) -> list[Spot]:
        """The places where edges begin, from the top."""
        return [spot for spot in self.spots if spot.is_output]


class Findings:
    """What is wrong with a document, sorted by node, for one round of drawing."""

    def __init__(self, graph: Graph, analysis: Known) -> None:
        self.worst: dict[str, Problem] = {}
        for problem in analysis.problems:
            if problem.node is None or problem.scope != analysis.scope:
                continue
            known = self.worst.get(problem.node)
            if known is None or (problem.is_error and not known.is_error):
                self.worst[problem.node] = problem
        broken = [n for n, p in self.worst.items() if p.is_error and n in graph]
        self.after_error = _downstream(graph, broken) if broken else frozenset()
        first = analysis.first_error
        has_card = (
            first is not None and first.scope == analysis.scope and first.node in graph
        )
        self.first = first if has_card else None

    def status(self, name: str, *, is_known: bool) -> Status:
        """How a node fares, given whether its output shape is known."""
        problem = self.worst.get(name)
        if problem is not None and problem.is_error:
            return Status.ERROR
        if not is_known and name in self.after_error:
            return Status.FADED
        if problem is not None:
            return Status.WARNING
        return Status.FINE if is_known else Status.PENDING


def _downstream(graph: Graph, names: Iterable[str]) -> frozenset[str]:
    return frozenset(
        follower
        for generation in nx.bfs_layers(graph.networkx, names)
        for follower in generation
    )


def describe(node: Node, values: Values | None = None) -> str:
    """A card's second line: `Conv2d 32, 3×3`.

    `values` are its settings as inferred, for expressions in them have numbers there.
    """
    if node.type is None:
        return f"{node.layer} (unknown)"
    try:
        telling = node.type.telling(node.values if values is None else values)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        # Settings of a wrong type are the user's to mend; the problem list says so.
        telling = ""
    return f"{node.layer} {telling}".strip()


def copies(node: Node, values: Values | None = None) -> str:
    """`× 3` for a block that repeats; nothing for anything else."""
    if not isinstance(node.type, BlockLayer):
        return ""
    repeat = (node.values if values is None else values)[REPEAT.name]
    return "" if repeat == 1 else f"× {repeat}"


def make_card(
    node: Node,
    graph: Graph,
    analysis: Known,
    findings: Findings,
    fonts: Fonts,
) -> Card:
    """The card of a node of a document."""
    inputs, outputs = _port_names(node, graph)
    specs = analysis.outputs(node.name)
    shown = specs if outputs else analysis.inputs(node.name)
    status = findings.status(node.name, is_known=shown is not None)
    problem = findings.worst.get(node.name)
    unknown = "?" if analysis.has_shapes else "…"
    shapes = _shapes(shown, max(1, len(outputs)), unknown)
    kinds = _kinds(node.name, inputs, graph, analysis)
    used = {edge.source_port for edge in graph.edges_out_of(node.name)}
    flows = {
        name: (
            specs[index].kind if specs is not None and index < len(specs) else "",
            name in used,
            shapes[index] if index < len(shapes) else "",
        )
        for index, name in enumerate(outputs)
    }
    values = analysis.values(node.name)
    count = copies(node, values)
    return lay_out(
        title=node.name,
        count=count,
        detail=describe(node, values).removesuffix(count).rstrip(", "),
        family=node.type.family if node.type is not None else "",
        status=status,
        inputs={name: kinds.get(name, ("", False, "")) for name in inputs},
        outputs=flows,
        shapes=shapes,
        tip=problem.sentence() if problem is not None else "",
        fonts=fonts,
    )


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


def _port_names(node: Node, graph: Graph) -> tuple[list[str], list[str]]:
    if node.type is not None:
        inputs = [port.name for port in node.type.inputs]
        outputs = [port.name for port in node.type.outputs]
        return inputs, outputs
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
) -> Card:
    """Measure the texts and place them; ports map to (kind, is used, shape)."""
    rows = _rows(list(inputs), list(outputs), shapes)
    width = _width(title, count, detail, rows, fonts)
    room = width - PAD - 10
    title_room = room - fonts.width(fonts.detail, count) - 8 * bool(count)
    details = _detail_lines(detail, room, fonts)
    rows_top = NAME_TOP + NAME_LINE + DETAIL_LINE * len(details) + 2 * RULE_GAP - 1
    height = rows_top + ROW_LINE * len(rows) + BOTTOM
    row_centres = [rows_top + ROW_LINE * (i + 0.5) for i in range(len(rows))]
    spots = [
        *_spots(inputs, 0.0, row_centres, is_output=False),
        *_spots(outputs, width, row_centres, is_output=True),
    ]
    return Card(
        title=fonts.elided(fonts.name, title, title_room, Qt.TextElideMode.ElideMiddle),
        count=count,
        details=details,
        rows=tuple(rows),
        family=family,
        status=status,
        width=width,
        height=height,
        spots=tuple(spots),
        tip=tip,
    )


def _detail_lines(detail: str, room: float, fonts: Fonts) -> tuple[str, ...]:
    """The second line, broken after a comma or else after the layer's name."""
    lines = fonts.wrapped(fonts.detail, detail, room, 2)
    layer, _, telling = detail.partition(" ")
    breaks_badly = len(lines) == 2 and not lines[0].endswith(",")
    if breaks_badly and fonts.width(fonts.detail, telling) <= room:
        return layer, telling
    return tuple(lines)


def _rows(inputs: list[str], outputs: list[str], shapes: list[str]) -> list[Row]:
    if len(inputs) <= 1 and len(outputs) <= 1:
        return [Row(shape=shapes[0])]
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
    return rows


def _width(title: str, count: str, detail: str, rows: list[Row], fonts: Fonts) -> float:
    after = fonts.width(fonts.detail, count) + 8 if count else 0.0
    needs = [
        fonts.width(fonts.name, title) + after,
        *(fonts.width(fonts.detail, word) for word in detail.split()),
    ]
    for row in rows:
        texts = [
            fonts.width(fonts.small, row.left),
            fonts.width(fonts.small, row.middle),
            fonts.width(fonts.mono, row.shape),
        ]
        needs.append(sum(texts) + 10 * (sum(text > 0 for text in texts) - 1))
    needed = max(needs) + PAD + 12
    return min(MAX_WIDTH, max(WIDTH, GRID * math.ceil(needed / GRID)))


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
        y = PORT_Y if count == 1 else row_centres[index]
        share = (index + 1) / (count + 1)
        spots.append(Spot(name, x, y, is_output, share, kind, is_used, shape))
    return spots
