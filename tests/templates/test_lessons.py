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
from tests.templates.course import (
    LESSONS,
    PARAMETERS,
    WITH_WEIGHTS,
    analysis_of,
    edited,
)

EARLY = ["neuron", "fnn-iris", "playground", "training-patterns", "convolution-by-hand"]
"""What is met before the first convolutional network."""


def test_the_course_is_complete_and_is_met_as_one_learns() -> None:
    course = [lesson for lesson in templates.lessons() if lesson.kind == "lesson"]
    order = [lesson.id for lesson in course]
    assert order[: len(EARLY)] == EARLY
    assert {*LESSONS, *WITH_WEIGHTS} <= set(order)
    titles = [lesson.title for lesson in course]
    assert len(set(titles)) == len(titles)
    assert all(lesson.summary.endswith(".") for lesson in course)
    assert all(templates.course(lesson.id).steps for lesson in course)


def test_each_lesson_stands_in_one_chapter_beside_its_like() -> None:
    chapters = templates.chapters()
    assert "More" not in {each.title for each in chapters}, "course.toml leaves one out"
    assert templates.lessons() == tuple(each for c in chapters for each in c.lessons)
    assert len(set(templates.lessons())) == len(templates.lessons())
    kinds = [{lesson.kind for lesson in chapter.lessons} for chapter in chapters]
    assert all(len(each) == 1 for each in kinds)
    flat = [kind for (kind,) in kinds]
    assert flat == sorted(flat, reverse=True), "lessons come before architectures"


def test_a_lesson_follows_those_it_builds_on() -> None:
    """What a text calls “the last lesson” is the one before, and so for the next."""
    order = [lesson.id for lesson in templates.lessons()]
    for before, after in [
        ("cnn-mnist", "cnn-mnist-deep"),
        ("lstm-sentiment", "text-classifier"),
    ]:
        assert order.index(after) == order.index(before) + 1
    assert order.index("transformer-block") < order.index("cnn-or-transformer")


def test_equal_shapes_are_told_once() -> None:
    """Not `3 with N × 10 × 32 and N × 10 × 32 and N × 10 × 32`."""
    document = edited("attention", ("attention", {"num_heads": 3}))
    found = [each.found for each in analyse(document).problems]
    assert "num_heads 3 with N × 10 × 32" in found


def test_a_lesson_is_followed_by_the_next_of_the_course() -> None:
    found = templates.following("digits-cnn")
    assert found is not None and found.id == "cnn-small"
    found = templates.following("cnn-cifar10")  # the last of its chapter
    assert found is not None and found.id == "rnn-sequence"
    assert templates.following("som-digits") is None  # architectures come after it
    assert templates.following("lenet-5") is None
    assert templates.following("/a/lesson/of/a/teacher") is None


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
