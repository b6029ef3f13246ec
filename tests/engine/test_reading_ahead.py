"""Pictures on disk are decoded while a step runs, and are the same pictures."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.data import streamed_pictures
from engine.data.errors import DataError
from engine.data.picture_reading import PictureForm, read_picture
from engine.data.samples import Samples
from engine.data.source import load
from engine.data.streamed_pictures import StreamedPictures
from engine.session import train_document
from engine.training.events import EpochDone
from tests.engine.data_files import write_pictures
from tests.engine.documents import chain

HALF = np.full((3, 1, 1), 0.5, np.float32)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    write_pictures(tmp_path / "a", {"cat": 6, "dog": 6})
    return sorted((tmp_path / "a").rglob("*.png"))


def streamed(files: list[Path]) -> StreamedPictures:
    return StreamedPictures(files, PictureForm(8, 8, "RGB", "crop"), HALF, HALF)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were decoded, in time."""
    names: list[str] = []

    def noted(path: Path, form: PictureForm) -> np.ndarray:
        names.append(f"{path.parent.name}/{path.name}")
        return read_picture(path, form)

    monkeypatch.setattr(streamed_pictures, "read_picture", noted)
    return names


def wait_for(read: list[str], count: int) -> None:
    end = time.monotonic() + 60
    while len(read) < count and time.monotonic() < end:
        time.sleep(0.005)


def test_what_was_begun_is_there_when_it_is_asked_for(
    files: list[Path], read: list[str]
) -> None:
    pictures = streamed(files)
    plain = pictures[torch.arange(12)]
    assert len(read) == 12
    order = torch.tensor([5, 0, 7, 2, 9, 11])
    samples = Samples({"x": pictures}, {"y": torch.zeros(12)})  # type: ignore[dict-item]
    samples.read_ahead(order, [slice(0, 4), slice(4, 6)])
    wait_for(read, 16)
    assert len(read) == 16  # the next batch, not the one after
    # In pieces, as accumulation asks: nothing is decoded twice.
    for piece in (order[:2], order[2:4]):
        assert torch.equal(samples.batch(piece).inputs["x"], plain[piece])
    assert len(read) == 16
    # What was not begun is decoded now; repeated numbers are no trouble.
    again = torch.tensor([1, 5, 1])
    assert torch.equal(pictures[again], plain[again])
    assert len(read) == 18
    samples.read_ahead(order, [])
    assert torch.equal(pictures[torch.tensor(3)], plain[3])


def test_a_damaged_picture_is_told_when_it_is_asked_for(files: list[Path]) -> None:
    files[4].write_bytes(files[4].read_bytes()[:60])
    pictures = streamed(files)
    pictures.begin_reading(torch.tensor([3, 4]))  # nobody is hurt yet
    with pytest.raises(DataError, match=r"cut off or damaged"):
        pictures[torch.tensor([3, 4])]
    assert pictures[torch.tensor([3])].shape == (1, 3, 8, 8)


def test_a_training_decodes_every_picture_once_an_epoch(
    tmp_path: Path, read: list[str]
) -> None:
    write_pictures(tmp_path / "a", {"cat": 10, "dog": 10})
    losses = []
    for kept in ("on disk", "in memory"):
        settings = {"path": str(tmp_path / "a"), "picture_size": 8, "kept": kept}
        document = chain(
            "Pictures",
            [
                ("image", "Input", {"shape": (3, 8, 8)}),
                ("flatten1", "Flatten", {}),
                ("fc1", "Linear", {"out_features": 2}),
                ("kind", "Output", {}),
            ],
            "image-folder",
            settings,
            batch_size=4,
            accumulation=2,
            flip=True,
        )
        splits = load(document.data)
        before = len(read)
        events = list(train_document(document, run_dir=tmp_path / kept))
        losses.append([e.train_loss for e in events if isinstance(e, EpochDone)])
        if kept == "on disk":
            seen = 2 * (len(splits.train) + len(splits.validation)) + len(splits.test)
            assert len(read) - before == seen
    assert losses[0] == losses[1]
