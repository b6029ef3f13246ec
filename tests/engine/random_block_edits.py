"""Hypothesis strategy: any edit a person may make to blocks and to what is in them."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from engine import block_edits, edits
from engine.block_edits import scopes
from engine.blocks import BlockLayer
from engine.document import Document
from engine.edits import Edit, within
from engine.graph import Edge, Graph, Node
from engine.grouping import collapse, expand, make_unique
from engine.problems import Refusal

_NOTHING = edits.Compound(())
_NUMBERS = ("width", "repeat", "out_features")
_VALUES = (0, 1, 2, 3, 6, "width", "2 * width")


@st.composite
def random_block_edit(draw: st.DrawFn, document: Document) -> Edit:
    """One edit that applies to the document as it is now; none where it is refused."""
    kinds: list[Callable[[st.DrawFn, Document], Edit]] = [_of_blocks, _of_nodes]
    kind = draw(st.sampled_from([_of_uses, *kinds]))
    try:
        return kind(draw, document)
    except Refusal:
        return _NOTHING


@st.composite
def random_number(draw: st.DrawFn, document: Document) -> Edit:
    """Another whole number, or arithmetic, in a node of any graph that has one."""
    found = [
        (scope, graph, node.name, setting)
        for scope, graph in scopes(document)
        for node in graph
        for setting in _NUMBERS
        if setting in node.settings
    ]
    if not found:
        return _NOTHING
    scope, graph, name, setting = draw(st.sampled_from(found))
    changed = {setting: draw(st.sampled_from(_VALUES))}
    return within(scope, edits.change_settings(graph, name, changed))


def _of_uses(draw: st.DrawFn, document: Document) -> Edit:
    """Nodes into a block and back, a definition of its own."""
    scope, graph = draw(st.sampled_from(list(scopes(document))))
    uses = [node.name for node in graph if isinstance(node.type, BlockLayer)]
    names = [n.name for n in graph if n.layer not in ("Input", "Output")]
    kind = draw(st.sampled_from(["collapse", "expand", "unique"]))
    if kind == "collapse" and names:
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        name = block_edits.free_block_name(document, "Part")
        return collapse(document, scope, chosen, name)
    if kind == "collapse" or not uses:
        return _NOTHING
    way = expand if kind == "expand" else make_unique
    return way(document, scope, draw(st.sampled_from(uses)))


def _of_blocks(draw: st.DrawFn, document: Document) -> Edit:
    """Names, settings and defaults of blocks; taking one out."""
    if not document.blocks:
        return _NOTHING
    name = draw(st.sampled_from(list(document.blocks)))
    settings = list(document.blocks[name].block.settings)
    kind = draw(st.sampled_from(["rename", "remove", "set", "name", "drop"]))
    if kind == "rename":
        new = block_edits.free_block_name(document, "Other")
        return block_edits.rename_block(document, name, new)
    if kind == "remove":
        return block_edits.remove_block(document, name)
    if kind == "set":
        setting = draw(st.sampled_from([*settings, "depth"]))
        to = draw(st.integers(0, 4))
        return block_edits.set_block_setting(document, name, setting, to)
    if not settings:
        return _NOTHING
    setting = draw(st.sampled_from(settings))
    if kind == "name":
        new = draw(st.sampled_from(["width", "height", "depth"]))
        return block_edits.rename_block_setting(document, name, setting, new)
    return block_edits.remove_block_setting(document, name, setting)


def _of_nodes(draw: st.DrawFn, document: Document) -> Edit:
    """Nodes of any graph, ports of blocks among them."""
    scope, graph = draw(st.sampled_from(list(scopes(document))))
    names = list(graph.nodes)
    kinds = ["rename", "remove", "share", "set", "bypass", "exit"]
    kind = draw(st.sampled_from(["add", *(kinds if names else [])]))
    if kind == "add":
        layer = draw(st.sampled_from(["Input", "Output", "Tanh", *document.blocks]))
        new = Node(name=graph.free_name("new"), layer=layer)
        return within(scope, edits.AddNode(new))
    name = draw(st.sampled_from(names))
    if kind == "rename":
        new_name = graph.free_name("other")
        return block_edits.rename_node(document, scope, name, new_name)
    if kind == "remove":
        gone = edits.removal(graph, [name], keep_flow=draw(st.booleans()))
        return within(scope, gone)
    if kind == "share":
        whose = draw(st.sampled_from(["", *names]))
        return within(scope, edits.SetShares(name, whose))
    if kind == "exit":
        return within(scope, _another_exit(graph, name))
    if kind == "bypass":
        return within(scope, edits.SetBypassed(name, draw(st.booleans())))
    setting = draw(st.sampled_from(_NUMBERS))
    value = draw(st.sampled_from(_VALUES))
    return within(scope, edits.change_settings(graph, name, {setting: value}))


def _another_exit(graph: Graph, name: str) -> Edit:
    """One more Output: of a block's graph, another port of all its uses."""
    layer = graph[name].type
    if layer is None or not layer.outputs:
        return _NOTHING
    new = Node(name=graph.free_name("exit"), layer="Output")
    edge = Edge(name, layer.outputs[0].name, new.name, "input")
    return edits.Compound((edits.AddNode(new), edits.AddEdge(edge)))
