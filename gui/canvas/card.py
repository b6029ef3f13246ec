"""What a node's card says, and where its ports sit.

A card is a value: computed from the document and the analysis, compared with the one
shown before, drawn by `card_painter`. All lengths are pixels at 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine.block_view import Known
from engine.blocks import REPEAT, BlockLayer
from engine.catalog import Values
from engine.graph import Graph, Node
from engine.problems import Problem
from engine.sharing import groups
from gui.canvas.placing import GRID
from gui.texts import Texts

tr = Texts("canvas")

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
WIDEST_BLOCK = 184
"""As wide as a card may be for its settings' sake: a column is 224 from the next."""
COLLAPSED_HEIGHT = 4.0 * GRID


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


@dataclass(slots=True)
class Card:
    """Everything a card shows; a value, which nobody changes.

    Not frozen: of thousands at once, making those takes four times as long.
    """

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
    is_bypassed: bool = False
    is_collapsed: bool = False
    cost: str = ""
    """What it costs, in the corner, while the canvas is coloured by that."""
    heat: float = -1.0
    """Its share of the greatest cost, from 0 to 1; negative for no colour."""
    tie: str = ""
    """Who else has the node's weights."""
    is_tie_beside: bool = False
    """Whether that stands beside the shape, and not on a line of its own."""
    is_frozen: bool = False
    """Whether all its weights stay as they are; then it bears a lock."""
    hint: str = ""
    """What the card has no room for, and what the sign of shared weights means."""

    @property
    def aside(self) -> str:
        """What stands beside the title: how many there are, what all of them cost."""
        return aside_of(self.count, self.cost)

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
        self.ties = groups(graph)
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
    import networkx as nx  # with the first problem: after the first frame

    # From all at once: where everything is broken, each way is gone only once.
    layers = nx.bfs_layers(graph.networkx, names)
    return frozenset(name for layer in layers for name in layer)


def describe(node: Node, values: Values | None = None) -> str:
    """A card's second line: `Conv2d 32, 3×3`.

    `values` are its settings as inferred, for expressions in them have numbers there.
    """
    if node.type is None:
        return tr("{layer} (unknown)", layer=node.layer)
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


def aside_of(count: str, cost: str) -> str:
    """`× 3: 11.1 M`, or what there is of it."""
    return f"{count}: {cost}" if count and cost else cost or count
