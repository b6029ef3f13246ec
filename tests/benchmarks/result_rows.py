"""Which lessons `tests.benchmarks.results` trains, on which data, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TILES = "<tiles>"
"""Stands for the folder that the picture tiles are unpacked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One lesson on one data set."""

    name: str
    lesson: str
    measure: str = "accuracy"
    """`loss`, or a metric of the test part."""
    target: float | None = None
    at_least: bool = True
    """Whether more is better."""
    beats_last_value: bool = False
    """Whether the error has to be below that of forecasting that nothing changes."""
    source: str = ""
    """The data put in for the lesson's own; empty leaves it."""
    data: Mapping[str, Any] = field(default_factory=dict)  # the source's settings
    recipe: Mapping[str, Any] = field(default_factory=dict)  # fields of the recipe
    nodes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # settings
    seeds: tuple[int, ...] = (0,)


_THREE = (0, 1, 2)
_SST2 = {"path": "sst2/train.tsv", "test_path": "sst2/dev.tsv"}
_SERIES = {"window": 20}
_PATIENT = {"epochs": 40, "patience": 10, "average": 0.98, "learning_rate": 0.001}


def _pictures(name: str, recipe: Mapping[str, Any], target: float | None) -> Row:
    """The CNN for colour pictures, on a folder of class folders."""
    return Row(
        name=name,
        lesson="cnn-cifar10",
        target=target,
        source="image-folder",
        data={"path": TILES, "picture_size": 32},
        recipe={"epochs": 40, "schedule": "cosine", **recipe},
        seeds=_THREE,
    )


ROWS: tuple[Row, ...] = (
    Row(name="neuron, moons", lesson="neuron"),
    Row(name="playground, spirals", lesson="playground"),
    Row(name="fnn-iris", lesson="fnn-iris"),
    Row(name="digits-cnn", lesson="digits-cnn"),
    Row(name="cnn-small, MNIST", lesson="cnn-small"),
    Row(name="cnn-mnist", lesson="cnn-mnist"),
    Row(name="cnn-mnist-deep", lesson="cnn-mnist-deep", target=0.99, seeds=_THREE),
    Row(name="cnn-three-conv, MNIST", lesson="cnn-three-conv"),
    Row(name="autoencoder, MNIST", lesson="autoencoder", measure="loss"),
    Row(name="conv-autoencoder, MNIST", lesson="conv-autoencoder", measure="loss"),
    Row(name="cnn-cifar10, tiles", lesson="cnn-cifar10"),
    _pictures("picture folder, as it is", {}, None),
    _pictures("picture folder, augmented", {"flip": True, "shift": 4}, 0.6),
    Row(
        name="text-classifier, SST-2",
        lesson="text-classifier",
        target=0.76,
        source="reviews",
        data={**_SST2, "length": 40},
        # So few sentences are soon known by heart: words left out put that off.
        recipe={
            "epochs": 20,
            "patience": 4,
            "batch_size": 32,
            "word_dropout": 0.3,
            "average": 0.99,
        },
        nodes={"tokens": {"shape": (40,)}},
        seeds=_THREE,
    ),
    Row(
        name="lstm-sentiment, SST-2",
        lesson="lstm-sentiment",
        source="reviews",
        data={**_SST2, "as_vectors": 100, "length": 24},
        recipe={"patience": 3},
    ),
    Row(
        name="transformer-block, SST-2",
        lesson="transformer-block",
        source="reviews",
        data={**_SST2, "as_vectors": 256, "length": 24},
        recipe={"patience": 3},
    ),
    *(
        Row(
            name=f"{lesson}, SST-2",
            lesson=lesson,
            source="reviews",
            data={**_SST2, "length": 20},
            recipe={"patience": 3},
        )
        for lesson in ("rnn-classifier", "gru-classifier", "bilstm-classifier")
    ),
    Row(name="rnn-sequence, sine", lesson="rnn-sequence", measure="rmse"),
    Row(name="lstm-forecast, Mackey-Glass", lesson="lstm-forecast", measure="rmse"),
    *(
        Row(
            name=f"lstm-forecast, {name}",
            lesson="lstm-forecast",
            measure="rmse",
            at_least=False,
            beats_last_value=True,
            source="csv-series",
            data={"path": f"timeseries/{file}", **_SERIES},
            recipe=_PATIENT,
            seeds=_THREE,
        )
        for name, file in (
            ("temperatures", "daily-min-temperatures.csv"),
            ("sunspots", "monthly-sunspots.csv"),
        )
    ),
)
