"""The lessons of networks that learn in their own way: right, and as drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import engine.session
import templates
from engine.analysis import analyse
from engine.data.source import load
from engine.document import Document
from engine.edits import change_settings
from engine.exporting import export
from engine.graph import Edge, Node
from engine.session import train_document
from engine.training.events import EpochDone, Finished
from engine.training.fitness import FitsItsData
from templates.rehearsal import faults_of
from tests.engine.test_codegen import assert_clean
from tests.templates.architectures.own_ways import OWN_WAYS
from tests.templates.course import analysis_of, whole_text
from tests.templates.test_lesson_training import small_part

PARAMETERS = {
    "rbm-mnist": 101_264,
    "dbn-mnist": 649_294,
    "deep-stacking": 724_530,
    "som-digits": 6_400,
}


def test_every_lesson_is_in_the_table() -> None:
    assert PARAMETERS.keys() == OWN_WAYS.keys()


@pytest.mark.parametrize("lesson", OWN_WAYS)
def test_it_fits_and_has_its_parameters(lesson: str) -> None:
    document = templates.open_lesson(lesson)
    analysis = analyse(document, [FitsItsData()])
    assert [problem.sentence() for problem in analysis.problems] == []
    assert analysis.total_parameters == PARAMETERS[lesson]


@pytest.mark.parametrize("lesson", OWN_WAYS)
def test_the_stored_document_is_the_drawn_one(lesson: str) -> None:
    """`python -m tests.templates.architectures` writes them anew."""
    assert templates.open_lesson(lesson) == OWN_WAYS[lesson]()


@pytest.mark.parametrize("lesson", OWN_WAYS)
def test_its_texts_are_whole(lesson: str, tmp_path: Path) -> None:
    folder = templates.lesson(lesson).folder
    faults = faults_of(folder, lambda document: analysis_of(document, tmp_path))
    assert [fault.sentence() for fault in faults] == []
    text = templates.text(lesson)
    for part in ("## The idea", "$$"):
        assert part in text
    course = templates.course(lesson)
    assert course.after.startswith("## Further")
    assert len(course.objectives) == 3 and len(course.discussions) >= 2


@pytest.mark.parametrize("lesson", ["rbm-mnist", "dbn-mnist", "som-digits"])
def test_the_text_counts_right(lesson: str) -> None:
    assert f"{PARAMETERS[lesson]:,}" in templates.text(lesson)


def test_the_text_counts_the_modules_right() -> None:
    lower = sum((n + 1) * 300 for n in (784, 794, 804))
    assert f"{lower:,}" in templates.text("deep-stacking")
    assert f"{PARAMETERS['deep-stacking'] - lower:,}" in templates.text("deep-stacking")


def test_the_scripts_and_modules_are_formatted_and_lint_clean(tmp_path: Path) -> None:
    sources = []
    for lesson in OWN_WAYS:
        document = templates.open_lesson(lesson)
        sources.append(analyse(document).code)
        export(document, "script", tmp_path / f"{lesson}.py")
        sources.append((tmp_path / f"{lesson}.py").read_text(encoding="utf-8"))
    assert_clean(sources, tmp_path)


@pytest.mark.parametrize("lesson", ["rbm-mnist", "dbn-mnist", "deep-stacking"])
def test_it_trains_on_its_data(
    lesson: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.session, "load", small_part)
    document = templates.open_lesson(lesson)
    document.recipe = replace(
        document.recipe, epochs=3, layer_epochs=1, device="cpu", precision="fp32"
    )
    events = list(train_document(document, data_dir=data_dir, run_dir=tmp_path / "run"))
    assert len([event for event in events if isinstance(event, EpochDone)]) == 3
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert 0.0 < finished.test_loss < 5.0


@pytest.mark.parametrize("lesson", ["rbm-mnist", "dbn-mnist", "deep-stacking"])
def test_the_pixels_are_chances(lesson: str, data_dir: Path) -> None:
    """From 0 to 1 where the first layer with weights gets them."""
    document = templates.open_lesson(lesson)
    pixels = load(document.data, data_dir).test.inputs["image"]
    scaled = "chances" in document.graph
    lowest = float(pixels.min()) * (0.5 if scaled else 1.0) + 0.5 * scaled
    assert lowest == 0.0 and float(pixels.max()) == 1.0


def test_the_map_of_digits_is_a_map(tmp_path: Path) -> None:
    document = templates.open_lesson("som-digits")
    document.recipe = replace(document.recipe, device="cpu", precision="fp32")
    finished = list(train_document(document, run_dir=tmp_path / "run"))[-1]
    assert isinstance(finished, Finished)
    assert finished.test_metrics["topographic_error"] < 0.1
    assert finished.test_metrics["quantization_error"] < 1.5


def linear_before_rbm() -> Document:
    document = templates.open_lesson("rbm-mnist")
    graph = document.graph
    (edge,) = graph.edges_into("rbm")
    name = graph.free_name("linear")
    graph.remove_edge(edge)
    graph.add_node(Node(name=name, layer="Linear"))
    graph.add_edge(Edge("image", "output", name, "input"))
    graph.add_edge(Edge(name, "output", "rbm", "input"))
    return document


def four_epochs() -> Document:
    document = templates.open_lesson("dbn-mnist")
    document.recipe = replace(document.recipe, epochs=4)
    return document


def small_radius() -> Document:
    document = templates.open_lesson("som-digits")
    document.recipe = replace(document.recipe, radius=0.5)
    return document


def relu_behind_upper() -> Document:
    document = templates.open_lesson("deep-stacking")
    inside = document.scoped("StackingModule").graph
    inside.remove_edge(Edge("upper", "output", "y", "input"))
    inside.add_node(Node(name="relu1", layer="ReLU"))
    inside.add_edge(Edge("upper", "output", "relu1", "input"))
    inside.add_edge(Edge("relu1", "output", "y", "input"))
    return document


@pytest.mark.parametrize(
    ("lesson", "make", "words"),
    [
        (
            "rbm-mnist",
            linear_before_rbm,
            "rbm takes numbers from 0 to 1, as chances, and linear1 (Linear) may give "
            "others.",
        ),
        ("dbn-mnist", four_epochs, "With 4 epochs the whole network never learns"),
        (
            "som-digits",
            small_radius,
            "The neighbourhood would grow, from a radius of 0.5 to 1",
        ),
        (
            "deep-stacking",
            relu_behind_upper,
            "the upper weights that can be computed are those of a Linear.",
        ),
    ],
)
def test_a_quoted_message_is_what_the_learner_will_read(
    lesson: str, make: Any, words: str
) -> None:
    assert words in whole_text(lesson)
    problems = analyse(make(), [FitsItsData()]).problems
    assert any(words in problem.sentence() for problem in problems)


def test_the_exercise_with_sixteen_units_has_the_parameters_it_tells() -> None:
    document = templates.open_lesson("rbm-mnist")
    change_settings(document.graph, "rbm", {"hidden_units": 16}).apply(document)
    assert analyse(document).total_parameters == 13_344
    assert "13,344" in whole_text("rbm-mnist")
