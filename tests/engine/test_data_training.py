"""A document trains for an epoch on each kind of the user's own and published data."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import main
from engine.document import Document
from engine.problems import Refusal
from engine.runs import FAILED, Runs
from engine.session import train_document
from engine.storage import save
from engine.training.events import EpochDone
from tests.engine.data_documents import KINDS, PICTURES, small, write_every_kind
from tests.engine.data_files import write_pictures


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a little data of every kind."""
    data_dir = tmp_path_factory.mktemp("data")
    write_every_kind(data_dir)
    return data_dir


@pytest.mark.parametrize(("source", "settings"), KINDS)
def test_a_document_trains_from_the_command_line(
    source: str,
    settings: dict[str, Any],
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if source == "npz" and not settings.get("inputs"):
        settings = {**settings, "inputs": "x"}
    save(small(source, settings, folder), tmp_path / "small.espalier")
    given = ["train", str(tmp_path / "small.espalier"), "--data-dir", str(folder)]
    done = main.main([*given, "--run-dir", str(tmp_path / "run"), "--json"])
    assert done == main.DONE
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1]["event"] == "finished"
    assert events[-1]["epochs"] == 1
    assert np.isfinite(events[-1]["test_loss"])


def losses(document: Document, data_dir: Path, run_dir: Path) -> list[float]:
    events = train_document(document, data_dir=data_dir, run_dir=run_dir)
    return [event.train_loss for event in events if isinstance(event, EpochDone)]


def test_streamed_and_kept_pictures_train_alike(folder: Path, tmp_path: Path) -> None:
    told = [
        losses(
            small("image-folder", {**PICTURES, "kept": kept}, folder),
            folder,
            tmp_path / kept,
        )
        for kept in ("in memory", "on disk")
    ]
    assert len(told[0]) == 1
    assert told[0] == told[1]


def test_a_picture_that_is_damaged_stops_the_run_by_its_name(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", {"cat": 10, "dog": 10})
    settings = {**PICTURES, "kept": "on disk", "damaged": "refuse"}
    document = small("image-folder", settings, tmp_path)
    path = tmp_path / "pictures/cat/004.png"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(Refusal) as caught:
        list(train_document(document, data_dir=tmp_path, run_dir=tmp_path / "run"))
    assert caught.value.problem.message.startswith(f"The picture {path} cannot be read")


def test_a_training_says_which_pictures_it_does_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pictures(tmp_path / "pictures", {"cat": 10, "dog": 10})
    document = small("image-folder", PICTURES, tmp_path)
    path = tmp_path / "pictures/cat/004.png"
    path.write_bytes(path.read_bytes()[:50])
    (tmp_path / "pictures/dog/002.png").write_bytes(b"")
    save(document, tmp_path / "small.espalier")
    given = ["train", str(tmp_path / "small.espalier"), "--data-dir", str(tmp_path)]
    assert main.main([*given, "--run-dir", str(tmp_path / "run")]) == main.DONE
    told = capsys.readouterr().out
    assert "2 damaged picture(s) left out: " in told
    assert "004.png" in told
    assert "002.png" in told


def test_a_folder_that_vanishes_during_the_run(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", {"cat": 20, "dog": 20})
    settings = {**PICTURES, "kept": "on disk"}
    document = small("image-folder", settings, tmp_path)
    document.recipe = replace(document.recipe, epochs=50)
    events = train_document(document, data_dir=tmp_path, run_dir=tmp_path / "run")
    with pytest.raises(Refusal) as caught:
        for event in events:
            if isinstance(event, EpochDone):
                shutil.rmtree(tmp_path / "pictures", ignore_errors=True)
    assert caught.value.problem.message.endswith(".png is not there any more.")
    assert caught.value.problem.remedy == "Put it back, or begin again without it."
    run = Runs(tmp_path / "run").in_folder(tmp_path / "run")
    assert run is not None
    assert run.state == FAILED
    assert run.can_resume
