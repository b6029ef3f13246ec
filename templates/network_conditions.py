"""Conditions on a network: its layers, settings, shapes, problems, recipe and data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from engine.catalog import CATALOG
from engine.data.declaration import SOURCES
from engine.document import DataConfig
from engine.graph import Node
from engine.recipe import RECIPE_SETTINGS
from templates.conditions import ANY, ONE, Condition, Range, read_range, verb
from templates.situation import NO, YES, Network, Situation, Verdict
from templates.tables import Table, one_of


def _verdict(holds: bool) -> Verdict:
    return YES if holds else NO


@dataclass(frozen=True, slots=True, kw_only=True)
class HasLayer:
    """There are nodes of some layer types, on a way from one node to another."""

    types: tuple[str, ...]
    after: str = ""
    before: str = ""
    setting: str = ""
    values: Range = ANY
    count: Range = ONE

    def judge(self, situation: Situation) -> Verdict:
        network = situation.network
        graph = network.graph
        places = set(graph.nodes)
        for name, reach in (
            (self.after, graph.descendants),
            (self.before, graph.ancestors),
        ):
            if name:
                found = network.node(name)
                places &= reach(found) if found else set()
        nodes = [n for n in graph if n.name in places and n.layer in self.types]
        if self.setting:
            nodes = [n for n in nodes if _holds(n, self.setting, self.values)]
        return _verdict(self.count.holds(len(nodes)))


def _holds(node: Node, setting: str, values: Range) -> bool:
    return (
        node.type is not None
        and setting in node.values
        and (values.holds(node.values[setting]))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeIs:
    """A node is there; of a type, with a setting, frozen, at a rate, where given."""

    name: str
    types: tuple[str, ...] = ()
    setting: str = ""
    values: Range = ANY
    frozen: bool | None = None
    rate: Range = ANY

    def judge(self, situation: Situation) -> Verdict:
        node = situation.network.known(self.name)
        if node is None:
            return NO
        if self.types and node.layer not in self.types:
            return NO
        if self.frozen is not None and node.frozen is not self.frozen:
            return NO
        if not self.rate.holds(node.rate):
            return NO
        return _verdict(not self.setting or _holds(node, self.setting, self.values))


@dataclass(frozen=True, slots=True)
class EdgeIs:
    """Two nodes are joined by an edge, from a port where one is named."""

    source: str
    target: str
    port: str = ""

    def judge(self, situation: Situation) -> Verdict:
        network = situation.network
        source, target = network.node(self.source), network.node(self.target)
        if source is None or target is None:
            return NO
        into = network.graph.edges_into(target)
        return _verdict(
            any(
                edge.source == source and self.port in ("", edge.source_port)
                for edge in into
            )
        )


@dataclass(frozen=True, slots=True)
class CountIs:
    """How many nodes, or how many parameters, the network has."""

    count: Callable[[Network], int | None]
    values: Range

    def judge(self, situation: Situation) -> Verdict:
        count = self.count(situation.network)
        return _verdict(count is not None and self.values.holds(count))


def _parameters(network: Network) -> int | None:
    """Not known before shapes are, or while a layer does not fit."""
    findings = network.findings
    is_known = findings.has_shapes and findings.is_valid
    return findings.total_parameters if is_known else None


def _nodes(network: Network) -> int:
    return len(network.graph)


@dataclass(frozen=True, slots=True)
class ShapeIs:
    """The first output of a node has a shape, the batch not counted."""

    name: str
    shape: tuple[int, ...]

    def judge(self, situation: Situation) -> Verdict:
        name = situation.network.node(self.name)
        if name is None or name not in situation.network.document.graph:
            return NO  # inside a block the shape is of no single use
        outputs = situation.network.findings.outputs(name)
        return _verdict(any(each.shape == self.shape for each in (outputs or ())[:1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class HasProblem:
    """Espalier tells of a problem: of a kind, at a node, with words in it."""

    code: str = ""
    node: str = ""
    mentions: str = ""

    def judge(self, situation: Situation) -> Verdict:
        network = situation.network
        at = network.node(self.node) if self.node else None
        return _verdict(
            any(
                (not self.code or problem.code == self.code)
                and (not self.node or problem.node == at)
                and self.mentions in problem.sentence()
                for problem in network.findings.problems
            )
        )


@dataclass(frozen=True, slots=True)
class IsValid:
    """There is no error; warnings may be there. Not known before shapes are."""

    wanted: bool

    def judge(self, situation: Situation) -> Verdict:
        findings = situation.network.findings
        return _verdict(findings.has_shapes and findings.is_valid is self.wanted)


@dataclass(frozen=True, slots=True)
class RecipeIs:
    """A value of the recipe."""

    name: str
    values: Range

    def judge(self, situation: Situation) -> Verdict:
        recipe = asdict(situation.network.document.recipe)
        return _verdict(self.values.holds(recipe.get(self.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DataIs:
    """The source of the data, and one of its settings."""

    source: str
    setting: str = ""
    values: Range = ANY

    def judge(self, situation: Situation) -> Verdict:
        data = situation.network.document.data
        if data.source != self.source:
            return NO
        if not self.setting:
            return YES
        return _verdict(self.values.holds(data_settings(data).get(self.setting)))


def data_settings(data: DataConfig) -> dict[str, Any]:
    """The settings of a source of data, the usual ones included."""
    source = SOURCES.get(data.source)
    usual = {each.name: each.default for each in source.settings} if source else {}
    return {**usual, **data.settings}


# How they are written.


def read_types(table: Table, key: str) -> tuple[str, ...]:
    """Layer types of the catalog; others are noted as faults."""
    types = table.texts(key)
    for name in types:
        if name not in CATALOG:
            table.say(f"there is no layer “{name}”.", "Take a name of the Layers tab.")
    return types


def _setting_of(table: Table, types: tuple[str, ...]) -> str:
    name = table.text("setting")
    for each in types if name else ():
        layer = CATALOG.get(each)
        known = [setting.name for setting in layer.settings] if layer else [name]
        if name not in known:
            table.say(
                f"{each} has no setting “{name}”.", f"It has {one_of(known or ['-'])}."
            )
    return name


@verb("layer")
def _read_layer(table: Table) -> Condition:
    types = read_types(table, "layer")
    setting = _setting_of(table, types)
    inner = table.table("count")
    count = ONE
    if inner is not None:
        count = read_range(inner)
        inner.close()
    return HasLayer(
        types=types,
        after=table.text("after"),
        before=table.text("before"),
        setting=setting,
        values=read_range(table) if setting else Range(),
        count=count,
    )


@verb("shape")
def _read_shape(table: Table) -> Condition:
    shape = table.value("equals")
    if not isinstance(shape, list) or not all(isinstance(n, int) for n in shape):
        table.say("a shape needs equals = [16, 4, 4] or the like.", "Add it.")
        shape = []
    return ShapeIs(table.text("shape", None), tuple(shape))


@verb("problem")
def _read_problem(table: Table) -> Condition:
    code = table.value("problem")
    if code is not True and not isinstance(code, str):
        table.say(
            f"“problem” is {code!r}.", 'Give it true, or a kind such as "misfit".'
        )
    return HasProblem(
        code=code if isinstance(code, str) else "",
        node=table.text("node"),
        mentions=table.text("mentions"),
    )


@verb("node")
def _read_node(table: Table) -> Condition:
    types = read_types(table, "type")
    setting = _setting_of(table, types)
    inner = table.table("rate")
    rate = ANY
    if inner is not None:
        rate = read_range(inner)
        inner.close()
    return NodeIs(
        name=table.text("node", None),
        types=types,
        setting=setting,
        values=read_range(table) if setting else Range(),
        frozen=table.flag("frozen", False) if "frozen" in table else None,
        rate=rate,
    )


@verb("edge")
def _read_edge(table: Table) -> Condition:
    ends = table.texts("edge")
    if len(ends) != 2:
        table.say("an edge has two ends.", 'Write edge = ["conv1", "relu1"].')
        ends = ("", "")
    source, _, port = ends[0].partition(".")
    return EdgeIs(source, ends[1], port)


def _read_count(
    table: Table, key: str, count: Callable[[Network], int | None]
) -> Condition:
    inner = table.table(key)
    if inner is None:
        return CountIs(count, Range(at_least=0, below=0))
    values = read_range(inner)
    inner.close()
    return CountIs(count, values)


@verb("parameters")
def _read_parameters(table: Table) -> Condition:
    return _read_count(table, "parameters", _parameters)


@verb("nodes")
def _read_nodes(table: Table) -> Condition:
    return _read_count(table, "nodes", _nodes)


@verb("valid")
def _read_valid(table: Table) -> Condition:
    return IsValid(table.flag("valid", True))


@verb("recipe")
def _read_recipe(table: Table) -> Condition:
    name = table.text("recipe", None)
    known = [setting.name for setting in RECIPE_SETTINGS]
    if name not in known:
        table.say(f"the recipe has no “{name}”.", f"It has {one_of(known)}.")
    return RecipeIs(name, read_range(table))


@verb("data")
def _read_data(table: Table) -> Condition:
    source = table.text("data", None)
    setting = table.text("setting")
    values = read_range(table) if setting else ANY
    return DataIs(source=source, setting=setting, values=values)
