"""Two runs side by side: what differed in the network, the data, the settings, and what
came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog.settings import Setting
from engine.data.declaration import SOURCES
from engine.document import Document
from engine.graph import Graph, Node
from engine.problems import Refusal
from engine.recipe import RECIPE_SETTINGS
from engine.run_record import DOCUMENT, Run
from engine.storage import load

NETWORK, DATA, TRAINING, RESULT, VERSIONS = (
    "Network",
    "Data",
    "Training",
    "Result",
    "Versions",
)
"""The parts, in the order in which they are told."""
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One matter in which two runs differ."""

    part: str
    """What it belongs to: network, data, training, result or versions."""
    what: str
    first: str
    second: str
    setting: Setting | None = field(default=None, compare=False)
    """The setting it is, with the words that the form has for it."""


def document_of(run: Run) -> Document:
    """The document a run trained. Raises Refusal when it cannot be read."""
    try:
        return load(run.folder / DOCUMENT)
    except Refusal as refusal:
        raise Refusal(
            f"The document of run {run.id} cannot be read: {refusal.problem.message}",
            "Its curves and settings are still there.",
            code="no-run-document",
        ) from refusal


Row = tuple[str, str, str, Setting | None]
"""What differs, both values, and the setting it is, if it is one."""


def differences(first: Run, second: Run) -> list[Difference]:
    """What differs between two runs, part by part, in each in the order of its form.

    Raises Refusal.
    """
    one, two = document_of(first), document_of(second)
    found = [Difference(NETWORK, *row) for row in _graphs(one.graph, two.graph)]
    for name in dict.fromkeys([*one.blocks, *two.blocks]):
        found += [Difference(NETWORK, *row) for row in _blocks(one, two, name)]
    sources = _pairs({"source": one.data.source}, {"source": two.data.source})
    found += [Difference(DATA, *row) for row in sources]
    settings = [  # of the sources that this program knows by now; others' stay in order
        setting
        for id_ in dict.fromkeys((one.data.source, two.data.source))
        for setting in (SOURCES[id_].settings if id_ in SOURCES else ())
    ]
    rows = _pairs(one.data.settings, two.data.settings, settings)
    found += [Difference(DATA, *row) for row in rows]
    rows = _pairs(first.recipe, second.recipe, RECIPE_SETTINGS)
    found += [Difference(TRAINING, *row) for row in rows]
    here, there = (
        {"device used": run.device, "precision used": run.precision}
        for run in (first, second)
    )
    found += [Difference(TRAINING, *row) for row in _pairs(here, there)]
    found += [
        Difference(RESULT, *row) for row in _pairs(_result(first), _result(second))
    ]
    found += [
        Difference(VERSIONS, *row) for row in _pairs(first.versions, second.versions)
    ]
    return found


def _result(run: Run) -> dict[str, object]:
    """How it ended, then what the test gave, then the rest."""
    kept = {k: v for k, v in run.result.items() if k != "event" and v is not None}
    told = sorted(kept, key=lambda name: not name.startswith("test_"))
    return {"state": run.state, **{name: kept[name] for name in told}}


def _graphs(one: Graph, two: Graph) -> Iterator[Row]:
    for name in dict.fromkeys([*one.nodes, *two.nodes]):
        before, after = one.nodes.get(name), two.nodes.get(name)
        if before is None or after is None or before.layer != after.layer:
            yield name, _node_text(before), _node_text(after), None
            continue
        form = before.type.settings if before.type is not None else ()
        for what, a, b, setting in _pairs(_settings(before), _settings(after), form):
            yield f"{name}.{what}", a, b, setting
        if before.shares != after.shares:
            shared = before.shares or "own", after.shares or "own"
            yield f"weights of {name}", *shared, None
    drawn, redrawn = set(one.edges), set(two.edges)
    for edge in dict.fromkeys([*one.edges, *two.edges]):
        if edge not in drawn or edge not in redrawn:
            text = f"edge {edge.source} → {edge.target}"
            yield text, _there(edge in drawn), _there(edge in redrawn), None


def _blocks(one: Document, two: Document, name: str) -> Iterator[Row]:
    before, after = one.blocks.get(name), two.blocks.get(name)
    if before is None or after is None:
        is_in = _there(before is not None), _there(after is not None)
        yield f"block {name}", *is_in, None
        return
    inside = [*_pairs(before.block.settings, after.block.settings)]
    inside += _graphs(before.block.graph, after.block.graph)
    for what, a, b, setting in inside:
        yield f"{name} / {what}", a, b, setting


def _there(is_there: bool) -> str:
    return "yes" if is_there else NOTHING


def _node_text(node: Node | None) -> str:
    if node is None:
        return NOTHING
    given = ", ".join(f"{name} {_text(value)}" for name, value in node.settings.items())
    return f"{node.layer} ({given})" if given else node.layer


def _settings(node: Node) -> Mapping[str, object]:
    """Every setting with its value, as far as the layer is known."""
    if node.type is None:
        return node.settings
    return {**dict(node.values), **node.settings}


def _pairs(
    one: Mapping[str, Any], two: Mapping[str, Any], form: Iterable[Setting] = ()
) -> Iterator[Row]:
    """Name, both values and setting, for each that differs, in the order of a form."""
    settings = {setting.name: setting for setting in form}
    known = [name for name in settings if name in one or name in two]
    for name in dict.fromkeys([*known, *one, *two]):
        if one.get(name) != two.get(name):
            both = _text(one.get(name)), _text(two.get(name))
            yield name, *both, settings.get(name)


def _text(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (tuple, list)):
        return " × ".join(map(_text, value))
    return str(value)
