"""What loaded data holds: how many of each class, between which values, what twice.

Plain figures and sentences for a panel to show. They read all of the data, so a window
asks for them on a thread of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.declaration import default_data_dir, refusal
from engine.data.errors import DataError
from engine.data.samples import Samples, Splits
from engine.data.source import source_of
from engine.data.streamed import Streamed
from engine.data.streamed_rows import StreamedRows
from engine.document import DataConfig

CHUNK_NUMBERS = 4_000_000
"""Numbers looked at in one go: 32 MB in double precision."""
STREAMED_LOOK = 512
"""How many samples that are read from disk are looked at for their range."""
NAMED = 10
"""How many duplicates are named; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRange:
    """Between which values one field of one part lies."""

    part: str
    """`train`, `validation` or `test`."""
    field: str
    is_target: bool
    minimum: float
    mean: float
    std: float
    maximum: float
    looked_at: int
    """How many samples were read: all, or some where they are read from disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Samples of one part whose inputs occur, bit for bit, in another part too."""

    count: int
    """How many samples of the second part occur in the first."""
    contradicting: int
    """How many of these have another answer than the one they equal."""
    first: tuple[tuple[int, int], ...]
    """The first ten: index in the first part, index in the second."""


def parts_by_name(splits: Splits) -> dict[str, Samples]:
    """The three parts by their names, in their order."""
    return {
        "train": splits.train,
        "validation": splits.validation,
        "test": splits.test,
    }


def class_counts(splits: Splits) -> dict[str, dict[str, int]]:
    """By part, how many samples each class of the first target has.

    Classes without a sample are there with 0; empty where there are no classes.
    """
    if not splits.classes:
        return {}
    counts = {}
    for name, part in parts_by_name(splits).items():
        labels = next(iter(part.targets.values())).flatten().cpu()
        found = torch.bincount(labels, minlength=len(splits.classes)).tolist()
        counts[name] = dict(zip(splits.classes, found, strict=True))
    return counts


def value_ranges(splits: Splits) -> list[ValueRange]:
    """The range of every field of every part; of targets that are classes none."""
    ranges = []
    for name, part in parts_by_name(splits).items():
        fields = [(field, False) for field in part.inputs]
        fields += [
            (field, True)
            for field, values in part.targets.items()
            if values.is_floating_point()
        ]
        for field, is_target in fields:
            indices = _looked_at(part, field, is_target)
            minimum, mean, std, maximum = _figures(part, field, is_target, indices)
            ranges.append(
                ValueRange(
                    part=name,
                    field=field,
                    is_target=is_target,
                    minimum=minimum,
                    mean=mean,
                    std=std,
                    maximum=maximum,
                    looked_at=len(indices),
                )
            )
    return ranges


def how_split(config: DataConfig, data_dir: Path | None = None) -> str:
    """How the three parts came about, in one sentence. Raises Refusal."""
    source = source_of(config)
    try:
        return source.how_split(
            source.values(config.settings), data_dir or default_data_dir()
        )
    except (DataError, OSError) as error:
        raise refusal(error) from error


def duplicates(first: Samples, second: Samples) -> Duplicates:
    """Which samples of `second` have inputs that occur in `first` too, bit for bit.

    What a network saw in training says nothing when it is asked again in the test.
    What is read from disk is compared as it stands there. Raises DataError where one
    of these cannot be read.
    """
    places: dict[bytes, int] = {}
    for index, digest in enumerate(_digests(first)):
        places.setdefault(digest, index)
    pairs = [
        (places[digest], index)
        for index, digest in enumerate(_digests(second))
        if digest in places
    ]
    return Duplicates(
        count=len(pairs),
        contradicting=sum(not _agree(first, second, *pair) for pair in pairs),
        first=tuple(pairs[:NAMED]),
    )


def _agree(first: Samples, second: Samples, one: int, other: int) -> bool:
    """Whether two samples have the same answers."""
    return all(
        torch.equal(values[one], second.targets[name][other])
        for name, values in first.targets.items()
    )


def _digests(part: Samples) -> Iterator[bytes]:
    """A digest of the inputs of each sample."""
    chunks = zip(*(_field_bytes(part, name) for name in part.inputs), strict=True)
    for pieces in chunks:
        digest = hashlib.blake2b(digest_size=16)
        for piece in pieces:
            digest.update(piece)
        yield digest.digest()


def _field_bytes(part: Samples, name: str) -> Iterator[bytes]:
    """The bytes of one input of each sample; of what is in files, those of a file."""
    field = part.inputs[name]
    if isinstance(field, Streamed) and not isinstance(field, StreamedRows):
        for index in range(len(field)):
            yield field.sample_bytes(index)
    else:
        for indices in _chunks(part, name, False, np.arange(len(part))):
            for row in field[torch.from_numpy(indices)].cpu().numpy():
                yield row.tobytes()


def _looked_at(part: Samples, field: str, is_target: bool) -> NDArray[np.int64]:
    """The samples to find a range in: all, or some at even distances."""
    streamed = not is_target and isinstance(part.inputs[field], Streamed)
    if not streamed or len(part) <= STREAMED_LOOK:
        return np.arange(len(part))
    return np.linspace(0, len(part) - 1, STREAMED_LOOK).astype(np.int64)


def _chunks(
    part: Samples, field: str, is_target: bool, indices: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """The `indices` in pieces that need little memory."""
    shape = (part.targets if is_target else part.inputs)[field].shape
    rows = max(1, CHUNK_NUMBERS // max(1, shape[1:].numel()))
    for start in range(0, len(indices), rows):
        yield indices[start : start + rows]


def _figures(
    part: Samples, field: str, is_target: bool, indices: NDArray[np.int64]
) -> tuple[float, float, float, float]:
    """Least value, mean, standard deviation, greatest value.

    The figures of pieces are put together after Chan, Golub and LeVeque, "Updating
    Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979), equation
    2.1: exact where large values lie close together.
    """
    minimum, maximum = np.inf, -np.inf
    count, mean, squares = 0, 0.0, 0.0
    values = (part.targets if is_target else part.inputs)[field]
    for chosen in _chunks(part, field, is_target, indices):
        piece = values[torch.from_numpy(chosen)].cpu().numpy().astype(np.float64)
        minimum = min(minimum, float(piece.min()))
        maximum = max(maximum, float(piece.max()))
        apart = float(piece.mean()) - mean
        total = count + piece.size
        squares += float(piece.var()) * piece.size
        squares += apart * apart * count * piece.size / total
        mean += apart * piece.size / total
        count = total
    return minimum, mean, float(np.sqrt(squares / count)), maximum
