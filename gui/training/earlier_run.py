"""The last run of a document, from the history: what it learned, and its curves."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

from engine.document import Document
from engine.problems import Refusal
from engine.showing.likeness import computes_alike

if TYPE_CHECKING:  # SQLite, and pyqtgraph: after the first frame
    from engine.run_curves import Curves
    from engine.run_record import Run
    from engine.runs import Runs
    from engine.training.events import Finished
    from gui.training.plots import Plots


_ENDING = ("epochs", "best_epoch", "seconds", "tested_epoch")
"""What of a finished run is told, beside its test."""
_MOST_READ = 30
"""So many runs are looked into, the newest first: each is a file to be read."""


def last_run_of(document: Document, history: Runs) -> Run | None:
    """The newest run that left weights of this very network, under its name.

    Runs of an earlier state of it, of others of its name, and trials of a sweep, which
    learned with other settings than it says, are passed over. Raises Refusal where the
    history cannot be read.
    """
    from engine.run_comparison import document_of
    from engine.run_record import FINAL, RUNNING

    listed = history.list()
    named = (run for run in listed if run.name == document.name and not run.sweep)
    for run in islice(named, _MOST_READ):
        if run.state == RUNNING or not (run.folder / FINAL).is_file():
            continue
        try:
            trained = document_of(run)
        except Refusal:
            continue
        if trained.data == document.data and computes_alike(trained, document):
            return run
    return None


def draw_earlier(plots: Plots, run: Run) -> Curves:
    """Draw the curves of a run that is over; gives them."""
    from engine.run_curves import read_curves
    from engine.step_losses import read_losses

    curves = read_curves(run.folder)
    steps = curves.steps_per_epoch or 1
    plots.clear(steps, 0)
    plots.add_earlier(read_losses(run.folder, math.inf, 0, steps))
    if len(curves):
        plots.add_earlier_epochs(curves, int(curves.epochs[-1]))
    return curves


def finish_of(run: Run) -> Finished | None:
    """The end of a run as its training told it; None where it did not finish."""
    from engine.training.events import Finished

    result = run.result
    if result.get("event") != Finished.event:
        return None
    metrics = {
        name.removeprefix("test_"): float(value)
        for name, value in result.items()
        if name.startswith("test_") and isinstance(value, (int, float))
    }
    loss = metrics.pop("loss", math.nan)
    known = {name: result[name] for name in _ENDING if result.get(name) is not None}
    if len(known) < len(_ENDING):  # of an earlier version, or no number
        return None
    return Finished(
        test_loss=loss, test_metrics=metrics, best_val_loss=math.nan, **known
    )
