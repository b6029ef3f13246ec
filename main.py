"""Espalier's entry point: the window by default, the headless verbs beside it.

Imports are made where they are used: the window is on screen before PyTorch is loaded,
and `--help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.problems import Problem, Refusal
from engine.verbs import importing as import_verbs
from engine.verbs import network as network_verbs
from engine.verbs import runs as run_verbs
from engine.verbs import training as training_verbs
from engine.verbs.options import (
    allow_option,
    check_options,
    data_option,
    json_option,
    size,
)
from engine.verbs.output import (
    DOCUMENT_ERRORS,
    DONE,
    FAILED,
    WRONG_USAGE,
    print_json,
    print_problems,
    print_table,
)

if TYPE_CHECKING:
    from engine.document import Document

_THEMES = ("dark", "light", "dark-contrast", "light-contrast")
EXPORTS = (
    "module",
    "plain",
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
    data_option(verb)
    verb = verbs.add_parser("lessons", help="list the lessons and architectures")
    json_option(verb)
    run_verbs.runs_options(verbs.add_parser("runs", help="list, compare, export runs"))
    import_verbs.import_options(
        verbs.add_parser("import", help="draw a network that is written in PyTorch")
    )
    verb = verbs.add_parser("sweep", help="train with many settings, find the best")
    run_verbs.sweep_options(verb)
    allow_option(verb)
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
        _OPTIONS.get(name, json_option)(verb)
        if name != "screenshot":  # which runs nothing of a document
            allow_option(verb)
    return parser


def _export_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--to", required=True, choices=EXPORTS)
    verb.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    verb.add_argument("--run-dir", type=Path, metavar="DIR", help="whose weights")
    verb.add_argument("--theme", choices=("dark", "light"), default="light")


def _screenshot_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("-o", "--output", type=Path, required=True, metavar="PNG")
    verb.add_argument("--size", type=size, default=(1600, 1000), metavar="WxH")
    verb.add_argument("--theme", choices=_THEMES, default="dark")


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "check": check_options,
    "code": lambda verb: None,
    "train": training_verbs.train_options,
    "find-rate": check_options,
    "export": _export_options,
    "screenshot": _screenshot_options,
}


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


# The verbs.


def _open(options: argparse.Namespace) -> int:
    from gui import app

    return app.run(options.target, theme=options.theme, data_dir=options.data_dir)


def _lessons(options: argparse.Namespace) -> int:
    import templates

    rows = []
    for lesson in templates.lessons():
        document = templates.open_lesson(lesson.id)
        parameters = network_verbs.analysed(document).total_parameters
        rows.append((lesson.id, lesson.title, lesson.kind, parameters))
    head = ("id", "title", "kind", "parameters")
    if options.json:
        print_json([dict(zip(head, row, strict=True)) for row in rows])
    else:
        texts = [[*words, f"{parameters:,}"] for *words, parameters in rows]
        print_table(head, texts, (False, False, False, True))
    return DONE


def _check(options: argparse.Namespace) -> int:
    folder = _lesson_folder(options.target)
    if folder is None:
        problems = network_verbs.analysed(_runnable(options), options.data_dir).problems
    else:
        problems = _lesson_problems(folder, options.data_dir)
    if options.json:
        print_json([problem.as_json() for problem in problems])
    else:
        print_problems(problems)
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

    faults = faults_of(
        folder, lambda document: network_verbs.analysed(document, data_dir)
    )
    path = folder / f"document{storage.SUFFIX}"
    if not path.is_file():
        return faults
    return [*faults, *network_verbs.analysed(storage.load(path), data_dir).problems]


def _summary(options: argparse.Namespace) -> int:
    return network_verbs.show_summary(options, _runnable(options))


def _code(options: argparse.Namespace) -> int:
    return network_verbs.show_code(_runnable(options))


def _train(options: argparse.Namespace) -> int:
    return training_verbs.train(options, _runnable(options))


def _sweep(options: argparse.Namespace) -> int:
    document = _runnable(options) if options.target is not None else None
    return run_verbs.run_sweep(options, document)


def _find_rate(options: argparse.Namespace) -> int:
    return run_verbs.find_rate(options, _runnable(options))


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
        render(document, network_verbs.analysed(document), theme, options.output)
        print(f"Wrote {options.output}.", file=sys.stderr)
        return DONE
    return network_verbs.write_export(options, document)


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
    "import": import_verbs.import_code,
    "runs": run_verbs.show_runs,
    "sweep": _sweep,
    "find-rate": _find_rate,
}

if __name__ == "__main__":
    sys.exit(main())
