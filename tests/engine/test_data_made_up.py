"""Made-up pictures: of any size, told apart by their pattern, the same twice."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.data.samples import Samples, Splits
from engine.data.source import describe, load
from engine.document import DataConfig
from engine.problems import Refusal


def pictures(**settings: Any) -> Splits:
    size = {"height": 16, "width": 12, "samples": 200, "classes": 5}
    return load(DataConfig(source="pictures-made-up", settings=size | settings))


def discs(**settings: Any) -> Splits:
    return load(DataConfig(source="discs-made-up", settings=settings))


def _means(part: Samples, classes: int) -> torch.Tensor:
    images, labels = part.inputs["image"], part.targets["label"]
    return torch.stack([images[labels == each].mean(0) for each in range(classes)])


def test_the_nearest_mean_of_the_training_part_tells_the_test_part_apart() -> None:
    splits = pictures()
    means = _means(splits.train, 5).flatten(1)
    nearest = torch.cdist(splits.test.inputs["image"].flatten(1), means).argmin(1)
    assert torch.equal(nearest, splits.test.targets["label"])


def test_each_part_has_its_share_of_every_class() -> None:
    splits = pictures()
    for part, share in ((splits.train, 28), (splits.validation, 4), (splits.test, 8)):
        assert part.targets["label"].bincount().tolist() == [share] * 5


def test_noise_is_as_strong_as_said() -> None:
    still, noisy = pictures(noise=0.0), pictures(noise=0.25)
    strays = noisy.train.inputs["image"] - still.train.inputs["image"]
    assert float(strays.std()) == pytest.approx(0.25, rel=0.02)
    # Without noise a picture is its class's 4 × 4 patches, each one even.
    patches = still.train.inputs["image"].unflatten(2, (4, 4)).unflatten(4, (4, 3))
    assert torch.equal(patches.amax((3, 5)), patches.amin((3, 5)))


def test_the_seed_decides_the_pictures_and_fewer_are_the_same_kinds() -> None:
    first, again, other = pictures(), pictures(), pictures(seed=1)
    assert torch.equal(first.train.inputs["image"], again.train.inputs["image"])
    assert not torch.equal(first.train.inputs["image"], other.train.inputs["image"])
    more = pictures(noise=0.0, classes=7)
    few = pictures(noise=0.0)
    assert torch.allclose(_means(more.train, 5), _means(few.train, 5), atol=1e-6)


def test_a_mask_is_one_where_a_disc_is() -> None:
    splits = discs(samples=50, noise=0.0)
    images, masks = splits.train.inputs["image"], splits.train.targets["mask"]
    assert torch.equal(images, masks)
    assert masks.unique().tolist() == [0.0, 1.0]
    covered = masks.mean((1, 2, 3))
    assert 0.02 < float(covered.mean()) < 0.4
    noisy = discs(samples=50, noise=0.5)
    assert torch.equal(noisy.train.targets["mask"], masks)
    strays = noisy.train.inputs["image"] - masks
    assert float(strays.std()) == pytest.approx(0.5, rel=0.02)


def test_made_up_data_says_so() -> None:
    info = describe(DataConfig(source="pictures-made-up"))
    assert info.note == ("Made-up pictures: they show that the network runs, no more.")
    assert info.inputs["image"].brief() == "3 × 224 × 224"


@pytest.mark.parametrize("source", ["pictures-made-up", "discs-made-up"])
def test_more_than_memory_holds_is_refused(source: str) -> None:
    size = {"height": 4096, "width": 4096, "samples": 1000, "channels": 1}
    with pytest.raises(Refusal) as caught:
        describe(DataConfig(source=source, settings=size))
    assert str(caught.value) == (
        "1,000 pictures of 1 × 4096 × 4096 are 16,777,216,000 numbers, more than "
        "memory holds (4,000,000,000). Take fewer samples or smaller pictures."
    )
