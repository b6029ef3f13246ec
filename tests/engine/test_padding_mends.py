"""Branches that differ in size: which of them has the odd padding, and the fix."""

from __future__ import annotations

import pytest

from engine.analysis import Analysis, analyse
from engine.document import Document
from engine.edits import change_settings
from engine.graph import Edge, Node
from engine.problems import Problem


def branches(one: dict[str, object], other: dict[str, object]) -> Document:
    """A picture through two convolutions, one behind a ReLU, and their sum."""
    document = Document(name="Branches")
    graph = document.graph
    graph.add_node(Node(name="image", layer="Input", settings={"shape": (1, 8, 8)}))
    graph.add_node(Node(name="a", layer="Conv2d", settings={"out_channels": 2, **one}))
    graph.add_node(
        Node(name="b", layer="Conv2d", settings={"out_channels": 2, **other})
    )
    for name, layer in (("relu", "ReLU"), ("total", "Add"), ("out", "Output")):
        graph.add_node(Node(name=name, layer=layer))
    for source, target in (
        ("image", "a"),
        ("image", "b"),
        ("a", "relu"),
        ("relu", "total"),
        ("b", "total"),
        ("total", "out"),
    ):
        graph.add_edge(Edge(source, "output", target, "input"))
    return document


def misfit_of(analysis: Analysis) -> Problem:
    return next(each for each in analysis.problems if each.code == "misfit")


@pytest.mark.parametrize(
    ("one", "other", "remedy"),
    [
        (
            {"kernel_size": 3, "padding": 1},
            {"kernel_size": 1, "padding": 1},
            "Set the padding of b to 0, which keeps the size.",
        ),
        (
            {"kernel_size": 3, "padding": 0},
            {"kernel_size": 1, "padding": 0},
            "Set the padding of a to 1, which keeps the size.",
        ),
        (
            {"kernel_size": 3, "padding": 0},
            {"kernel_size": (5, 3), "padding": 0},
            "Set the padding of a to 1 and the padding of b to 2 × 1, which keep the "
            "size.",
        ),
    ],
)
def test_the_branch_whose_padding_is_odd_is_named_and_mended(
    one: dict[str, object], other: dict[str, object], remedy: str
) -> None:
    document = branches(one, other)
    analysis = analyse(document)
    problem = misfit_of(analysis)
    assert problem.remedy == remedy
    (fix,) = problem.fixes
    for edit in fix.edits:
        edit.apply(document)
        analysis.note(edit)
    analysis.refresh()
    assert analysis.is_valid, analysis.problems


def test_no_padding_is_offered_where_none_mends_it() -> None:
    strided = branches({"kernel_size": 3, "padding": 1}, {"stride": 2, "padding": 0})
    problem = misfit_of(analyse(strided))
    assert problem.fixes == ()
    assert problem.remedy == (
        "Make both equally large, by the padding or stride before them."
    )


def test_the_fix_follows_an_edit_that_leaves_the_shapes() -> None:
    document = branches(
        {"kernel_size": 3, "padding": 1}, {"kernel_size": 3, "padding": 2}
    )
    analysis = analyse(document)
    assert misfit_of(analysis).remedy.startswith("Set the padding of b to 1,")
    edit = change_settings(document.graph, "b", {"kernel_size": 1, "padding": 1})
    edit.apply(document)
    analysis.note(edit)
    analysis.refresh()
    assert misfit_of(analysis).remedy.startswith("Set the padding of b to 0,")
