"""What "show me" does: edits, trainings and answers, as a lesson writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from engine.catalog import CATALOG
from engine.document import DataConfig, Document
from engine.edits import (
    AddNode,
    MoveNodes,
    RemoveEdge,
    change_settings,
    connection,
    insertion,
    removal,
)
from engine.graph import Edge, Graph, Node
from engine.learning_edits import SetFrozen, SetRate
from engine.problems import Refusal
from engine.recipe import RECIPE_SETTINGS
from templates.own_files import keep_own_files
from templates.run_conditions import METRICS
from templates.tables import Table, is_number, one_of

_STEP = 184.0
"""From one card to the next along a row, in pixels at 100 %."""


class Change(Protocol):
    """An action that changes the document."""

    def apply(self, document: Document, start: Document) -> None:
        """Change `document`; `start` is as the lesson begins. Raises Refusal."""
        ...


@dataclass(frozen=True, slots=True)
class Train:
    """Train the network as it is now, to the last epoch."""

    expect: Mapping[str, float] = field(default_factory=dict)
    """The numbers it comes to, for trying the lesson out without training."""


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """Answer the step's question: an option by its place from 0, or a value."""

    value: int | float | str


Action = Change | Train | GiveAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Put a new node onto the edge that leaves a node."""

    layer: str
    name: str
    after: str
    before: str = ""
    settings: Mapping[str, Any]  # checked by the layer

    def apply(self, document: Document, start: Document) -> None:
        graph = document.graph
        _there(graph, self.after, *([self.before] if self.before else []))
        edges = graph.edges_out_of(self.after)
        if self.before:
            edges = [edge for edge in edges if edge.target == self.before]
        if not edges:
            raise _differs(f"no edge leaves {self.after}")
        x, y = graph[edges[0].target].position
        moved = {
            node.name: (node.position[0] + _STEP, y)
            for node in graph
            if node.position[1] == y and node.position[0] >= x
        }
        node = _new(document, self.layer, self.name, self.settings, (x, y))
        insertion(graph, node, edges[0]).apply(document)
        MoveNodes(moved).apply(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """Add a node that nothing is joined to yet."""

    layer: str
    name: str
    near: str
    settings: Mapping[str, Any]  # checked by the layer

    def apply(self, document: Document, start: Document) -> None:
        graph = document.graph
        place = (0.0, 0.0)
        if self.near:
            _there(graph, self.near)
            x, y = graph[self.near].position
            place = (x, y + _STEP)
        node = _new(document, self.layer, self.name, self.settings, place)
        AddNode(node).apply(document)


@dataclass(frozen=True, slots=True)
class Set:
    """Change settings of a node."""

    name: str
    settings: Mapping[str, Any]  # checked by the layer

    def apply(self, document: Document, start: Document) -> None:
        _there(document.graph, self.name)
        change_settings(document.graph, self.name, self.settings).apply(document)


@dataclass(frozen=True, slots=True)
class Freeze:
    """Keep a node's weights as they are, or let them learn at a rate of their own."""

    name: str
    is_frozen: bool
    rate: float

    def apply(self, document: Document, start: Document) -> None:
        _there(document.graph, self.name)
        SetFrozen(self.name, self.is_frozen).apply(document)
        SetRate(self.name, self.rate).apply(document)


@dataclass(frozen=True, slots=True)
class Remove:
    """Take nodes out; by default what flowed through them flows on."""

    names: tuple[str, ...]
    keep_flow: bool = True

    def apply(self, document: Document, start: Document) -> None:
        _there(document.graph, *self.names)
        removal(document.graph, self.names, keep_flow=self.keep_flow).apply(document)


@dataclass(frozen=True, slots=True)
class Connect:
    """Draw an edge, from `node` or `node.port` to `node` or `node.port`."""

    source: str
    target: str

    def apply(self, document: Document, start: Document) -> None:
        edge = _edge(document.graph, self.source, self.target)
        if edge not in document.graph.edges:
            connection(document.graph, edge).apply(document)


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Take an edge out."""

    source: str
    target: str

    def apply(self, document: Document, start: Document) -> None:
        edge = _edge(document.graph, self.source, self.target)
        if edge not in document.graph.edges:
            raise _differs(f"no edge joins {self.source} and {self.target}")
        RemoveEdge(edge).apply(document)


@dataclass(frozen=True, slots=True)
class ChangeRecipe:
    """Change values of the recipe."""

    values: Mapping[str, Any]  # checked against the recipe's settings when read

    def apply(self, document: Document, start: Document) -> None:
        document.recipe = replace(document.recipe, **self.values)


@dataclass(frozen=True, slots=True)
class ChangeData:
    """Learn from other data, or with other settings of the same."""

    source: str
    settings: Mapping[str, Any]  # checked by the source

    def apply(self, document: Document, start: Document) -> None:
        settings = {**document.data.settings, **self.settings}
        source = self.source or document.data.source
        document.data = DataConfig(source=source, settings=settings)


@dataclass(frozen=True, slots=True)
class Restore:
    """All as the lesson begins."""

    def apply(self, document: Document, start: Document) -> None:
        copy = start.copy()
        keep_own_files(copy, document)
        document.blocks, document.graph = copy.blocks, copy.graph
        document.data, document.recipe = copy.data, copy.recipe


def changed(document: Document, actions: Sequence[Action], start: Document) -> Document:
    """A copy of a document after the actions that change it. Raises Refusal."""
    copy = document.copy()
    for action in actions:
        if not isinstance(action, (Train, GiveAnswer)):
            action.apply(copy, start)
    return copy


def stretches(actions: Sequence[Action]) -> list[list[Action]]:
    """The actions up to each training, which comes last, and those after the last."""
    found: list[list[Action]] = [[]]
    for action in actions:
        found[-1].append(action)
        if isinstance(action, Train):
            found.append([])
    return [each for each in found if each]


def _there(graph: Graph, *names: str) -> None:
    for name in names:
        if name not in graph:
            raise _differs(f"there is no node {name}")


def _differs(what: str) -> Refusal:
    return Refusal(
        f"The network is another than the lesson's: {what}.",
        "Begin from the lesson's network.",
        code="other-network",
    )


def _new(
    document: Document,
    layer: str,
    name: str,
    settings: Mapping[str, Any],
    position: tuple[float, float],
) -> Node:
    graph = document.graph
    if layer not in CATALOG and layer not in document.blocks:
        raise _differs(f"there is no layer or block {layer}")
    free = name if name and name not in graph else graph.free_name(name or layer)
    return Node(
        name=free.lower(),
        layer=layer,
        settings=settings,
        position=position,
        blocks=document.blocks,
    )


def _edge(graph: Graph, source: str, target: str) -> Edge:
    """The edge between two ends; where no port is named it is the first."""
    source, _, source_port = source.partition(".")
    target, _, target_port = target.partition(".")
    _there(graph, source, target)
    gives, takes = graph[source].type, graph[target].type
    if not source_port and gives is not None and gives.outputs:
        source_port = gives.outputs[0].name
    if not target_port and takes is not None and takes.inputs:
        target_port = takes.inputs[0].name
    return Edge(source, source_port, target, target_port)


# How they are written.


def read_actions(tables: Sequence[Table]) -> tuple[Action, ...]:
    """The actions of a list of tables; what is wrong is noted."""
    found = []
    for table in tables:
        verbs = [key for key in table.keys if key in _READERS]
        if not verbs:
            table.say(
                f"{{ {', '.join(table.keys)} }} is nothing to do.",
                f"Begin it with {one_of(sorted(_READERS))}.",
            )
            continue
        found.append(_READERS[verbs[0]](table))
        table.close()
    return tuple(found)


def _settings(table: Table, key: str = "settings") -> dict[str, Any]:
    value = table.value(key)
    if value is not None and not isinstance(value, Mapping):
        table.say(f"“{key}” is {value!r}.", "Give it a table in { }.")
        return {}
    return {
        name: tuple(each) if isinstance(each, list) else each
        for name, each in (value or {}).items()
    }


def _ends(table: Table, key: str) -> tuple[str, str]:
    ends = table.texts(key)
    if len(ends) != 2:
        table.say("an edge has two ends.", f'Write {key} = ["conv1", "relu1"].')
        return ("", "")
    return ends[0], ends[1]


def _read_insert(table: Table) -> Action:
    return Insert(
        layer=table.text("insert", None),
        name=table.text("name"),
        after=table.text("after", None),
        before=table.text("before"),
        settings=_settings(table),
    )


def _read_add(table: Table) -> Action:
    return Add(
        layer=table.text("add", None),
        name=table.text("name"),
        near=table.text("near"),
        settings=_settings(table),
    )


def _read_recipe(table: Table) -> Action:
    values = _settings(table, "recipe")
    settings = {setting.name: setting for setting in RECIPE_SETTINGS}
    right = {}
    for name, value in values.items():
        setting = settings.get(name)
        wrong = setting.problem(value) if setting else "is none of the recipe's"
        if wrong is None and setting is not None:
            right[name] = setting.normalise(value)
        else:
            table.say(f"“{name}” {wrong}.", f"The recipe has {one_of(list(settings))}.")
    return ChangeRecipe(right)


def _read_train(table: Table) -> Action:
    table.flag("train", True)
    expect = {}
    for name, value in _settings(table, "expect").items():
        if name not in METRICS or not is_number(value):
            table.say(
                f"{name} = {value!r} is nothing a run comes to.",
                f"Take numbers for {one_of(METRICS)}.",
            )
        else:
            expect[name] = float(value)
    return Train(expect)


def _read_answer(table: Table) -> Action:
    value = table.value("answer")
    if not is_number(value) and not isinstance(value, str):
        table.say(f"“answer” is {value!r}.", "Give it a number or a text.")
        value = ""
    return GiveAnswer(value)


def _read_option(table: Table) -> Action:
    place = table.number("option") or 0
    if place < 1:
        table.say("options are counted from 1.", "Write option = 1 for the first.")
    return GiveAnswer(int(place) - 1)


def _rate(table: Table) -> float:
    rate = table.number("rate")
    return 1.0 if rate is None else rate


def _read_restore(table: Table) -> Action:
    table.flag("restore", True)
    return Restore()


_READERS = {
    "insert": _read_insert,
    "add": _read_add,
    "set": lambda table: Set(table.text("set", None), _settings(table)),
    "freeze": lambda table: Freeze(
        table.text("freeze", None), table.flag("frozen", True), _rate(table)
    ),
    "remove": lambda table: Remove(
        table.texts("remove"), table.flag("keep_flow", True)
    ),
    "connect": lambda table: Connect(*_ends(table, "connect")),
    "disconnect": lambda table: Disconnect(*_ends(table, "disconnect")),
    "recipe": _read_recipe,
    "data": lambda table: ChangeData(table.text("data"), _settings(table)),
    "restore": _read_restore,
    "train": _read_train,
    "answer": _read_answer,
    "option": _read_option,
}
