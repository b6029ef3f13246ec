"""NumPy archives: which arrays they hold, and what these are taken for."""

from __future__ import annotations

import math
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.array_places import array_places
from engine.data.errors import DataError
from engine.data.keeping import amount, are_kept, kept_note

ARRAY_INPUTS = ("x_train", "X_train", "x", "X", "inputs", "images", "data", "features")
ARRAY_TARGETS = ("y_train", "Y_train", "y", "Y", "labels", "label", "targets", "target")
"""What arrays are called when nobody chooses: the first that is there is taken."""
MOST_ARRAY_CLASSES = 1_000

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class ArrayPlan:
    """Which arrays are read, by name, and what the target is."""

    inputs: tuple[str, ...]
    target: str
    test_inputs: tuple[str, ...]
    """In the order of `inputs`; empty where the test part is split off."""
    test_target: str


def archive_headers(path: Path) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    """Shape and type of every array in an archive, without reading the arrays.

    Raises DataError where the file is no archive of arrays.
    """
    places = array_places(path)
    return {name: (place.shape, place.dtype) for name, place in places.items()}


def plan_arrays(
    path: Path, *, inputs: str, target: str, test_inputs: str, test_target: str
) -> ArrayPlan:
    """Which arrays are inputs and target; raises DataError for one that cannot be."""
    headers = archive_headers(path)
    taken = listed_arrays(inputs) or (
        chosen_array(path, headers, ARRAY_INPUTS, "inputs"),
    )
    answers = target.strip() or chosen_array(path, headers, ARRAY_TARGETS, "target")
    test_taken, test_answers = listed_arrays(test_inputs), test_target.strip()
    if not test_taken and not inputs.strip() and taken[0].endswith("_train"):
        apart = taken[0].replace("_train", "_test"), answers.replace("_train", "_test")
        if all(name in headers for name in apart):
            test_taken, test_answers = apart[:1], apart[1]
    plan = ArrayPlan(taken, answers, test_taken, test_answers)
    check_arrays(path.name, headers, plan)
    check_test_shapes(path.name, headers, plan)
    return plan


def listed_arrays(names: str) -> tuple[str, ...]:
    """The names in a list with commas between."""
    return tuple(name.strip() for name in names.split(",") if name.strip())


def chosen_array(
    path: Path,
    headers: dict[str, tuple[tuple[int, ...], np.dtype]],
    names: tuple[str, ...],
    role: str,
) -> str:
    """The first of `names` that is there; raises DataError where none is."""
    for name in names:
        if name in headers:
            return name
    raise DataError(
        f"{path.name} holds {array_list(headers)}; which of them is for {role} is not "
        f"chosen yet.",
        "Choose by name in the data's settings.",
    )


def array_list(headers: dict[str, tuple[tuple[int, ...], np.dtype]]) -> str:
    """The arrays with their shapes, as a sentence lists them."""
    return ", ".join(
        f"{name} ({' × '.join(map(str, shape)) or 'one number'})"
        for name, (shape, _) in headers.items()
    )


def check_names(
    name: str,
    headers: dict[str, tuple[tuple[int, ...], np.dtype]],
    plan: ArrayPlan,
) -> None:
    """Raises DataError for the first setting that names an array that is missing."""
    named = {
        "inputs": plan.inputs,
        "target": (plan.target,),
        "test_inputs": plan.test_inputs,
        "test_target": (plan.test_target,),
    }
    for setting, arrays in named.items():
        for array in filter(None, arrays):
            if array not in headers:
                raise DataError(
                    f"{name} has no array “{array}”; it has {array_list(headers)}.",
                    "Choose one of these.",
                    setting=setting,
                )


def check_arrays(
    name: str,
    headers: dict[str, tuple[tuple[int, ...], np.dtype]],
    plan: ArrayPlan,
) -> None:
    """Raises DataError for arrays that are missing, of objects, or of other lengths."""
    if bool(plan.test_inputs) != bool(plan.test_target) or (
        plan.test_inputs and len(plan.test_inputs) != len(plan.inputs)
    ):
        raise DataError(
            f"{name}: {len(plan.inputs)} array(s) are inputs and "
            f"{len(plan.test_inputs)} are test inputs, with "
            f"{'a' if plan.test_target else 'no'} test target.",
            "Choose a test array for each input and for the target, or none.",
        )
    check_names(name, headers, plan)
    for names in ((*plan.inputs, plan.target), (*plan.test_inputs, plan.test_target)):
        lengths = {}
        for array in filter(None, names):
            shape, dtype = headers[array]
            if dtype.hasobject:
                raise DataError(
                    f"The array “{array}” of {name} holds Python objects, and these "
                    f"are not read: unpickling a file can run what is in it.",
                    "Save it again as numbers or text, as with .astype(float) or "
                    ".astype(str).",
                )
            lengths[array] = shape[0] if shape else 0
        if len(set(lengths.values())) > 1 or 0 in lengths.values():
            found = ", ".join(f"{one}: {count:,}" for one, count in lengths.items())
            raise DataError(
                f"The arrays of {name} hold different numbers of samples, or none "
                f"({found}).",
                "Choose arrays that belong together.",
            )


def check_test_shapes(
    name: str,
    headers: dict[str, tuple[tuple[int, ...], np.dtype]],
    plan: ArrayPlan,
) -> None:
    """Raises DataError where samples to test with are of another shape."""
    if not plan.test_inputs:
        return
    pairs = zip(
        (*plan.inputs, plan.target), (*plan.test_inputs, plan.test_target), strict=True
    )
    for pair in pairs:
        own, other = (headers[array][0][1:] or (1,) for array in pair)
        if own != other:
            raise DataError(
                f"{name}: a sample of “{pair[0]}” is {' × '.join(map(str, own))}, and "
                f"one of “{pair[1]}” is {' × '.join(map(str, other))}.",
                "Choose test arrays whose samples have the same shape.",
            )


def read_array(path: Path, name: str) -> Array:
    """One array of an archive; never unpickles. Raises DataError for damage."""
    array: Array
    try:
        if path.suffix.lower() == ".npy":
            array = np.load(path.with_name(f"{name}.npy"), allow_pickle=False)
            return array
        with np.load(path, allow_pickle=False) as archive:
            array = archive[name]
            return array
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"The array “{name}” of {path.name} cannot be read: it is cut off or "
            f"damaged ({error}).",
            "Save the file again.",
        ) from error


def array_keeping(
    path: Path, plan: ArrayPlan, kept: str, contents: str
) -> tuple[bool, str]:
    """Whether the inputs are kept in memory, and why, in a sentence.

    Raises DataError where they are to stay on disk and cannot.
    """
    places = array_places(path)
    inputs = [places[name] for name in (*plan.inputs, *plan.test_inputs)]
    size = sum(4 * math.prod(place.shape) for place in inputs)
    words = "Read once", "Read from disk", "as numbers of 32 bits, they take"
    why_not = next((place.why_not for place in inputs if place.why_not), "")
    if contents == "tokens":
        why_not = why_not or "tokens are looked through as a whole"
    if not why_not or are_kept(kept, size):
        return are_kept(kept, size), kept_note(kept, size, *words)
    remedy = "Save the arrays with numpy.savez, uncompressed and in the order of rows."
    if kept == "on disk":
        raise DataError(f"{path.name} cannot stay on disk: {why_not}.", remedy)
    held = f"Kept in memory, though they take {amount(size)}: {why_not}."
    return True, f"{held} {remedy}"


def tokens_below(path: Path, plan: ArrayPlan) -> int:
    """The number that every token is below; raises DataError for other numbers."""
    most = 0
    for name in (*plan.inputs, *plan.test_inputs):
        array = read_array(path, name)
        check_tokens(name, array)
        most = max(most, int(array.max()))
    return most + 1


def check_tokens(name: str, array: Array) -> None:
    """Raises DataError where an array holds anything but whole numbers from 0."""
    is_whole = array.dtype.kind in "ui"
    if not is_whole or array.min() < 0:
        raise DataError(
            f"The array “{name}” holds {array.dtype} values, and tokens are whole "
            f"numbers from 0.",
            "Set what the inputs are to numbers.",
        )


def input_shape(
    name: str, shape: tuple[int, ...], dtype: np.dtype, layout: str
) -> tuple[int, ...]:
    """The shape of one sample; raises DataError where it cannot be an input."""
    if dtype.kind not in "buif":
        raise DataError(
            f"The array “{name}” holds {dtype} values, and numbers were expected.",
            "Choose another array for inputs.",
        )
    sample = shape[1:] or (1,)
    if 0 in sample:
        raise DataError(
            f"A sample of the array “{name}” is {' × '.join(map(str, sample))}: it "
            f"holds no numbers.",
            "Choose another array for inputs.",
        )
    if layout == "grey pictures" and len(sample) == 2:
        return (1, *sample)
    if layout == "channels last" and len(sample) == 3:
        return (sample[2], sample[0], sample[1])
    if layout != "as stored":
        dims = 2 if layout == "grey pictures" else 3
        raise DataError(
            f"A sample of the array “{name}” has {len(sample)} dimension(s), and "
            f"{layout} have {dims}.",
            "Choose the layout as stored.",
        )
    return sample


def array_classes(
    name: str, labels: Array, task: str, needed: int = 3
) -> tuple[str, ...]:
    """The classes of a target in their order; empty for numbers to come close to.

    With `auto`, text and whole numbers are classes. Raises DataError for too many, and
    for one with fewer than `needed` samples.
    """
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    is_whole = labels.dtype.kind in "bui"
    is_text = labels.dtype.kind in "US"
    if not is_text and not is_whole and labels.dtype.kind != "f":
        raise DataError(
            f"The array “{name}” holds {labels.dtype} values, and classes or numbers "
            f"were expected.",
            "Choose another array for the target.",
        )
    if task == "regression" or (task == "auto" and not is_text and not is_whole):
        if is_text:
            raise DataError(
                f"The array “{name}” holds text, and numbers were expected.",
                "Set the task to classification.",
            )
        return ()
    if labels.ndim != 1:
        if task == "auto" and not is_text:
            return ()
        raise DataError(
            f"The array “{name}” has {labels.ndim} dimensions, and one class for each "
            f"sample was expected.",
            "Choose another array for the target, or the task regression.",
        )
    found, counts = np.unique(labels, return_counts=True)
    if not 2 <= len(found) <= MOST_ARRAY_CLASSES:
        raise DataError(
            f"The array “{name}” holds {len(found):,} different values; as classes, "
            f"2 to {MOST_ARRAY_CLASSES:,} are taken.",
            "Choose another array for the target, or the task regression.",
        )
    rarest = int(counts.argmin())
    if counts[rarest] < needed:
        raise DataError(
            f"The class “{class_word(found[rarest])}” of the array “{name}” has "
            f"{counts[rarest]} sample(s); at least {needed} are needed to train, watch "
            f"and test.",
            "Leave such samples out, or set the task to regression.",
        )
    return tuple(map(class_word, found))


def class_word(value: np.generic) -> str:
    """How a class is called: text as it is, numbers without a needless point."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
