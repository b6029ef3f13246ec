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
from engine.run_curves import (
    Curves,
    bare_name,
    full_name,
    part_of,
    read_curves,
    read_step_losses,
)
from engine.run_record import Run
from engine.storage import write_whole

CSV_COLUMNS = ("run", "name", "epoch", "step", "seconds", "part", "metric", "value")
STEP_LOSS = "step_loss"
"""What the loss of a step is called there."""


def curves_as_csv(runs: Sequence[Run], *, each_step: bool = False) -> str:
    """One line for each run, epoch and figure, so that any program can group them.

    Step and seconds count from the beginning of the run; what is not known is empty.
    With `each_step` there is a line for the loss of every step too.
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
        if each_step:
            table.writerows(_step_lines(run, curves))
    return text.getvalue()


def _step_lines(run: Run, curves: Curves) -> Iterator[tuple[object, ...]]:
    """The loss of each step: `step_loss`, or `generator_step_loss` where several learn.

    The epoch is the one that the step belongs to.
    """
    per_epoch = curves.steps_per_epoch or 1
    found = read_step_losses(run.folder, curves)
    for player, (steps, losses) in found.items():
        name = STEP_LOSS if len(found) == 1 else f"{player}_{STEP_LOSS}"
        for step, loss in zip(steps.astype(int).tolist(), losses.tolist(), strict=True):
            epoch = (step - 1) // per_epoch + 1
            yield run.id, run.title, epoch, step, "", "training", name, repr(loss)


def write_csv(runs: Sequence[Run], path: Path, *, each_step: bool = False) -> None:
    """Write the curves of runs to one CSV file. Raises Refusal."""
    text = curves_as_csv(_recorded(runs), each_step=each_step)
    write_whole(path, text.encode())


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
