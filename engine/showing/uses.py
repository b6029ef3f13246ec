"""What a trained network is good for: to be evaluated, and to be tried by hand.

Known of the document and of what is known of its data: no weights are loaded for it,
and PyTorch is not needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.data.declaration import DataInfo
from engine.data.source import source_of
from engine.document import DataConfig, Document
from engine.showing.fields import NUMBERS, PICTURE, TOKENS, VECTORS, kind_of
from engine.training.assignment import fields_of
from engine.training.fitness import Shapes, ends_of
from engine.training.methods import method_of

_SENTENCE_FORM = {"length", "padding"}
"""The settings of data that is sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What can be done with a network once it was trained."""

    is_evaluated: bool
    """Whether it answers something that the test part can be compared with."""
    is_tried: bool
    """Whether a person could give it what it takes, or let it make something."""


NO_USES = Uses(is_evaluated=False, is_tried=False)
ALL_USES = Uses(is_evaluated=True, is_tried=True)


def uses_of(document: Document, analysis: Shapes, info: DataInfo) -> Uses:
    """What a document without problems is good for."""
    inputs, outputs = ends_of(document, analysis)
    method = method_of(document.recipe.method)
    goals = method.learning(document, info, outputs).goals
    answers = any(goal.target for goal in goals)
    if any(goal.loss == "shown" for goal in goals):  # what it makes can be seen
        return Uses(is_evaluated=answers, is_tried=True)
    taken = fields_of(document.graph, inputs, info).values()
    kinds = [kind_of(document.data, info, each) for each in taken if each is not None]
    writes = info.task == "next token" and kinds == [TOKENS]
    asked = answers and _can_be_given(document.data, kinds)
    return Uses(is_evaluated=answers, is_tried=writes or asked)


def is_sentences(config: DataConfig) -> bool:
    """Whether the data is sentences, that a person could type others like."""
    return {each.name for each in source_of(config).settings} >= _SENTENCE_FORM


def _can_be_given(config: DataConfig, kinds: list[str]) -> bool:
    """Whether there is a way to draw, to type or to fill in one sample."""
    if kinds in ([TOKENS], [VECTORS]):
        return is_sentences(config)
    return kinds in ([PICTURE], [NUMBERS])
