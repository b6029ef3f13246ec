"""The last run of a document, from the history: what it learned, and its curves."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

from engine.document import Document
from engine.problems import Refusal
from engine.showing.likeness import computes_alike

if TYPE_CHECKING:  # SQLite, and pyqtgraph: after the first frame
    from engine.run_record import Run
    from engine.runs import Runs
    from gui.training.plots import Plots


_MOST_READ = 30
"""So many runs are looked into, the newest first: each is a file to be read."""


def last_run_of(document: Document, history: Runs) -> Run | None:
    """The newest run that left weights of this very network, under its name.

    Runs of an earlier state of it, and of others of its name, are passed over. Raises
    Refusal where the history cannot be read.
    """
    from engine.run_comparison import document_of
    from engine.run_record import FINAL, RUNNING

    named = (run for run in history.list() if run.name == document.name)
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


def draw_earlier(plots: Plots, run: Run) -> None:
    """Draw the curves of a run that is over."""
    from engine.run_curves import read_curves
    from engine.step_losses import read_losses

    curves = read_curves(run.folder)
    steps = curves.steps_per_epoch or 1
    plots.clear(steps, 0)
    plots.add_earlier(read_losses(run.folder, math.inf, 0, steps))
    if len(curves):
        plots.add_earlier_epochs(curves, int(curves.epochs[-1]))
