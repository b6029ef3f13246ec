"""A lesson tried out without a window: every file, every step, in order.

Trainings are not run: each `show` says what its training comes to. With a `train` of
its own, `python -m tests.benchmarks.lessons` runs them and compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ziamath.zmath import Latex

import templates
from engine import storage
from engine.document import Document
from engine.problems import Problem, Refusal
from templates import HEAD, TEXT
from templates.actions import GiveAnswer, Train, changed, stretches
from templates.lesson_files import AFTER, Course, Lesson, read_lesson
from templates.lesson_runs import result
from templates.situation import Answer, Network, RunResult, Situation, Study
from templates.steps import Step, with_progress
from templates.tables import fault

FORMULA = re.compile(r"^\$\$(.+?)\$\$$", re.MULTILINE)
"""A formula in TeX, on a line of its own."""
_HEADING = re.compile(r"# (.+)")
_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)[^)]*\)")
_DOCUMENT = f"document{storage.SUFFIX}"


Trainer = Callable[[Document, Train], RunResult]
"""Gives what the training of a document comes to."""


def faults_of(
    folder: Path, study: Study, train: Trainer | None = None
) -> list[Problem]:
    """What is wrong with the lesson in a folder; `study` analyses a document.

    Without `train` a training comes to what the lesson says.
    """
    lesson, course, faults = read_lesson(folder)
    faults += _faults_in_texts(folder, course)
    if not faults:
        faults += _other_titles(folder, lesson)
    try:
        start = storage.load(folder / _DOCUMENT)
    except Refusal as refusal:
        faults.append(
            fault(_DOCUMENT, str(refusal), "Save the lesson's network there.")
        )
        return faults
    if not faults:
        train = train or (lambda net, action: result(net, action.expect, study))
        faults += _Rehearsal(course, start, study, train).faults()
    return faults


# What is written.


def _faults_in_texts(folder: Path, course: Course) -> Iterator[Problem]:
    try:
        yield from _faults_in((folder / TEXT).read_text(encoding="utf-8"), TEXT, folder)
    except (OSError, UnicodeDecodeError):
        yield fault(TEXT, "it cannot be read.", "Write the text of the lesson there.")
    yield from _faults_in(course.after, AFTER, folder)
    for step in course.tasks:
        question = step.question
        texts = [step.text, step.hint, step.done, question.text if question else ""]
        yield from _faults_in("\n\n".join(texts), f"{HEAD}, step “{step.id}”", folder)
    for each in course.discussions:
        yield from _faults_in(
            f"{each.text}\n\n{each.thought}", f"{HEAD}, discussion", folder
        )


def _other_titles(folder: Path, lesson: Lesson) -> Iterator[Problem]:
    """The list shows the one title, and the lesson the other."""
    heading = _HEADING.match((folder / TEXT).read_text(encoding="utf-8"))
    if heading is not None and heading[1].strip() != lesson.title:
        yield fault(
            TEXT,
            f"its title is “{heading[1].strip()}”, in {HEAD} it is “{lesson.title}”.",
            "Write the same in both.",
        )


def _faults_in(text: str, place: str, folder: Path) -> Iterator[Problem]:
    for mark, target in _LINK.findall(text):
        if mark and not (folder / target).is_file():
            yield fault(
                place,
                f"the picture “{target}” is not there.",
                "Put it into the lesson's folder.",
            )
        elif not mark and not _leads_somewhere(target, folder):
            yield fault(
                place,
                f"the link “{target}” leads nowhere.",
                "Give it an address with https://, lesson:ID, or a file beside it.",
            )
    for formula in FORMULA.findall(text):
        try:
            Latex(formula).svg()
        except Exception as error:  # it tells of wrong TeX in many ways
            yield fault(
                place,
                f"the formula “{formula.strip()}” cannot be drawn ({error}).",
                "Mend its TeX.",
            )


def _leads_somewhere(target: str, folder: Path) -> bool:
    if target.startswith(("https://", "http://")):
        return True
    if target.startswith(templates.PREFIX):
        wanted = target.removeprefix(templates.PREFIX)
        return any(lesson.id == wanted for lesson in templates.lessons())
    return (folder / target).is_file()


# What is to be done.


class _Rehearsal:
    """The steps done in order by their `show`, and judged before and after."""

    def __init__(
        self, course: Course, start: Document, study: Study, train: Trainer
    ) -> None:
        self._course = course
        self._start = start
        self._study = study
        self._train = train
        self._now = Situation(network=Network(start.copy(), study))

    def faults(self) -> Iterator[Problem]:
        """What is wrong with the steps."""
        fresh = Situation(network=Network(self._start.copy(), self._study))
        for step in self._course.tasks:
            place = f"{HEAD}, step “{step.id}”"
            if step.is_met(fresh):
                yield fault(
                    place,
                    "its check holds before anything was done.",
                    "Let it ask for what the step changes.",
                )
            elif step.id in self._now.done or step.is_met(self._now):
                yield fault(
                    place,
                    "its check holds already when the steps before it are done.",
                    "Let it ask for more, or put the steps together.",
                )
            yield from self._do(step, place)
            if step.id not in self._now.done:
                yield fault(
                    place,
                    "its check does not hold after its “show”.",
                    "Mend the check, the show, or what its training is to expect.",
                )

    def _do(self, step: Step, place: str) -> Iterator[Problem]:
        for stretch in stretches(step.show):
            try:
                document = changed(self._now.network.document, stretch, self._start)
            except (Refusal, ValueError, KeyError) as error:
                yield fault(
                    place, f"its “show” cannot be done: {error}", "Mend its names."
                )
                return
            network = Network(document, self._study)
            self._now = replace(self._now, network=network)
            for action in stretch:
                if isinstance(action, GiveAnswer):
                    answer = Answer(value=action.value, runs_before=len(self._now.runs))
                    answers = {**self._now.answers, step.id: answer}
                    self._now = replace(self._now, answers=answers)
                elif isinstance(action, Train):
                    if not network.findings.is_valid:
                        yield fault(
                            place,
                            "its “show” trains a network with an error.",
                            "Let it mend the network first.",
                        )
                        return
                    run = self._train(document.copy(), action)
                    self._now = replace(self._now, runs=(*self._now.runs, run))
            self._now, _ = with_progress(self._course.tasks, self._now)
