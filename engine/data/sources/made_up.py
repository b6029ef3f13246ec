"""Made-up pictures of any size: for networks that are larger than any small data."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Count, Float, Int, Setting, Values
from engine.catalog.spec import TensorSpec
from engine.data.declaration import SPLIT, DataInfo, DataKind, Source
from engine.data.errors import DataError
from engine.data.parts import part_counts

LARGEST = 4_000_000_000
"""Numbers in all pictures together: 16 GB as float32."""
_SEED = Int(
    name="seed", default=0, minimum=0, help="The same seed gives the same data."
)


def _side(name: str, default: int) -> Int:
    return Int(
        name=name,
        default=default,
        minimum=1,
        maximum=4_096,
        unit="pixels",
        help=f"The {name} of each picture.",
    )


def _samples(default: int) -> Int:
    return Count(
        name="samples",
        default=default,
        minimum=10,
        maximum=1_000_000,
        help="How many pictures.",
    )


class PicturesMadeUp(Source):
    """Random patches with noise, one pattern for each class, of any size you need.

    Nobody photographed them: they let a network for large pictures be trained for a
    step or two without a download, and what it learns from them is worth nothing. Of
    more classes than pictures, some have none.
    """

    id = "pictures-made-up"
    title = "Made-up pictures"
    kind = DataKind.PICTURES
    licence = "Made by formula; nobody's data."
    settings: ClassVar[tuple[Setting, ...]] = (
        Int(
            name="channels",
            default=3,
            minimum=1,
            maximum=1_024,
            help="How many numbers each pixel has: 3 for red, green and blue.",
        ),
        _side("height", 224),
        _side("width", 224),
        Count(
            name="classes",
            default=10,
            minimum=2,
            maximum=100_000,
            help="How many kinds of pictures there are.",
        ),
        _samples(64),
        Float(
            name="noise",
            default=0.5,
            minimum=0.0,
            maximum=10.0,
            help="How far pixels stray from the pattern (standard deviation).",
        ),
        _SEED,
        *SPLIT,
    )
    module = "engine.data.made_up_pictures"
    function = "load_made_up_pictures"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        kinds = tuple(f"kind {number}" for number in range(1, values.classes + 1))
        image = TensorSpec((values.channels, values.height, values.width))
        _check_size(image, values.samples)
        return DataInfo(
            inputs={"image": image},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=kinds,
            target_classes={"label": kinds},
            counts=part_counts(values.samples, values.validation, values.test),
            note="Made-up pictures: they show that the network runs, no more.",
        )


class DiscsMadeUp(Source):
    """Grey pictures of bright discs under noise; the answer says where the discs are.

    One to three discs a picture, made by formula. The answer, a mask, has a number for
    each pixel: 1 on a disc, 0 beside it.
    """

    id = "discs-made-up"
    title = "Discs to outline"
    kind = DataKind.PICTURES
    licence = "Made by formula; nobody's data."
    settings: ClassVar[tuple[Setting, ...]] = (
        _side("height", 64),
        _side("width", 64),
        _samples(500),
        Float(
            name="noise",
            default=1.0,
            minimum=0.0,
            maximum=10.0,
            help="How strong the noise is (standard deviation); a disc is 1 brighter "
            "than the ground.",
        ),
        _SEED,
        *SPLIT,
    )
    module = "engine.data.made_up_pictures"
    function = "load_made_up_discs"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        image = TensorSpec((1, values.height, values.width))
        _check_size(image, values.samples)
        return DataInfo(
            inputs={"image": image},
            targets={"mask": image},
            task="regression",
            counts=part_counts(values.samples, values.validation, values.test),
        )


def _check_size(image: TensorSpec, samples: int) -> None:
    """Raises DataError where the pictures would not fit into memory."""
    total = image.numel * samples
    if total > LARGEST:
        raise DataError(
            f"{samples:,} pictures of {image.brief()} are {total:,} numbers, more "
            f"than memory holds ({LARGEST:,}).",
            "Take fewer samples or smaller pictures.",
        )
