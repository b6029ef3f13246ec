"""The curves of runs, read from the record of events in each run's folder.

Reading is cheap and lazy: a run's record is read when its curves are first wanted, and
kept until the file changes. Nothing here imports torch.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.run_record import EVENTS, Run
from engine.step_losses import has_losses, read_losses

Numbers = NDArray[np.float64]
StepLossReader = Callable[[], dict[str, tuple[Numbers, Numbers]]]
"""Gives, by who learned, the steps counted from 1 and the loss of each."""

PARTS = {"train": "training", "val": "validation"}
"""The beginnings of the names in a record, and what they mean."""
ALONE = frozenset({"learning_rate"})
"""Figures of an epoch that belong to no part of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """What was measured after each epoch; all arrays are equally long."""

    epochs: Numbers
    seconds: Numbers
    """Training time from the beginning to the end of each epoch, without pauses."""
    steps: Numbers | None
    """Optimizer steps to the end of each epoch; None where the record lacks them."""
    steps_per_epoch: int | None = None
    picks_best: bool = True
    """Whether the epoch with the lowest validation loss was kept, or just the last."""
    metrics: dict[str, Numbers] = field(default_factory=dict)
    """By the record's names, as `train_loss` and `val_accuracy`; nan for a gap."""

    def __len__(self) -> int:
        return len(self.epochs)

    def best(self, name: str) -> float:
        """The lowest value of a loss or an error, the highest of all else, or nan."""
        values = self.metrics.get(name, np.array([]))
        values = values[np.isfinite(values)]
        if not len(values):
            return math.nan
        return float(values.min() if is_better_low(name) else values.max())


def is_better_low(name: str) -> bool:
    """Whether a metric of this name is better the lower it is."""
    bare = bare_name(name)
    return bare in {"mae", "rmse", "mse", "perplexity"} or bare.endswith("loss")


def bare_name(name: str) -> str:
    """`val_accuracy` -> `accuracy`."""
    return name.split("_", 1)[1] if name.split("_", 1)[0] in PARTS else name


def part_of(name: str) -> str:
    """`val_accuracy` -> `validation`; empty where a name tells no part."""
    return PARTS.get(name.split("_", 1)[0], "")


def full_name(name: str) -> str:
    """`val_accuracy` -> `accuracy/validation`; what has no part keeps its name."""
    return f"{bare_name(name)}/{part_of(name)}" if part_of(name) else name


def read_curves(folder: Path) -> Curves:
    """The curves in a run's folder; empty ones where nothing was recorded."""
    records: dict[int, dict[str, Any]] = {}  # JSON
    steps_per_epoch: int | None = None
    picks_best = True
    for record in _records(folder / EVENTS):
        if record.get("event") == "started":
            steps_per_epoch = record.get("steps_per_epoch")
            picks_best = bool(record.get("picks_best", True))
        if record.get("event") == "epoch" and isinstance(record.get("epoch"), int):
            records[record["epoch"]] = record  # after a resume the later one counts
    rows = [records[epoch] for epoch in sorted(records)]
    epochs = np.array(sorted(records), dtype=np.float64)
    names = dict.fromkeys(
        name
        for row in rows
        for name, value in row.items()
        if (part_of(name) or name in ALONE) and isinstance(value, (int, float))
    )
    return Curves(
        epochs=epochs,
        seconds=np.cumsum(_column(rows, "seconds", missing=0.0)),
        steps=_steps(rows, epochs, steps_per_epoch),
        steps_per_epoch=steps_per_epoch,
        picks_best=picks_best,
        metrics={name: _column(rows, name) for name in names},
    )


def read_step_losses(
    folder: Path, curves: Curves
) -> dict[str, tuple[Numbers, Numbers]]:
    """The loss of each step of a run, by who learned: steps from 1, and losses."""
    per_epoch = curves.steps_per_epoch
    return read_losses(folder, math.inf, 0, per_epoch) if per_epoch else {}


def _steps(
    rows: list[dict[str, Any]], epochs: Numbers, per_epoch: int | None
) -> Numbers | None:
    if rows and all("steps" in row for row in rows):
        return _column(rows, "steps")
    return epochs * per_epoch if per_epoch else None


def _column(
    rows: Iterable[dict[str, Any]], name: str, missing: float = math.nan
) -> Numbers:
    values = [row.get(name) for row in rows]
    return np.array(
        [float(v) if isinstance(v, (int, float)) else missing for v in values],
        dtype=np.float64,
    )


def _records(path: Path) -> Iterable[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # a folder that someone else took away
        return
    for line in text.splitlines():
        # Steps are many, and not wanted: they are passed over without being parsed.
        if '"event": "epoch"' not in line and '"event": "started"' not in line:
            continue
        try:
            record = json.loads(line)
        except ValueError:  # cut off when the program was killed
            return
        if isinstance(record, dict):
            yield record


class CurveShelf:
    """Curves of many runs, each read once and again when its record has changed."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[tuple[int, int], Curves]] = {}

    def of(self, run: Run) -> Curves:
        """The curves of a run as they are on the disk now."""
        path = run.folder / EVENTS
        try:
            status = path.stat()
            mark = (status.st_mtime_ns, status.st_size)
        except OSError:
            mark = (0, 0)
        kept = self._kept.get(path)
        if kept is None or kept[0] != mark:
            kept = (mark, read_curves(run.folder))
            self._kept[path] = kept
        return kept[1]

    def losses_of(self, run: Run) -> StepLossReader | None:
        """What reads the loss of each step of a run; None where none were kept."""
        if not has_losses(run.folder):
            return None
        return partial(read_step_losses, run.folder, self.of(run))
