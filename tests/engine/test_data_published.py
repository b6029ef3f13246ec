"""Fashion-MNIST, KMNIST, CIFAR-100, SVHN, STL-10: read as they are published."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.io import savemat

import engine.data.mnist_kin
import engine.data.stl10
import engine.data.svhn
from engine.data.cifar100 import CIFAR100
from engine.data.class_names import CIFAR100_COARSE, CIFAR100_FINE, STL10_CLASSES
from engine.data.samples import Splits
from engine.data.source import SOURCES, describe, load
from engine.document import DataConfig
from engine.problems import Refusal
from tests.engine.data_files import (
    idx,
    write_cifar,
    write_idx_set,
    write_stl10,
    write_svhn,
)


def config(source: str, **settings: Any) -> DataConfig:
    return DataConfig(source=source, settings=settings)


def bytes_back(splits: Splits) -> torch.Tensor:
    """The test pictures as the bytes they were."""
    return ((splits.test.inputs["image"] * 0.5 + 0.5) * 255).round().byte()


def test_a_person_meets_the_images_from_easy_to_hard() -> None:
    wanted = ["digits", "mnist", "fashion-mnist", "kmnist", "cifar10", "cifar100"]
    wanted += ["svhn", "stl10", "image-folder"]
    assert [name for name in SOURCES if name in wanted] == wanted


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        ("fashion-mnist", "fashion-mnist"),
        ("fashion-mnist", "FashionMNIST/raw"),
        ("kmnist", "kmnist"),
        ("kmnist", "KMNIST/raw"),
    ],
)
def test_sets_in_the_form_of_mnist(source: str, folder: str, tmp_path: Path) -> None:
    images = write_idx_set(tmp_path / folder, packed=folder.endswith("raw"))
    splits = load(config(source), tmp_path)
    assert torch.equal(bytes_back(splits)[:, 0], torch.tensor(images[:10]))
    assert splits.test.targets["label"].tolist() == list(range(10))
    info = describe(config(source), tmp_path)
    assert info.note == ""
    assert info.classes == splits.classes


def test_their_addresses_are_those_that_torchvision_lists() -> None:
    from torchvision import datasets

    for ours, theirs in (
        (engine.data.mnist_kin.FASHION_MNIST, datasets.FashionMNIST),
        (engine.data.mnist_kin.KMNIST, datasets.KMNIST),
    ):
        assert ours.url in theirs.mirrors
        assert ours.checksums == tuple(md5 for _, md5 in theirs.resources)
        assert ours.classes == tuple(theirs.classes)
    assert (
        "http://ufldl.stanford.edu/housenumbers/",
        {
            name: md5
            for part, (_, name, md5) in datasets.SVHN.split_list.items()
            if part != "extra"
        },
    ) == (engine.data.svhn.SVHN_URL, engine.data.svhn.SVHN_FILES)
    assert datasets.STL10.url == engine.data.stl10.STL10_URL
    assert datasets.STL10.tgz_md5 == engine.data.stl10.STL10_MD5


def test_a_set_that_is_not_there_says_which_files_go_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offline = replace(engine.data.mnist_kin.KMNIST, url="http://127.0.0.1:9/")
    monkeypatch.setattr(engine.data.mnist_kin, "KMNIST", offline)
    assert describe(config("kmnist"), tmp_path).note == (
        "21 MB will be downloaded when training starts."
    )
    with pytest.raises(Refusal) as caught:
        load(config("kmnist"), tmp_path)
    assert caught.value.problem.remedy.startswith("Put the four KMNIST files (train-")


def test_a_label_beyond_the_classes_is_refused(tmp_path: Path) -> None:
    write_idx_set(tmp_path / "kmnist", packed=False)
    path = tmp_path / "kmnist" / "t10k-labels-idx1-ubyte"
    path.write_bytes(idx(np.full(10, 12, np.uint8)))
    with pytest.raises(Refusal) as caught:
        load(config("kmnist"), tmp_path)
    assert str(caught.value) == (
        "KMNIST has the label 12, and only the labels 0 to 9 are classes. Put the four "
        "published files there."
    )


@pytest.mark.parametrize("packed", [True, False])
def test_cifar100_has_fine_and_coarse_classes(packed: bool, tmp_path: Path) -> None:
    folder = tmp_path / CIFAR100.folder
    pictures = write_cifar(folder, CIFAR100, per_file=40)
    if packed:
        with tarfile.open(tmp_path / CIFAR100.archive, "w:gz") as archive:
            archive.add(folder, CIFAR100.folder)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    fine = load(config("cifar100"), tmp_path)
    assert torch.equal(bytes_back(fine), torch.tensor(pictures))
    assert fine.test.targets["label"].tolist() == list(range(40))
    coarse = load(config("cifar100", labels="coarse"), tmp_path)
    assert coarse.test.targets["label"].tolist() == [n // 2 for n in range(40)]
    assert (len(fine.classes), len(coarse.classes)) == (100, 20)
    info = describe(config("cifar100", labels="coarse"), tmp_path)
    assert info.classes == coarse.classes == CIFAR100_COARSE
    assert list(CIFAR100_FINE) == sorted(set(CIFAR100_FINE))


def test_a_damaged_cifar100_is_refused(tmp_path: Path) -> None:
    write_cifar(tmp_path / CIFAR100.folder, CIFAR100)
    path = tmp_path / CIFAR100.folder / "train.bin"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(Refusal) as caught:
        load(config("cifar100"), tmp_path)
    assert caught.value.problem.message == (
        "train.bin of CIFAR-100 is damaged: 61,481 bytes are not a whole number of "
        "pictures of 3,074 bytes."
    )


@pytest.mark.parametrize("folder", ["svhn", "SVHN", "."])
def test_svhn_is_read_from_matlab_files(folder: str, tmp_path: Path) -> None:
    pictures = write_svhn(tmp_path / folder)
    splits = load(config("svhn"), tmp_path)
    assert torch.equal(bytes_back(splits), torch.tensor(pictures))
    # A 10 in the file is the digit 0.
    assert splits.test.targets["label"][:11].tolist() == [*range(1, 10), 0, 1]
    assert describe(config("svhn"), tmp_path).note == ""


def test_a_damaged_svhn_is_refused(tmp_path: Path) -> None:
    write_svhn(tmp_path)
    path = tmp_path / "train_32x32.mat"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(Refusal) as caught:
        load(config("svhn"), tmp_path)
    assert caught.value.problem.message.startswith(
        f"{path} cannot be read as SVHN's MATLAB file: it is cut off or damaged ("
    )
    savemat(path, {"X": np.zeros((32, 32, 3, 4), np.uint8), "y": np.ones((5, 1))})
    with pytest.raises(Refusal) as caught:
        load(config("svhn"), tmp_path)
    assert caught.value.problem.message == (
        f"{path} holds pictures of the shape (32, 32, 3, 4) for 5 labels; "
        f"(32, 32, 3, 5) was expected."
    )


@pytest.mark.parametrize("packed", [True, False])
def test_stl10_stands_upright(packed: bool, tmp_path: Path) -> None:
    folder = tmp_path / "stl10_binary"
    pictures = write_stl10(folder)
    if packed:
        with tarfile.open(tmp_path / "stl10_binary.tar.gz", "w:gz") as archive:
            archive.add(folder, "stl10_binary")
        for path in folder.iterdir():
            path.unlink()
    splits = load(config("stl10"), tmp_path)
    assert torch.equal(bytes_back(splits), torch.tensor(pictures))
    assert splits.test.targets["label"].tolist() == [*range(10), *range(10)]
    assert splits.classes == STL10_CLASSES
    assert sorted(path.name for path in folder.iterdir()) == [
        *("test_X.bin", "test_y.bin", "train_X.bin", "train_y.bin")
    ]


def test_a_damaged_stl10_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "stl10_binary"
    write_stl10(folder)
    path = folder / "test_y.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refusal) as caught:
        load(config("stl10"), tmp_path)
    assert str(caught.value) == (
        f"{folder / 'test'}_X.bin holds 552,960 bytes for 19 labels; 525,312 were "
        f"expected. Delete {folder} and try again."
    )
    path.write_bytes(bytes([11] * 20))
    with pytest.raises(Refusal) as caught:
        load(config("stl10"), tmp_path)
    assert str(caught.value) == (
        "STL-10 has labels from 10 to 10, and only 0 to 9 are classes. Put the "
        "published files there."
    )
    path.unlink()
    with tarfile.open(tmp_path / "stl10_binary.tar.gz", "w:gz") as archive:
        archive.add(folder / "train_y.bin", "stl10_binary/train_y.bin")
    with pytest.raises(Refusal, match=r"does not hold test_X\.bin, test_y\.bin, tr"):
        load(config("stl10"), tmp_path)
    (tmp_path / "stl10_binary.tar.gz").write_bytes(b"no archive")
    with pytest.raises(Refusal, match="cannot be unpacked: it is cut off or damaged"):
        load(config("stl10"), tmp_path)
