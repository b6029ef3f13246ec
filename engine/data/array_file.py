"""Arrays of a NumPy archive as samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.arrays import (
    Array,
    array_classes,
    check_tokens,
    class_word,
    input_shape,
    plan_arrays,
    read_array,
)
from engine.data.errors import DataError
from engine.data.samples import Samples, Splits
from engine.data.splitting import mean_and_std, split_indices
from engine.data.tables import chosen_file

Indices = NDArray[np.int64]


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
    fields: list[dict[str, Tensor]] = [{}, {}, {}]
    for place, name in enumerate(plan.inputs):
        arrays = array_parts(file, plan.test_inputs, place, name, parts)
        pieces = [array_numbers(name, one, layout, contents) for one in arrays]
        if normalise and contents == "numbers":
            pieces = normalised_arrays(pieces)
        for field, piece in zip(fields, pieces, strict=True):
            field[name] = torch.from_numpy(np.ascontiguousarray(piece))
    goals, scales = array_targets(plan.target, targets, classes, normalise)
    train, watched, tested = (
        Samples(field, {"target": goal})
        for field, goal in zip(fields, goals, strict=True)
    )
    kind = "classification" if classes else "regression"
    return Splits(train, watched, tested, kind, classes, scales)


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


def array_numbers(
    name: str, array: Array, layout: str, contents: str
) -> NDArray[np.float32] | Indices:
    """An array as a network reads it: float32, or int64 for tokens."""
    shape = input_shape(name, array.shape, array.dtype, layout)
    if layout == "channels last":
        array = np.moveaxis(array, 3, 1)
    array = array.reshape(len(array), *shape)
    if contents == "tokens":
        check_tokens(name, array)
        return array.astype(np.int64)
    return finite_numbers(name, array)


def finite_numbers(name: str, array: Array) -> NDArray[np.float32]:
    """The numbers as float32; raises DataError where some are no numbers."""
    numbers = array.astype(np.float32)
    wrong = int(np.count_nonzero(~np.isfinite(numbers)))
    if wrong:
        raise DataError(
            f"The array “{name}” holds {wrong:,} value(s) that are no numbers, or too "
            f"large for 32 bits.",
            "Fill them in, or leave these samples out, and save the file again.",
        )
    return numbers


def normalised_arrays(
    pieces: list[NDArray[np.float32] | Indices],
) -> list[NDArray[np.float32] | Indices]:
    """The three parts with mean 0 and deviation 1 by the first one's figures."""
    train = pieces[0].astype(np.float64)
    if train.ndim == 2:
        figures = [mean_and_std(column) for column in train.T]
        mean, std = (np.array(one) for one in zip(*figures, strict=True))
    else:
        mean, std = map(np.array, mean_and_std(train))
    return [((piece - mean) / std).astype(np.float32) for piece in pieces]


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
    name: str, targets: list[Array], classes: tuple[str, ...], normalise: bool
) -> tuple[list[Tensor], dict[str, tuple[float, float]]]:
    """The answers of each part as tensors, and what turns numbers back."""
    if classes:
        numbers = [class_numbers(name, one, classes) for one in targets]
        return [torch.from_numpy(one.astype(np.int64)) for one in numbers], {}
    values = [
        finite_numbers(name, one).reshape(len(one), *(one.shape[1:] or (1,)))
        for one in targets
    ]
    mean, std = mean_and_std(values[0].astype(np.float64)) if normalise else (0.0, 1.0)
    scaled = [((one - mean) / std).astype(np.float32) for one in values]
    return [torch.from_numpy(one) for one in scaled], {"target": (mean, std)}
