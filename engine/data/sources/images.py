"""Images that need no download: the digits that come with scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Bool, Setting, Values
from engine.catalog.spec import TensorSpec
from engine.data.declaration import SPLIT, DataInfo, DataKind, Source
from engine.data.parts import part_counts

TEN = tuple("0123456789")
FLATTEN = Bool(
    name="flatten",
    default=False,
    help="Give each image as one vector, row after row.",
)


class _Digits(Source):
    """Scikit-learn's digits."""

    licence = (
        "E. Alpaydin and C. Kaynak, 1998; comes with scikit-learn; free to use "
        "(CC BY 4.0, UCI)."
    )
    module = "engine.data.digits"

    def _info(
        self,
        values: Values,
        inputs: dict[str, TensorSpec],
        targets: dict[str, TensorSpec],
        target_classes: dict[str, tuple[str, ...]],
    ) -> DataInfo:
        return DataInfo(
            inputs=inputs,
            targets=targets,
            task="classification" if target_classes else "reconstruction",
            classes=next(iter(target_classes.values()), ()),
            target_classes=target_classes,
            counts=part_counts(1797, values.validation, values.test),
        )


class Digits(_Digits):
    """1,797 real handwritten digits of 8 × 8 grey pixels, from 0 to 1.

    They come with scikit-learn, so nothing is downloaded; a small network learns them
    in seconds.
    """

    id = "digits"
    title = "Small digits"
    kind = DataKind.PICTURES
    settings: ClassVar[tuple[Setting, ...]] = (FLATTEN, *SPLIT)
    function = "load_small_digits"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return self._info(
            values,
            {"image": _small(values.flatten)},
            {"digit": TensorSpec((), "int64")},
            {"digit": TEN},
        )


class DigitsReconstruction(_Digits):
    """The small digits, each to be given back as it came: for autoencoders."""

    id = "digits-reconstruction"
    title = "Digits to rebuild"
    kind = DataKind.PICTURES
    settings: ClassVar[tuple[Setting, ...]] = (FLATTEN, *SPLIT)
    function = "load_digits_to_rebuild"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        spec = _small(values.flatten)
        return self._info(values, {"image": spec}, {"image": spec}, {})


class DigitsHalves(_Digits):
    """Each small digit as two inputs, its left and its right half, with two answers.

    The answers are the digit and whether it is even or odd: data for networks with
    several inputs and several outputs.
    """

    id = "digits-halves"
    title = "Halved digits"
    kind = DataKind.PICTURES
    settings: ClassVar[tuple[Setting, ...]] = SPLIT
    function = "load_halved_digits"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return self._info(
            values,
            {"left": TensorSpec((1, 8, 4)), "right": TensorSpec((1, 8, 4))},
            {"digit": TensorSpec((), "int64"), "parity": TensorSpec((), "int64")},
            {"digit": TEN, "parity": ("even", "odd")},
        )


def _small(flatten: bool) -> TensorSpec:
    return TensorSpec((64,) if flatten else (1, 8, 8))
