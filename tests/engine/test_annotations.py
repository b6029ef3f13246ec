"""Frames, notes and bends: kept in files, undone exactly, and nothing to the code."""

from __future__ import annotations

import json

import pytest

from engine import annotation_edits, edits, storage
from engine.analysis import analyse
from engine.annotations import Frame, Note, free_annotation_name
from engine.comparison import compare
from engine.document import Document
from engine.edits import Edit
from engine.graph import Edge
from engine.grouping import collapse
from engine.problems import Refusal
from engine.transition import transition
from tests.engine.documents import digits

EDGE = Edge("conv1", "output", "relu1", "input")
EDITS: list[Edit] = [
    annotation_edits.PutFrame(Frame(name="frame1", title="Features", color="blue")),
    annotation_edits.SetFrame("conv1", "frame1"),
    annotation_edits.SetFrame("relu1", "frame1"),
    annotation_edits.PutNote(Note(name="note1", text="Try 16", position=(8.0, 200.0))),
    annotation_edits.SetBends(EDGE, ((10.0, 20.0), (30.0, 40.0))),
    annotation_edits.SetCollapsed("pool1", True),
    edits.SetBypassed("drop1", True),
]


@pytest.fixture
def document() -> Document:
    document = digits()
    edits.Compound(tuple(EDITS)).apply(document)
    return document


@pytest.mark.parametrize("edit", EDITS, ids=lambda each: type(each).__name__)
def test_each_edit_is_undone_exactly(edit: Edit) -> None:
    document = digits()
    inverse = edit.apply(document)
    assert document != digits()
    inverse.apply(document)
    assert document == digits()


def test_notes_move_and_frames_change(document: Document) -> None:
    before = document.copy()
    edit = edits.Compound(
        (
            annotation_edits.MoveNotes({"note1": (1.0, 2.0)}),
            annotation_edits.PutFrame(Frame(name="frame1", title="Other")),
            annotation_edits.RemoveNote("note1"),
            annotation_edits.RemoveFrame("frame1"),
        )
    )
    inverse = edit.apply(document)
    assert not document.graph.frames
    inverse.apply(document)
    assert document == before


def test_a_file_holds_them(document: Document) -> None:
    text = storage.dumps(document)
    assert storage.loads(text) == document
    content = json.loads(text)
    assert content["frames"] == [
        {"name": "frame1", "title": "Features", "color": "blue"}
    ]
    assert content["bends"] == [
        ["conv1", "output", "relu1", "input", [10.0, 20.0], [30.0, 40.0]]
    ]
    assert "bends" not in json.loads(storage.dumps(digits()))


def test_a_file_keeps_what_a_newer_version_says_of_them(document: Document) -> None:
    content = json.loads(storage.dumps(document))
    content["frames"][0]["icon"] = "star"
    content["notes"][0]["width"] = 300
    again = json.loads(storage.dumps(storage.loads(json.dumps(content))))
    assert again == content


def test_blocks_hold_them_too(document: Document) -> None:
    collapse(document, "", ["conv1", "relu1"], "Features").apply(document)
    inner = document.blocks["Features"].block.graph
    inner.notes["note1"] = Note(name="note1", text="Inside")
    assert storage.loads(storage.dumps(document)) == document


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"frames": [{}]}, "has no text as its frame: name"),
        (
            {"frames": [{"name": "a"}, {"name": "a"}]},
            "has two frames called 'a'",
        ),
        ({"notes": [{"name": "a", "position": [1]}]}, "has a note without a position"),
        ({"notes": 3}, "has no list as its notes"),
        ({"bends": [["a", "b"]]}, "has bends of no edge"),
        ({"notes": [{"name": "a"}, {"name": "a"}]}, "has two notes called 'a'"),
    ],
)
def test_what_cannot_be_read_is_refused(
    change: dict[str, object], sentence: str
) -> None:
    content = {**json.loads(storage.dumps(digits())), **change}
    with pytest.raises(Refusal, match=sentence):
        storage.loads(json.dumps(content))


def test_bends_of_an_edge_that_is_gone_and_a_colour_nobody_knows() -> None:
    content = json.loads(storage.dumps(digits()))
    content["bends"] = [["no", "output", "where", "input", [1, 2]]]
    content["frames"] = [{"name": "a", "color": "ultraviolet"}]
    document = storage.loads(json.dumps(content))
    assert not document.graph.bends
    assert document.graph.frames["a"].color == "grey"


def test_they_mean_nothing_to_shapes_and_code(document: Document) -> None:
    edits.SetBypassed("drop1", False).apply(document)
    assert analyse(document).code == analyse(digits()).code


def test_bends_follow_a_name_and_go_with_their_edge(document: Document) -> None:
    before = document.copy()
    inverse = edits.RenameNode("conv1", "first").apply(document)
    renamed = Edge("first", "output", "relu1", "input")
    assert document.graph.bends[renamed] == ((10.0, 20.0), (30.0, 40.0))
    inverse.apply(document)
    assert document == before
    inverse = edits.RemoveEdge(EDGE).apply(document)
    assert not document.graph.bends
    inverse.apply(document)
    assert document == before


def test_an_empty_frame_goes_with_its_last_node(document: Document) -> None:
    before = document.copy()
    edits.removal(document.graph, ["conv1"]).apply(document)
    assert "frame1" in document.graph.frames
    inverse = edits.removal(document.graph, ["relu1"]).apply(document)
    assert "frame1" not in document.graph.frames
    inverse.apply(document)
    assert document.graph.frames == before.graph.frames


def test_a_block_takes_the_frame_of_its_nodes(document: Document) -> None:
    collapse(document, "", ["conv1", "relu1"], "Features").apply(document)
    use = next(node for node in document.graph if node.layer == "Features")
    assert use.frame == "frame1"
    assert "frame1" in document.graph.frames
    collapse(document, "", [use.name, "pool1"], "More").apply(document)
    assert "frame1" not in document.graph.frames
    inner = document.blocks["More"].block.graph
    assert not any(node.frame for node in inner)


def test_a_transition_carries_them(document: Document) -> None:
    for one, other in ((digits(), document.copy()), (document.copy(), digits())):
        transition(one, other).apply(one)
        assert one == other


def test_a_comparison_names_them(document: Document) -> None:
    lines = compare(digits(), document)
    assert "Frame added: “Features”" in lines
    assert "Note added: “Try 16”" in lines
    assert "pool1: collapsed" in lines
    assert "drop1: bypassed" in lines
    assert "Edges run through other points" in lines
    assert "Frames or notes changed" in lines
    assert "drop1: no longer bypassed" in compare(document, digits())
    assert compare(document, document.copy()) == []


def test_names_are_free(document: Document) -> None:
    assert free_annotation_name("frame", document.graph.frames) == "frame2"
    assert free_annotation_name("note", {}) == "note1"
