"""Published images, read from their files or downloaded: MNIST and others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Choice, Int, Setting, Values
from engine.catalog.spec import TensorSpec
from engine.data.class_names import CIFAR100_COARSE, CIFAR100_FINE, STL10_CLASSES
from engine.data.declaration import SPLIT_SEED, VALIDATION, DataInfo, DataKind, Source
from engine.data.parts import part_sizes
from engine.data.sources.images import FLATTEN, TEN

CIFAR10_NAMES = tuple(
    "airplane automobile bird cat deer dog frog horse ship truck".split()
)
FASHION = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt"),
    *("Sneaker", "Bag", "Ankle boot"),
)
KANA = tuple("o ki su tsu na ha ma ya re wo".split())


class _Published(Source):
    """Images with a published test part."""

    settings: ClassVar[tuple[Setting, ...]] = (VALIDATION, SPLIT_SEED)
    needs_data_dir = True
    downloads = True
    places: ClassVar[tuple[str, ...]] = ()
    """Files and folders in the data folder; one of them is enough."""
    size: ClassVar[str] = ""
    """How much is downloaded."""
    published: ClassVar[tuple[int, int]] = (0, 0)
    """How many images to learn from and to test with."""

    def _counts(self, values: Values) -> dict[str, int]:
        train, validation, _ = part_sizes(self.published[0], values.validation, 0.0)
        return {
            "train": train,
            "validation": validation,
            "test": self.published[1],
        }

    def _note(self, data_dir: Path) -> str:
        there = any((data_dir / place).exists() for place in self.places)
        return "" if there else f"{self.size} will be downloaded when training starts."

    def _pictures(
        self, values: Values, data_dir: Path, side: int, classes: tuple[str, ...]
    ) -> DataInfo:
        return DataInfo(
            inputs={"image": TensorSpec((3, side, side))},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=classes,
            target_classes={"label": classes},
            counts=self._counts(values),
            note=self._note(data_dir),
        )


def _idx_places(*folders: str) -> tuple[str, ...]:
    name = "train-images-idx3-ubyte"
    return tuple(f"{folder}/{name}{end}" for folder in folders for end in (".gz", ""))


class _MnistForm(_Published):
    """Grey images of 28 × 28 in MNIST's form."""

    settings: ClassVar[tuple[Setting, ...]] = (
        Choice(
            name="task",
            default="classification",
            options=("classification", "reconstruction"),
            help="Tell the classes apart, or give each image back as it came.",
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
    published = (60_000, 10_000)
    target: ClassVar[str] = "label"
    names: ClassVar[tuple[str, ...]] = ()

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        side = 28 + 2 * values.margin
        image = TensorSpec((side * side,) if values.flatten else (1, side, side))
        classify = values.task == "classification"
        return DataInfo(
            inputs={"image": image},
            targets={self.target: TensorSpec((), "int64")}
            if classify
            else {"image": image},
            task=values.task,
            classes=self.names if classify else (),
            target_classes={self.target: self.names} if classify else {},
            counts=self._counts(values),
            note=self._note(data_dir),
        )


class Mnist(_MnistForm):
    """70,000 handwritten digits of 28 × 28 grey pixels, scaled to -1 ... 1.

    To be given back as they came, they are scaled to 0 ... 1, as a Sigmoid's answers.
    Read from the four published files, in the data folder under `mnist` or
    `MNIST/raw`; downloaded once (11 MB) when they are not there. The published 10,000
    test images are the test part.
    """

    id = "mnist"
    title = "MNIST digits"
    kind = DataKind.PICTURES
    licence = "Y. LeCun, C. Cortes, C. J. C. Burges, 1998; CC BY-SA 3.0."
    module = "engine.data.mnist"
    function = "load_mnist"
    places = _idx_places("mnist", "MNIST/raw")
    size = "11 MB"
    target = "digit"
    names = TEN


class FashionMnist(_MnistForm):
    """70,000 grey pictures of clothes, 28 × 28 pixels, scaled to -1 ... 1.

    In MNIST's form and harder than it. Read from the four published files, in the data
    folder under `fashion-mnist` or `FashionMNIST/raw`; downloaded once (30 MB) when
    they are not there. The published 10,000 test images are the test part.
    """

    id = "fashion-mnist"
    title = "Fashion-MNIST"
    kind = DataKind.PICTURES
    licence = "H. Xiao, K. Rasul, R. Vollgraf (Zalando), 2017; MIT."
    module = "engine.data.mnist_kin"
    function = "load_fashion_mnist"
    places = _idx_places("fashion-mnist", "FashionMNIST/raw")
    size = "30 MB"
    names = FASHION


class Kmnist(_MnistForm):
    """70,000 handwritten hiragana of ten kinds, 28 × 28 grey pixels, from -1 to 1.

    In MNIST's form, from old Japanese books. Read from the four published files, in
    the data folder under `kmnist` or `KMNIST/raw`; downloaded once (21 MB) when they
    are not there. The published 10,000 test images are the test part.
    """

    id = "kmnist"
    title = "KMNIST characters"
    kind = DataKind.PICTURES
    licence = "T. Clanuwat et al. (CODH, NIJL), 2018; CC BY-SA 4.0."
    module = "engine.data.mnist_kin"
    function = "load_kmnist"
    places = _idx_places("kmnist", "KMNIST/raw")
    size = "21 MB"
    names = KANA


class Cifar10(_Published):
    """60,000 colour pictures of 32 × 32 pixels in ten classes, scaled to -1 ... 1.

    Read from the binary version in the data folder (`cifar-10-batches-bin` or
    `cifar-10-binary.tar.gz`); downloaded once (170 MB) when it is not there. A part
    of it as picture tiles in `cifar10-tiles` is read too. The published 10,000 test
    pictures are the test part.
    """

    id = "cifar10"
    title = "CIFAR-10 pictures"
    kind = DataKind.PICTURES
    licence = "A. Krizhevsky, Learning Multiple Layers of Features, 2009; free to use."
    module = "engine.data.cifar10"
    function = "load_cifar10"
    places = ("cifar-10-batches-bin", "cifar-10-binary.tar.gz")
    size = "170 MB"
    published = (50_000, 10_000)

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        info = self._pictures(values, data_dir, 32, CIFAR10_NAMES)
        if info.note and (data_dir / "cifar10-tiles").is_dir():
            note = "A part of CIFAR-10, from picture tiles."
            return replace(info, counts=None, note=note)
        return info


class Cifar100(_Published):
    """60,000 colour pictures of 32 × 32 pixels in a hundred classes, from -1 to 1.

    Read from the binary version in the data folder (`cifar-100-binary` or
    `cifar-100-binary.tar.gz`); downloaded once (169 MB) when it is not there. The
    published 10,000 test pictures are the test part.
    """

    id = "cifar100"
    title = "CIFAR-100 pictures"
    kind = DataKind.PICTURES
    licence = "A. Krizhevsky, Learning Multiple Layers of Features, 2009; free to use."
    settings: ClassVar[tuple[Setting, ...]] = (
        Choice(
            name="labels",
            default="fine",
            options=("fine", "coarse"),
            help="A hundred classes, or the twenty kinds that these are of.",
        ),
        VALIDATION,
        SPLIT_SEED,
    )
    module = "engine.data.cifar100"
    function = "load_cifar100"
    places = ("cifar-100-binary", "cifar-100-binary.tar.gz")
    size = "169 MB"
    published = (50_000, 10_000)

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        fine = values.labels == "fine"
        classes = CIFAR100_FINE if fine else CIFAR100_COARSE
        return self._pictures(values, data_dir, 32, classes)


class Svhn(_Published):
    """99,289 photographs of house numbers, 32 × 32 pixels around a digit, -1 ... 1.

    Read from `train_32x32.mat` and `test_32x32.mat`, in the data folder or under `svhn`
    in it; downloaded once (246 MB) when they are not there. The published 26,032 test
    pictures are the test part.
    """

    id = "svhn"
    title = "SVHN house digits"
    kind = DataKind.PICTURES
    licence = (
        "Y. Netzer et al., Reading Digits in Natural Images, 2011; for non-commercial "
        "use."
    )
    module = "engine.data.svhn"
    function = "load_svhn"
    places = ("svhn/train_32x32.mat", "SVHN/train_32x32.mat", "train_32x32.mat")
    size = "246 MB"
    published = (73_257, 26_032)

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return self._pictures(values, data_dir, 32, TEN)


class Stl10(_Published):
    """13,000 colour pictures of 96 × 96 pixels in ten classes, scaled to -1 ... 1.

    5,000 to learn from and the published 8,000 to test with; the 100,000 without a
    label are not used. Read from `stl10_binary` or `stl10_binary.tar.gz` in the data
    folder; downloaded once (2.6 GB) when it is not there. Needs 1.5 GB of memory.
    """

    id = "stl10"
    title = "STL-10 pictures"
    kind = DataKind.PICTURES
    licence = "A. Coates, H. Lee, A. Y. Ng, 2011; pictures from ImageNet, for research."
    module = "engine.data.stl10"
    function = "load_stl10"
    places = ("stl10_binary", "stl10_binary.tar.gz")
    size = "2.6 GB"
    published = (5_000, 8_000)

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return self._pictures(values, data_dir, 96, STL10_CLASSES)
