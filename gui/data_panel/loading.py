"""What the panel of data does on its threads: loads, and finds out figures."""

from __future__ import annotations

from pathlib import Path

from engine.document import DataConfig
from engine.figures import percent
from engine.problems import Problem, Refusal
from gui.data_panel.pages import Figures, Loaded, Unusable
from gui.texts import Texts
from gui.training.worker import LoadingStopped

tr = Texts("data")

ROWS = 100
"""Rows of a table on one page; a grid has as many cells as there is room for."""


class Progress:
    """What is being downloaded, told by the thread that loads."""

    def __init__(self) -> None:
        self.text = ""
        self._is_stopped = False

    def stop(self) -> None:
        """Break a download off: the data is not wanted any more."""
        self._is_stopped = True

    def __call__(self, done: int, total: int, what: str) -> None:
        if self._is_stopped:
            raise LoadingStopped
        share = percent(done / total) if total else tr("{done:.0f} MB", done=done / 1e6)
        self.text = tr("Downloading {what}: {share}", what=what, share=share)


def load_to_show(
    config: DataConfig, data_dir: Path, may_download: bool, progress: Progress
) -> object:
    """The data with what reads it; a sentence where it would have to be downloaded.

    A table that cannot be learnt from is shown as it stands: in it one finds the gap.
    """
    from engine.data.source import describe, source_of

    try:
        info = describe(config, data_dir)
    except Refusal as refusal:
        unusable = _as_written(config, data_dir, refusal.problem)
        if unusable is None:
            raise
        return unusable
    later, now = "will be downloaded when training starts", "have to be downloaded"
    if source_of(config).downloads and later in info.note and not may_download:
        return info.note.replace(later, now)
    from gui.data_panel.reading import Reader, load_data  # PyTorch, on the thread

    try:
        loaded = load_data(config, data_dir, progress)
    except LoadingStopped:  # nobody waits for the answer any more
        return ""
    return loaded, Reader(loaded, data_dir)


def _as_written(
    config: DataConfig, data_dir: Path, problem: Problem
) -> Unusable | None:
    """The first rows of a table's file; None where it is no table."""
    from engine.data.tables import table_in

    path = str(config.settings.get("path", "")).strip()
    table = table_in(data_dir, config.settings) if path else None
    if table is None:
        return None
    return Unusable(
        problem=problem,
        heads=table.columns,
        rows=tuple(map(table.row, range(min(ROWS, len(table))))),
        numbers=tuple(map(str, table.row_numbers[:ROWS])),
    )


def find_figures(loaded: Loaded) -> Figures:
    """What takes reading all of the data; PyTorch is imported on the thread."""
    from gui.data_panel.reading import figures_of

    return figures_of(loaded)
