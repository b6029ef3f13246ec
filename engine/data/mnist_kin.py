"""Fashion-MNIST and KMNIST: made to take MNIST's place, in the same form."""

from __future__ import annotations

from pathlib import Path

from engine.data.download import Progress
from engine.data.idx import IdxSet, idx_splits
from engine.data.samples import Splits

FASHION_MNIST = IdxSet(
    name="Fashion-MNIST",
    url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    checksums=(
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
    folders=("fashion-mnist", "FashionMNIST/raw"),
    target="label",
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
)
"""Address and MD5 as torchvision lists them."""
KMNIST = IdxSet(
    name="KMNIST",
    url="http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    checksums=(
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134",
    ),
    folders=("kmnist", "KMNIST/raw"),
    target="label",
    classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
)
"""Address and MD5 as torchvision lists them."""


def load_fashion_mnist(
    data_dir: Path,
    *,
    task: str,
    flatten: bool,
    margin: int,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """Fashion-MNIST with its published test part (see `idx_splits`)."""
    return idx_splits(
        data_dir,
        FASHION_MNIST,
        task=task,
        flatten=flatten,
        margin=margin,
        validation=validation,
        split_seed=split_seed,
        progress=progress,
    )


def load_kmnist(
    data_dir: Path,
    *,
    task: str,
    flatten: bool,
    margin: int,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """KMNIST with its published test part (see `idx_splits`)."""
    return idx_splits(
        data_dir,
        KMNIST,
        task=task,
        flatten=flatten,
        margin=margin,
        validation=validation,
        split_seed=split_seed,
        progress=progress,
    )
