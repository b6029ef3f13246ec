"""CIFAR-100: 60,000 colour pictures of 32 by 32 pixels in a hundred classes."""

from __future__ import annotations

from pathlib import Path

from engine.data.cifar_files import CifarSet, read_cifar
from engine.data.class_names import CIFAR100_COARSE, CIFAR100_FINE
from engine.data.download import Progress
from engine.data.published_pictures import published_splits
from engine.data.samples import Splits

CIFAR100 = CifarSet(
    name="CIFAR-100",
    url="https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
    md5="03b5dce01913d631647c71ecec9e9cb8",
    archive="cifar-100-binary.tar.gz",
    folder="cifar-100-binary",
    train=("train.bin",),
    test=("test.bin",),
    label_bytes=2,
)
"""Address and MD5 as its page lists them: https://www.cs.toronto.edu/~kriz/cifar.html."""


def load_cifar100(
    data_dir: Path,
    *,
    labels: str,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """CIFAR-100 with its published test part; validation is split off training.

    Pictures are float32 from -1 to 1, (N, 3, 32, 32). `labels` is `fine` for a hundred
    classes, `coarse` for the twenty kinds of these.
    """
    coarse = labels == "coarse"
    training, testing = read_cifar(data_dir, CIFAR100, 0 if coarse else 1, progress)
    classes = CIFAR100_COARSE if coarse else CIFAR100_FINE
    return published_splits(
        CIFAR100.name, training, testing, classes, validation, split_seed
    )
