"""Arrays of a NumPy archive as samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.data.array_numbers import (
    Indices,
    array_figures,
    array_numbers,
    finite_numbers,
    scaled_array,
)
from engine.data.array_places import array_places
from engine.data.arrays import (
    Array,
    array_classes,
    array_keeping,
    class_word,
    plan_arrays,
    read_array,
)
from engine.data.errors import DataError
from engine.data.samples import Samples, Splits
from engine.data.splitting import mean_and_std, places_to_look_at, split_indices
from engine.data.streamed import as_field
from engine.data.streamed_array import StreamedArray
from engine.data.tables import chosen_file


def load_array_file(
    data_dir: Path,
    *,
    path: str,
    inputs: str,
    target: str,
    test_inputs: str,
    test_target: str,
    contents: str,
    layout: str,
    task: str,
    normalise: bool,
    kept: str,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Arrays by their names as inputs, and a class (N,) or numbers (N, ...).

    `normalise` brings numbers to mean 0 and standard deviation 1, each column of a
    table by itself and other arrays as a whole, by the training part's figures.
    """
    file = chosen_file(data_dir, path)
    plan = plan_arrays(
        file,
        inputs=inputs,
        target=target,
        test_inputs=test_inputs,
        test_target=test_target,
    )
    answers = read_array(file, plan.target)
    needed = 2 if plan.test_inputs else 3
    classes = array_classes(plan.target, answers, task, needed)
    labels = class_numbers(plan.target, answers, classes) if classes else None
    test = 0.0 if plan.test_inputs else test
    parts = list(split_indices(len(answers), validation, test, split_seed, labels))
    targets = [answers[part] for part in parts]
    if plan.test_target:
        targets[2] = read_array(file, plan.test_target)
        parts[2] = np.arange(len(targets[2]))
    is_kept, _ = array_keeping(file, plan, kept, contents)
    fields: list[dict[str, Tensor]] = [{}, {}, {}]
    for place, name in enumerate(plan.inputs):
        if is_kept:
            arrays = array_parts(file, plan.test_inputs, place, name, parts)
            tensors = held_arrays(name, arrays, layout, contents, normalise)
        else:
            tests = plan.test_inputs[place] if plan.test_inputs else name
            names = name, name, tests
            tensors = streamed_parts(file, names, parts, layout, normalise)
        for field, tensor in zip(fields, tensors, strict=True):
            field[name] = tensor
    names = plan.target, plan.target, plan.test_target or plan.target
    goals, scales = array_targets(names, targets, classes, normalise)
    train, watched, tested = (
        Samples(field, {"target": goal})
        for field, goal in zip(fields, goals, strict=True)
    )
    kind = "classification" if classes else "regression"
    return Splits(train, watched, tested, kind, classes, scales)


def held_arrays(
    name: str, arrays: list[Array], layout: str, contents: str, normalise: bool
) -> list[Tensor]:
    """One input of each part, in memory."""
    pieces = [array_numbers(name, one, layout, contents) for one in arrays]
    if normalise and contents == "numbers":
        figures = array_figures(pieces[0].astype(np.float64))
        pieces = [scaled_array(piece, figures) for piece in pieces]
    return [torch.from_numpy(np.ascontiguousarray(one)) for one in pieces]


def streamed_parts(
    file: Path,
    names: tuple[str, str, str],
    parts: list[Indices],
    layout: str,
    normalise: bool,
) -> list[Tensor]:
    """One input of each part, to be read when it is needed."""
    places = array_places(file)
    streams = [
        StreamedArray(name, places[name], rows, layout)
        for name, rows in zip(names, parts, strict=True)
    ]
    if normalise:
        few = streams[0][torch.tensor(places_to_look_at(len(streams[0])))]
        figures = array_figures(few.numpy().astype(np.float64))
        for stream in streams:
            stream.figures = figures
    return [as_field(stream) for stream in streams]


def array_parts(
    file: Path,
    test_inputs: tuple[str, ...],
    place: int,
    name: str,
    parts: list[Indices],
) -> list[Array]:
    """One input of each part; the test part may have an array of its own."""
    whole = read_array(file, name)
    pieces = [whole[part] for part in parts[:2]]
    if test_inputs:
        pieces.append(read_array(file, test_inputs[place]))
    else:
        pieces.append(whole[parts[2]])
    return pieces


def class_numbers(name: str, labels: Array, classes: tuple[str, ...]) -> Indices:
    """The number of each sample's class (N,); raises DataError for an unknown one."""
    places = {word: place for place, word in enumerate(classes)}
    values, inverse = np.unique(labels.reshape(-1), return_inverse=True)
    for value in values:
        if class_word(value) not in places:
            raise DataError(
                f"The array “{name}” holds the class “{class_word(value)}”, which the "
                f"training part does not have.",
                "Use the same classes in both arrays.",
            )
    return np.array([places[class_word(value)] for value in values])[inverse]


def array_targets(
    names: tuple[str, str, str],
    targets: list[Array],
    classes: tuple[str, ...],
    normalise: bool,
) -> tuple[list[Tensor], dict[str, tuple[float, float]]]:
    """The answers of each part as tensors, and what turns numbers back."""
    if classes:
        numbers = [
            class_numbers(*each, classes) for each in zip(names, targets, strict=True)
        ]
        return [torch.from_numpy(one.astype(np.int64)) for one in numbers], {}
    values = [
        finite_numbers(name, one).reshape(len(one), *(one.shape[1:] or (1,)))
        for name, one in zip(names, targets, strict=True)
    ]
    mean, std = mean_and_std(values[0].astype(np.float64)) if normalise else (0.0, 1.0)
    scaled = [((one - mean) / std).astype(np.float32) for one in values]
    return [torch.from_numpy(one) for one in scaled], {"target": (mean, std)}
