"""What is wrong with how a graph is drawn, in words and with what would mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.bypass import passed_edge
from engine.catalog import CATALOG, Layer
from engine.edits import (
    AddEdge,
    AddNode,
    Edit,
    RemoveEdge,
    RenameNode,
    SetBypassed,
    removal,
)
from engine.graph import Edge, Graph, Node, name_problem
from engine.problems import Fix, Problem, Severity


def loop_problem(graph: Graph, loop: list[str]) -> Problem:
    """A loop, and the edge that closes it."""
    path = " → ".join([*loop, loop[0]])
    back = next(edge for edge in graph.edges_out_of(loop[-1]) if edge.target == loop[0])
    return Problem(
        code="loop",
        node=loop[0],
        message=f"{path} is a loop, and a network runs forward only.",
        found=path,
        expected="no way from a node back to itself",
        remedy=f"Remove one of its edges, such as {back.source} → {back.target}.",
        fixes=(
            Fix(
                label=f"Remove {back.source} → {back.target}",
                edits=(RemoveEdge(back),),
            ),
        ),
    )


def missing_ends(graph: Graph) -> Iterable[Problem]:
    """What a graph needs to be a network at all: an Input and an Output."""
    layers = {node.layer for node in graph}
    if "Input" not in layers:
        first = min(graph, key=lambda node: node.position, default=None)
        x, y = first.position if first is not None else (200.0, 0.0)
        node = Node(name=graph.free_name("input"), layer="Input", position=(x - 200, y))
        yield Problem(
            code="no-input",
            message="The network has no Input, so no data can enter.",
            remedy="Add an Input and connect it to the first layer.",
            fixes=(Fix(label="Add an Input", edits=(AddNode(node),)),),
        )
    if "Output" not in layers:
        yield _no_output(graph)


def _no_output(graph: Graph) -> Problem:
    ends = [
        node
        for node in graph
        if node.type is not None
        and node.type.outputs
        and not graph.edges_out_of(node.name)
    ]
    last = max(ends, key=lambda node: node.position, default=None)
    x, y = last.position if last is not None else (0.0, 0.0)
    node = Node(name=graph.free_name("output"), layer="Output", position=(x + 200, y))
    edits: list[Edit] = [AddNode(node)]
    label = "Add an Output"
    if last is not None and last.type is not None:
        port = last.type.outputs[0].name
        edits.append(AddEdge(Edge(last.name, port, node.name, "input")))
        label = f"Add an Output after {last.name}"
    return Problem(
        code="no-output",
        message="The network has no Output, so it gives no answer.",
        remedy="Add an Output and connect the last layer to it.",
        fixes=(Fix(label=label, edits=tuple(edits)),),
    )


def edges_to_nowhere(graph: Graph) -> Iterable[Problem]:
    """Edges whose node or port is not there."""
    for edge in graph.edges:
        lost = _lost_end(graph, edge)
        if lost:
            known = [name for name in (edge.target, edge.source) if name in graph]
            yield Problem(
                code="edge-to-nowhere",
                node=known[0] if known else None,
                message=f"The edge {edge} ends nowhere: {lost}.",
                remedy="Remove the edge and draw it anew.",
                fixes=(Fix(label="Remove the edge", edits=(RemoveEdge(edge),)),),
            )


def _lost_end(graph: Graph, edge: Edge) -> str:
    """Why an edge has no place to begin or end, or an empty text."""
    for name in (edge.source, edge.target):
        if name not in graph:
            return f"there is no node {name}"
    source, target = graph[edge.source].type, graph[edge.target].type
    if source is not None and source.output_index(edge.source_port) is None:
        return f"{edge.source} has no output {edge.source_port}"
    if target is not None and target.input_port(edge.target_port) is None:
        return f"{edge.target} has no input {edge.target_port}"
    return ""


def node_problems(graph: Graph, node: Node) -> Iterable[Problem]:
    """What is wrong with a node, whatever flows into it."""
    wrong = name_problem(node.name)
    if wrong is not None:
        better = _better_name(graph, node)
        yield Problem(
            code="bad-name",
            node=node.name,
            message=f"The name {node.name!r} {wrong}.",
            expected="letters, digits and _",
            remedy=f"Rename it, to {better} for example.",
            fixes=(
                Fix(
                    label=f"Rename to {better}", edits=(RenameNode(node.name, better),)
                ),
            ),
        )
    layer = node.type
    if layer is None:
        yield _unknown_layer(graph, node)
        return
    if node.bypassed:
        yield from _bypass_problems(graph, node, layer)
        return
    for port in layer.inputs:
        edges = graph.edges_into(node.name, port.name)
        if len(edges) > 1 and not port.variadic:
            yield _doubled(edges)
        needed = (
            port.at_least if port.variadic else int(not (port.follows or port.optional))
        )
        if len(edges) < needed:
            yield _missing(graph, node, layer, port.name, len(edges), needed)


def _bypass_problems(graph: Graph, node: Node, layer: Layer) -> Iterable[Problem]:
    why = ""
    if not layer.inputs or not layer.outputs:
        why = f"it has no {'input' if not layer.inputs else 'output'}"
    elif passed_edge(graph, node.name) is None:
        yield _missing(graph, node, layer, layer.inputs[0].name, 0, 1)
        return
    else:
        first = layer.outputs[0].name
        others = [e for e in graph.edges_out_of(node.name) if e.source_port != first]
        if others:
            why = f"{others[0].target} takes its {others[0].source_port}"
    if why:
        back = SetBypassed(node.name, False)
        yield Problem(
            code="not-bypassed",
            node=node.name,
            message=f"{node.name} is bypassed, and nothing can flow past it: {why}.",
            remedy="Let it take part again.",
            fixes=(Fix(label=f"Let {node.name} take part", edits=(back,)),),
        )


def _better_name(graph: Graph, node: Node) -> str:
    kept = "".join(
        letter if letter.isascii() and letter.isalnum() else "_" for letter in node.name
    )
    kept = kept.strip("_").lower().lstrip("0123456789_")[:40]
    if kept and not name_problem(kept) and kept not in graph:
        return kept
    return graph.free_name(node.layer.lower() if node.layer.isidentifier() else "node")


def _unknown_layer(graph: Graph, node: Node) -> Problem:
    return Problem(
        code="unknown-layer",
        node=node.name,
        message=f"{node.name} is a {node.layer}, a layer that this version of Espalier "
        "does not know.",
        found=node.layer,
        expected=f"one of the {len(CATALOG)} layers of the catalog",
        remedy="Open the file with a newer version, or take the node out.",
        fixes=(
            Fix(
                label=f"Take {node.name} out, keep the flow",
                edits=(removal(graph, [node.name], keep_flow=True),),
            ),
        ),
    )


def _doubled(edges: list[Edge]) -> Problem:
    edge = edges[0]
    sources = " and ".join(each.source for each in edges)
    return Problem(
        code="doubled-input",
        node=edge.target,
        port=edge.target_port,
        message=f"{edge.target} takes one edge at {edge.target_port}, and {len(edges)} "
        f"end there, from {sources}.",
        found=f"{len(edges)} edges",
        expected="1 edge",
        remedy="Remove all but one, or join them with Add or Concatenate first.",
        fixes=tuple(
            Fix(
                label=f"Keep the one from {kept.source}",
                edits=tuple(RemoveEdge(other) for other in edges if other is not kept),
            )
            for kept in edges
        ),
    )


def _missing(
    graph: Graph, node: Node, layer: Layer, port: str, found: int, needed: int
) -> Problem:
    which = "" if len(layer.inputs) == 1 or port == "input" else f" {port}"
    message = f"{node.name} has nothing on its input{which}."
    if needed > 1:
        message = (
            f"{node.name} joins at least {needed} inputs, and {found} "
            f"{'ends' if found == 1 else 'end'} there."
        )
    candidate = _candidate(graph, node)
    fixes: tuple[Fix, ...] = ()
    if candidate is not None and candidate.type is not None:
        outputs = [each.name for each in candidate.type.outputs]
        fixes = tuple(
            Fix(
                label=f"Connect {candidate.name}"
                + (f", {output}" if len(outputs) > 1 else ""),
                edits=(AddEdge(Edge(candidate.name, output, node.name, port)),),
            )
            for output in outputs
        )
    return Problem(
        code="missing-input",
        node=node.name,
        port=port,
        message=message,
        found=f"{found} edges",
        expected=f"{needed} or more" if needed > 1 else "1 edge",
        remedy="Draw an edge to it from the node that feeds it.",
        fixes=fixes,
    )


def _candidate(graph: Graph, node: Node) -> Node | None:
    """The loose end nearest on the left that would not close a loop."""
    after = graph.descendants(node.name) | {node.name}
    fed_by = {edge.source for edge in graph.edges_into(node.name)}
    loose = [
        other
        for other in graph
        if other.name not in after
        and other.name not in fed_by
        and other.type is not None
        and other.type.outputs
        and not graph.edges_out_of(other.name)
    ]
    x, y = node.position

    def distance(other: Node) -> float:
        dx, dy = x - other.position[0], y - other.position[1]
        return float((dx * dx + dy * dy) ** 0.5 + (2000 if dx < 0 else 0))

    return min(loose, key=distance, default=None)


def apart(graph: Graph, name: str) -> Problem:
    """A node that leads nowhere, while others do."""
    before = len(graph.ancestors(name))
    others = "" if not before else ", nor is what leads to it alone"
    return Problem(
        code="no-way-out",
        severity=Severity.WARNING,
        node=name,
        message=f"{name} reaches no Output, so it is not part of the network{others}.",
        remedy="Connect it onwards, or remove it.",
        fixes=() if before else (_removable(graph, name),),
    )


def joined_to_nothing(graph: Graph, missing: Problem) -> Problem:
    """The same of a node without any edge, in place of what one of its inputs lacks."""
    name = missing.node or ""
    return replace(
        missing,
        message=f"{name} is joined to nothing, so it is not part of the network.",
        remedy="Connect it, or remove it.",
        fixes=(*missing.fixes, _removable(graph, name)),
    )


def _removable(graph: Graph, name: str) -> Fix:
    return Fix(label=f"Remove {name}", edits=(removal(graph, [name]),))
