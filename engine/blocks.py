"""Blocks: named sub-graphs with settings of their own, used like layers.

A block's Input nodes are its input ports, its Output nodes the output ports. A setting
of a node inside may be an expression over the block's settings (`4 * channels`); a
use of the block gives them values, and may repeat the block, each copy with weights of
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.catalog import Layer, Port, Setting, Values
from engine.catalog.settings import Dim, Float, Int, Shape, Size
from engine.expressions import ExpressionError, evaluate
from engine.graph import Graph, Node

REPEAT = Int(
    name="repeat",
    default=1,
    minimum=1,
    maximum=1_000,
    help="How many copies follow each other, each with its own weights.",
)


@dataclass(slots=True, kw_only=True)
class Block:
    """A named sub-graph. Its name is the class in the generated code."""

    name: str
    graph: Graph
    settings: Mapping[str, int] = field(default_factory=dict)
    """What its uses may set, with defaults: whole numbers."""
    help: str = ""
    """What it does, in a sentence or two."""


class BlockLayer(Layer, register=False):
    """A block as a layer type: what the canvas, the inspector and shapes see of it."""

    family = "block"

    def __init__(self, block: Block) -> None:
        self.block = block
        self._ports: tuple[int, tuple[Port, ...], tuple[Port, ...]] | None = None
        """Of which version of the graph, the inputs and the outputs."""
        self._settings: tuple[Mapping[str, int], tuple[Setting, ...]] | None = None
        """Of which settings of the block, the form."""

    @property
    def name(self) -> str:
        return self.block.name

    @property
    def help(self) -> str:
        inner = [n for n in self.block.graph if n.layer not in {"Input", "Output"}]
        nodes = "1 node" if len(inner) == 1 else f"{len(inner)} nodes"
        return self.block.help or f"A block of {nodes}."

    @property
    def has_weights(self) -> bool:  # type: ignore[override]  # follows the graph
        layers = [node.type for node in self.block.graph if node.type is not None]
        # A block that contains itself, which is an error, would be asked without end.
        return any(isinstance(one, BlockLayer) or one.has_weights for one in layers)

    @property
    def inputs(self) -> tuple[Port, ...]:  # type: ignore[override]  # follows the graph
        return self._known_ports[1]

    @property
    def outputs(self) -> tuple[Port, ...]:  # type: ignore[override]  # follows the graph
        return self._known_ports[2]

    @property
    def _known_ports(self) -> tuple[int, tuple[Port, ...], tuple[Port, ...]]:
        version = self.block.graph.version
        if self._ports is None or self._ports[0] != version:
            inputs = tuple(Port(node.name, dtype="any") for node in self.entries)
            outputs = tuple(Port(node.name) for node in self.exits)
            self._ports = (version, inputs, outputs)
        return self._ports

    @property
    def settings(self) -> tuple[Setting, ...]:  # type: ignore[override]  # likewise
        given = self.block.settings
        if self._settings is None or self._settings[0] is not given:
            own = (Int(name=n, default=value, minimum=0) for n, value in given.items())
            self._settings = (given, (*own, REPEAT))
        return self._settings[1]

    @property
    def entries(self) -> list[Node]:
        """The Input nodes inside, in the order of the ports."""
        return [node for node in self.block.graph if node.layer == "Input"]

    @property
    def exits(self) -> list[Node]:
        """The Output nodes inside, in the order of the ports."""
        return [node for node in self.block.graph if node.layer == "Output"]

    def telling(self, s: Values) -> str:
        values = [f"{name} {s[name]}" for name in self.block.settings]
        repeat = [f"× {s.repeat}"] if s.repeat != 1 else []
        return ", ".join([*values, *repeat])


def resolve(node: Node, names: Mapping[str, int] | None) -> Values:
    """A node's settings with every expression evaluated over `names`, if given.

    The node's layer must be known. Raises ExpressionError, its text beginning with the
    setting's name.
    """
    if names is None or node.type is None:
        return node.values
    changed: dict[str, object] = {}
    for setting in node.type.settings:
        value = node.settings.get(setting.name)
        try:
            found = _resolved(setting, value, names)
        except ExpressionError as error:
            raise ExpressionError(f"{setting.name} {error}") from None
        if found != value:
            changed[setting.name] = setting.normalise(found)
    if not changed:
        return node.values
    return Values({**node.values, **changed}, frozenset(changed))


def is_expression(setting: Setting, value: object) -> bool:
    """Whether a value is an expression: text where the setting wants numbers."""
    if isinstance(setting, Size) and value in setting.words:
        return False
    return isinstance(value, str) and isinstance(setting, _NUMERIC)


_NUMERIC = (Int, Float, Size, Shape, Dim)


def _resolved(setting: Setting, value: object, names: Mapping[str, int]) -> object:
    if is_expression(setting, value):
        return evaluate(str(value), names)
    if isinstance(value, tuple) and isinstance(setting, (Size, Shape)):
        return tuple(
            evaluate(each, names) if isinstance(each, str) else each for each in value
        )
    return value


def uses(graph: Graph) -> set[str]:
    """The names of the blocks that a graph uses itself."""
    return {node.layer for node in graph if isinstance(node.type, BlockLayer)}


def reached(graph: Graph, blocks: Mapping[str, BlockLayer]) -> set[str]:
    """The names of the blocks that a graph uses, however deep inside."""
    found: set[str] = set()
    more = uses(graph)
    while more:
        found |= more
        more = {inner for name in more for inner in uses(blocks[name].block.graph)}
        more -= found
    return found


def users_of(name: str, blocks: Mapping[str, BlockLayer]) -> set[str]:
    """A block and all blocks that use it, however deep inside."""
    found = {name}
    while True:
        more = {
            other
            for other, layer in blocks.items()
            if other not in found and uses(layer.block.graph) & found
        }
        if not more:
            return found
        found |= more
