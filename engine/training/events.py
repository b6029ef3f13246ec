"""What happens while a network is trained, as values in the order it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

Metrics = dict[str, float]
"""Numbers beside the loss by name: `accuracy`, or `rmse` and `mae`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; `event` is what JSON calls its kind."""

    event: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """Training begins, or goes on after `epochs_done` epochs."""

    event: ClassVar[str] = "started"
    device: str
    precision: str
    reason: str
    """Why this device and this precision, in words."""
    parameters: int
    epochs: int
    epochs_done: int
    steps_done: int = 0
    """How many steps of the epoch after those are done."""
    steps_per_epoch: int
    train_samples: int
    val_samples: int
    test_samples: int
    picks_best: bool = True
    """Whether the epoch with the lowest validation loss is kept, or just the last."""
    left_out: str = ""
    """What of the data could not be used, in one sentence; empty where all could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone(Event):
    """The optimizer has stepped. `losses` are those that were fetched since the last.

    Fetching a loss makes the processor wait for the device, so it is done some thirty
    times a second: most events carry no losses, a few carry many, none is left out.
    """

    event: ClassVar[str] = "step"
    epoch: int
    """From 1."""
    step: int
    """From 1 in each epoch."""
    losses: tuple[float, ...] = ()
    """The losses of the steps up to this one, oldest first; where several players learn
    in turn, one of each for every step."""
    players: tuple[str, ...] = ("network",)
    """Who learned, in the order of the losses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochDone(Event):
    """Every training sample was seen once more, and the validation part evaluated."""

    event: ClassVar[str] = "epoch"
    epoch: int
    train_loss: float
    """The mean over the epoch's steps, taken while the weights were changing."""
    val_loss: float
    val_metrics: Metrics
    seconds: float
    """For the whole epoch with its validation; pauses do not count."""
    samples_per_second: float
    """Training samples alone, over the time of the training steps alone."""
    train_metrics: Metrics
    best: bool
    """Whether the validation loss is the lowest so far."""
    learning_rate: float
    """The rate of the epoch's last step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diverged(Event):
    """The loss is no number any more: training has ended."""

    event: ClassVar[str] = "diverged"
    epoch: int
    step: int
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """All epochs are done, and the test part was evaluated once."""

    event: ClassVar[str] = "finished"
    test_loss: float
    test_metrics: Metrics
    epochs: int
    best_epoch: int
    """The epoch with the lowest validation loss; 0 when none was trained."""
    best_val_loss: float
    seconds: float
    tested_epoch: int = 0
    """The epoch whose weights were tested: the best one's with a patience, else the
    last one's."""
    stopped_early: bool = False
    """Whether patience ran out; then the best epoch's weights were tested and kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOpened(Event):
    """A run has an entry in the history and a folder for its files."""

    event: ClassVar[str] = "run"
    id: int
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """Training waits until it is told to go on."""

    event: ClassVar[str] = "paused"
    epoch: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """Training goes on after a pause."""

    event: ClassVar[str] = "resumed"
    epoch: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Event):
    """Training was ended by the user before its last epoch."""

    event: ClassVar[str] = "stopped"
    epoch: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointSaved(Event):
    """The end of an epoch is on disk: the run can be resumed from there."""

    event: ClassVar[str] = "checkpoint"
    epoch: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointFailed(Event):
    """A checkpoint could not be written; training goes on, the old one is whole."""

    event: ClassVar[str] = "checkpoint-failed"
    epoch: int
    message: str
    remedy: str
