"""A folder of pictures: found, decoded, kept or streamed, refused when damaged."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import engine.data.keeping
from engine.data.images import scaled_images
from engine.data.inspection import how_split
from engine.data.picture_folder import picture_scale
from engine.data.picture_reading import scaled_pictures
from engine.data.samples import Samples, Splits
from engine.data.source import describe, load
from engine.data.streamed_pictures import StreamedPictures
from engine.document import DataConfig
from engine.problems import Refusal
from engine.training.device import Hardware
from engine.training.loop import place
from tests.engine.data_files import write_pictures

CIFAR_NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split()


def pictures(path: Path | str, **settings: Any) -> DataConfig:
    return DataConfig(source="image-folder", settings={"path": str(path), **settings})


def parts_of(splits: Splits) -> tuple[Samples, Samples, Samples]:
    return splits.train, splits.validation, splits.test


def every(samples: Samples) -> torch.Tensor:
    return samples.batch(torch.arange(len(samples))).inputs["image"]


@pytest.fixture(scope="module")
def tiles(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some real pictures in class folders: 600 to learn from and 200 to test with."""
    folder = tmp_path_factory.mktemp("tiles")
    with (data_dir / "cifar10-tiles/labels.csv").open(newline="") as file:
        rows = [
            {key: int(value) for key, value in one.items()}
            for one in csv.DictReader(file)
        ]
    for tile, part, count in ((0, "train", 600), (50, "test", 200)):
        name = data_dir / f"cifar10-tiles/cifar10_batch_{tile}.png"
        with Image.open(name) as whole:
            pixels = np.asarray(whole.convert("RGB")).reshape(-1, 32, 32, 3)
        for row in [one for one in rows if one["tile"] == tile][:count]:
            where = folder / part / CIFAR_NAMES[row["label"]]
            where.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels[row["row"]]).save(where / f"{row['row']:04}.png")
    return folder


def test_real_pictures_come_back_as_they_are(tiles: Path, data_dir: Path) -> None:
    config = pictures(tiles, picture_size=32)
    splits = load(config)
    info = describe(config)
    assert info.classes == splits.classes == tuple(CIFAR_NAMES)
    assert info.counts == {"train": 540, "validation": 60, "test": 200}
    assert [len(part) for part in parts_of(splits)] == [540, 60, 200]
    first = splits.test.targets["label"] == 3
    back = (splits.test.inputs["image"][first][0] * 0.5 + 0.5) * 255
    tile = np.asarray(Image.open(data_dir / "cifar10-tiles/cifar10_batch_50.png"))
    # The first picture of the test set is a cat.
    wanted = tile[0].reshape(32, 32, 3).transpose(2, 0, 1)
    assert torch.equal(back.round().byte(), torch.tensor(wanted))
    assert splits.train.inputs["image"].is_contiguous()


def test_they_are_scaled_as_published_pictures_are() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    ours = scaled_pictures(pixels, *picture_scale(pixels, False))
    assert torch.equal(ours, scaled_images(pixels))


def test_streamed_pictures_are_those_that_would_be_kept(tiles: Path) -> None:
    for normalise in (False, True):
        settings: dict[str, Any] = {"picture_size": (20, 24), "normalise": normalise}
        kept = load(pictures(tiles, **settings, kept="in memory"))
        streamed = load(pictures(tiles, **settings, kept="on disk"))
        for one, other in zip(parts_of(kept), parts_of(streamed), strict=True):
            assert isinstance(other.inputs["image"], StreamedPictures)
            assert torch.equal(one.targets["label"], other.targets["label"])
            order = torch.randperm(len(one), generator=torch.Generator().manual_seed(1))
            given = other.batch(order[:37]).inputs["image"]
            assert given.shape == (37, 3, 20, 24)
            assert torch.equal(given, one.batch(order[:37]).inputs["image"])


def test_what_fits_is_kept_and_what_does_not_is_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tmp_path / "a", {"cat": 10, "dog": 10})
    config = pictures(tmp_path / "a", picture_size=64)
    assert describe(config).note == (
        "Decoded once and kept: in memory they take 960 KiB, not more than 2 GiB."
    )
    assert isinstance(load(config).train.inputs["image"], torch.Tensor)
    assert describe(pictures(tmp_path / "a", kept="on disk")).note == (
        "Read from disk for every batch, as chosen: decoded, they take 960 KiB."
    )
    monkeypatch.setattr(engine.data.keeping, "MOST_KEPT_BYTES", 500_000)
    assert isinstance(load(config).train.inputs["image"], StreamedPictures)
    large = pictures(tmp_path / "a", picture_size=65)
    assert describe(large).note == (
        "Read from disk for every batch: in memory they take 990 KiB, more than the "
        "488 KiB kept."
    )


def test_the_loop_places_streamed_pictures_where_they_are(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a", {"cat": 10, "dog": 10})
    train = load(pictures(tmp_path / "a", picture_size=8, kept="on disk")).train
    hardware = Hardware(
        device="cpu", precision="fp32", channels_last=True, threads=1, reason=""
    )
    batch = place(train, hardware).batch(torch.tensor([3, 1])).to("cpu")
    image = batch.inputs["image"]
    assert image.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(image, train.batch(torch.tensor([3, 1])).inputs["image"])
    field = train.inputs["image"]
    assert (field.dim(), field.numel()) == (4, 14 * 3 * 64)
    assert field.to("cuda") is field
    assert torch.equal(field[torch.tensor(3)], image[0])


def test_statistics_are_those_of_the_training_part_alone(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a/train", {"cat": 20, "dog": 20})
    write_pictures(tmp_path / "a/test", {"cat": 5, "dog": 5}, seed=9)
    for path in (tmp_path / "a/test").rglob("*.png"):
        Image.new("RGB", (12, 12), (255, 255, 255)).save(path)
    splits = load(pictures(tmp_path / "a", picture_size=12, normalise=True))
    train = splits.train.inputs["image"].double()
    assert train.mean((0, 2, 3)).tolist() == pytest.approx([0.0] * 3, abs=1e-5)
    stds = train.std((0, 2, 3), correction=0)
    assert stds.tolist() == pytest.approx([1.0] * 3, abs=1e-5)
    assert float(splits.test.inputs["image"].min()) > 1.5


def test_validation_and_test_folders_are_taken_as_they_are(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a/train", {"cat": 6, "dog": 6})
    write_pictures(tmp_path / "a/val", {"cat": 2, "dog": 3}, seed=1)
    config = pictures(tmp_path / "a", picture_size=8, test=0.5)
    splits = load(config)
    assert describe(config).counts == {"train": 6, "validation": 5, "test": 6}
    assert [len(part) for part in parts_of(splits)] == [6, 5, 6]
    assert splits.test.targets["label"].bincount().tolist() == [3, 3]
    assert how_split(config) == (
        "The validation part is a folder of its own; taken from the training files: "
        "50\u00a0% for the test, by chance with seed 0, with the classes in the same "
        "proportions everywhere."
    )
    write_pictures(tmp_path / "a/Testing", {"dog": 4}, seed=2)
    config = pictures(tmp_path / "a", picture_size=8)
    assert describe(config).counts == {"train": 12, "validation": 5, "test": 4}
    assert load(config).test.targets["label"].tolist() == [1] * 4
    assert how_split(config) == (
        "Each part is a folder of its own: train, validation and test."
    )


def test_a_split_is_stratified_and_seeded(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a", {"cat": 40, "dog": 20})
    assert how_split(pictures(tmp_path / "a", split_seed=4)) == (
        "Taken from the files: 10\u00a0% for validation and 20\u00a0% for the "
        "test, by chance with "
        "seed 4, with the classes in the same proportions everywhere."
    )
    first, again, other = (
        load(pictures(tmp_path / "a", picture_size=8, split_seed=seed))
        for seed in (0, 0, 1)
    )
    for part in parts_of(first):
        counts = part.targets["label"].bincount()
        assert int(counts[0]) == pytest.approx(2 * int(counts[1]), abs=2)
    assert torch.equal(every(first.test), every(again.test))
    assert not torch.equal(every(first.test), every(other.test))


def test_cropping_keeps_proportions_and_squashing_everything(tmp_path: Path) -> None:
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, :10], wide[:, 20:] = 255, 255
    for name in ("cat", "dog"):
        (tmp_path / "a" / name).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(wide).save(tmp_path / "a" / name / f"{number}.png")
    cropped = load(pictures(tmp_path / "a", picture_size=10)).train.inputs["image"]
    assert torch.equal(cropped, torch.full_like(cropped, -1.0))
    squashed = every(
        load(pictures(tmp_path / "a", picture_size=10, fit="squash")).train
    )
    assert squashed[0, 0, 5, [0, 5, 9]].tolist() == [1.0, -1.0, 1.0]


def test_pictures_of_every_kind_become_colour_or_grey(tmp_path: Path) -> None:
    red = Image.new("RGB", (16, 16), (200, 0, 0))
    deep = Image.fromarray(np.full((16, 16), 200 << 8, np.uint16))
    kinds = {
        "a.png": red,
        "b.JPG": red,
        "c.bmp": red,
        "d.gif": red.convert("P"),
        "e.webp": red,
        "f.png": red.convert("RGBA"),
        "g.jpeg": red.convert("CMYK"),
        "h.png": deep,
        "i.png": Image.new("L", (16, 16), 200),
        "j.png": Image.new("LA", (16, 16), (200, 0)),
    }
    for kind, (name, picture) in enumerate(kinds.items()):
        (tmp_path / "a" / f"{kind}").mkdir(parents=True)
        for number in range(3):
            picture.save(tmp_path / "a" / f"{kind}" / f"{number}{name}")
    (tmp_path / "a" / "0" / "notes.txt").write_text("no picture")
    (tmp_path / "a" / "0" / ".hidden.png").write_text("no picture")
    for colours, channels in (("colour", 3), ("grey", 1)):
        config = pictures(tmp_path / "a", picture_size=4, colours=colours, test=0.34)
        assert describe(config).inputs["image"].shape == (channels, 4, 4)
        splits = load(config)
        assert sum(len(part) for part in parts_of(splits)) == 30
        back = (every(splits.train) * 0.5 + 0.5) * 255
        labels = splits.train.targets["label"]
        for kind in range(10):
            mean = back[labels == kind].mean((0, 2, 3))
            grey = [200.0] * channels if kind >= 7 else [59.8]
            wanted = [200.0, 0.0, 0.0] if channels == 3 and kind < 7 else grey
            assert mean.tolist() == pytest.approx(wanted, abs=3.0), kind


def test_a_camera_turned_on_its_side(tmp_path: Path) -> None:
    lying = np.zeros((20, 20, 3), np.uint8)
    lying[:10] = 255
    exif = Image.Exif()
    exif[274] = 6  # turn by 90 degrees clockwise to see it upright
    for name in ("cat", "dog"):
        (tmp_path / "a" / name).mkdir(parents=True)
        for number in range(4):
            path = tmp_path / "a" / name / f"{number}.jpg"
            Image.fromarray(lying).save(path, exif=exif)
    image = every(load(pictures(tmp_path / "a", picture_size=20)).train)[0, 0]
    assert float(image[:, 15:].mean()) > 0.9
    assert float(image[:, :5].mean()) < -0.9


def damage(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.write_bytes(path.read_bytes()[:60])


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a", {"cat": 10, "dog": 10})
    damage(tmp_path / "a", "cat/003.png")
    config = pictures(tmp_path / "a", damaged="refuse")
    with pytest.raises(Refusal) as caught:
        load(config)
    assert caught.value.problem.message.startswith(
        f"The picture {tmp_path / 'a/cat/003.png'} cannot be read: it is cut off or "
        f"damaged ("
    )
    assert caught.value.problem.remedy == (
        "Mend or delete it, or set damaged pictures to skip."
    )


@pytest.mark.parametrize("kept", ["in memory", "on disk"])
def test_damaged_pictures_are_left_out_and_named(kept: str, tmp_path: Path) -> None:
    write_pictures(tmp_path / "a", {"cat": 10, "dog": 10})
    damage(tmp_path / "a", "cat/003.png", "dog/001.png", "dog/007.png", "dog/008.png")
    (tmp_path / "a/cat/005.png").write_bytes(b"")
    splits = load(pictures(tmp_path / "a", kept=kept))
    assert sum(len(part) for part in parts_of(splits)) == 15
    assert splits.note.startswith("5 damaged picture(s) left out: ")
    assert splits.note.endswith(" and 2 more.")
    for part in parts_of(splits):
        assert len(every(part)) == len(part)


def test_a_part_of_damaged_pictures_only(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a/train", {"cat": 6, "dog": 6})
    write_pictures(tmp_path / "a/test", {"cat": 1, "dog": 1})
    damage(tmp_path / "a/test", "cat/000.png", "dog/000.png")
    with pytest.raises(Refusal) as caught:
        load(pictures(tmp_path / "a", damaged="skip"))
    assert str(caught.value) == (
        "Every picture of the test part is damaged. Choose another folder, or look at "
        "one of the pictures."
    )


def test_a_folder_that_vanishes_while_it_is_read(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a", {"cat": 10, "dog": 10})
    train = load(pictures(tmp_path / "a", kept="on disk")).train
    for path in (tmp_path / "a").rglob("*.png"):
        path.unlink()
    with pytest.raises(Refusal) as caught:
        train.batch(torch.tensor([0]))
    assert caught.value.problem.message.endswith(".png is not there any more.")
    assert caught.value.problem.remedy == "Put it back, or begin again without it."


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            {},
            "The folder {} holds 0 folder(s), and one for each of at least two classes "
            "was expected. Choose a folder that holds a folder of pictures for each "
            "class.",
        ),
        (
            {"cat": 5},
            "The folder {} holds 1 folder(s), and one for each of at least two classes "
            "was expected. Choose a folder that holds a folder of pictures for each "
            "class.",
        ),
        (
            {"cat": 5, "dog": 0},
            "The folder {}/dog holds no pictures (png, jpg, jpeg, bmp, gif, webp). Put "
            "some there, or take the folder away.",
        ),
        (
            {"cat": 50, "dog": 1},
            "The class “dog” has 1 file(s); at least 3 are needed to train, watch and "
            "test. Put more there, or take the folder away.",
        ),
        (
            {"cat": 3, "dog": 3, "test": 1},
            None,
        ),
        (
            {"train/cat": 5, "train/dog": 5, "test/cat": 1, "test/cow": 1},
            "The class “cow” is in {}/test, but not in {}/train. Use the same classes "
            "in every part.",
        ),
    ],
)
def test_bad_folders(
    counts: dict[str, int], sentence: str | None, tmp_path: Path
) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    write_pictures(folder, counts)
    if sentence is None:  # without a training part it is a class like others
        with pytest.raises(Refusal, match="The class “test” has 1 file"):
            describe(pictures(folder))
        return
    for act in (describe, load):
        with pytest.raises(Refusal) as caught:
            act(pictures(folder))
        assert str(caught.value) == sentence.format(folder, folder)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        describe(pictures("gone"), tmp_path)
    assert str(caught.value) == (
        f"There is no folder {tmp_path / 'gone'}. Choose a folder that holds a folder "
        f"of pictures for each class."
    )
    with pytest.raises(Refusal) as caught:
        describe(DataConfig(source="image-folder"))
    assert str(caught.value) == (
        "No folder is chosen yet. Choose one in the data's settings."
    )


def test_a_description_follows_new_pictures_and_folders(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a", {"cat": 10, "dog": 10})
    config = pictures(tmp_path / "a")
    first = describe(config)
    assert describe(config) is first
    write_pictures(tmp_path / "a", {"cow": 10})
    assert describe(config).classes == ("cat", "cow", "dog")
    (tmp_path / "a/cow/009.png").unlink()
    assert sum((describe(config).counts or {}).values()) == 29
