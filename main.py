"""Espalier's entry point: the window by default, the headless verbs beside it.

Imports are made where they are used: the window is on screen before PyTorch is loaded,
and `--help` answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from engine.problems import Problem, Refusal
from engine.verbs import runs as run_verbs

if TYPE_CHECKING:
    from engine.analysis import Analysis
    from engine.document import Document
    from engine.training.events import Event

DONE, DOCUMENT_ERRORS, WRONG_USAGE, FAILED = 0, 1, 2, 3
"""Exit codes."""

_THEMES = ("dark", "light", "dark-contrast", "light-contrast")
EXPORTS = (
    "module",
    "script",
    "notebook",
    "onnx",
    "pt2",
    "weights",
    "svg",
    "png",
    "pdf",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb, or open the window; gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    if not given or (given[0] not in VERBS and not given[0].startswith("-")):
        given = ["open", *given]
    options = parser.parse_args(given)
    try:
        return VERBS[options.verb](options)
    except Refusal as refusal:
        print(refusal.problem.sentence(), file=sys.stderr)
        return _EXIT_CODES.get(refusal.problem.code, FAILED)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        sys.stderr.close()
        return DONE


_EXIT_CODES = {
    "no-lesson": WRONG_USAGE,
    "no-target": WRONG_USAGE,
    "unreadable": WRONG_USAGE,
    "code-not-allowed": DOCUMENT_ERRORS,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Build neural networks by wiring layers. Without a verb, the window"
        " opens; TARGET is a file or lesson:ID.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    verb = verbs.add_parser("open", help="open the window (the default)")
    verb.add_argument("target", nargs="?", metavar="TARGET")
    verb.add_argument("--theme", choices=("system", *_THEMES), default=None)
    _data_option(verb)
    verb = verbs.add_parser("lessons", help="list the lessons and architectures")
    verb.add_argument("--json", action="store_true")
    run_verbs.runs_options(verbs.add_parser("runs", help="list, compare, export runs"))
    verb = verbs.add_parser("sweep", help="train with many settings, find the best")
    run_verbs.sweep_options(verb)
    _allow_option(verb)
    for name, text in (
        ("check", "problems, one a line; exit code 1 when there is an error"),
        ("summary", "layers with type, shape, parameters, operations; totals"),
        ("code", "the module's source"),
        ("train", "train a network"),
        ("find-rate", "try which learning rate to begin with"),
        ("export", "write code, weights or a picture of a network"),
        ("screenshot", "write a picture of the window"),
    ):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument(
            "target",
            metavar="TARGET",
            help="a file, lesson:ID, or (check) a lesson's folder",
        )
        _OPTIONS.get(name, _json_option)(verb)
        if name != "screenshot":  # which runs nothing of a document
            _allow_option(verb)
    return parser


def _json_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="JSON alone on the output")


def _allow_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--allow-code",
        action="store_true",
        help="run the Python code that the document carries: read it first",
    )


def _check_options(verb: argparse.ArgumentParser) -> None:
    _json_option(verb)
    _data_option(verb)


def _data_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where data sets are looked for and downloaded to",
    )


def _train_options(verb: argparse.ArgumentParser) -> None:
    _check_options(verb)
    verb.add_argument("--epochs", type=_positive, metavar="N")
    verb.add_argument("--device", choices=("auto", "cpu", "cuda"))
    verb.add_argument("--precision", choices=("auto", "fp32", "bf16", "fp16"))
    verb.add_argument("--seed", type=_natural, metavar="N")
    verb.add_argument("--run-dir", type=Path, metavar="DIR", help="where the run goes")
    verb.add_argument(
        "--resume", action="store_true", help="go on from the run's last checkpoint"
    )
    verb.add_argument(
        "--mlflow",
        metavar="STORE",
        help="write the run to a folder or server of MLflow",
    )


def _export_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--to", required=True, choices=EXPORTS)
    verb.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    verb.add_argument("--run-dir", type=Path, metavar="DIR", help="whose weights")
    verb.add_argument("--theme", choices=("dark", "light"), default="light")


def _screenshot_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("-o", "--output", type=Path, required=True, metavar="PNG")
    verb.add_argument("--size", type=_size, default=(1600, 1000), metavar="WxH")
    verb.add_argument("--theme", choices=_THEMES, default="dark")


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "check": _check_options,
    "code": lambda verb: None,
    "train": _train_options,
    "find-rate": _check_options,
    "export": _export_options,
    "screenshot": _screenshot_options,
}


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number of at least 1")
    return int(text)


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number of at least 0")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is no size such as 1600x1000")
    return int(width), int(height)


def _document(target: str) -> Document:
    import templates
    from engine import storage

    if target.startswith(templates.PREFIX):
        return templates.open_lesson(target.removeprefix(templates.PREFIX))
    path = Path(target)
    if not path.exists():
        raise Refusal(
            f"There is no file {target}.",
            "Give a file that Espalier saved, or lesson:ID; "
            "`main.py lessons` lists the lessons.",
            code="no-target",
        )
    return storage.load(path)


def _runnable(options: argparse.Namespace) -> Document:
    """The target; raises Refusal where it carries code that was not allowed."""
    from engine.foreign_code import refuse_to_run

    document = _document(options.target)
    refuse_to_run(document, Path(options.target).name, options.allow_code)
    return document


def _analysis(document: Document, data_dir: Path | None = None) -> Analysis:
    from engine.analysis import analyse
    from engine.training.fitness import FitsItsData

    return analyse(document, [FitsItsData(data_dir)])


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


# The verbs.


def _open(options: argparse.Namespace) -> int:
    from gui import app

    return app.run(options.target, theme=options.theme, data_dir=options.data_dir)


def _lessons(options: argparse.Namespace) -> int:
    import templates

    rows = []
    for lesson in templates.lessons():
        document = templates.open_lesson(lesson.id)
        parameters = _analysis(document).total_parameters
        rows.append((lesson.id, lesson.title, lesson.kind, parameters))
    if options.json:
        keys = ("id", "title", "kind", "parameters")
        _print_json([dict(zip(keys, row, strict=True)) for row in rows])
    else:
        _print_table(("id", "title", "kind", "parameters"), rows)
    return DONE


def _check(options: argparse.Namespace) -> int:
    folder = _lesson_folder(options.target)
    if folder is None:
        problems = _analysis(_runnable(options), options.data_dir).problems
    else:
        problems = _lesson_problems(folder, options.data_dir)
    if options.json:
        _print_json([problem.as_json() for problem in problems])
    else:
        _print_problems(problems)
    return DOCUMENT_ERRORS if any(p.is_error for p in problems) else DONE


def _lesson_folder(target: str) -> Path | None:
    """The folder of a lesson that is meant, or None where a document is."""
    import templates

    if target.startswith(templates.PREFIX):
        return templates.lesson(target.removeprefix(templates.PREFIX)).folder
    return Path(target) if (Path(target) / templates.HEAD).is_file() else None


def _lesson_problems(folder: Path, data_dir: Path | None) -> list[Problem]:
    """What is wrong with a lesson: its files, its steps, its network."""
    from engine import storage
    from templates.rehearsal import faults_of

    faults = faults_of(folder, lambda document: _analysis(document, data_dir))
    path = folder / f"document{storage.SUFFIX}"
    if not path.is_file():
        return faults
    return [*faults, *_analysis(storage.load(path), data_dir).problems]


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        print(f"{problem.severity}: {problem.sentence()}")


def _summary(options: argparse.Namespace) -> int:
    document = _runnable(options)
    analysis = _analysis(document)
    layers, shapes = [], []
    for name in analysis.network:
        outputs = analysis.outputs(name)
        shown = outputs or analysis.inputs(name) or ()
        shapes.append(shown[0].describe() if shown else "?")
        layers.append(
            {
                "name": name,
                "type": document.graph[name].layer,
                "output_shape": list(shown[0].shape) if shown else None,
                "parameters": analysis.parameters(name),
                "operations": analysis.operations(name),
            }
        )
    total, trainable = analysis.total_parameters, analysis.trainable_parameters
    if options.json:
        _print_json(
            {
                "name": document.name,
                "parameters": total,
                "trainable": trainable,
                "operations": analysis.total_operations,
                "layers": layers,
            }
        )
        return DONE
    rows = [
        (layer["name"], layer["type"], shape, layer["parameters"], layer["operations"])
        for layer, shape in zip(layers, shapes, strict=True)
    ]
    _print_table(("name", "type", "output", "parameters", "operations"), rows)
    frozen = f", {total - trainable:,} of them frozen" if trainable < total else ""
    operations = f"{analysis.total_operations:,} operations a sample"
    print(f"{total:,} parameters{frozen}, {operations}")
    return DONE


def _print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*head[:1], box=None, pad_edge=False)
    for title, example in zip(head[1:], (rows[0] if rows else head)[1:], strict=True):
        number = isinstance(example, int)
        table.add_column(title, justify="right" if number else "left")
    for row in rows:
        table.add_row(*(f"{c:,}" if isinstance(c, int) else str(c) for c in row))
    Console().print(table)


def _code(options: argparse.Namespace) -> int:
    analysis = _analysis(_runnable(options))
    if not analysis.is_valid:
        _print_errors(analysis)
        return DOCUMENT_ERRORS
    print(analysis.code, end="")
    return DONE


def _print_errors(analysis: Analysis) -> None:
    for problem in analysis.problems:
        if problem.is_error:
            print(problem.sentence(), file=sys.stderr)


def _train(options: argparse.Namespace) -> int:
    document = _runnable(options)
    analysis = _analysis(document, options.data_dir)
    if not analysis.is_valid:
        _print_errors(analysis)
        return DOCUMENT_ERRORS
    from engine.session import train_document
    from engine.showing.wishes import Wishes
    from engine.training.events import Diverged
    from engine.training.reporting import as_json

    names = ("epochs", "device", "precision", "seed")
    screen = None if options.json else _Screen()
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
        events = run_verbs.followed(events, options.mlflow, options.run_dir)
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


def _sweep(options: argparse.Namespace) -> int:
    document = _runnable(options) if options.target is not None else None
    return run_verbs.run_sweep(options, document)


def _find_rate(options: argparse.Namespace) -> int:
    return run_verbs.find_rate(options, _runnable(options))


class _Screen:
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


def _export(options: argparse.Namespace) -> int:
    document = _runnable(options)
    if options.to in ("svg", "png", "pdf"):
        _headless()
        from gui.app import make_application
        from gui.canvas.render import PAPER, render
        from gui.theme import DARK, LIGHT

        make_application(sys.argv[:1])
        theme = DARK if options.theme == "dark" else LIGHT
        if options.to == "pdf":
            theme = PAPER
        render(document, _analysis(document), theme, options.output)
        print(f"Wrote {options.output}.", file=sys.stderr)
        return DONE
    from engine.exporting import export
    from engine.runs import FINAL

    analysis = _analysis(document)
    if not analysis.is_valid:
        _print_errors(analysis)
        return DOCUMENT_ERRORS
    weights = options.run_dir / FINAL if options.run_dir else None
    print(export(document, options.to, options.output, weights), file=sys.stderr)
    return DONE


def _screenshot(options: argparse.Namespace) -> int:
    import templates

    document = _document(options.target)
    _headless()
    from gui import app

    is_lesson = options.target.startswith(templates.PREFIX)
    lesson_id = options.target.removeprefix(templates.PREFIX) if is_lesson else None
    app.screenshot(document, options.output, options.size, options.theme, lesson_id)
    return DONE


def _headless() -> None:
    """Draw without a screen, unless the user has chosen a platform for Qt."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "open": _open,
    "lessons": _lessons,
    "check": _check,
    "summary": _summary,
    "code": _code,
    "train": _train,
    "export": _export,
    "screenshot": _screenshot,
    "runs": run_verbs.show_runs,
    "sweep": _sweep,
    "find-rate": _find_rate,
}

if __name__ == "__main__":
    sys.exit(main())
