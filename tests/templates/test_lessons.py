"""The lessons: each opens, is right, runs, and is the same after saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import templates
from engine import storage
from engine.analysis import analyse
from engine.compiler import compile_document
from engine.data.source import load
from engine.edits import change_settings
from engine.problems import Refusal
from tests.templates.course import LESSONS, PARAMETERS, WITH_WEIGHTS, analysis_of


def test_the_course_is_complete_and_begins_with_the_embedded_digits() -> None:
    both = [lesson for lesson in templates.lessons() if lesson.kind == "lesson"]
    course, others = both[: len(LESSONS)], both[len(LESSONS) :]
    assert [lesson.id for lesson in course] == LESSONS
    assert [lesson.id for lesson in others] == list(WITH_WEIGHTS)
    assert [lesson.place for lesson in course] == list(range(1, len(LESSONS) + 1))
    places = [lesson.place for lesson in templates.lessons()]
    assert len(set(places)) == len(places)
    assert templates.lessons()[0] == course[0]
    titles = [lesson.title for lesson in course]
    assert len(set(titles)) == len(titles)
    assert all(lesson.summary.endswith(".") for lesson in course)


def test_an_unknown_lesson_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal) as refused:
        templates.open_lesson("cnn-minst")
    problem = refused.value.problem
    assert problem.message == "There is no lesson 'cnn-minst'."
    assert all(lesson in problem.remedy for lesson in LESSONS)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_no_problem_and_the_parameters_of_its_model(
    lesson: str, tmp_path: Path
) -> None:
    analysis = analysis_of(templates.open_lesson(lesson), tmp_path)
    assert [problem.sentence() for problem in analysis.problems] == []
    assert analysis.total_parameters == PARAMETERS[lesson]


def test_the_block_of_the_transformer_has_the_parameters_of_the_seed() -> None:
    analysis = analyse(templates.open_lesson("transformer-block"))
    block = ("attention", "norm1", "expand", "shrink", "norm2")
    assert sum(map(analysis.parameters, block)) == 789_760


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_with_the_shapes_that_its_cards_show(lesson: str) -> None:
    document = templates.open_lesson(lesson)
    analysis = analyse(document)
    compiled = compile_document(document, analysis)
    model = compiled.module_class().eval()
    assert sum(weight.numel() for weight in model.parameters()) == PARAMETERS[lesson]
    seen: dict[str, tuple[int, ...]] = {}

    def note(name: str) -> Any:
        def hook(module: object, inputs: object, output: Any) -> None:
            first = output[0] if isinstance(output, tuple) else output
            seen[name] = tuple(first.shape[1:])

        return hook

    for name, module in model.named_children():
        module.register_forward_hook(note(name))
    inputs = [
        torch.zeros(2, *spec.shape, dtype=getattr(torch, spec.dtype))
        for spec in compiled.inputs.values()
    ]
    output = model(*inputs)
    (wanted,) = compiled.outputs.values()
    assert tuple(output.shape) == (2, *wanted.shape)
    shown = {}
    for name in seen:
        outputs = analysis.outputs(name)
        assert outputs is not None
        shown[name] = outputs[0].shape
    assert seen == shown
    assert {n for n in analysis.network if analysis.parameters(n)} <= set(seen)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_the_same_after_saving(lesson: str, tmp_path: Path) -> None:
    document = templates.open_lesson(lesson)
    path = tmp_path / "copy.espalier"
    storage.save(document, path)
    assert storage.load(path) == document
    original = Path(templates.__file__).parent / "lessons" / lesson
    assert path.read_bytes() == (original / "document.espalier").read_bytes()


def test_a_lesson_is_opened_fresh_each_time() -> None:
    first = templates.open_lesson("fnn-iris")
    change_settings(first.graph, "fc1", {"out_features": 3}).apply(first)
    assert templates.open_lesson("fnn-iris") != first


def test_what_the_decoder_can_give_is_where_the_pixels_lie(data_dir: Path) -> None:
    splits = load(templates.open_lesson("autoencoder").data, data_dir)
    pixels = splits.test.targets["image"]
    # A Sigmoid gives 0 to 1; pixels from -1 on could never be rebuilt.
    assert (float(pixels.min()), float(pixels.max())) == (0.0, 1.0)
    assert torch.equal(pixels, splits.test.inputs["image"])
