"""What a run leaves in its folder and in the history while it is trained."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TextIO

from torch import Tensor

from engine.problems import Refusal
from engine.recipe import Recipe
from engine.runs import (
    BEST,
    CHECKPOINT,
    DOCUMENT,
    EVENTS,
    FAILED,
    FINAL,
    STOPPED,
    Run,
    Runs,
)
from engine.step_losses import StepLosses
from engine.storage import write_whole
from engine.training import checkpoint as checkpoints
from engine.training.checkpoint import Checkpoint
from engine.training.events import (
    CheckpointFailed,
    CheckpointSaved,
    EpochDone,
    Event,
    StepDone,
)
from engine.training.loop import State
from engine.training.reporting import as_json, as_record

MOST_WRITING = 0.05
"""The largest share of the time that may go into writing checkpoints."""
FIRST_PAUSE = 1.0
"""Seconds until the first checkpoint: a run that is cut off early can go on, too."""


class RunKeeper:
    """Keeps a run's folder and its entry in the history up to date."""

    def __init__(
        self, run: Run, runs: Runs, document: str, state: State, recipe: Recipe
    ) -> None:
        """`document` is the text of the document that is trained."""
        self._run = run
        self._runs = runs
        self._document = document
        self._state = state
        self._recipe = recipe
        self._good: Checkpoint = checkpoints.take(state, recipe)
        self._best: dict[str, Tensor] | None = None
        self._saved: Checkpoint | None = None
        self._saved_at = time.monotonic()
        self._pause = min(FIRST_PAUSE, recipe.checkpoint_seconds)
        self._events: TextIO | None = None
        self._losses = StepLosses(run.folder)
        self._ended = False
        self.earlier: list[EpochDone] = []
        """The epochs before the run was taken up again, with their losses."""

    @property
    def good(self) -> Checkpoint:
        """The last moment at which all was well."""
        return self._good

    def begin(self, *, resumed: bool) -> None:
        """Write the document, and open the record of events. Raises Refusal."""
        folder = self._run.folder
        write_whole(folder / DOCUMENT, self._document.encode())
        path = folder / EVENTS
        kept = _up_to(path, self._good.epoch) if resumed else ""
        self.earlier = _epochs_in(kept)
        write_whole(path, kept.encode())
        try:
            self._events = path.open("a", encoding="utf-8")
        except OSError as error:
            raise Refusal(
                f"{path} could not be written: {error.strerror}.",
                "Choose another folder for the run.",
                code="unwritable",
            ) from error
        self._losses.begin(*((self._good.epoch, self._good.step) if resumed else ()))
        if not resumed:  # files of an earlier run in this folder are not this run's
            for name in (FINAL, BEST, CHECKPOINT):
                (folder / name).unlink(missing_ok=True)

    def note(self, event: Event) -> Iterator[Event]:
        """Record an event; after an epoch keep its weights, now and then on disk."""
        self._record(event)
        if not isinstance(event, EpochDone):
            return
        self._good = checkpoints.take(self._state, self._recipe)
        if event.best:
            self._best = self._good.weights
        if self._is_due():
            yield self._save(event.epoch)

    def note_losses(self, event: StepDone) -> None:
        """Record the losses that came with a step."""
        self._losses.add(event.epoch, event.step, event.players, event.losses)

    def keep_if_due(self, event: StepDone) -> Iterator[Event]:
        """In a long epoch, keep its middle; `event` brought losses that are numbers."""
        if self._is_due() and all(map(math.isfinite, event.losses)):
            self._good = checkpoints.take(self._state, self._recipe)
            yield self._save(event.epoch)

    def _is_due(self) -> bool:
        return time.monotonic() - self._saved_at >= self._pause

    def _save(self, epoch: int) -> Event:
        try:
            path = self._write_checkpoint()
        except Refusal as refusal:
            self._saved_at = time.monotonic()
            problem = refusal.problem
            return CheckpointFailed(
                epoch=epoch, message=problem.message, remedy=problem.remedy
            )
        return CheckpointSaved(epoch=epoch, path=str(path))

    def restore_last_good(self) -> None:
        """Put the network back to its last checkpoint, or to its beginning."""
        self._state.network.load_state_dict(self._good.weights)

    def end(self, how: str, event: Event | None, message: str = "") -> None:
        """Write what is to be kept, and close the run's entry. Raises Refusal."""
        if self._ended:
            return
        self._ended = True
        if event is not None:
            self._record(event)
        self._close_events()
        result = as_record(event) if event is not None else {}
        try:
            weights = self._state.network.state_dict()
            checkpoints.write_weights(weights, self._run.folder / FINAL)
            if how == STOPPED:
                self._keep_this_step()
            self._write_checkpoint()
        except Refusal as refusal:
            message = f"{message} {refusal.problem.sentence()}".strip()
            self._runs.close(self._run.id, FAILED, result, message)
            raise
        self._runs.close(self._run.id, how, result, message)

    def fail(self, message: str) -> None:
        """Close the run's entry; what was last known to be good is kept."""
        self._close_events()
        if not self._ended:
            self._ended = True
            if self._good.epoch or self._good.step:
                with suppress(Refusal):  # the failure itself is what is to be told
                    self._write_checkpoint()
            self._runs.close(self._run.id, FAILED, None, message)

    def _keep_this_step(self) -> None:
        """Keep the step that training was stopped after, unless it went wrong."""
        now = checkpoints.take(self._state, self._recipe)
        if all(bool(tensor.isfinite().all()) for tensor in now.weights.values()):
            self._good = now

    def _write_checkpoint(self) -> Path:
        self._losses.flush()
        path = self._run.folder / CHECKPOINT
        if self._best is not None:
            checkpoints.write_weights(self._best, self._run.folder / BEST)
            self._best = None
        if self._good is not self._saved:
            begun = time.monotonic()
            checkpoints.write(self._good, path)
            self._saved = self._good
            wrote = time.monotonic() - begun
            self._pause = max(self._recipe.checkpoint_seconds, wrote / MOST_WRITING)
        self._saved_at = time.monotonic()
        return path

    def _record(self, event: Event) -> None:
        if self._events is not None and not isinstance(event, StepDone):
            # A disk that is full is no reason to end a training: what is not written
            # stays in the file's buffer, and is written when there is room again.
            with suppress(OSError):
                self._events.write(as_json(event) + "\n")
                self._events.flush()

    def _close_events(self) -> None:
        self._losses.close()
        events, self._events = self._events, None
        if events is not None:
            with suppress(OSError):
                events.close()


def _up_to(path: Path, epoch: int) -> str:
    """The record of events up to the end of an epoch: what came after is done again."""
    kept = ""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            record = json.loads(line)
        except ValueError:  # cut off when the program was killed
            break
        of_epochs = ("epoch", "checkpoint", "trouble")
        is_first = record["event"] == "started" and not kept
        if is_first or (record["event"] in of_epochs and record["epoch"] <= epoch):
            kept += line + "\n"
    return kept


def _epochs_in(record: str) -> list[EpochDone]:
    """The epochs in a record of events: their losses, and no other metrics."""
    epochs = []
    for line in record.splitlines():
        found = json.loads(line)
        if found["event"] != EpochDone.event:
            continue
        known = {each.name: found.get(each.name) for each in fields(EpochDone)}
        known |= {"train_metrics": {}, "val_metrics": {}}
        if None not in known.values():  # a loss that was no number
            epochs.append(EpochDone(**known))
    return epochs
