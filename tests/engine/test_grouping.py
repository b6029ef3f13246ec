"""Nodes into blocks and back: edits that undo, weights that keep their names."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import storage
from engine.analysis import analyse
from engine.block_edits import (
    and_list,
    free_block_name,
    make_unique,
    remove_block,
    remove_block_setting,
    rename_block,
    rename_block_setting,
    rename_node,
    set_block_setting,
)
from engine.compiler import compile_document
from engine.document import Document
from engine.edits import AddEdge, AddNode, Edit, SetShares, change_settings
from engine.graph import Edge, Node
from engine.grouping import block_problem_name, collapse, expand
from engine.problems import Refusal
from tests.engine.drawing import Drawing
from tests.engine.test_blocks import stack

SHAPE = (4, 6)
FIRST = ["conv1", "norm1", "relu1"]


def network() -> Document:
    """Two rounds of convolution, a way around the second, and an answer."""
    drawing = Drawing("network").node("image", "Input", shape=(3, 8, 8))
    for number in (1, 2):
        drawing.node(f"conv{number}", "Conv2d", out_channels=4, padding=1)
        drawing.node(f"norm{number}", "BatchNorm2d").node(f"relu{number}", "ReLU")
    drawing.node("added", "Add").node("flat", "Flatten").node("fc", "Linear")
    drawing.node("answer", "Output")
    drawing.edges("image > conv1 > norm1 > relu1 > conv2 > norm2 > relu2 > added")
    return drawing.edges("relu1 > added > flat > fc > answer").document


def done_and_undone(document: Document, edit: Edit) -> None:
    """Apply an edit after a look that undoing and doing it again give equals."""
    before = document.copy()
    inverse = edit.apply(document)
    after = document.copy()
    again = inverse.apply(document)
    assert document == before
    again.apply(document)
    assert document == after


def answers(document: Document, weights: dict[str, torch.Tensor]) -> Any:
    """What the document gives for one batch, with these weights in it."""
    torch.manual_seed(0)
    module = compile_document(document).module_class().eval()
    module.load_state_dict(weights)
    first = next(node for node in document.graph if node.layer == "Input")
    shape = first.values["shape"]
    return module(torch.randn(2, *shape, generator=torch.Generator().manual_seed(1)))


def weights_of(document: Document) -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    return compile_document(document).module_class().state_dict()


def renamed(
    weights: dict[str, torch.Tensor], names: dict[str, str]
) -> dict[str, torch.Tensor]:
    return {
        ".".join([names.get(name, name), *rest]): value
        for key, value in weights.items()
        for name, *rest in [key.split(".")]
    }


def refusal(edit: Any) -> str:
    with pytest.raises(Refusal) as caught:
        edit()
    return str(caught.value)


def test_a_selection_becomes_a_block_in_its_place() -> None:
    document = network()
    analysis = analyse(document)
    done_and_undone(document, collapse(document, "", FIRST, "Stem", analysis.flowing))
    use = document.graph["stem1"]
    assert use.layer == "Stem"
    assert use.position == (400.0, 0.0)
    assert list(document.graph.nodes)[:2] == ["image", "stem1"]
    inner = document.blocks["Stem"].block.graph
    assert list(inner.nodes) == ["input", *FIRST, "output"]
    assert inner["input"].values["shape"] == (3, 8, 8)
    assert document.blocks["Stem"].block.settings == {}
    again = analyse(document)
    assert again.problems == []
    assert again.total_parameters == analysis.total_parameters


def test_one_value_that_is_taken_twice_is_one_port() -> None:
    document = network()
    names = ["conv2", "norm2", "relu2", "added"]
    collapse(document, "", names, "Residual").apply(document)
    layer = document.blocks["Residual"]
    assert [port.name for port in layer.inputs] == ["input"]
    inner = layer.block.graph
    assert [edge.source for edge in inner.edges_into("added")] == ["relu2", "input"]


def test_several_values_are_ports_called_after_their_nodes() -> None:
    document = network()
    collapse(document, "", ["relu2", "added"], "Join").apply(document)
    layer = document.blocks["Join"]
    assert [port.name for port in layer.inputs] == ["norm2_in", "relu1_in"]
    assert [port.name for port in layer.outputs] == ["output"]
    assert analyse(document).problems == []


def test_loose_nodes_get_ports_for_what_is_open() -> None:
    drawing = Drawing().node("conv1", "Conv2d").node("relu1", "ReLU")
    document = drawing.edges("conv1 > relu1").document
    collapse(document, "", ["conv1", "relu1"], "Part").apply(document)
    layer = document.blocks["Part"]
    assert [port.name for port in layer.inputs] == ["input"]
    assert [port.name for port in layer.outputs] == ["output"]


def test_what_cannot_be_collapsed_is_said() -> None:
    document = network()
    assert refusal(lambda: collapse(document, "", ["relu1", "added"], "Loop")) == (
        "The block would feed itself: what leaves it comes back through conv2, norm2 "
        "and relu2. Select conv2, norm2 and relu2 too, or fewer nodes."
    )
    assert refusal(lambda: collapse(document, "", ["image", "conv1"], "Stem")) == (
        "image is an Input, which cannot be inside a block made of a selection. "
        "Leave it out of the selection; the block gets its own."
    )
    both = refusal(lambda: collapse(document, "", list(document.graph.nodes), "All"))
    assert both.startswith("image and answer are Input and Output nodes, which")
    assert refusal(lambda: collapse(document, "", [], "Stem")) == (
        "Nothing is selected. Select the nodes for the block first."
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("two words", "is no name: use letters, digits and _"),
        ("Conv2d", "is the name of a layer"),
        ("Bottleneck", "is the name of another block"),
        ("class", "is a word of the Python language"),
    ],
)
def test_names_that_no_block_can_have(name: str, reason: str) -> None:
    document = stack()
    assert (block_problem_name(document, name) or "").startswith(reason)
    said = refusal(lambda: collapse(document, "", ["stage1"], name))
    assert said.startswith(f"“{name}” {reason}")
    assert said.endswith("Take another name, such as Block.")
    assert block_problem_name(document, "Bottleneck", "Bottleneck") is None
    assert free_block_name(document, "Bottleneck") == "Bottleneck2"


def test_expanding_keeps_names_and_collapsing_again_restores_them() -> None:
    document = stack()
    weights = weights_of(document)
    before = answers(document, weights)
    done_and_undone(document, expand(document, "", "stage2"))
    assert "stage2" not in document.graph
    assert document.graph["stage2_expand"].settings["out_channels"] == 128
    inner = [name for name in document.graph.nodes if name.startswith("stage2_")]
    names = {"stage2." + name.removeprefix("stage2_"): name for name in inner}
    flat = {
        f"{names['.'.join(key.split('.')[:2])]}.{key.split('.')[2]}"
        if key.startswith("stage2.")
        else key: value
        for key, value in weights.items()
    }
    assert torch.equal(before, answers(document, flat))
    done_and_undone(document, collapse(document, "", inner, "Again"))
    assert document.graph["stage2"].layer == "Again"
    assert torch.equal(before, answers(document, weights))


def test_a_repeat_expands_to_copies_in_a_chain() -> None:
    document = stack()
    weights = weights_of(document)
    before = answers(document, weights)
    expand(document, "", "stage1").apply(document)
    assert analyse(document).problems == []
    flat = {
        "_".join(key.split(".")[:3]) + "." + ".".join(key.split(".")[3:])
        if key.startswith("stage1.")
        else key: value
        for key, value in weights.items()
    }
    assert "stage1_2_reduce.weight" in flat
    assert torch.equal(before, answers(document, flat))
    edge = document.graph.edges_into("stage1_1_reduce")[0]
    assert edge.source == "stage1_0_added"


def nested() -> Document:
    """A block `Outer` that repeats `Bottleneck` by its own settings."""
    document = stack()
    outer = document.new_block("Outer", {"width": 8, "depth": 2})
    outer.graph.add_node(Node(name="x_in", layer="Input"))
    outer.graph.add_node(
        Node(
            name="inner",
            layer="Bottleneck",
            settings={"channels": "2 * width", "repeat": "depth"},
        )
    )
    outer.graph.add_node(Node(name="y", layer="Output"))
    outer.graph.add_edge(Edge("x_in", "output", "inner", "x_in"))
    outer.graph.add_edge(Edge("inner", "y", "y", "input"))
    document.put_block(outer)
    swap = AddNode(Node(name="deep", layer="Outer", settings={"width": 16, "depth": 3}))
    swap.apply(document)
    for edge in list(document.graph.edges):
        if edge.target == "features":
            document.graph.remove_edge(edge)
    AddEdge(Edge("stage2", "y", "deep", "x_in")).apply(document)
    AddEdge(Edge("deep", "y", "features", "input")).apply(document)
    assert analyse(document).problems == []
    return document


def test_expanding_inside_a_block_keeps_its_own_settings() -> None:
    document = nested()
    said = refusal(lambda: expand(document, "Outer", "inner"))
    assert said == (
        "inner repeats depth times, which differs between the uses of the block around "
        "it. Give the repeat of inner a number first."
    )
    inside = document.scoped("Outer")
    change_settings(inside.graph, "inner", {"repeat": 1}).apply(inside)
    count = analyse(document).total_parameters
    done_and_undone(document, expand(document, "Outer", "inner"))
    graph = document.scoped("Outer").graph
    assert graph["inner_expand"].settings["out_channels"] == "4 * (2 * width)"
    assert analyse(document).problems == []
    assert analyse(document).total_parameters == count


def test_collapsing_inside_a_block_hands_its_settings_on() -> None:
    document = stack()
    names = ["reduce", "norm", "relu", "expand"]
    count = analyse(document).total_parameters
    done_and_undone(document, collapse(document, "Bottleneck", names, "Way"))
    assert document.blocks["Way"].block.settings == {"channels": 8}
    use = document.scoped("Bottleneck").graph["way1"]
    assert use.settings == {"channels": "channels"}
    assert analyse(document).problems == []
    assert analyse(document).total_parameters == count
    assert storage.loads(storage.dumps(document)) == document


def test_an_edge_that_would_be_drawn_twice_keeps_a_block_closed() -> None:
    document = Drawing().node("data", "Input", shape=(4,)).document
    block = document.new_block("Sum", {})
    for name, layer in (
        ("a", "Input"),
        ("b", "Input"),
        ("add", "Add"),
        ("s", "Output"),
    ):
        block.graph.add_node(Node(name=name, layer=layer))
    for name in ("a", "b"):
        block.graph.add_edge(Edge(name, "output", "add", "input"))
    block.graph.add_edge(Edge("add", "output", "s", "input"))
    document.put_block(block)
    AddNode(Node(name="twice", layer="Sum")).apply(document)
    for name in ("a", "b"):
        AddEdge(Edge("data", "output", "twice", name)).apply(document)
    assert refusal(lambda: expand(document, "", "twice")) == (
        "twice cannot be expanded: twice_add would take data twice, and an edge is "
        "drawn once. Put a layer between data and twice on one of the two ways."
    )


def test_shared_weights_go_into_a_block_and_come_out_again() -> None:
    drawing = Drawing().node("data", "Input", shape=(6,)).node("fc1", "Linear")
    drawing.node("act", "ReLU").node("fc2", "Linear").node("answer", "Output")
    document = drawing.edges("data > fc1 > act > fc2 > answer").document
    for name in ("fc1", "fc2"):
        change_settings(document.graph, name, {"out_features": 6}).apply(document)
    SetShares("fc2", "fc1").apply(document)
    count = analyse(document).total_parameters
    assert count == 6 * 6 + 6
    assert refusal(lambda: collapse(document, "", ["act", "fc2"], "Half")) == (
        "fc1, which is not selected, shares its weights with fc2, and what is around "
        "them is not alike: act is a ReLU and data is not. Select both or neither, or "
        "make what is around them alike."
    )
    assert refusal(lambda: collapse(document, "", ["fc1", "act"], "Half")) == (
        "fc2, which is not selected, shares its weights with fc1, and what is around "
        "them is not alike: there is nothing like act. Select both or neither, or make "
        "what is around them alike."
    )
    done_and_undone(document, collapse(document, "", ["fc1", "act", "fc2"], "Twice"))
    assert analyse(document).problems == []
    assert analyse(document).total_parameters == count
    done_and_undone(document, expand(document, "", "twice1"))
    assert document.graph["twice1_fc2"].shares == "twice1_fc1"
    assert analyse(document).total_parameters == count


def test_only_a_block_expands() -> None:
    document = network()
    assert refusal(lambda: expand(document, "", "conv1")) == (
        "conv1 is a Conv2d, and no block. Select a block for this."
    )


def test_make_unique_cuts_one_use_loose() -> None:
    document = stack()
    edges = document.graph.edges
    done_and_undone(document, make_unique(document, "", "stage2"))
    assert document.graph["stage2"].layer == "Bottleneck2"
    assert document.graph.edges == edges
    inner = document.scoped("Bottleneck2")
    change_settings(inner.graph, "relu", {"inplace": True}).apply(inner)
    relu = document.scoped("Bottleneck").graph["relu"]
    assert "inplace" not in relu.settings
    assert analyse(document).problems == []


def test_a_renamed_block_is_renamed_in_every_use() -> None:
    document = nested()
    code = analyse(document).code
    done_and_undone(document, rename_block(document, "Bottleneck", "Narrow"))
    assert list(document.blocks) == ["Narrow", "Outer"]
    assert analyse(document).code == code.replace("Bottleneck", "Narrow")
    said = refusal(lambda: rename_block(document, "Narrow", "Outer"))
    assert said.startswith("“Outer” is the name of another block")


def test_what_a_newer_version_wrote_of_a_block_goes_with_its_new_name() -> None:
    document = nested()
    kept = {"icon": {"shape": "round"}}
    document.extras = {"blocks": {"Bottleneck": kept, "Gone": {"icon": 1}}}
    done_and_undone(document, rename_block(document, "Bottleneck", "Gone"))
    assert document.extras == {"blocks": {"Gone": kept}}
    assert storage.loads(storage.dumps(document)).extras == document.extras


def test_a_block_in_use_stays() -> None:
    document = nested()
    assert refusal(lambda: remove_block(document, "Bottleneck")) == (
        "Bottleneck is used by stage1, stage2 and inner in Outer, so it cannot be "
        "taken out. Expand or delete the nodes that use it first."
    )
    expand(document, "", "deep").apply(document)
    done_and_undone(document, remove_block(document, "Outer"))
    assert list(document.blocks) == ["Bottleneck"]


def test_settings_come_change_their_names_and_go() -> None:
    document = nested()
    done_and_undone(document, set_block_setting(document, "Bottleneck", "factor", 4))
    inside = document.scoped("Bottleneck")
    wider = {"out_channels": "factor * channels"}
    change_settings(inside.graph, "expand", wider).apply(inside)
    change_settings(inside.graph, "shortcut", wider).apply(inside)
    count = analyse(document).total_parameters
    done_and_undone(
        document, rename_block_setting(document, "Bottleneck", "channels", "width")
    )
    graph = document.scoped("Bottleneck").graph
    assert graph["reduce"].settings["out_channels"] == "width"
    assert graph["expand"].settings["out_channels"] == "factor * width"
    assert document.graph["stage1"].settings["width"] == 16
    assert document.scoped("Outer").graph["inner"].settings["width"] == "2 * width"
    assert analyse(document).total_parameters == count
    assert refusal(lambda: remove_block_setting(document, "Bottleneck", "width")) == (
        "width is used by reduce, expand and shortcut. Give them numbers first."
    )
    assert refusal(
        lambda: set_block_setting(document, "Bottleneck", "repeat", 2)
    ).startswith("“repeat” is the setting that every block has")
    done_and_undone(document, set_block_setting(document, "Bottleneck", "spare", 1))
    done_and_undone(document, remove_block_setting(document, "Bottleneck", "spare"))
    assert "spare" not in document.blocks["Bottleneck"].block.settings


def test_a_renamed_port_takes_the_edges_of_all_uses_along() -> None:
    document = nested()
    done_and_undone(
        document, rename_node(document, "Bottleneck", "x_in", "features_in")
    )
    done_and_undone(document, rename_node(document, "Bottleneck", "y", "wider"))
    assert analyse(document).problems == []
    assert document.graph.edges_into("stage2")[0].source_port == "wider"


KINDS: dict[str, dict[str, Any]] = {
    "Linear": {"out_features": 6},
    "Tanh": {},
    "LayerNorm": {},
    "Add": {},
    "GRU": {"hidden_size": 6},
    "MultiheadAttention": {"num_heads": 2},
}


@st.composite
def sound_documents(draw: st.DrawFn) -> Document:
    """Sequences of one size through layers that all fit, with ways around."""
    drawing = Drawing("Random").node("data", "Input", shape=SHAPE)
    graph = drawing.document.graph
    values = [("data", "output")]
    for number in range(draw(st.integers(2, 9))):
        others = [draw(st.sampled_from(values)) for _ in range(draw(st.integers(0, 2)))]
        sources = list(dict.fromkeys([values[-1], *others]))
        kinds = [kind for kind in KINDS if kind != "Add" or len(sources) > 1]
        kind = draw(st.sampled_from(kinds))
        name = f"{draw(st.sampled_from(['n', 'part_n']))}{number}"
        drawing.node(name, kind, **KINDS[kind])
        layer = graph[name].type
        assert layer is not None
        for source in sources if kind == "Add" else sources[:1]:
            graph.add_edge(Edge(*source, name, layer.inputs[0].name))
        values.append((name, layer.outputs[0].name))
    drawing.node("answer", "Output")
    graph.add_edge(Edge(*values[-1], "answer", "input"))
    return drawing.document


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_collapsing_and_expanding_change_no_answer(data: st.DataObject) -> None:
    document = data.draw(sound_documents())
    analysis = analyse(document)
    assert analysis.is_valid
    live = [
        n
        for n in analysis.network
        if document.graph[n].layer not in ("Input", "Output")
    ]
    if not live:
        return
    chosen = data.draw(st.lists(st.sampled_from(live), min_size=1, unique=True))
    count = analysis.total_parameters
    weights = weights_of(document)
    expected = answers(document, weights)
    before = document.copy()
    try:
        edit = collapse(document, "", chosen, "Part", analysis.flowing)
    except Refusal as refusal:
        assert "would feed itself" in str(refusal)
        return
    done_and_undone(document, edit)
    assert list(before.graph.nodes) != list(document.graph.nodes)
    use = next(node.name for node in document.graph if node.layer == "Part")
    inner = list(document.blocks["Part"].block.graph.nodes)
    prefix = f"{use}_"
    names = {
        name: f"{use}.{name if name in inner else name.removeprefix(prefix)}"
        for name in chosen
    }
    assert analyse(document).total_parameters == count
    assert torch.equal(expected, answers(document, renamed(weights, names)))
    done_and_undone(document, expand(document, "", use))
    flat = {old: f"{use}_{new.split('.')[1]}" for old, new in names.items()}
    assert analyse(document).total_parameters == count
    assert torch.equal(expected, answers(document, renamed(weights, flat)))


def test_a_repeat_that_is_wrong_or_far_too_large_does_not_expand() -> None:
    document = stack()
    change_settings(document.graph, "stage1", {"repeat": 900}).apply(document)
    assert refusal(lambda: expand(document, "", "stage1")) == (
        "stage1 would expand to 5,400 nodes, and 2,000 is the most. Give it a smaller "
        "repeat first."
    )
    change_settings(document.graph, "stage1", {"repeat": 0}).apply(document)
    assert refusal(lambda: expand(document, "", "stage1")).startswith(
        "stage1 cannot be expanded: repeat must be a whole number from 1"
    )


def test_a_block_of_one_node_may_take_its_name() -> None:
    document = network()
    collapse(document, "", ["conv2"], "Part").apply(document)
    done_and_undone(document, collapse(document, "", ["part1"], "Part2"))
    assert document.graph["part1"].layer == "Part2"
    assert analyse(document).problems == []


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "n1"),
        (3, "n1, n2 and n3"),
        (4, "n1, n2, n3 and n4"),
        (5, "n1, n2, n3 and 2 more"),
    ],
)
def test_a_list_never_ends_with_one_more(count: int, said: str) -> None:
    assert and_list([f"n{number + 1}" for number in range(count)]) == said
