"""Sweeps in words: what they are called, and how far they are."""

from __future__ import annotations

from collections.abc import Collection

from engine import sweeps
from engine.catalog.settings import Setting
from engine.figures import figure
from engine.sweep_study import DONE, PRUNED, Trial
from gui.texts import Texts

tr = Texts("sweeps")


def ended(trials: Collection[Trial]) -> int:
    """How many trials are over."""
    return sum(1 for trial in trials if trial.state in {DONE, PRUNED, "failed"})


def standing(trials: Collection[Trial], total: int) -> list[str]:
    """How many of `total` trials are over, how they ended, and which is the best."""
    parts = [tr("{ended} of {total} trials", ended=ended(trials), total=total)]
    for state in (PRUNED, "failed"):
        count = sum(1 for trial in trials if trial.state == state)
        parts += [f"{count} {state}"] if count else []
    best = sweeps.best_of(trials)
    if best is not None:
        parts.append(
            tr(
                "best validation loss {loss} in trial {number}",
                loss=figure(best.loss),
                number=best.number,
            )
        )
    return parts


def title_of(name: str, setting: Setting) -> str:
    """A setting of a sweep as forms name it: `Learning rate`, `conv1: Kernel size`."""
    owner, dot, _ = name.rpartition(".")
    return f"{owner}: {setting.title}" if dot else setting.title


def in_words(name: str) -> str:
    """A sweep's folder as people read it: `2026-11-21 13:18  iris-network`."""
    day, _, rest = name.partition("-")
    time, _, words = rest.partition("-")
    if not (len(day) == 8 and len(time) == 6 and (day + time).isdigit()):
        return name
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:4]}  {words}"
