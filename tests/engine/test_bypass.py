"""Bypassed nodes: the value flows past, in shapes and in code, or why it cannot."""

from __future__ import annotations

import pytest
import torch

from engine import edits
from engine.analysis import Analysis, analyse
from engine.bypass import is_cut_off, origin
from engine.bypassing import bypass
from engine.compiler import compile_document
from engine.document import Document
from engine.edits import SetBypassed
from engine.graph import Edge, Node
from engine.grouping import collapse, expand
from engine.problems import Refusal
from tests.engine.documents import digits


@pytest.fixture
def document() -> Document:
    return digits()


def bypassed(document: Document, *names: str, scope: str = "") -> Analysis:
    """The document's analysis once these nodes are bypassed."""
    analysis = analyse(document)
    edit = bypass(document, analysis, scope, names)
    edit.apply(document)
    analysis.note(edit)
    analysis.refresh()
    return analysis


def test_shapes_and_code_go_past_a_bypassed_node(document: Document) -> None:
    before = analyse(document).code
    assert "drop1" in before
    analysis = bypassed(document, "drop1")
    assert analysis.is_valid, analysis.problems
    assert analysis.outputs("drop1") == analysis.outputs("flatten1")
    assert "drop1" not in analysis.code
    assert "drop1" not in analysis.network
    assert analysis.parameters("drop1") == 0
    assert analysis.operations("drop1") == 0
    compile(analysis.code, "code", "exec")


def test_the_code_is_that_of_the_network_without_the_node(document: Document) -> None:
    without = digits()
    edits.removal(without.graph, ["relu1"], keep_flow=True).apply(without)
    assert bypassed(document, "relu1").code == analyse(without).code


def test_what_follows_takes_the_other_shape(document: Document) -> None:
    analysis = bypassed(document, "conv1")
    assert analysis.is_valid
    assert analysis.outputs("conv1") == analysis.outputs("image")
    assert "nn.Conv2d" not in analysis.code
    model = compile_document(document).module_class()
    assert model(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_it_can_take_part_again(document: Document) -> None:
    first = document.copy()
    analysis = analyse(document)
    before = analysis.code
    edit = bypass(document, analysis, "", ["pool1"])
    inverse = edit.apply(document)
    assert document != first
    inverse.apply(document)
    for each in (edit, inverse):
        analysis.note(each)
    analysis.refresh()
    assert document == first
    assert analysis.code == before


def test_where_the_network_would_no_longer_work_it_is_refused(
    document: Document,
) -> None:
    settings = {"out_channels": 8, "padding": 1, "stride": 2}
    side = Node(name="side", layer="Conv2d", settings=settings)
    for edit in (
        edits.insertion(
            document.graph,
            Node(name="add1", layer="Add"),
            Edge("pool1", "output", "flatten1", "input"),
        ),
        edits.AddNode(side),
        edits.AddEdge(Edge("image", "output", "side", "input")),
        edits.AddEdge(Edge("side", "output", "add1", "input")),
    ):
        edit.apply(document)
    before, analysis = document.copy(), analyse(document)
    code = analysis.code
    with pytest.raises(Refusal) as refused:
        bypass(document, analysis, "", ["pool1"])
    said = str(refused.value)
    assert said.startswith(
        "pool1 cannot be bypassed: it makes N × 8 × 4 × 4 of N × 8 × 8 × 8, and then "
        "add1 adds N × 8 × 8 × 8 and N × 8 × 4 × 4"
    ), said
    assert (document, analysis.code, analysis.is_valid) == (before, code, True)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "image",
            "image is an Input and has no input, so nothing can flow past it. "
            "Bypass a layer that lies between others.",
        ),
        (
            "digit",
            "digit is an Output and has no output, so nothing can flow past it. "
            "Bypass a layer that lies between others.",
        ),
    ],
)
def test_an_end_cannot_be_bypassed(
    document: Document, name: str, sentence: str
) -> None:
    with pytest.raises(Refusal) as refused:
        bypass(document, analyse(document), "", [name])
    assert str(refused.value) == sentence


def test_an_output_that_is_no_stand_in_is_refused() -> None:
    document = Document()
    graph = document.graph
    graph.add_node(Node(name="words", layer="Input", settings={"shape": (9, 4)}))
    graph.add_node(Node(name="lstm1", layer="LSTM"))
    graph.add_node(Node(name="answer", layer="Output"))
    graph.add_edge(Edge("words", "output", "lstm1", "input"))
    port = graph["lstm1"].type.outputs[1].name  # type: ignore[union-attr]
    graph.add_edge(Edge("lstm1", port, "answer", "input"))
    with pytest.raises(Refusal) as refused:
        bypass(document, analyse(document), "", ["lstm1"])
    assert str(refused.value) == (
        f"lstm1 cannot be bypassed: answer takes its {port}, and only its sequence "
        f"can stand for what reaches it. Remove the edge from {port} first."
    )
    SetBypassed("lstm1", True).apply(document)  # as a file may have it
    first = analyse(document).first_error
    assert first is not None
    assert first.message == (
        f"lstm1 is bypassed, and nothing can flow past it: answer takes its {port}."
    )


def test_of_a_join_the_first_edge_flows_on(document: Document) -> None:
    graph = document.graph
    graph.add_node(Node(name="add1", layer="Add"))
    for edit in (
        edits.RemoveEdge(Edge("relu1", "output", "pool1", "input")),
        edits.AddEdge(Edge("conv1", "output", "add1", "input")),
        edits.AddEdge(Edge("relu1", "output", "add1", "input")),
        edits.AddEdge(Edge("add1", "output", "pool1", "input")),
    ):
        edit.apply(document)
    analysis = bypassed(document, "add1")
    assert origin(graph, "add1", "output") == ("conv1", "output")
    assert is_cut_off(graph, Edge("relu1", "output", "add1", "input"))
    assert "relu1" not in analysis.network
    assert "relu1" not in analysis.code
    assert [p.message for p in analysis.problems if p.node == "relu1"] == [
        "relu1 reaches no Output, so it is not part of the network, nor is what leads "
        "to it alone."
    ]


def test_two_in_a_row(document: Document) -> None:
    analysis = bypassed(document, "conv1", "relu1")
    assert origin(document.graph, "relu1", "output") == ("image", "output")
    assert analysis.is_valid
    assert "relu1" not in analysis.code


def test_weights_that_another_node_uses(document: Document) -> None:
    graph = document.graph
    graph.add_node(Node(name="conv2", layer="Conv2d", shares="conv1"))
    edits.insertion(graph, Node(name="relu2", layer="ReLU"), graph.edges[0]).apply(
        document
    )
    for edit in (
        edits.RemoveNode("conv2"),
        edits.insertion(
            graph,
            Node(
                name="conv2",
                layer="Conv2d",
                settings={"out_channels": 8, "padding": 1},
            ),
            Edge("relu1", "output", "pool1", "input"),
        ),
        edits.change_settings(graph, "conv1", {"out_channels": 1}),
        edits.change_settings(graph, "conv2", {"out_channels": 1}),
    ):
        edit.apply(document)
    edits.SetSettings("conv2", graph["conv1"].settings).apply(document)
    edits.SetShares("conv2", "conv1").apply(document)
    assert analyse(document).is_valid
    with pytest.raises(Refusal, match="shares the weights of conv1, which is bypassed"):
        bypass(document, analyse(document), "", ["conv1"])
    bypassed(document, "conv2")


def test_a_block_and_a_node_inside_one(document: Document) -> None:
    collapse(document, "", ["relu1", "drop1"][:1], "Squash").apply(document)
    use = next(node.name for node in document.graph if node.layer == "Squash")
    inside = bypassed(document, "relu1", scope="Squash")
    assert inside.is_valid
    assert "relu1" not in inside.code
    outside = bypassed(document, use)
    assert "Squash" not in outside.code
    expand(document, "", use).apply(document)
    assert all(node.bypassed for node in document.graph if node.layer == "ReLU")
    assert analyse(document).is_valid
