"""How a sweep searches, and what happens while it does, as values."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import ClassVar

from engine.catalog.settings import Choice, Count, Int
from engine.sweep_study import PRUNERS, SAMPLERS, Trial
from engine.training.events import Event

SWEEP_SETTINGS = (
    Choice(
        name="sampler",
        default="tpe",
        options=SAMPLERS,
        names=("TPE", "Random", "Grid"),
        lines=(
            "Learns from earlier trials where good values lie.",
            "Draws every combination by chance.",
            "Tries every combination of the values.",
        ),
        label="Search",
        help="How the next combination is chosen.",
    ),
    Count(
        name="trials",
        default=20,
        minimum=1,
        maximum=100_000,
        help="How many combinations are tried; a grid has as many as it has.",
    ),
    Choice(
        name="pruner",
        default="median",
        options=PRUNERS,
        names=("Median", "Halving", "None"),
        lines=(
            "Stops a trial that is worse than half of the others at that epoch.",
            "Lets the best quarter go on, each time after four times as many epochs.",
            "Trains every trial to its end.",
        ),
        label="Pruning",
        help="Which trials end early, by their validation loss.",
    ),
    Count(
        name="at_once",
        default=1,
        minimum=1,
        maximum=64,
        label="At once",
        unit="trials",
        help="How many trials train side by side, each in a process of its own.",
    ),
    Int(
        name="seed",
        default=0,
        minimum=0,
        maximum=2**32 - 1,
        help="The same seed draws the same combinations.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a sweep searches. A test holds `SWEEP_SETTINGS` against these fields."""

    sampler: str = "tpe"
    trials: int = 20
    pruner: str = "median"
    at_once: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepStarted(Event):
    """A sweep begins, or goes on after `done` trials."""

    event: ClassVar[str] = "sweep"
    folder: str
    trials: int
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialChanged(Event):
    """A trial was begun, went on for an epoch, or ended."""

    event: ClassVar[str] = "trial"
    trial: Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepEnded(Event):
    """No trial is left, or the sweep was stopped."""

    event: ClassVar[str] = "sweep-ended"
    was_stopped: bool
    best: Trial | None
    """The trial with the lowest validation loss."""


def as_record(event: Event) -> dict[str, object]:
    """A sweep's event as JSON has it."""
    if isinstance(event, TrialChanged):
        return {"event": event.event, **trial_record(event.trial)}
    record: dict[str, object] = {"event": event.event}
    if isinstance(event, SweepStarted):
        record |= asdict(event)
    if isinstance(event, SweepEnded):
        best = event.best
        record |= {"was_stopped": event.was_stopped}
        record |= {"best": trial_record(best) if best is not None else None}
    return record


def trial_record(trial: Trial) -> dict[str, object]:
    """A trial as JSON has it."""
    loss = trial.loss if math.isfinite(trial.loss) else None
    figures = {f"val_{name}": value for name, value in trial.metrics.items()}
    return {
        "trial": trial.number,
        "state": trial.state,
        "values": trial.values,
        "val_loss": loss,
        **figures,
        "epochs": trial.epochs,
        "run": trial.run,
        "message": trial.message,
        "seconds": trial.seconds,
    }
