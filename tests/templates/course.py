"""The lessons and what they should hold, for the tests of the course."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import templates
from engine.analysis import Analysis, analyse
from engine.document import Document
from engine.edits import change_settings, removal
from engine.training.fitness import FitsItsData

PARAMETERS = {
    "digits-cnn": 13_706,
    "fnn-iris": 67,
    "cnn-small": 27_210,
    "cnn-mnist": 347_146,
    "cnn-mnist-deep": 93_322,
    "cnn-three-conv": 390_410,
    "cnn-cifar10": 122_570,
    "rnn-sequence": 1_153,
    "lstm-forecast": 10_651,
    "lstm-sentiment": 893_442,
    "text-classifier": 1_734_210,
    "autoencoder": 101_200,
    "transformer-block": 790_786,
    "cnn-or-transformer": 13_706,
    "playground": 22,
    "neuron": 7,
    "convolution-by-hand": 9,
    "training-patterns": 9_610,
    "attention": 5_512,
}
"""In the order of the course; the seeds' models, and two that follow from settings."""
LESSONS = list(PARAMETERS)
WITH_WEIGHTS = {
    "transfer-resnet50": 23_528_522,
    "distilbert-sentiment": 66_955_010,
    "bert-embeddings": 108_893_186,
    "attention-maps": 66_376_706,
}
"""Those that begin with what others have trained, which tests cannot download."""
WITH_STEPS = [lesson for lesson in LESSONS if templates.course(lesson).steps]
"""Those whose text is divided into steps that check themselves."""
EVERY_WITH_STEPS = [
    each.id for each in templates.lessons() if templates.course(each.id).steps
]
"""The same, with architectures that have steps."""


def whole_text(lesson: str) -> str:
    """All that a learner reads in a lesson: its text, its steps, its questions."""
    course = templates.course(lesson)
    parts = [templates.text(lesson), *course.objectives]
    for step in course.tasks:
        parts += [step.text, step.hint, step.done]
        if step.question is not None:
            parts += [step.question.text, *(o.text for o in step.question.options)]
    for each in course.discussions:
        parts += [each.text, each.thought]
    return "\n\n".join([*parts, course.after])


def analysis_of(document: Document, data_dir: Path) -> Analysis:
    """The analysis as the window makes it: with what the data say."""
    return analyse(document, [FitsItsData(data_dir)])


def edited(lesson: str, *changes: tuple[str, dict[str, Any]]) -> Document:
    """The lesson with settings changed; `data` and `recipe` stand for those."""
    document = templates.open_lesson(lesson)
    for name, settings in changes:
        if name == "data":
            whole = {**document.data.settings, **settings}
            document.data = replace(document.data, settings=whole)
        elif name == "recipe":
            document.recipe = replace(document.recipe, **settings)
        else:
            change_settings(document.graph, name, settings).apply(document)
    return document


def without(lesson: str, *names: str) -> Document:
    """The lesson after Shift+Delete on some nodes."""
    document = templates.open_lesson(lesson)
    for name in names:
        removal(document.graph, [name], keep_flow=True).apply(document)
    return document
