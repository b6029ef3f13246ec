"""The headless verbs about many runs: the table of runs, and sweeps."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.figures import loss_figure
from engine.problems import Refusal
from engine.verbs.options import data_option, json_option
from engine.verbs.output import DONE, FAILED, WRONG_USAGE, print_json, print_table

if TYPE_CHECKING:
    from engine.document import Document
    from engine.run_record import Run
    from engine.run_table import Row
    from engine.sweeps import Sweep
    from engine.training.events import Event

_SHOWN = ("id", "name", "state", "test", "val_loss", "epochs", "learning_rate", "seed")


def runs_options(verb: argparse.ArgumentParser) -> None:
    """What `runs` takes."""
    verb.add_argument("ids", nargs="*", type=int, metavar="ID", help="these runs alone")
    json_option(verb)
    _runs_dir_option(verb)
    verb.add_argument(
        "--filter",
        default="",
        metavar="TEXT",
        help="words that name, tags, notes or settings hold: adam tag:best seed=0",
    )
    verb.add_argument(
        "--sort", default="-id", metavar="COLUMN", help="upwards; =-COLUMN downwards"
    )
    verb.add_argument("--compare", action="store_true", help="two runs side by side")
    verb.add_argument("--csv", type=Path, metavar="FILE", help="their curves as CSV")
    verb.add_argument(
        "--each-step", action="store_true", help="the CSV has each step's loss too"
    )
    verb.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="their curves for TensorBoard"
    )
    verb.add_argument(
        "--mlflow", metavar="STORE", help="write them to a folder or server of MLflow"
    )


def sweep_options(verb: argparse.ArgumentParser) -> None:
    """What `sweep` takes."""
    verb.add_argument("target", nargs="?", metavar="TARGET", help="a file or lesson:ID")
    verb.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="SETTING=VALUES",
        help="learning_rate=1e-4..1e-1:log or conv1.out_channels=8,16,32",
    )
    verb.add_argument("--trials", type=int, metavar="N")
    verb.add_argument("--sampler", choices=("tpe", "random", "grid"))
    verb.add_argument("--pruner", choices=("median", "halving", "none"))
    verb.add_argument("--at-once", type=int, metavar="N", help="trials side by side")
    verb.add_argument("--seed", type=int, metavar="N", help="of the search")
    verb.add_argument("--epochs", type=int, metavar="N", help="of each trial")
    verb.add_argument(
        "--resume", type=Path, metavar="DIR", help="go on with the sweep in a folder"
    )
    data_option(verb)
    _runs_dir_option(verb)
    json_option(verb)


def _runs_dir_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--runs-dir", type=Path, metavar="DIR", help="where runs are kept"
    )


# The learning rate.


def find_rate(options: argparse.Namespace, document: Document) -> int:
    """Try which learning rate to begin with, and say so."""
    from functools import partial

    from engine.session import prepare
    from engine.training.rate_finder import find_rate

    found = find_rate(partial(prepare, document, options.data_dir))
    if options.json:
        curve = [[each.rate, each.loss, each.smooth] for each in found.tried]
        record = {"rate": found.rate, "diverged": found.diverged, "curve": curve}
        print_json(record)
        return DONE
    tenth = max(1, len(found.tried) // 15)
    print_table(
        ["learning rate", "loss", "smoothed"],
        [
            [f"{each.rate:.2g}", loss_figure(each.loss), loss_figure(each.smooth)]
            for each in found.tried[::tenth]
        ],
        [True] * 3,
    )
    print(f"{found.sentence()}.")
    return DONE


# Runs.


def show_runs(options: argparse.Namespace) -> int:
    """The table of runs, a comparison of two, or an export of their curves."""
    rows = _chosen(options)
    runs = [row.run for row in rows]
    if options.compare:
        return _compare(runs, options.json)
    if options.csv or options.tensorboard or options.mlflow:
        return _export(runs, options)
    if options.json:
        print_json([_record(row) for row in rows])
        return DONE
    from engine.run_table import BY_NAME

    shown = [BY_NAME[name] for name in _SHOWN]
    print_table(
        [column.title for column in shown],
        [[column.text(row) for column in shown] for row in rows],
        [column.is_number for column in shown],
    )
    return DONE


def _chosen(options: argparse.Namespace) -> list[Row]:
    from engine.run_curves import CurveShelf
    from engine.run_table import BY_NAME, matches, row_of, sorted_rows
    from engine.runs import Runs, default_folder

    history = Runs(options.runs_dir or default_folder())
    runs = [run for run in history.list() if matches(run, options.filter)]
    for number in options.ids:
        history.get(number)  # refuses what is not there
    if options.ids:
        runs = [run for run in runs if run.id in options.ids]
    shelf = CurveShelf()
    name = options.sort.removeprefix("-")
    if name not in BY_NAME:
        raise Refusal(
            f"There is no column {name}.",
            f"Take one of {', '.join(BY_NAME)}.",
            code="no-target",
        )
    rows = [row_of(run, shelf.of(run)) for run in runs]
    return sorted_rows(rows, name, descending=options.sort.startswith("-"))


def _record(row: Row) -> dict[str, object]:
    from engine.run_table import COLUMNS

    run = row.run
    figures = {
        column.name: None if value != value else value  # nan is no JSON
        for column in COLUMNS
        if column.is_number and (value := column.key(row)) != ""
    }
    return {
        "id": run.id,
        "title": run.title,
        "name": run.name,
        "state": run.state,
        "started": run.started,
        "ended": run.ended,
        "epochs": row.epochs,
        **figures,
        "result": run.result,
        "recipe": run.recipe,
        "versions": run.versions,
        "device": run.device,
        "precision": run.precision,
        "tags": list(run.tags),
        "note": run.note,
        "starred": run.is_starred,
        "sweep": run.sweep,
        "message": run.message,
        "folder": str(run.folder),
    }


def _compare(runs: Sequence[Run], as_json: bool) -> int:
    from engine.run_comparison import differences

    if len(runs) != 2:
        print(f"Two runs are compared; {len(runs)} were chosen.", file=sys.stderr)
        return WRONG_USAGE
    first, second = sorted(runs, key=lambda run: run.id)
    found = differences(first, second)
    if as_json:
        keys = ("part", "what", str(first.id), str(second.id))
        rows = [(d.part, d.what, d.first, d.second) for d in found]
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
        return DONE
    print_table(
        ["", "", f"Run {first.id}", f"Run {second.id}"],
        [[each.part, each.what, each.first, each.second] for each in found],
        [False] * 4,
    )
    return DONE


def _export(runs: Sequence[Run], options: argparse.Namespace) -> int:
    from engine import run_export

    if options.csv:
        run_export.write_csv(runs, options.csv, each_step=options.each_step)
        print(f"Wrote {options.csv}.", file=sys.stderr)
    if options.tensorboard:
        written = run_export.write_tensorboard(runs, options.tensorboard)
        print(f"Wrote {len(written)} runs to {options.tensorboard}.", file=sys.stderr)
    if options.mlflow:
        from engine.run_mlflow import write_mlflow

        numbers = write_mlflow(runs, options.mlflow)
        print(f"Wrote {len(numbers)} runs to {options.mlflow}.", file=sys.stderr)
    return DONE


def followed(
    events: Iterator[Event], store: str, run_dir: Path | None
) -> Iterator[Event]:
    """The very `events` of a training, written to MLflow as they come."""
    from engine.run_mlflow import MlflowLog
    from engine.runs import Runs, default_folder

    log = MlflowLog(store)
    yield from log.follow(events, Runs(run_dir or default_folder()))
    if log.failure:
        print(log.failure, file=sys.stderr)


# Sweeps.


def run_sweep(options: argparse.Namespace, document: Document | None) -> int:
    """Begin a sweep of a document, or go on with one; prints trials as they end."""
    sweep = _sweep(options, document)
    events = sweep.run(data_dir=options.data_dir, runs_dir=options.runs_dir)
    if options.json:
        from engine.sweep_plan import as_record

        best = None
        for event in events:
            record = as_record(event)
            best = record.get("best", best)
            print_json(record)
        return DONE if best is not None else FAILED
    return _show_sweep(sweep, events)


def _sweep(options: argparse.Namespace, document: Document | None) -> Sweep:
    from engine import sweeps
    from engine.sweep_plan import Plan
    from engine.sweep_space import read

    names = ("trials", "sampler", "pruner", "at_once", "seed")
    given = {name: getattr(options, name) for name in names}
    given = {name: value for name, value in given.items() if value is not None}
    if options.resume is not None:
        sweep = sweeps.Sweep(options.resume)
        sweep.change_plan(replace(sweep.plan, **given))
        return sweep
    if document is None:
        raise Refusal(
            "A sweep needs a network.",
            "Give a file or lesson:ID, or --resume with a sweep's folder.",
            code="no-target",
        )
    if options.epochs is not None:
        from engine.session import with_overrides

        document = with_overrides(document, {"epochs": options.epochs})
    variations = [read(text, document) for text in options.vary]
    return sweeps.begin(document, variations, Plan(**given), options.runs_dir)


def _show_sweep(sweep: Sweep, events: Iterator[Event]) -> int:
    from rich.console import Console

    from engine.sweep_plan import SweepEnded, SweepStarted, TrialChanged

    console = Console(highlight=False)
    found = FAILED
    for event in events:
        if isinstance(event, SweepStarted):
            trials = "1 trial" if event.trials == 1 else f"{event.trials} trials"
            console.print(f"{trials}, {event.done} done: {event.folder}")
        elif isinstance(event, TrialChanged) and event.trial.state != "running":
            trial = event.trial
            loss = loss_figure(trial.loss) if trial.loss == trial.loss else "–"
            words = sweep.in_words(trial.values)
            line = f"{trial.number:4d}  {trial.state:7}  {loss:>8}  {words}"
            console.print(f"{line}  {trial.message}".rstrip(), markup=False)
        elif isinstance(event, SweepEnded) and event.best is not None:
            found = DONE
            words = sweep.in_words(event.best.values)
            loss = loss_figure(event.best.loss)
            console.print(f"best: {words}, validation loss {loss}")
    with suppress(Refusal):  # too few trials to tell
        for name, share in sweep.study.importance().items():
            console.print(f"{100 * share:4.0f} %  of the differences are by {name}")
    return found
