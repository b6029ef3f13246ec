"""The curves of runs for other programs: one CSV file, or TensorBoard's event files."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType

from engine.problems import Refusal
from engine.run_curves import Curves, bare_name, full_name, part_of, read_curves
from engine.run_record import Run
from engine.storage import write_whole

CSV_COLUMNS = ("run", "name", "epoch", "step", "seconds", "part", "metric", "value")


def curves_as_csv(runs: Sequence[Run]) -> str:
    """One line for each run, epoch and figure, so that any program can group them.

    Step and seconds count from the beginning of the run; what is not known is empty.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(CSV_COLUMNS)
    for run in runs:
        curves = read_curves(run.folder)
        for place, name, value in _figures(curves):
            step = "" if curves.steps is None else int(curves.steps[place])
            table.writerow(
                (
                    run.id,
                    run.title,
                    int(curves.epochs[place]),
                    step,
                    repr(float(curves.seconds[place])),
                    part_of(name),
                    bare_name(name),
                    repr(value),
                )
            )
    return text.getvalue()


def write_csv(runs: Sequence[Run], path: Path) -> None:
    """Write the curves of runs to one CSV file. Raises Refusal."""
    write_whole(path, curves_as_csv(_recorded(runs)).encode())


def write_tensorboard(runs: Sequence[Run], folder: Path) -> list[Path]:
    """Write a folder of TensorBoard events for each run; gives these folders.

    A figure is called `loss/training`, so that TensorBoard draws the parts of one
    metric together. Raises Refusal.
    """
    runs = _recorded(runs)
    summaries = _tensorboard()
    written = []
    for run in runs:
        place = folder / _folder_name(run)
        try:
            # What an earlier export left would be drawn as well, in the same curve.
            for old in place.glob("events.out.tfevents.*"):
                old.unlink()
            _write_events(summaries, run, place)
        except OSError as error:
            raise Refusal(
                f"{place} could not be written: {error.strerror or error}.",
                "Choose another folder.",
                code="unwritable",
            ) from error
        written.append(place)
    return written


def _write_events(summaries: ModuleType, run: Run, folder: Path) -> None:
    curves = read_curves(run.folder)
    began = datetime.fromisoformat(run.started).timestamp()
    with summaries.SummaryWriter(str(folder)) as writer:
        settings = "\n".join(f"- {name}: {value}" for name, value in run.recipe.items())
        writer.add_text("recipe", settings, walltime=began)
        for place, name, value in _figures(curves):
            by = curves.epochs if curves.steps is None else curves.steps
            writer.add_scalar(
                full_name(name),
                value,
                global_step=int(by[place]),
                walltime=began + float(curves.seconds[place]),
            )


def _tensorboard() -> ModuleType:
    try:
        from torch.utils import tensorboard
    except ImportError as error:
        raise Refusal(
            "TensorBoard's files need the package tensorboard, which is not installed.",
            "Install it with: pip install espalier[tensorboard]",
            code="no-tensorboard",
        ) from error
    return tensorboard


def _figures(curves: Curves) -> Iterator[tuple[int, str, float]]:
    """Place, name and value of every figure that is a number, epoch by epoch."""
    for place in range(len(curves)):
        for name, values in curves.metrics.items():
            value = float(values[place])
            if math.isfinite(value):
                yield place, name, value


def _recorded(runs: Sequence[Run]) -> Sequence[Run]:
    if not runs:
        raise Refusal(
            "There are no runs to export.", "Choose one or more.", code="no-runs"
        )
    if not any(len(read_curves(run.folder)) for run in runs):
        raise Refusal(
            "None of these runs has finished an epoch, so there are no curves.",
            "Choose a run that has.",
            code="no-curves",
        )
    return runs


def _folder_name(run: Run) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", run.title).strip("-")[:40] or "run"
    return f"{run.id:04d}-{words}"
