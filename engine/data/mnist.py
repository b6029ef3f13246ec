"""MNIST: 70,000 handwritten digits of 28 by 28 pixels, from the published files."""

from __future__ import annotations

from pathlib import Path

from engine.data.download import Progress
from engine.data.idx import IdxSet, idx_splits
from engine.data.samples import Splits

MNIST_DIGITS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
MNIST = IdxSet(
    name="MNIST",
    url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    checksums=(
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    folders=("mnist", "MNIST/raw"),
    target="digit",
    classes=MNIST_DIGITS,
)
"""Address and MD5 as torchvision lists them, which keeps the files in `MNIST/raw`."""


def load_mnist(
    data_dir: Path,
    *,
    task: str,
    flatten: bool,
    margin: int,
    validation: float,
    split_seed: int,
    progress: Progress | None = None,
) -> Splits:
    """MNIST with its published test part (see `idx_splits`)."""
    return idx_splits(
        data_dir,
        MNIST,
        task=task,
        flatten=flatten,
        margin=margin,
        validation=validation,
        split_seed=split_seed,
        progress=progress,
    )
