"""Two runs side by side: what differed in the network, the data, the settings, and what
came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.document import Document
from engine.graph import Graph, Node
from engine.problems import Refusal
from engine.run_record import DOCUMENT, Run
from engine.storage import load

NETWORK, DATA, TRAINING, VERSIONS, RESULT = (
    "Network",
    "Data",
    "Training",
    "Versions",
    "Result",
)
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One matter in which two runs differ."""

    part: str
    """What it belongs to: network, data, training, versions or result."""
    what: str
    first: str
    second: str


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


def differences(first: Run, second: Run) -> list[Difference]:
    """What differs between two runs, in the order of the parts. Raises Refusal."""
    one, two = document_of(first), document_of(second)
    found = [Difference(NETWORK, *row) for row in _graphs(one.graph, two.graph)]
    for name in dict.fromkeys([*one.blocks, *two.blocks]):
        found += [Difference(NETWORK, *row) for row in _blocks(one, two, name)]
    sources = _pairs({"source": one.data.source}, {"source": two.data.source})
    found += [Difference(DATA, *row) for row in sources]
    settings = _pairs(one.data.settings, two.data.settings)
    found += [Difference(DATA, *row) for row in settings]
    found += [Difference(TRAINING, *row) for row in _pairs(first.recipe, second.recipe)]
    where = (
        {"device": run.device, "precision": run.precision} for run in (first, second)
    )
    found += [
        Difference(TRAINING, f"{what} used", a, b) for what, a, b in _pairs(*where)
    ]
    found += [
        Difference(VERSIONS, *row) for row in _pairs(first.versions, second.versions)
    ]
    found += [
        Difference(RESULT, *row) for row in _pairs(_result(first), _result(second))
    ]
    return found


def _result(run: Run) -> dict[str, object]:
    kept = {k: v for k, v in run.result.items() if k != "event" and v is not None}
    return {"state": run.state, **kept}


def _graphs(one: Graph, two: Graph) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys([*one.nodes, *two.nodes]):
        before, after = one.nodes.get(name), two.nodes.get(name)
        if before is None or after is None or before.layer != after.layer:
            yield name, _node_text(before), _node_text(after)
            continue
        for what, a, b in _pairs(_settings(before), _settings(after)):
            yield f"{name}.{what}", a, b
        if before.shares != after.shares:
            yield f"weights of {name}", before.shares or "own", after.shares or "own"
    drawn, redrawn = set(one.edges), set(two.edges)
    for edge in dict.fromkeys([*one.edges, *two.edges]):
        if edge not in drawn or edge not in redrawn:
            text = f"edge {edge.source} → {edge.target}"
            yield text, _there(edge in drawn), _there(edge in redrawn)


def _blocks(one: Document, two: Document, name: str) -> Iterator[tuple[str, str, str]]:
    before, after = one.blocks.get(name), two.blocks.get(name)
    if before is None or after is None:
        yield f"block {name}", _there(before is not None), _there(after is not None)
        return
    inside = [*_pairs(before.block.settings, after.block.settings)]
    inside += _graphs(before.block.graph, after.block.graph)
    for what, a, b in inside:
        yield f"{name} / {what}", a, b


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
    one: Mapping[str, Any], two: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Name and both values, for each that differs."""
    for name in dict.fromkeys([*one, *two]):
        if one.get(name) != two.get(name):
            yield name, _text(one.get(name)), _text(two.get(name))


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
