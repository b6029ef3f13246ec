"""The loss of every step of a run, kept as it comes: twelve bytes for each.

A file for each player in the run's folder. Going on with a run cuts them to its
checkpoint, so that they are those of a run that was never interrupted. Nothing here
imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

PATTERN = "losses-*.bin"
_RECORD = np.dtype([("epoch", "<u4"), ("step", "<u4"), ("loss", "<f4")])

Numbers = NDArray[np.float64]


class StepLosses:
    """Writes them. A disk that is full ends the record, and not the training."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        self._is_broken = False

    def begin(self, epochs: int = 0, steps: int = 0) -> None:
        """Keep what the first `epochs` have, and so many `steps` of the next one."""
        for path in self._folder.glob(PATTERN):
            try:
                kept = _read(path)
                early = kept["epoch"] <= epochs
                now = (kept["epoch"] == epochs + 1) & (kept["step"] <= steps)
                kept[early | now].tofile(path)
            except OSError:
                self._is_broken = True

    def add(
        self, epoch: int, step: int, players: Sequence[str], losses: Sequence[float]
    ) -> None:
        """Losses up to a step, one of each player for every step, oldest first."""
        for place, player in enumerate(players):
            own = losses[place :: len(players)]
            records = np.empty(len(own), _RECORD)
            records["epoch"] = epoch
            records["step"] = np.arange(step - len(own) + 1, step + 1)
            records["loss"] = own
            self._write(player, records.tobytes())

    def flush(self) -> None:
        """Put on disk what was added so far."""
        for file in self._files.values():
            try:
                file.flush()
            except OSError:
                self._is_broken = True

    def close(self) -> None:
        """Nothing more is added."""
        for file in self._files.values():
            with suppress(OSError):
                file.close()
        self._files.clear()

    def _write(self, player: str, content: bytes) -> None:
        if self._is_broken:
            return
        try:
            if player not in self._files:
                path = self._folder / PATTERN.replace("*", player)
                self._files[player] = path.open("ab")
            self._files[player].write(content)
        except OSError:
            self._is_broken = True


def has_losses(folder: Path) -> bool:
    """Whether the losses of a run's steps were kept."""
    return any(folder.glob(PATTERN))


def read_losses(
    folder: Path, epochs: float, steps: int, steps_per_epoch: int
) -> dict[str, tuple[Numbers, Numbers]]:
    """By player the steps, counted from 1 through all epochs, and their losses.

    Only those of the first `epochs`, and so many `steps` of the next one; of infinitely
    many epochs all that there are.
    """
    found = {}
    for path in sorted(folder.glob(PATTERN)):
        try:
            kept = _read(path)
        except OSError:  # a folder that someone else took away
            continue
        place = (kept["epoch"].astype(np.float64) - 1) * steps_per_epoch + kept["step"]
        early = place <= epochs * steps_per_epoch + steps
        player = path.stem.removeprefix("losses-")
        found[player] = (place[early], kept["loss"][early].astype(np.float64))
    return found


def _read(path: Path) -> NDArray[np.void]:
    """The whole records of a file; one that was cut off by a kill is left out."""
    return np.fromfile(path, _RECORD, count=path.stat().st_size // _RECORD.itemsize)
