"""Uses of a block that share their weights: one module, and it stays one."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.analysis import analyse
from engine.block_edits import make_unique
from engine.compiler import compile_document
from engine.document import Document
from engine.edits import Edit, SetShares, change_settings
from engine.graph import Node
from engine.grouping import collapse, expand
from engine.sharing import is_stateless, made_once
from tests.engine.drawing import Drawing
from tests.engine.layer_rows import ROWS
from tests.engine.test_grouping import done_and_undone, refusal


def towers(layer: str = "Linear", **settings: object) -> Document:
    """Two inputs through the same tower, one layer and a ReLU twice over."""
    drawing = Drawing("towers")
    document = drawing.document
    document.put_block(document.new_block("Tower", {"width": 4}))
    inner = _drawing(document.scoped("Tower"))
    inner.node("x_in", "Input").node("layer", layer, **settings).node("relu", "ReLU")
    inner.node("y", "Output").edges("x_in > layer > relu > y")
    drawing.node("left", "Input", shape=(3, 8)).node("right", "Input", shape=(3, 8))
    drawing.node("tower", "Tower", repeat=2, width=8)
    drawing.node("tower_again", "Tower", repeat=2, width=8)
    drawing.node("apart", "Subtract").node("answer", "Output")
    drawing.edges("left > tower > apart > answer", "right > tower_again > apart.other")
    SetShares("tower_again", "tower").apply(document)
    return document


def _drawing(document: Document) -> Drawing:
    drawing = Drawing()
    drawing.document = document
    return drawing


def answers(document: Document) -> torch.Tensor:
    torch.manual_seed(0)
    module = compile_document(document).module_class()
    chance = torch.Generator().manual_seed(1)
    left, right = torch.randn(2, 2, 3, 8, generator=chance)
    answer = module(left, right)
    assert isinstance(answer, torch.Tensor)
    return answer


def test_both_are_one_module_in_the_code() -> None:
    analysis = analyse(towers(out_features="width"))
    assert analysis.problems == []
    assert analysis.total_parameters == 2 * (8 * 8 + 8)
    assert analysis.code.count("Tower() for _ in range(2)") == 1
    assert analysis.code.count("self.tower(") == 2


@pytest.mark.parametrize("name", ["tower", "tower_again"])
def test_expanding_one_expands_both_and_they_go_on_sharing(name: str) -> None:
    document = towers(out_features="width")
    count, before = analyse(document).total_parameters, answers(document)
    done_and_undone(document, expand(document, "", name))
    graph = document.graph
    assert {node.layer for node in graph} & {"Tower"} == set()
    for copy in (0, 1):
        for inside in ("layer", "relu"):
            owner = f"tower_{copy}_{inside}"
            assert graph[owner].shares == ""
            assert graph[f"tower_again_{copy}_{inside}"].shares == owner
    analysis = analyse(document)
    assert analysis.problems == []
    assert analysis.total_parameters == count
    assert torch.equal(answers(document), before)


@pytest.mark.parametrize("tower", ["tower", "tower_again"])
def test_expanded_towers_become_sharing_uses_again(tower: str) -> None:
    """Whichever of them is selected, names and all, as if nothing had been done."""
    document = towers(out_features="width")
    change_settings(document.graph, "tower", {"repeat": 1}).apply(document)
    change_settings(document.graph, "tower_again", {"repeat": 1}).apply(document)
    count, before = analyse(document).total_parameters, answers(document)
    expand(document, "", tower).apply(document)
    names = [f"{tower}_layer", f"{tower}_relu"]
    done_and_undone(document, collapse(document, "", names, "Pair"))
    graph = document.graph
    uses = {node.name: node.shares for node in graph if node.layer == "Pair"}
    assert uses == {"tower": "", "tower_again": "tower"}
    assert list(document.blocks["Pair"].block.graph.nodes) == [
        "input", "layer", "relu", "output",
    ]  # fmt: skip
    analysis = analyse(document)
    assert analysis.problems == []
    assert analysis.total_parameters == count
    assert analysis.code.count("= Pair(") == 1
    assert torch.equal(answers(document), before)


def siamese(layer: str = "ReLU") -> Drawing:
    """Two towers drawn by hand: the Linear layers share, what follows them does not."""
    drawing = Drawing("siamese")
    for side in ("left", "right"):
        drawing.node(side, "Input", shape=(8,))
        drawing.node(f"{side}_fc", "Linear", out_features=8)
        drawing.node(f"{side}_act", layer)
        drawing.edges(f"{side} > {side}_fc > {side}_act")
    drawing.node("apart", "Subtract").node("answer", "Output")
    drawing.edges("left_act > apart > answer", "right_act > apart.other")
    SetShares("right_fc", "left_fc").apply(drawing.document)
    return drawing


def test_towers_drawn_by_hand_become_uses_of_one_block() -> None:
    document = siamese().document
    edit = collapse(document, "", ["right_fc", "right_act"], "Side")
    done_and_undone(document, edit)
    graph = document.graph
    assert {n.name: n.shares for n in graph if n.layer == "Side"} == {
        "side1": "",
        "side2": "side1",
    }
    assert {str(edge) for edge in graph.edges} == {
        "left.output → side1.input",
        "side1.output → apart.input",
        "apart.output → answer.input",
        "right.output → side2.input",
        "side2.output → apart.other",
    }
    assert analyse(document).problems == []


def test_what_only_one_tower_gives_is_a_port_of_both() -> None:
    drawing = siamese()
    drawing.node("seen", "Output").edges("right_fc > seen")
    document = drawing.document
    collapse(document, "", ["left_fc", "left_act"], "Side").apply(document)
    assert [p.name for p in document.blocks["Side"].outputs] == [
        "left_act_out",
        "left_fc_out",
    ]
    assert [str(e) for e in document.graph.edges_into("seen")] == [
        "side2.left_fc_out → seen.input"
    ]
    assert analyse(document).problems == []


def test_one_input_of_both_and_one_of_each_are_two_ports() -> None:
    drawing = Drawing("two ports").node("both", "Input", shape=(8,))
    for side in ("a", "b"):
        drawing.node(f"{side}_own", "Input", shape=(8,)).node(f"{side}_total", "Add")
        drawing.node(f"{side}_fc", "Linear", out_features=4)
        drawing.node(f"{side}_y", "Output")
        drawing.edges(f"{side}_own > {side}_total > {side}_fc > {side}_y")
        drawing.edges(f"both > {side}_total")
    document = drawing.document
    SetShares("b_fc", "a_fc").apply(document)
    collapse(document, "", ["a_fc", "a_total"], "Half").apply(document)
    graph = document.graph
    assert {e.source for e in graph.edges_into("a")} == {"a_own", "both"}
    assert {e.source for e in graph.edges_into("b")} == {"b_own", "both"}
    assert len(document.blocks["Half"].inputs) == 2
    assert analyse(document).problems == []


def test_of_two_that_are_alike_the_one_that_fits_is_taken() -> None:
    """Two ReLUs follow each layer; only one of them feeds a Tanh."""
    drawing = Drawing("choices")
    for side, order in (("a", (1, 2)), ("b", (2, 1))):
        drawing.node(f"{side}_x", "Input", shape=(8,))
        drawing.node(f"{side}_fc", "Linear", out_features=4)
        drawing.node(f"{side}_tanh", "Tanh").node(f"{side}_y", "Output")
        drawing.node(f"{side}_z", "Output")
        drawing.edges(f"{side}_x > {side}_fc")
        for number in order:
            drawing.node(f"{side}_relu{number}", "ReLU")
            drawing.edges(f"{side}_fc > {side}_relu{number}")
        drawing.edges(f"{side}_relu1 > {side}_tanh > {side}_y")
        drawing.edges(f"{side}_relu2 > {side}_z")
    document = drawing.document
    SetShares("b_fc", "a_fc").apply(document)
    names = ["a_fc", "a_relu1", "a_relu2", "a_tanh"]
    collapse(document, "", names, "Half").apply(document)
    assert [n.name for n in document.graph if n.layer == "Half"] == ["a", "b"]
    assert analyse(document).problems == []


@pytest.mark.parametrize(
    ("layer", "change", "why"),
    [
        ("LayerNorm", {}, "left_act and right_act have weights of their own"),
        ("LeakyReLU", {"negative_slope": 0.5}, "the settings of left_act and "),
    ],
)
def test_towers_that_are_not_alike_stay_open(
    layer: str, change: dict[str, object], why: str
) -> None:
    document = siamese(layer).document
    change_settings(document.graph, "right_act", change).apply(document)
    before = document.copy()
    said = refusal(lambda: collapse(document, "", ["left_fc", "left_act"], "Side"))
    assert said.startswith(
        "right_fc, which is not selected, shares its weights with left_fc, and what is "
        f"around them is not alike: {why}"
    )
    assert document == before


def test_uses_that_would_feed_each_other_stay_open() -> None:
    drawing = Drawing("each other").node("x_in", "Input", shape=(4,))
    for name in ("a_one", "b_one", "a_two", "b_two"):
        drawing.node(name, "Linear", out_features=4)
    drawing.node("y", "Output").edges("x_in > a_one > b_two > y", "x_in > b_one")
    drawing.edges("b_one > a_two").node("z", "Output").edges("a_two > z")
    document = drawing.document
    for number in ("one", "two"):
        SetShares(f"b_{number}", f"a_{number}").apply(document)
    assert refusal(lambda: collapse(document, "", ["a_one", "a_two"], "Half")) == (
        "a and b, which share their weights, would feed each other. Select fewer nodes."
    )


def test_layers_said_to_be_stateless_have_neither_weights_nor_statistics() -> None:
    seen = set()
    for row in ROWS:
        node = Node(name="one", layer=row.name, settings=row.settings)
        if not (made_once(node) and is_stateless(node)):
            continue
        call = row.layer.constructor(row.values, row.inputs)
        if call is not None and call.callee.startswith("nn."):
            made = eval(str(call), {"nn": nn})
            assert not made.state_dict(), row.name
            seen.add(row.name)
    assert len(seen) > 40


def test_what_shares_inside_goes_on_sharing_with_one_owner() -> None:
    document = towers(out_features="width")
    inner = _drawing(document.scoped("Tower"))
    inner.node("same", "Linear", out_features="width").node("total", "Add")
    inner.edges("x_in > same > total")
    SetShares("same", "layer").apply(inner.document)
    graph = inner.document.graph
    graph.remove_edge(graph.edges_into("y")[0])
    inner.edges("relu > total > y")
    before = answers(document)
    expand(document, "", "tower").apply(document)
    assert document.graph["tower_again_1_same"].shares == "tower_1_layer"
    assert document.graph["tower_again_1_total"].shares == ""
    assert torch.equal(answers(document), before)


def test_who_sets_one_of_two_is_offered_the_same_for_the_other() -> None:
    """To part them is the second thing that mends it: a GAN has one discriminator."""
    document = towers(out_features="width")
    change_settings(document.graph, "tower_again", {"repeat": 3}).apply(document)
    same, own = analyse(document).problems[0].fixes
    assert (same.label, own.label) == (
        "Set it as tower",
        "Give tower_again weights of its own",
    )
    for edit in same.edits:
        edit.apply(document)
    assert not analyse(document).problems
    assert document.graph["tower_again"].shares == "tower"


def test_uses_that_are_not_alike_are_not_expanded() -> None:
    document = towers(out_features="width")
    change_settings(document.graph, "tower_again", {"repeat": 3}).apply(document)
    assert analyse(document).problems[0].message == (
        "tower_again shares the weights of tower, and they are not alike: "
        "144 parameters there, 216 parameters here."
    )
    assert refusal(lambda: expand(document, "", "tower")) == (
        "tower_again shares the weights of tower, and their settings differ. "
        "Give tower_again weights of its own, or the settings of tower."
    )


def test_a_tie_inside_keeps_both_closed() -> None:
    document = towers("Embedding", num_embeddings=8, embedding_dim=8)
    inner = _drawing(document.scoped("Tower")).node("head", "Linear", out_features=8)
    SetShares("head", "layer").apply(inner.document)
    assert refusal(lambda: expand(document, "", "tower_again")) == (
        "tower cannot be expanded: inside, head is tied to layer, and tower_again uses "
        "the weights of both. Give tower_again weights of its own first."
    )


def test_as_many_weights_of_another_shape_are_not_alike() -> None:
    """(3, 8) and (8, 3) make as many, and PyTorch would stop in the first step."""
    document = towers("LayerNorm", dims=2)
    change_settings(document.graph, "right", {"shape": (8, 3)}).apply(document)
    drawing = _drawing(document)
    drawing.node("turned", "Permute")
    graph = document.graph
    graph.remove_edge(graph.edges_into("apart", "other")[0])
    drawing.edges("tower_again > turned > apart.other")
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.message == (
        "tower_again shares the weights of tower, and they are not alike: "
        "nn.LayerNorm((3, 8)) there, nn.LayerNorm((8, 3)) here."
    )
    problem.fixes[0].edits[0].apply(document)
    assert analyse(document).problems == []


def test_made_unique_it_takes_those_along_that_share_with_it() -> None:
    document = towers(out_features="width")
    before = answers(document)
    done_and_undone(document, make_unique(document, "", "tower_again"))
    assert [document.graph[n].layer for n in ("tower", "tower_again")] == ["Tower2"] * 2
    assert document.graph["tower_again"].shares == "tower"
    assert analyse(document).problems == []
    assert torch.equal(answers(document), before)


def test_the_code_follows_who_shares_and_how_often() -> None:
    document = towers(out_features="width")
    analysis = analyse(document)
    assert analysis.code.count("self.tower(") == 2
    edits: list[Edit] = [
        SetShares("tower_again", ""),
        change_settings(document.graph, "tower", {"repeat": 1, "width": 8}),
        SetShares("tower_again", "tower"),
    ]
    for edit in edits:
        edit.apply(document)
        analysis.note(edit)
        analysis.refresh()
        assert analysis.code == analyse(document).code
        assert analysis.code.count("self.tower(") == 1 + (edit == edits[-1])
