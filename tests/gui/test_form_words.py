"""Problems call a setting as its form does, and the command line as PyTorch does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import templates
from engine.analysis import analyse, load_shapes
from engine.document import Document
from engine.edits import change_settings
from engine.graph import Node
from engine.problems import Problem
from gui.canvas.callout_item import CalloutItem
from gui.canvas.style import Style
from gui.cards import fix_buttons
from gui.document_model import DocumentModel
from gui.form_words import in_form_words
from gui.theme import DARK


def one(layer: str) -> Document:
    document = Document()
    document.graph.add_node(Node(name="one", layer=layer))
    return document


def broken(name: str, settings: Mapping[str, Any]) -> DocumentModel:
    load_shapes()
    model = DocumentModel(templates.open_lesson("cnn-mnist"))
    graph = model.document.graph
    model.push("Break", change_settings(graph, name, settings))
    return model


def test_a_problem_names_a_setting_as_its_form_does(qtbot: QtBot) -> None:
    model = broken("conv1", {"kernel_size": 29})
    problem = model.analysis.first_error
    assert problem is not None
    said = [problem.remedy, *(fix.label for fix in problem.fixes)]
    assert "Set kernel size to 28" in said
    assert "kernel_size" not in " ".join(said)
    assert model.analysis.problems_of("conv1") == [problem]
    (told,) = [p for p in analyse(model.document).problems if p.node == "conv1"]
    assert "set kernel_size to 28" in told.remedy, "PyTorch's word, without the window"


def test_inside_a_block_too(qtbot: QtBot) -> None:
    load_shapes()
    model = DocumentModel(templates.open_lesson("resnet-50"))
    model.analyse()
    model.enter("Bottleneck")
    graph = model.document.graph
    name = next(node.name for node in graph if node.layer == "Conv2d")
    model.push("Break", change_settings(graph, name, {"kernel_size": 0}))
    (problem,) = model.analysis.problems_of(name)
    assert problem.message.startswith(f"{name}: kernel size must be ")


@pytest.mark.parametrize(
    ("layer", "message", "said"),
    [
        (
            "Dropout",
            "one: p must be a number; got 2.",
            "one: share must be a number; got 2.",
        ),
        (
            "Linear",
            "one: p must be a number; got 2.",
            "one: p must be a number; got 2.",
        ),
        ("Linear", "Set num_heads to 8.", "Set num heads to 8."),
        ("Linear", "Set hidden_state to 8.", "Set hidden_state to 8."),
    ],
)
def test_only_settings_are_called_otherwise(
    layer: str, message: str, said: str
) -> None:
    document = one(layer)
    problem = Problem(message=message, remedy="", code="bad-setting", node="one")
    assert in_form_words(document, problem).message == said


def test_what_was_found_is_left_as_it_is_written() -> None:
    problem = Problem(
        message="one: out_features must be a number (out_features // 0).",
        remedy="",
        code="bad-expression",
        node="one",
        found="out_features // 0",
    )
    said = in_form_words(one("Linear"), problem)
    assert said.message == "one: out features must be a number (out_features // 0)."
    assert said.found == problem.found


def test_a_fix_reads_alike_wherever_it_is(qtbot: QtBot) -> None:
    """The note at the card, the list and the inspector show the same words."""
    problem = broken("conv1", {"kernel_size": 29}).analysis.first_error
    assert problem is not None
    note = CalloutItem(problem, Style(DARK))
    buttons = fix_buttons(problem, lambda _: None, None)  # type: ignore[arg-type]
    labels = [fix.label for fix in problem.fixes]
    assert [button.text() for button in buttons] == labels
    sizes = [note.fix_rect(place).width() for place in range(len(labels))]
    assert len(set(sizes)) == len(sizes), "as wide as its words, as a button is"
    for button in buttons:
        button.deleteLater()
