"""Images: the embedded digits, MNIST, CIFAR-10."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Bool, Choice, Int, Setting, Values
from engine.catalog.spec import TensorSpec
from engine.data.declaration import SPLIT, SPLIT_SEED, VALIDATION, DataInfo, Source
from engine.data.parts import part_counts, part_sizes

TEN = tuple("0123456789")
CIFAR10_NAMES = tuple(
    "airplane automobile bird cat deer dog frog horse ship truck".split()
)
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
    title = "Small digits, to be rebuilt"
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
    settings: ClassVar[tuple[Setting, ...]] = SPLIT
    function = "load_halved_digits"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return self._info(
            values,
            {"left": TensorSpec((1, 8, 4)), "right": TensorSpec((1, 8, 4))},
            {"digit": TensorSpec((), "int64"), "parity": TensorSpec((), "int64")},
            {"digit": TEN, "parity": ("even", "odd")},
        )


class Mnist(Source):
    """70,000 handwritten digits of 28 × 28 grey pixels, scaled to -1 ... 1.

    To be given back as they came, they are scaled to 0 ... 1, as a Sigmoid's answers.
    Read from the four published files, in the data folder under `mnist` or
    `MNIST/raw`; downloaded once (11 MB) when they are not there. The published 10,000
    test images are the test part.
    """

    id = "mnist"
    title = "MNIST digits"
    licence = "Y. LeCun, C. Cortes, C. J. C. Burges, 1998; CC BY-SA 3.0."
    settings: ClassVar[tuple[Setting, ...]] = (
        Choice(
            name="task",
            default="classification",
            options=("classification", "reconstruction"),
            help="Tell the digits apart, or give each image back as it came.",
        ),
        FLATTEN,
        Int(
            name="margin",
            default=0,
            minimum=0,
            maximum=100,
            unit="pixels",
            advanced=True,
            help="How many black pixels are put around; 2 makes 32 × 32, which LeNet-5 "
            "reads.",
        ),
        VALIDATION,
        SPLIT_SEED,
    )
    module = "engine.data.mnist"
    function = "load_mnist"
    needs_data_dir = True
    downloads = True

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        side = 28 + 2 * values.margin
        image = TensorSpec((side * side,) if values.flatten else (1, side, side))
        classify = values.task == "classification"
        train, validation, _ = part_sizes(60_000, values.validation, 0.0)
        there = any(
            (data_dir / folder / name).is_file()
            for folder in ("mnist", "MNIST/raw")
            for name in ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte")
        )
        return DataInfo(
            inputs={"image": image},
            targets={"digit": TensorSpec((), "int64")}
            if classify
            else {"image": image},
            task=values.task,
            classes=TEN if classify else (),
            target_classes={"digit": TEN} if classify else {},
            counts={"train": train, "validation": validation, "test": 10_000},
            note="" if there else "11 MB will be downloaded when training starts.",
        )


class Cifar10(Source):
    """60,000 colour pictures of 32 × 32 pixels in ten classes, scaled to -1 ... 1.

    Read from the binary version in the data folder (`cifar-10-batches-bin` or
    `cifar-10-binary.tar.gz`); downloaded once (170 MB) when it is not there. A part
    of it as picture tiles in `cifar10-tiles` is read too. The published 10,000 test
    pictures are the test part.
    """

    id = "cifar10"
    title = "CIFAR-10 pictures"
    licence = "A. Krizhevsky, Learning Multiple Layers of Features, 2009; free to use."
    settings: ClassVar[tuple[Setting, ...]] = (VALIDATION, SPLIT_SEED)
    module = "engine.data.cifar10"
    function = "load_cifar10"
    needs_data_dir = True
    downloads = True

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        whole = any(
            (data_dir / name).exists()
            for name in ("cifar-10-batches-bin", "cifar-10-binary.tar.gz")
        )
        tiles = (data_dir / "cifar10-tiles").is_dir() and not whole
        note = "" if whole else "170 MB will be downloaded when training starts."
        train, validation, _ = part_sizes(50_000, values.validation, 0.0)
        counts = {"train": train, "validation": validation, "test": 10_000}
        return DataInfo(
            inputs={"image": TensorSpec((3, 32, 32))},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=CIFAR10_NAMES,
            target_classes={"label": CIFAR10_NAMES},
            counts=None if tiles else counts,
            note="A part of CIFAR-10, from picture tiles." if tiles else note,
        )


def _small(flatten: bool) -> TensorSpec:
    return TensorSpec((64,) if flatten else (1, 8, 8))
