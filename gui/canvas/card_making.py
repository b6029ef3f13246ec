"""Making cards: what a node's card says of a document and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.block_view import Known
from engine.blocks import BlockLayer
from engine.catalog import Layer, TensorSpec, Values
from engine.graph import Graph, Node
from engine.learning_edits import how_it_learns
from engine.sharing import module_of
from gui.canvas.card import (
    PAD,
    ROW_LINE,
    Card,
    Findings,
    Status,
    copies,
    describe,
)
from gui.canvas.card_layout import lay_out
from gui.canvas.card_texts import TIE_SIGN, learning_hint, tie, tie_hint
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
        outputs=_flows(node.name, outputs, specs or (), shapes, graph),
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


def _flows(
    name: str,
    outputs: Sequence[str],
    specs: Sequence[TensorSpec],
    shapes: list[str],
    graph: Graph,
) -> dict[str, tuple[str, bool, str]]:
    """What flows out of each port: its kind, whether it is used, its shape."""
    used = {edge.source_port for edge in graph.edges_out_of(name)}
    kinds = {port: spec.kind for port, spec in zip(outputs, specs, strict=False)}
    return {
        port: (kinds.get(port, ""), port in used, shape)
        for port, shape in zip(outputs, shapes, strict=False)
    }


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
            kind, shape = (spec.kind, spec.brief()) if spec is not None else ("", "")
            kinds[edge.target_port] = (kind, True, shape)
    return kinds


def _briefer(node: Node, values: Values | None) -> list[str]:
    """A block's detail without its last settings at their defaults: one, two, ...

    As on any card, what is at its default may go untold.
    """
    if not isinstance(node.type, BlockLayer) or values is None:
        return []
    own = node.type.block.settings
    kept, briefer = list(own), []
    for name in reversed(own):
        if values[name] == own[name] and len(kept) > 1:
            kept.remove(name)
            told = [f"{each} {values[each]}" for each in kept]
            briefer.append(f"{node.layer} {', '.join(told)}")
    return briefer
