"""A little data of every kind, and small networks that learn from it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.source import describe
from engine.document import DataConfig, Document
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


def write_every_kind(data_dir: Path) -> None:
    """A little data of every kind."""
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
    foretold = info.vocabulary_size if info.task == "next token" else None
    width = len(info.classes) or foretold or target.shape[-1]
    if not (foretold and target.shape):  # each token of the window is answered
        layers.append(("flatten1", "Flatten", {}))
    layers += [
        ("fc1", "Linear", {"out_features": width}),
        ("answer", "Output", {}),
    ]
    return chain("Small", layers, source, settings, epochs=1, batch_size=8)
