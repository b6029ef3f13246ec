"""Which data an imported network may learn from, until a person chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.analysis import analyse
from engine.document import DataConfig, Document
from engine.importing.samples import Sample
from engine.problems import errors
from engine.training.fitness import FitsItsData


def take_fitting_data(
    document: Document, samples: Sequence[Sample], answers: Sequence[tuple[int, ...]]
) -> None:
    """Give a document the first of the known data that fits it, if any does.

    `answers` are the shapes of one sample's outputs.
    """
    first = document.data
    for config in _candidates(samples, answers):
        document.data = config
        if not errors(analyse(document, [FitsItsData()]).problems):
            return
    document.data = first


def _candidates(
    samples: Sequence[Sample], answers: Sequence[tuple[int, ...]]
) -> Iterator[DataConfig]:
    if len(samples) != 1:
        return
    shape, is_whole = samples[0].shape, samples[0].is_whole
    if is_whole and not shape:
        return
    if is_whole:
        for every in ("every step", "last step"):
            yield DataConfig(
                source="made-up-text", settings={"window": shape[0], "answers": every}
            )
        yield DataConfig(source="reviews-small", settings={"length": shape[0]})
        return
    for source in ("digits", "mnist", "cifar10", "svhn", "stl10", "cifar100"):
        yield DataConfig(source=source)
    for source in ("mnist", "digits"):
        yield DataConfig(source=source, settings={"flatten": True})
    for source in ("iris", "moons"):
        yield DataConfig(source=source)
    if len(shape) == 3 and answers and len(answers[0]) == 1:
        sizes = dict(zip(("channels", "height", "width"), shape, strict=True))
        yield DataConfig(
            source="pictures-made-up", settings={**sizes, "classes": answers[0][0]}
        )
    if len(shape) == 3 and shape[0] == 1:
        yield DataConfig(
            source="discs-made-up", settings={"height": shape[1], "width": shape[2]}
        )
    if len(shape) == 2:
        yield DataConfig(source="sine", settings={"window": shape[0]})
