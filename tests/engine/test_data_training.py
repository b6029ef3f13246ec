"""A document trains for an epoch on each kind of the user's own and published data."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import main
from engine.data.source import describe
from engine.document import DataConfig, Document
from engine.exporting import export
from engine.problems import Refusal
from engine.session import train_document
from engine.storage import save
from engine.training.events import EpochDone
from tests.engine.data_files import write_pictures, write_published, write_tones
from tests.engine.documents import chain

PICTURES = {"path": "pictures", "picture_size": 10}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("fashion-mnist", {}),
    ("kmnist", {"flatten": True}),
    ("cifar100", {"labels": "coarse"}),
    ("svhn", {}),
    ("stl10", {}),
    ("image-folder", PICTURES),
    ("image-folder", {**PICTURES, "kept": "on disk", "colours": "grey"}),
    ("csv-table", {"path": "table.csv"}),
    ("csv-table", {"path": "table.csv", "target": "x"}),
    ("csv-series", {"path": "table.csv", "column": "x", "with_columns": "n"}),
    ("npz", {"path": "a.npz"}),
    ("npz", {"path": "a.npz", "inputs": "words", "contents": "tokens"}),
    ("reviews", {"path": "texts", "length": 5}),
    ("wav-folder", {"path": "tones", "sample_rate": 8000, "seconds": 0.2}),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a little data of every kind."""
    data_dir = tmp_path_factory.mktemp("data")
    write_published(data_dir)
    write_pictures(data_dir / "pictures", {"cat": 20, "dog": 20})
    write_tones(data_dir / "tones")
    start = datetime.date(2024, 1, 1)
    rows = [
        f"{start + datetime.timedelta(i)},{i % 7},{i * i % 31 / 4},{'ab'[i % 2]}"
        for i in range(80)
    ]
    (data_dir / "table.csv").write_text("when,n,x,kind\n" + "\n".join(rows))
    words = np.random.default_rng(0).integers(0, 9, (40, 5))
    np.savez(data_dir / "a.npz", x=words * 1.5, words=words, y=np.arange(40) % 2)
    for name in ("neg", "pos"):
        (data_dir / "texts" / name).mkdir(parents=True)
        for number in range(10):
            text = f"It is {name} {number}"
            (data_dir / "texts" / name / f"{number}.txt").write_text(text)
    return data_dir


def small(source: str, settings: dict[str, Any], data_dir: Path) -> Document:
    """One linear layer from whatever the data's input is to its target."""
    info = describe(DataConfig(source=source, settings=settings), data_dir)
    spec = next(iter(info.inputs.values()))
    target = next(iter(info.targets.values()))
    kind = {"dtype": "int64"} if info.vocabulary_size else {}
    layers: list[tuple[str, str, dict[str, Any]]] = [
        ("given", "Input", {"shape": spec.shape, **kind})
    ]
    if info.vocabulary_size:
        embedding = {"num_embeddings": info.vocabulary_size, "embedding_dim": 4}
        layers.append(("embedding1", "Embedding", embedding))
    width = len(info.classes) or target.shape[-1]
    layers += [
        ("flatten1", "Flatten", {}),
        ("fc1", "Linear", {"out_features": width}),
        ("answer", "Output", {}),
    ]
    return chain("Small", layers, source, settings, epochs=1, batch_size=8)


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


def test_an_exported_script_streams_too(folder: Path, tmp_path: Path) -> None:
    settings = {**PICTURES, "kept": "on disk", "path": str(folder / "pictures")}
    document = small("image-folder", settings, folder)
    export(document, "script", tmp_path / "train.py")
    done = subprocess.run(
        [sys.executable, "-P", "-E", "train.py", "--json", "--data-dir", str(folder)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    told = [one["train_loss"] for one in records if one["event"] == "epoch"]
    assert told == losses(document, folder, tmp_path / "run")


def test_a_picture_that_is_damaged_stops_the_run_by_its_name(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", {"cat": 10, "dog": 10})
    document = small("image-folder", {**PICTURES, "kept": "on disk"}, tmp_path)
    path = tmp_path / "pictures/cat/004.png"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(Refusal) as caught:
        list(train_document(document, data_dir=tmp_path, run_dir=tmp_path / "run"))
    assert caught.value.problem.message.startswith(f"The picture {path} cannot be read")
