"""Every lesson walked to its end with true training, and what it came to.

    python -m tests.benchmarks.lessons [ID ...] [--data-dir DIR] [--write]

Each step of a lesson is done by its own `show`: its check must not hold before, and
must hold after. Every training is run, on the CPU in float32, and its numbers are
compared with those that `lesson.toml` expects; `--write` puts the found ones there. The
exit code is 1 where a lesson has a fault or a number has moved.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

import torch

import templates
from engine.analysis import analyse
from engine.document import Document
from engine.session import train_document
from engine.training.fitness import FitsItsData
from templates.actions import Train
from templates.lesson_files import HEAD
from templates.lesson_runs import read_run
from templates.rehearsal import faults_of
from templates.run_conditions import METRICS
from templates.situation import Findings, Metrics, RunResult

DATA_DIR = Path(__file__).resolve().parents[3] / "shared" / "data"
NEAR, TINY = 0.2, 0.06
"""A number has moved where it is off by more than this share and this much."""
UNSAID = {"seconds", "best_epoch"}
_TRAIN = re.compile(r"train = true(?:, expect = \{[^}]*\})?")


class Walk:
    """One lesson with true training."""

    def __init__(self, lesson: str, data_dir: Path) -> None:
        self.lesson = lesson
        self._data_dir = data_dir
        self.found: list[str] = []
        """What each training came to, as the lesson would write it."""
        self.moved: list[str] = []

    def _study(self, document: Document) -> Findings:
        return analyse(document, [FitsItsData(self._data_dir)])

    def _train(self, document: Document, action: Train) -> RunResult:
        begun = time.monotonic()
        overrides = {"device": "cpu", "precision": "fp32"}
        with tempfile.TemporaryDirectory() as folder:
            events = train_document(
                document,
                data_dir=self._data_dir,
                run_dir=Path(folder),
                overrides=overrides,
            )
            for _ in events:
                pass
            run = read_run(Path(folder), self._study)
        if run is None:
            raise RuntimeError(f"{self.lesson}: a training did not come to its end")
        self._note(run.metrics, document, action)
        print(f"    {time.monotonic() - begun:6.1f} s  {self.found[-1]}", flush=True)
        return run

    def _note(self, metrics: Metrics, document: Document, action: Train) -> None:
        planned = float(document.recipe.epochs)
        said = {
            name: value
            for name, value in metrics.items()
            if name in METRICS
            and name not in UNSAID
            and not (name == "epochs" and value == planned)
        }
        words = ", ".join(f"{name} = {value:.3g}" for name, value in said.items())
        self.found.append(words)
        for name, value in action.expect.items():
            now = metrics.get(name)
            if now is None or abs(now - value) > max(NEAR * abs(value), TINY):
                self.moved.append(
                    f"training {len(self.found)}: {name} is {now}, not {value:g}"
                )

    def faults(self) -> list[str]:
        """Walk it; what is wrong."""
        folder = templates.lesson(self.lesson).folder
        found = faults_of(folder, self._study, self._train)
        return [fault.sentence() for fault in found]

    def write(self) -> None:
        """Put what the trainings came to into the lesson."""
        path = templates.lesson(self.lesson).folder / HEAD
        found = iter(self.found)

        def said(_: re.Match[str]) -> str:
            return f"train = true, expect = {{ {next(found)} }}"

        text = path.read_text(encoding="utf-8")
        if len(_TRAIN.findall(text)) != len(self.found):
            raise RuntimeError(f"{self.lesson}: not every training was run")
        path.write_text(_TRAIN.sub(said, text), encoding="utf-8")


def main() -> int:
    """Walk the lessons and tell; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    every = [each.id for each in templates.lessons() if templates.course(each.id).steps]
    parser.add_argument("lessons", nargs="*", default=every, metavar="ID")
    parser.add_argument("--data-dir", type=Path, default=DATA_DIR)
    parser.add_argument("--write", action="store_true", help="keep the numbers")
    options = parser.parse_args()
    torch.set_num_threads(1)
    is_right = True
    for lesson in options.lessons:
        begun = time.monotonic()
        print(lesson, flush=True)
        walk = Walk(lesson, options.data_dir)
        faults = walk.faults()
        for line in [*faults, *walk.moved]:
            print(f"    {line}")
        if options.write:
            walk.write()
        is_right = is_right and not faults and (options.write or not walk.moved)
        count = len(templates.course(lesson).tasks)
        seconds = time.monotonic() - begun
        print(f"  {count} steps, {len(walk.found)} trainings, {seconds:.0f} s")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
