"""What differs between two documents, and the edit that leads from one to the other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import templates
from engine import edits
from engine.comparison import compare, shortened
from engine.document import DataConfig, Document
from engine.graph import Edge, Node
from engine.grouping import collapse
from engine.recipe import Recipe
from engine.transition import transition
from tests.engine.drawing import chain
from tests.engine.random_edits import random_edit


def small() -> Document:
    return chain(
        ("conv1", "Conv2d", {"out_channels": 8}),
        ("relu1", "ReLU", {}),
        ("conv2", "Conv2d", {"out_channels": 8}),
        shape=(1, 28, 28),
    )


def changed(*changes: edits.Edit) -> list[str]:
    """What `compare` says when these edits are made."""
    before, after = small(), small()
    for change in changes:
        change.apply(after)
    return compare(before, after)


def make_stem(document: Document) -> None:
    collapse(document, "", ["conv1", "relu1"], "Stem").apply(document)


def node(name: str, layer: str = "ReLU") -> Node:
    return Node(name=name, layer=layer, position=(5.0, 7.0))


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ([], []),
        ([edits.AddNode(node("act"))], ["Node added: act (ReLU)"]),
        (
            [edits.AddNode(node(f"act{i}")) for i in range(6)],
            [
                "6 nodes added: act0 (ReLU), act1 (ReLU), act2 (ReLU), act3 (ReLU) "
                "and 2 more"
            ],
        ),
        (
            [edits.removal(small().graph, ["relu1"])],
            [
                "Node removed: relu1 (ReLU)",
                "2 edges removed: conv1 → relu1, relu1 → conv2",
            ],
        ),
        ([edits.RenameNode("relu1", "act")], ["relu1 renamed to act"]),
        (
            [edits.change_settings(small().graph, "conv1", {"kernel_size": (5, 3)})],
            ["conv1: kernel_size 3 → 5 × 3"],
        ),
        (
            [edits.change_settings(small().graph, "conv1", {"bias": False})],
            ["conv1: bias on → off"],
        ),
        (
            [edits.SetShares("conv2", "conv1")],
            ["conv2: own weights → weights of conv1"],
        ),
        ([edits.MoveNodes({"conv1": (3.0, 3.0)})], ["conv1 moved"]),
        (
            [edits.MoveNodes({"conv1": (3.0, 3.0), "conv2": (3.0, 9.0)})],
            ["2 nodes moved"],
        ),
        (
            [edits.AddEdge(Edge("conv1", "odd", "conv2", "input"))],
            ["Edge added: conv1.odd → conv2"],
        ),
        ([edits.SetName("Other")], ["Title: Drawn → Other"]),
        (
            [edits.SetRecipe(Recipe(epochs=9, schedule="one_cycle"))],
            ["Recipe: epochs 5 → 9, schedule constant → one cycle"],
        ),
        (
            [edits.SetData(DataConfig(source="mnist", settings={"fraction": 0.5}))],
            ["Data: source digits → mnist, fraction not set → 0.5"],
        ),
        (
            [edits.SetExtras({"frames": 1})],
            ["What another version of Espalier keeps in the file differs"],
        ),
        (
            [
                edits.removal(small().graph, ["relu1"]),
                edits.AddNode(Node(name="relu1", layer="GELU")),
            ],
            [
                "relu1: ReLU → GELU",
                "2 edges removed: conv1 → relu1, relu1 → conv2",
                "relu1 moved",
            ],
        ),
    ],
)
def test_each_difference_is_a_line(
    changes: Sequence[edits.Edit], lines: list[str]
) -> None:
    assert changed(*changes) == lines


def test_blocks_are_compared_inside() -> None:
    before = small()
    make_stem(before)
    after = before.copy()
    inside = after.scoped("Stem").graph
    edits.within("Stem", edits.change_settings(inside, "conv1", {"stride": 2})).apply(
        after
    )
    edits.within("Stem", edits.AddNode(node("act"))).apply(after)
    assert compare(before, after) == [
        "In block Stem: node added: act (ReLU)",
        "In block Stem: conv1: stride 1 → 2",
    ]
    assert compare(small(), before)[-1] == "Block added: Stem"


def test_an_order_is_a_difference_too() -> None:
    after = small()
    for edit in (edits.RemoveEdge(small().graph.edges[0]),):
        edit.apply(after)
    edits.AddEdge(small().graph.edges[0]).apply(after)
    assert compare(small(), after) == ["The same nodes and edges, in another order"]


def test_many_lines_are_shortened_and_counted() -> None:
    assert shortened(["a", "b", "c"], 3) == ["a", "b", "c"]
    assert shortened(["a", "b", "c", "d"], 3) == ["a", "b", "and 2 more changes"]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_transition_leads_there_and_back(data: st.DataObject) -> None:
    before = templates.open_lesson("cnn-small")
    after = before.copy()
    for _ in range(data.draw(st.integers(0, 6))):
        data.draw(random_edit(after)).apply(after)
    began = before.copy()
    undo = transition(before, after).apply(before)
    assert before == after
    assert compare(before, after) == []
    undo.apply(before)
    assert before == began
    assert bool(compare(began, after)) == (began != after)


def test_the_transition_of_blocks_and_orders() -> None:
    plain = small()
    with_block = small()
    make_stem(with_block)
    other = with_block.copy()
    edits.within("Stem", edits.AddNode(node("act"))).apply(other)
    edits.SetExtras({"frames": [1]}).apply(other)
    turned = Document(name="Turned")
    for each in reversed(list(plain.graph)):
        turned.graph.add_node(each)
    states = [plain, with_block, other, turned, Document()]
    for before in states:
        for after in states:
            now = before.copy()
            undo = transition(now, after).apply(now)
            assert now == after
            undo.apply(now)
            assert now == before


def test_a_small_difference_is_a_small_edit() -> None:
    after = small()
    edits.change_settings(after.graph, "conv1", {"stride": 2}).apply(after)
    edits.AddNode(node("act")).apply(after)
    steps = list(edits.flatten(transition(small(), after)))
    assert [type(step) for step in steps] == [edits.AddNode, edits.SetSettings]
