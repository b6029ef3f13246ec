"""The headless verb that trains, for a person at a terminal or for a program."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from engine.verbs.network import analysed
from engine.verbs.options import check_options, natural, positive
from engine.verbs.output import DOCUMENT_ERRORS, DONE, FAILED, print_errors
from engine.verbs.runs import followed

if TYPE_CHECKING:
    from engine.document import Document
    from engine.training.events import Event


def train_options(verb: argparse.ArgumentParser) -> None:
    """What `train` takes."""
    check_options(verb)
    verb.add_argument("--epochs", type=positive, metavar="N")
    verb.add_argument("--device", choices=("auto", "cpu", "cuda"))
    verb.add_argument("--precision", choices=("auto", "fp32", "bf16", "fp16"))
    verb.add_argument("--seed", type=natural, metavar="N")
    verb.add_argument("--run-dir", type=Path, metavar="DIR", help="where the run goes")
    verb.add_argument(
        "--resume", action="store_true", help="go on from the run's last checkpoint"
    )
    verb.add_argument(
        "--mlflow",
        metavar="STORE",
        help="write the run to a folder or server of MLflow",
    )


def train(options: argparse.Namespace, document: Document) -> int:
    """Train a network; its events on the output, as lines of JSON or in words."""
    analysis = analysed(document, options.data_dir)
    if not analysis.is_valid:
        print_errors(analysis.problems)
        return DOCUMENT_ERRORS
    from engine.session import train_document
    from engine.showing.wishes import Wishes
    from engine.training.events import Diverged
    from engine.training.reporting import as_json

    names = ("epochs", "device", "precision", "seed")
    screen = None if options.json else Screen()
    events = train_document(
        document,
        data_dir=options.data_dir,
        run_dir=options.run_dir,
        resume=options.resume,
        overrides={name: getattr(options, name) for name in names},
        progress=screen.downloading if screen else None,
        show=Wishes(pictures=False) if screen else None,
    )
    if options.mlflow:
        events = followed(events, options.mlflow, options.run_dir)
    failed = False
    with screen or nullcontext():
        for event in events:
            if screen is not None:
                screen.show(event)
            elif event.event != "step":  # thousands a second, for a program to read
                print(as_json(event), flush=True)
            if isinstance(event, Diverged):
                failed = True
                print(f"{event.message} {event.remedy}", file=sys.stderr)
    return FAILED if failed else DONE


class Screen:
    """A progress bar and a growing table for a person at a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TimeRemainingColumn(),
            console=Console(),
            transient=True,
        )
        self._task = self._progress.add_task("preparing", total=None)
        self._steps = 0

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def downloading(self, done: int, total: int, what: str) -> None:
        """Show how far a download is; sizes in bytes."""
        self._progress.update(
            self._task, description=what, completed=done, total=total or None
        )

    def show(self, event: Event) -> None:
        """Move the bar, and print what is worth a line."""
        from engine.showing.telling import as_text
        from engine.training.events import EpochDone, Started, StepDone

        if isinstance(event, Started):
            self._steps = event.steps_per_epoch
            total = event.epochs * self._steps
            done = event.epochs_done * self._steps
            self._progress.update(self._task, total=total, completed=done)
        elif isinstance(event, StepDone):
            done = (event.epoch - 1) * self._steps + event.step
            self._progress.update(
                self._task, completed=done, description=f"epoch {event.epoch}"
            )
        if isinstance(event, EpochDone):
            self._progress.update(self._task, completed=event.epoch * self._steps)
        if line := as_text(event):
            console = self._progress.console
            console.print(line, highlight=False, markup=False, soft_wrap=True)
