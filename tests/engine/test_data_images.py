"""MNIST and CIFAR-10: read as torchvision reads them, and refused when damaged."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import engine.data.mnist
from engine.data.cifar10 import CIFAR10 as CIFAR10_SET
from engine.data.mnist import MNIST as MNIST_SET
from engine.data.source import describe, load
from engine.document import DataConfig
from engine.problems import Refusal
from tests.engine.data_files import idx, write_cifar, write_idx_set

MNIST = DataConfig(source="mnist")
CIFAR10 = DataConfig(source="cifar10")


def test_mnist_is_bit_for_bit_what_torchvision_gives(data_dir: Path) -> None:
    from torchvision import transforms

    seed_transform = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]
    )
    splits = load(MNIST, data_dir)
    raw = gzip.decompress((data_dir / "mnist/t10k-images-idx3-ubyte.gz").read_bytes())
    images = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28)
    wanted = torch.stack(
        [seed_transform(Image.fromarray(image)) for image in images[:200]]
    )
    assert torch.equal(splits.test.inputs["image"][:200], wanted)
    # The first test image is a seven; the counts are the published ones.
    assert int(splits.test.targets["digit"][0]) == 7
    assert splits.test.targets["digit"].bincount().tolist() == [
        *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
    ]
    ones = splits.train.targets["digit"].bincount()[1]
    assert int(ones) == pytest.approx(6742 * 0.9, abs=1)


@pytest.mark.parametrize("folder", ["mnist", "MNIST/raw"])
@pytest.mark.parametrize("packed", [True, False])
def test_mnist_is_found_where_it_may_be(
    folder: str, packed: bool, tmp_path: Path
) -> None:
    images = write_idx_set(tmp_path / folder, packed=packed)
    splits = load(MNIST, tmp_path)
    assert [len(part) for part in (splits.train, splits.validation)] == [36, 4]
    back = (splits.test.inputs["image"] * 0.5 + 0.5) * 255
    assert torch.equal(back.round().byte()[:, 0], torch.tensor(images[:10]))
    assert describe(MNIST, tmp_path).note == ""


def test_a_margin_is_black_and_the_digit_stays_in_the_middle(tmp_path: Path) -> None:
    images = write_idx_set(tmp_path / "mnist")
    config = DataConfig(source="mnist", settings={"margin": 2})
    read = load(config, tmp_path).test.inputs["image"]
    assert read.shape == (10, 1, 32, 32)
    assert describe(config, tmp_path).inputs["image"].shape == (1, 32, 32)
    back = ((read * 0.5 + 0.5) * 255).round().byte()[:, 0]
    assert torch.equal(back[:, 2:-2, 2:-2], torch.tensor(images[:10]))
    assert int(back.sum()) == int(images[:10].sum())


def test_a_missing_mnist_without_network_says_which_files_go_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offline = replace(MNIST_SET, url="http://127.0.0.1:9/")
    monkeypatch.setattr(engine.data.mnist, "MNIST", offline)
    assert describe(MNIST, tmp_path).note == (
        "11 MB will be downloaded when training starts."
    )
    with pytest.raises(Refusal) as caught:
        load(MNIST, tmp_path)
    assert caught.value.problem.message.startswith(
        "train-images-idx3-ubyte.gz is not there, and it cannot be downloaded from "
        "http://127.0.0.1:9/train-images-idx3-ubyte.gz ("
    )
    assert caught.value.problem.remedy == (
        "Put the four MNIST files (train-images-idx3-ubyte.gz, "
        "train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, "
        f"t10k-labels-idx1-ubyte.gz) into {tmp_path / 'mnist'}, or connect to the "
        "internet and try again."
    )


def test_a_cut_off_gz_is_refused(tmp_path: Path) -> None:
    write_idx_set(tmp_path / "mnist")
    path = tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Refusal) as caught:
        load(MNIST, tmp_path)
    assert str(caught.value) == (
        f"{path} cannot be unpacked: it is cut off or damaged (Compressed file ended "
        f"before the end-of-stream marker was reached). Delete it and try again, so "
        f"that it is downloaded."
    )


def test_a_short_and_a_foreign_idx_file_are_refused(tmp_path: Path) -> None:
    write_idx_set(tmp_path / "mnist", packed=False)
    path = tmp_path / "mnist" / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refusal, match="holds 47 bytes, and its header announces 48"):
        load(MNIST, tmp_path)
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(Refusal, match="is not the published MNIST file"):
        load(MNIST, tmp_path)
    path.write_bytes(idx(np.zeros(39, np.uint8)))
    with pytest.raises(Refusal) as caught:
        load(MNIST, tmp_path)
    assert str(caught.value) == (
        "MNIST has 40 + 10 images but 39 + 10 labels. The files do not belong "
        "together: put the four published ones there."
    )


@pytest.mark.parametrize("packed", [True, False])
def test_cifar10_is_read_from_the_binary_version(packed: bool, tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-bin"
    pictures = write_cifar(folder, CIFAR10_SET)
    if packed:
        with tarfile.open(tmp_path / "cifar-10-binary.tar.gz", "w:gz") as archive:
            archive.add(folder, "cifar-10-batches-bin")
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    splits = load(CIFAR10, tmp_path)
    assert [len(part) for part in (splits.train, splits.validation)] == [90, 10]
    back = (splits.test.inputs["image"] * 0.5 + 0.5) * 255
    assert torch.equal(back.round().byte(), torch.tensor(pictures))
    assert splits.validation.targets["label"].bincount().tolist() == [1] * 10
    assert splits.train.inputs["image"].is_contiguous()


def test_a_damaged_cifar10_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-bin"
    write_cifar(folder, CIFAR10_SET)
    path = folder / "data_batch_3.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refusal) as caught:
        load(CIFAR10, tmp_path)
    assert caught.value.problem.message == (
        "data_batch_3.bin of CIFAR-10 is damaged: 61,459 bytes are not a whole number "
        "of pictures of 3,073 bytes."
    )
    path.unlink()
    with pytest.raises(Refusal, match=r"Put all 6 \.bin files of CIFAR-10 into"):
        load(CIFAR10, tmp_path)


def test_a_damaged_cifar10_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cifar-10-binary.tar.gz"
    path.write_bytes(b"\x1f\x8b no archive")
    with pytest.raises(Refusal, match="cannot be unpacked: it is cut off or damaged"):
        load(CIFAR10, tmp_path)
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("readme.html")
        archive.addfile(member, io.BytesIO(b""))
    with pytest.raises(Refusal, match=r"does not hold data_batch_1\.bin"):
        load(CIFAR10, tmp_path)


def test_cifar10_tiles_hold_the_pictures_row_by_row(data_dir: Path) -> None:
    splits = load(CIFAR10, data_dir)
    tile = np.asarray(Image.open(data_dir / "cifar10-tiles/cifar10_batch_50.png"))
    third = tile[2].reshape(32, 32, 3).transpose(2, 0, 1)
    back = (splits.test.inputs["image"][2] * 0.5 + 0.5) * 255
    assert torch.equal(back.round().byte(), torch.tensor(third))
    # The test set begins with a cat, two ships and an airplane.
    assert splits.test.targets["label"][:4].tolist() == [3, 8, 8, 0]
    assert [len(splits.train), len(splits.validation), len(splits.test)] == [
        *(4500, 500, 1000)
    ]


def test_a_tile_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "cifar10-tiles"
    folder.mkdir()
    (folder / "labels.csv").write_text("tile,row,label\n7,0,1\n")
    with pytest.raises(Refusal, match=r"cifar10_batch_7\.png is not there, and .* it"):
        load(CIFAR10, tmp_path)
    picture = Image.fromarray(np.zeros((1, 1024, 3), np.uint8))
    picture.save(folder / "cifar10_batch_7.png")
    with pytest.raises(Refusal, match="holds no training tile or no test tile"):
        load(CIFAR10, tmp_path)
