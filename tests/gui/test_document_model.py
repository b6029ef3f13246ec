"""The model: undo steps, signals, and what happens to an edit that fails."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from engine import edits
from engine.analysis import load_shapes
from engine.block_view import Step
from engine.document import DataConfig, Document
from engine.graph import Edge, Node
from engine.recipe import Recipe
from gui.document_model import DocumentModel
from gui.undo_step import forget_saved
from tests.engine.test_blocks import stack
from tests.engine.test_grouping import nested


def small() -> Document:
    document = Document(name="Small")
    document.graph.add_node(Node(name="images", layer="Input"))
    document.graph.add_node(Node(name="fc1", layer="Linear", position=(200.0, 0.0)))
    document.graph.add_edge(Edge("images", "output", "fc1", "input"))
    return document


@pytest.fixture
def model(qapp: object) -> DocumentModel:
    return DocumentModel(small())


def heard(model: DocumentModel) -> list[tuple[object, ...]]:
    """Every signal of the model from now on, in order."""
    log: list[tuple[object, ...]] = []
    model.node_added.connect(lambda name: log.append(("added", name)))
    model.node_removed.connect(lambda name: log.append(("removed", name)))
    model.node_changed.connect(lambda name: log.append(("changed", name)))
    model.nodes_moved.connect(lambda names: log.append(("moved", *names)))
    model.node_renamed.connect(lambda old, new: log.append(("renamed", old, new)))
    model.edge_added.connect(lambda edge: log.append(("edge added", str(edge))))
    model.edge_removed.connect(lambda edge: log.append(("edge removed", str(edge))))
    model.data_changed.connect(lambda: log.append(("data",)))
    model.recipe_changed.connect(lambda: log.append(("recipe",)))
    model.name_changed.connect(lambda: log.append(("name",)))
    model.replaced.connect(lambda: log.append(("replaced",)))
    model.analysed.connect(lambda: log.append(("analysed",)))
    return log


def test_each_single_edit_is_announced_before_the_analysis(
    model: DocumentModel,
) -> None:
    log = heard(model)
    node = Node(name="act1", layer="ReLU")
    edge = Edge("images", "output", "fc1", "input")
    model.push("Insert", edits.insertion(model.document.graph, node, edge))
    assert log == [
        ("added", "act1"),
        ("edge removed", "images.output → fc1.input"),
        ("edge added", "images.output → act1.input"),
        ("edge added", "act1.output → fc1.input"),
        ("analysed",),
    ]
    log.clear()
    model.undo_stack.undo()
    assert log == [
        ("edge removed", "act1.output → fc1.input"),
        ("edge removed", "images.output → act1.input"),
        ("edge added", "images.output → fc1.input"),
        ("removed", "act1"),
        ("analysed",),
    ]


def test_every_kind_of_edit_has_its_signal(model: DocumentModel) -> None:
    log = heard(model)
    model.push("", edits.SetSettings("fc1", {"out_features": 3}))
    model.push("", edits.MoveNodes({"fc1": (1.0, 2.0)}))
    model.push("", edits.RenameNode("fc1", "hidden"))
    model.push("", edits.SetData(DataConfig(source="iris")))
    model.push("", edits.SetRecipe(Recipe(epochs=2)))
    model.push("", edits.SetName("Other"))
    assert [entry for entry in log if entry != ("analysed",)] == [
        ("changed", "fc1"),
        ("moved", "fc1"),
        ("renamed", "fc1", "hidden"),
        ("data",),
        ("recipe",),
        ("name",),
    ]


def test_pushes_with_one_key_are_one_step(model: DocumentModel) -> None:
    before = model.document.copy()
    for value in (10, 20, 30):
        model.push("Set", edits.SetSettings("fc1", {"out_features": value}), "fc1.out")
    model.push("Set", edits.SetSettings("fc1", {"out_features": 40}), "other")
    assert model.undo_stack.count() == 2
    model.undo_stack.undo()
    assert model.document.graph["fc1"].settings == {"out_features": 30}
    model.undo_stack.undo()
    assert model.document == before
    model.undo_stack.redo()
    assert model.document.graph["fc1"].settings == {"out_features": 30}


def test_an_edit_that_fails_raises_and_leaves_no_step(model: DocumentModel) -> None:
    before = model.document.copy()
    log = heard(model)
    twice = edits.AddNode(Node(name="fc1", layer="Linear"))
    move = edits.MoveNodes({"images": (50.0, 50.0)})
    with pytest.raises(ValueError, match="already has a node 'fc1'"):
        model.push("Add", edits.Compound((move, twice)))
    assert model.document == before
    assert model.undo_stack.count() == 0
    assert log == []


def test_another_document_begins_a_new_history(model: DocumentModel) -> None:
    model.push("", edits.SetName("Other"))
    log = heard(model)
    model.replace(Document(name="New"))
    assert model.document.name == "New"
    assert not model.undo_stack.canUndo()
    assert log[0] == ("replaced",)
    assert log[-1] == ("analysed",)


_NAMES = st.sampled_from(["a", "b", "c", "d"])
_STEPS = st.one_of(
    st.tuples(st.just("add"), _NAMES, _NAMES),
    st.tuples(st.just("remove"), _NAMES, _NAMES),
    st.tuples(st.just("connect"), _NAMES, _NAMES),
    st.tuples(st.just("rename"), _NAMES, _NAMES),
    st.tuples(st.just("move"), _NAMES, _NAMES),
    st.tuples(st.just("undo"), _NAMES, _NAMES),
    st.tuples(st.just("redo"), _NAMES, _NAMES),
)


def _edit(model: DocumentModel, verb: str, one: str, other: str) -> edits.Edit | None:
    graph = model.document.graph
    match verb:
        case "add" if one not in graph:
            return edits.AddNode(Node(name=one, layer="Add"))
        case "remove" if one in graph:
            return edits.removal(graph, [one], keep_flow=other > one)
        case "connect" if one in graph and other in graph:
            edge = Edge(one, "output", other, "inputs")
            known = edge in graph.edges
            return None if known else edits.connection(graph, edge)
        case "rename" if one in graph and other not in graph:
            return edits.RenameNode(one, other)
        case "move" if one in graph:
            return edits.MoveNodes({one: (float(len(other)), 8.0)})
    return None


@settings(deadline=None, max_examples=60)
@given(steps=st.lists(_STEPS, max_size=25))
def test_undoing_all_and_redoing_all_is_exact(
    qapp: object, steps: list[tuple[str, str, str]]
) -> None:
    model = DocumentModel(Document())
    start = model.document.copy()
    for verb, one, other in steps:
        if verb in {"undo", "redo"}:
            getattr(model.undo_stack, verb)()
            continue
        edit = _edit(model, verb, one, other)
        if edit is not None:
            model.push(verb, edit)
    end, index = model.document.copy(), model.undo_stack.index()
    model.undo_stack.setIndex(0)
    assert model.document == start
    model.undo_stack.setIndex(index)
    assert model.document == end


def _history(model: DocumentModel) -> tuple[list[str], int, int, list[Document]]:
    """The texts of all steps, where one is, what is saved, and every state."""
    stack, index = model.undo_stack, model.undo_stack.index()
    states = []
    for at in (*range(stack.count() + 1), index):
        stack.setIndex(at)
        states.append(model.root.copy())
    texts = [stack.text(at) for at in range(stack.count())]
    return texts, index, stack.cleanIndex(), states


def _set(model: DocumentModel, value: int, merge: str = "") -> None:
    change = edits.SetSettings("fc1", {"out_features": value})
    model.push(f"Set {value}", change, merge)


@settings(deadline=None, max_examples=100)
@given(
    made=st.lists(st.tuples(st.integers(100, 109), st.sampled_from(["", "k"]))),
    undone=st.integers(0, 9),
    saved=st.integers(-1, 9),
    typed=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    again=st.booleans(),
    takes_back=st.booleans(),
)
def test_a_step_that_was_never_meant_takes_nothing_along(
    qapp: object,
    made: list[tuple[int, str]],
    undone: int,
    saved: int,
    typed: list[int],
    *,
    again: bool,
    takes_back: bool,
) -> None:
    model = DocumentModel(small())
    _set(model, 64)
    for value, merge in made:
        _set(model, value, merge)
    stack = model.undo_stack
    if 0 <= saved <= stack.count():
        stack.setIndex(saved)
        stack.setClean()
    stack.setIndex(max(1, stack.count() - undone))
    before = _history(model)
    found = model.document.graph["fc1"].settings["out_features"]
    for round_ in range(1 + again):
        for value in typed:
            _set(model, value, f"typed {round_}")
        if takes_back:
            model.take_back(f"typed {round_}")
        else:
            _set(model, found, f"typed {round_}")
        assert _history(model) == before


def test_a_step_within_what_was_put_back_is_void_as_before(
    model: DocumentModel,
) -> None:
    """A gesture cut another off, which had cut one off itself: both come back."""
    _set(model, 64)
    _set(model, 128)
    model.undo_stack.undo()
    first = _history(model)
    _set(model, 1, "one")
    second = _history(model)
    model.undo_stack.undo()
    _set(model, 2, "two")
    model.take_back("two")
    model.undo_stack.redo()
    assert _history(model) == second
    model.take_back("one")
    assert _history(model) == first


def test_what_is_put_back_is_told_as_one_change(model: DocumentModel) -> None:
    stack = model.undo_stack
    _set(model, 64)
    _set(model, 128)
    stack.setClean()  # the file holds 128
    stack.undo()
    _set(model, 1, "typed")
    told: list[object] = []
    stack.cleanChanged.connect(told.append)
    moved = stack.indexChanged.connect(lambda _: told.append(stack.canRedo()))
    model.take_back("typed")
    stack.disconnect(moved)  # it moves once more as it goes
    assert told == [False, True]  # nobody heard it be saved on the way
    stack.redo()
    assert stack.isClean()


def test_what_is_put_back_is_not_saved_where_the_file_is_another(
    model: DocumentModel,
) -> None:
    stack = model.undo_stack
    _set(model, 64)
    _set(model, 128)
    stack.setClean()
    stack.undo()
    _set(model, 1, "typed")
    forget_saved(stack)  # another program wrote the file
    model.take_back("typed")
    stack.redo()
    assert model.document.graph["fc1"].settings == {"out_features": 128}
    assert not stack.isClean()


def test_inside_a_block_edits_of_the_whole_document_reach_it(qtbot: QtBot) -> None:
    model = DocumentModel(stack())
    model.enter("Bottleneck", "stage2")
    assert model.document.graph is model.root.blocks["Bottleneck"].block.graph
    model.push("Train longer", edits.SetRecipe(Recipe(epochs=77)))
    assert model.root.recipe.epochs == 77
    assert model.document.recipe.epochs == 77
    assert model.scope == "Bottleneck"
    with qtbot.waitSignal(model.scope_changed):
        model.replace(stack())
    assert model.scope == ""
    assert model.document is model.root


def test_edits_elsewhere_are_not_announced_as_if_they_were_here() -> None:
    model = DocumentModel(stack())
    seen: list[str] = []
    model.node_changed.connect(seen.append)
    inner = model.root.blocks["Bottleneck"].block.graph
    change = edits.change_settings(inner, "reduce", {"kernel_size": 3})
    model.push("Inside", change, scope="Bottleneck")
    assert seen == []
    model.undo_stack.undo()
    assert model.scope == "Bottleneck"  # undoing shows where it happens
    assert model.path_of_scopes[0].use == "stage1"
    assert seen == ["reduce"]
    outside = edits.change_settings(model.root.graph, "stage2", {"repeat": 2})
    model.push("Outside", outside, scope="")
    assert seen == ["reduce"]
    model.undo_stack.undo()
    assert model.scope == ""


def test_steps_of_different_scopes_never_merge() -> None:
    model = DocumentModel(stack())
    model.push("Move", edits.MoveNodes({"stage1": (1.0, 1.0)}), merge="same")
    model.enter("Bottleneck", "stage1")
    model.push("Move", edits.MoveNodes({"relu": (1.0, 1.0)}), merge="same")
    assert model.undo_stack.count() == 2


def test_a_block_opened_by_name_shows_its_first_use() -> None:
    load_shapes()
    model = DocumentModel(stack())
    model.enter("Bottleneck")
    (step,) = model.path_of_scopes
    assert step.use == next(
        node.name for node in model.root.graph if node.layer == "Bottleneck"
    )
    named = model.analysis.inputs("reduce")
    model.go_to(())
    model.enter("Bottleneck", step.use)
    assert named is not None and named == model.analysis.inputs("reduce")


def test_a_block_used_in_another_is_opened_through_it() -> None:
    model = DocumentModel(nested())
    for name in ("stage1", "stage2"):
        model.push("Delete", edits.removal(model.root.graph, [name]))
    model.enter("Bottleneck")
    assert model.path_of_scopes == (Step("Outer", "deep"), Step("Bottleneck", "inner"))


def test_a_block_that_contains_itself_can_be_opened() -> None:
    document = Document()
    layer = document.new_block("Loop", {})
    layer.graph.add_node(Node(name="again", layer="Loop"))
    model = DocumentModel(document)
    model.push("Block", edits.AddBlock(layer))
    model.enter("Loop")
    assert [step.use for step in model.path_of_scopes] == [None]


def test_a_document_is_blank_until_its_first_node() -> None:
    model = DocumentModel(Document())
    assert model.is_blank
    model.push("Add", edits.AddNode(Node(name="images", layer="Input")))
    assert not model.is_blank
    model.undo_stack.undo()
    assert model.is_blank


def test_a_path_ends_where_its_block_went() -> None:
    model = DocumentModel(stack())
    model.push("Block", edits.AddBlock(model.root.new_block("Spare", {})))
    model.enter("Spare")
    assert model.scope == "Spare"
    model.push("Take out", edits.RemoveBlock("Spare"))
    assert model.scope == ""
    model.undo_stack.undo()
    assert model.scope == "Spare"
    model.enter("Nowhere")
    assert model.scope == "Spare"
