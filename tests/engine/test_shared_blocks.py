"""Uses of a block that share their weights: one module, and it stays one."""

from __future__ import annotations

import pytest
import torch

from engine.analysis import analyse
from engine.block_edits import make_unique
from engine.compiler import compile_document
from engine.document import Document
from engine.edits import Edit, SetShares, change_settings
from engine.grouping import expand
from tests.engine.drawing import Drawing
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
