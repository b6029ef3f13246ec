"""Random documents with blocks, repeats and shared weights: no way around changes them.

Saved and loaded, made into blocks and taken out of them again, with the same weights
they give the same answers to the last bit.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import storage
from engine.analysis import analyse
from engine.blocks import BlockLayer
from engine.compiler import compile_document
from engine.document import Document
from engine.edits import Edit
from engine.graph import Edge, Graph, Node
from engine.grouping import collapse, expand
from engine.problems import Refusal
from engine.sharing import groups
from engine.towers import towers

SHAPE = (3, 6)
Weights = dict[str, torch.Tensor]

PLAIN: list[tuple[str, dict[str, object]]] = [
    ("Linear", {"out_features": 6}),
    ("Tanh", {}),
    ("LayerNorm", {}),
    ("ReLU", {}),
]
"""Layers that keep the shape, so that any order of them fits."""


def fill(
    draw: st.DrawFn,
    graph: Graph,
    blocks: list[str],
    *,
    wide: bool = False,
    towers: bool = False,
) -> None:
    """Draw a chain into a graph: layers, uses of blocks, shared weights, detours.

    `wide` is whether the graph has a setting `width` for expressions, `towers` whether
    it begins with two uses of a block that share their weights.
    """
    begins = ["block", "shared"] if towers else []
    graph.add_node(Node(name="x_in", layer="Input", settings={"shape": SHAPE}))
    last = ("x_in", "output")
    for number in range(draw(st.integers(len(begins) or 1, 5))):
        name, before = f"n{number}", last
        kind = draw(st.sampled_from(["plain", "shared", "shared", "block", "wide"]))
        kind = begins[number] if number < len(begins) else kind
        owners = [
            node
            for node in graph
            if node.name[0] == "n" and (node.layer == "Linear" or node.layer in blocks)
        ]
        if kind == "shared" and owners:
            owner = draw(st.sampled_from(owners))
            graph.add_node(replace(owner, name=name, shares=owner.shares or owner.name))
        elif kind == "block" and blocks:
            given = {
                "repeat": draw(st.integers(1, 3)),
                "width": draw(st.integers(1, 3)),
            }
            graph.add_node(
                Node(name=name, layer=draw(st.sampled_from(blocks)), settings=given)
            )
        elif kind == "wide":
            size = "2 * width" if wide else 5
            graph.add_node(
                Node(name=f"w{number}", layer="Linear", settings={"out_features": size})
            )
            graph.add_edge(Edge(*last, f"w{number}", "input"))
            last, name = (f"w{number}", "output"), f"v{number}"
            graph.add_node(
                Node(name=name, layer="Linear", settings={"out_features": 6})
            )
        else:
            layer, given = draw(st.sampled_from(PLAIN))
            graph.add_node(Node(name=name, layer=layer, settings=given))
        last = join(graph, last, name)
        if draw(st.booleans()):
            last = detour(graph, before, last, f"a{number}")
    graph.add_node(Node(name="y", layer="Output"))
    graph.add_edge(Edge(*last, "y", "input"))


def join(graph: Graph, last: tuple[str, str], name: str) -> tuple[str, str]:
    """Let `name` take what `last` gives; gives what `name` gives."""
    layer = graph[name].type
    assert layer is not None
    graph.add_edge(Edge(*last, name, layer.inputs[0].name))
    return name, layer.outputs[0].name


def detour(
    graph: Graph, before: tuple[str, str], last: tuple[str, str], name: str
) -> tuple[str, str]:
    """Add what was there before to what is there now."""
    graph.add_node(Node(name=name, layer="Add"))
    layer = graph[name].type
    assert layer is not None
    for value in dict.fromkeys((before, last)):
        graph.add_edge(Edge(*value, name, layer.inputs[0].name))
    return name, layer.outputs[0].name


@st.composite
def nested_documents(draw: st.DrawFn, towers: bool = False) -> Document:
    """A sound document over two blocks, one of which may use the other."""
    document = Document(name="Random")
    for name, blocks in (("Inner", []), ("Outer", ["Inner"])):
        block = document.new_block(name, {"width": 2})
        fill(draw, block.graph, blocks, wide=True)
        document.put_block(block)
    fill(draw, document.graph, ["Inner", "Outer"], towers=towers)
    return document


def weights_of(document: Document) -> Weights:
    torch.manual_seed(3)
    return compile_document(document).module_class().state_dict()


def answers(document: Document, weights: Weights) -> torch.Tensor:
    module = compile_document(document).module_class().eval()
    module.load_state_dict(weights)
    made = torch.Generator().manual_seed(1)
    answer = module(torch.randn(2, *SHAPE, generator=made))
    assert isinstance(answer, torch.Tensor)
    return answer


def apply(document: Document, edit: Edit) -> None:
    """Apply an edit, after a look that it can be undone and done again."""
    before = document.copy()
    again = edit.apply(document).apply(document)
    assert document == before
    again.apply(document)


def moved_out(weights: Weights, use: str, repeat: int) -> Weights:
    """The weights under the names that expanding a use gives their nodes."""
    moved = {}
    for key, value in weights.items():
        parts = key.split(".")
        if parts[0] == use:
            depth = 2 if repeat == 1 else 3
            parts = ["_".join(parts[:depth]), *parts[depth:]]
        moved[".".join(parts)] = value
    return moved


def moved_in(weights: Weights, use: str, inner: dict[str, str]) -> Weights:
    """The weights under the names that a new block gives them."""
    return {
        f"{use}.{inner[name]}.{rest}" if name in inner else key: value
        for key, value in weights.items()
        for name, _, rest in [key.partition(".")]
    }


@settings(max_examples=20, deadline=None)
@given(nested_documents())
def test_saving_and_loading_change_no_answer(document: Document) -> None:
    weights = weights_of(document)
    expected = answers(document, weights)
    again = storage.loads(storage.dumps(document))
    assert again == document
    assert analyse(again).code == analyse(document).code
    assert torch.equal(expected, answers(again, weights))


@settings(max_examples=20, deadline=None)
@given(nested_documents())
def test_expanding_every_block_changes_no_answer(document: Document) -> None:
    weights = weights_of(document)
    expected = answers(document, weights)
    count = analyse(document).total_parameters
    for _ in range(40):
        use = next((n for n in document.graph if isinstance(n.type, BlockLayer)), None)
        if use is None:
            break
        try:
            edit = expand(document, "", use.name)
        except Refusal as refusal:  # an edge cannot be drawn twice
            assert "would take" in str(refusal)
            return
        repeat = use.values["repeat"]
        apply(document, edit)
        weights = moved_out(weights, use.name, repeat)
        assert analyse(document).total_parameters == count
        assert torch.equal(expected, answers(document, weights))
    assert "class Inner" not in analyse(document).code


@settings(max_examples=30, deadline=None)
@given(nested_documents(), st.data())
def test_a_block_of_any_nodes_changes_no_answer(
    document: Document, data: st.DataObject
) -> None:
    weights = weights_of(document)
    expected = answers(document, weights)
    names = [n.name for n in document.graph if n.layer not in ("Input", "Output")]
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    try:
        edit = collapse(document, "", chosen, "Part", analyse(document).flowing)
    except Refusal as refusal:
        assert any(reason in str(refusal) for reason in REASONS), str(refusal)
        return
    chosen = list(towers(document.graph, chosen)[0])
    apply(document, edit)
    use = owner_of(document.graph, "Part")
    inner_weights = moved_in(weights, use, inner_names(document, use, chosen))
    assert torch.equal(expected, answers(document, inner_weights))
    again = storage.loads(storage.dumps(document))
    assert torch.equal(expected, answers(again, inner_weights))
    apply(document, expand(document, "", use))
    back = moved_out(inner_weights, use, 1)
    assert torch.equal(expected, answers(document, back))


REASONS = ("would feed", "shares its weights", "shares the weights")
"""Why nodes that were drawn at random may be no block."""


def owner_of(graph: Graph, block: str) -> str:
    """The use of a block that has weights of its own, where all others share them."""
    (owner,) = (n.name for n in graph if n.layer == block and not n.shares)
    return owner


def inner_names(document: Document, use: str, chosen: list[str]) -> dict[str, str]:
    """What the nodes of which a block was made are called inside of it."""
    inside = document.blocks["Part"].block.graph
    return {
        name: name if name in inside else name.removeprefix(f"{use}_")
        for name in chosen
    }


@settings(max_examples=60, deadline=None)
@given(nested_documents(towers=True), st.data())
def test_towers_that_share_weights_open_and_close_again(
    document: Document, data: st.DataObject
) -> None:
    """Expanded and collapsed at any one of them, as many uses are one module again."""
    graph = document.graph
    shared = {n: g for n, g in groups(graph).items() if graph[n].layer != "Linear"}
    name = data.draw(st.sampled_from(list(shared)))
    uses = shared[name]
    weights = weights_of(document)
    expected = answers(document, weights)
    count, before = analyse(document).total_parameters, set(graph.nodes)
    repeat = graph[name].values["repeat"]
    try:
        apply(document, expand(document, "", name))
    except Refusal as refusal:
        assert "would take" in str(refusal)
        return
    flat = moved_out(weights, uses[0], repeat)
    tower = data.draw(st.sampled_from(uses))
    chosen = [n for n in graph.nodes if n not in before and n.startswith(f"{tower}_")]
    first = list(towers(graph, chosen)[0])
    apply(document, collapse(document, "", chosen, "Part", analyse(document).flowing))
    assert len([n for n in graph if n.layer == "Part"]) == len(uses)
    assert analyse(document).problems == []
    assert analyse(document).total_parameters == count
    use = owner_of(graph, "Part")
    closed = moved_in(flat, use, inner_names(document, use, first))
    assert torch.equal(expected, answers(document, closed))
    again = storage.loads(storage.dumps(document))
    assert torch.equal(expected, answers(again, closed))
    apply(document, expand(document, "", use))
    assert analyse(document).total_parameters == count
    assert torch.equal(expected, answers(document, moved_out(closed, use, 1)))


def places(document: Document, key: str) -> list[tuple[str, str]]:
    """The parts of a weight's name, each with the block it is in; "?" in a layer."""
    here, graph, found = "", document.graph, []
    for part in key.split("."):
        found.append((here, part))
        layer = graph[part].type if here != "?" and part in graph else None
        if isinstance(layer, BlockLayer):
            here, graph = layer.name, layer.block.graph
        elif not part.isdigit():
            here = "?"
    return found


def moved_within(
    before: Document, weights: Weights, scope: str, use: str, inner: dict[str, str]
) -> Weights:
    """The weights after nodes of a block, wherever it is used, became one of its own.

    `before` is the document as it was then.
    """
    moved = {}
    for key, value in weights.items():
        parts = []
        for here, part in places(before, key):
            is_moved = here == scope and part in inner
            parts += [use, inner[part]] if is_moved else [part]
        moved[".".join(parts)] = value
    return moved


def moved_out_within(
    before: Document, weights: Weights, scope: str, use: str
) -> Weights:
    """The weights after one use, once, within a block was expanded there.

    `before` is the document as it was then.
    """
    moved = {}
    for key, value in weights.items():
        name = ""
        for here, part in places(before, key):
            name += part + ("_" if (here, part) == (scope, use) else ".")
        moved[name.removesuffix(".")] = value
    return moved


@settings(max_examples=30, deadline=None)
@given(nested_documents(), st.data())
def test_a_block_made_within_a_block_changes_no_answer(
    document: Document, data: st.DataObject
) -> None:
    scope = data.draw(st.sampled_from(["Inner", "Outer"]))
    weights = weights_of(document)
    expected = answers(document, weights)
    inside = document.scoped(scope).graph
    names = [n.name for n in inside if n.layer not in ("Input", "Output")]
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    before = document.copy()
    try:
        edit = collapse(document, scope, chosen, "Part", analyse(document).flowing)
    except Refusal as refusal:
        assert any(reason in str(refusal) for reason in REASONS), str(refusal)
        return
    chosen = list(towers(inside, chosen)[0])
    apply(document, edit)
    use = owner_of(document.scoped(scope).graph, "Part")
    inner = inner_names(document, use, chosen)
    moved = moved_within(before, weights, scope, use, inner)
    assert torch.equal(expected, answers(document, moved))
    again = storage.loads(storage.dumps(document))
    assert torch.equal(expected, answers(again, moved))
    flat = moved_out_within(document.copy(), moved, scope, use)
    apply(document, expand(document, scope, use))
    assert analyse(document).total_parameters == analyse(before).total_parameters
    assert torch.equal(expected, answers(document, flat))


def test_the_documents_hold_blocks_repeats_and_shared_weights() -> None:
    """What is drawn is what the tests above speak of."""
    found: set[str] = set()

    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @given(nested_documents())
    def look(document: Document) -> None:
        graphs = {"": document.graph}
        graphs |= {name: b.block.graph for name, b in document.blocks.items()}
        for scope, graph in graphs.items():
            for node in graph:
                if isinstance(node.type, BlockLayer):
                    found.add(f"{node.layer} in {scope or 'main'}")
                    found.update({"repeat"} if node.values["repeat"] > 1 else ())
                if node.shares:
                    what = "Linear" if node.layer == "Linear" else "block"
                    found.add(f"shared {what} in {scope or 'main'}")

    look()
    assert found >= {
        "Inner in main",
        "Outer in main",
        "Inner in Outer",
        "repeat",
        "shared Linear in main",
        "shared Linear in Inner",
        "shared Linear in Outer",
        "shared block in main",
        "shared block in Outer",
    }
