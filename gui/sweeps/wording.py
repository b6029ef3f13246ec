"""How far a sweep is, in words."""

from __future__ import annotations

from collections.abc import Collection

from engine import sweeps
from engine.figures import loss_figure
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
                loss=loss_figure(best.loss),
                number=best.number,
            )
        )
    return parts
