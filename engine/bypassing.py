"""Bypassing nodes, where the network then still works."""

from __future__ import annotations

from collections.abc import Sequence

from engine.analysis import Analysis
from engine.block_edits import and_list
from engine.document import Document
from engine.edits import Compound, Edit, SetBypassed, within
from engine.graph import Graph, Node
from engine.inference import GraphInference
from engine.problems import Problem, Refusal


def bypass(
    document: Document, analysis: Analysis, scope: str, names: Sequence[str]
) -> Edit:
    """Let what reaches some nodes flow past them.

    Tried on the document, which is as before when this returns. Raises Refusal where
    the ports do not allow it, or where the network would no longer work.
    """
    graph = document.scoped(scope).graph
    for name in names:
        _refuse_ports(graph, graph[name])
    edit = within(scope, Compound(tuple(SetBypassed(name, True) for name in names)))
    before = {(p.node, p.scope, p.message) for p in analysis.problems if p.is_error}
    told = _shapes(analysis.inside(scope) if scope else analysis, names)
    new = [
        problem
        for problem in problems_after(document, analysis, edit)
        if problem.is_error
        and (problem.node, problem.scope, problem.message) not in before
    ]
    if new:
        raise Refusal(
            f"{and_list(list(names))} cannot be bypassed: {told}{new[0].message}",
            new[0].remedy,
            code="not-bypassed",
        )
    return edit


def problems_after(document: Document, analysis: Analysis, edit: Edit) -> list[Problem]:
    """What would be wrong after an edit; document and analysis are as before."""
    inverse = edit.apply(document)
    try:
        analysis.note(edit)
        analysis.refresh()
        return analysis.problems
    finally:
        inverse.apply(document)
        analysis.note(inverse)
        analysis.refresh()


def _refuse_ports(graph: Graph, node: Node) -> None:
    layer = node.type
    if layer is None or not layer.inputs or not layer.outputs:
        lack = "input" if layer is not None and not layer.inputs else "output"
        if layer is None:
            lack = "known input and output"
        raise Refusal(
            f"{node.name} is {_article(node.layer)} and has no {lack}, so nothing can "
            "flow past it.",
            "Bypass a layer that lies between others.",
            code="not-bypassed",
        )
    first = layer.outputs[0].name
    other = next(
        (e for e in graph.edges_out_of(node.name) if e.source_port != first), None
    )
    if other is not None:
        raise Refusal(
            f"{node.name} cannot be bypassed: {other.target} takes its "
            f"{other.source_port}, and only its {first} can stand for what reaches it.",
            f"Remove the edge from {other.source_port} first.",
            code="not-bypassed",
        )


def _article(layer: str) -> str:
    return f"{'an' if layer[:1] in 'AEIOU' else 'a'} {layer}"


def _shapes(known: Analysis | GraphInference, names: Sequence[str]) -> str:
    """What a lone node makes of what, as the beginning of a reason."""
    specs, out = known.inputs(names[0]), known.outputs(names[0])
    if len(names) > 1 or not specs or not out or specs[0] == out[0]:
        return ""
    return f"it makes {out[0].describe()} of {specs[0].describe()}, and then "
