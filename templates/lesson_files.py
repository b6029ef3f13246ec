"""A lesson's folder, read: its head, its steps, its texts, and what is wrong there."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.problems import Problem
from templates import HEAD
from templates.conditions import StepDone, parts_of
from templates.figures import read_figure
from templates.steps import Discussion, Step, read_discussion, read_step
from templates.tables import Table, fault

AFTER = "after.md"
_KINDS = ("lesson", "architecture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson or architecture: what a list shows of it."""

    id: str
    title: str
    kind: str
    """`lesson` or `architecture`."""
    summary: str
    """One sentence: what one learns, or what the network is for."""
    folder: Path
    """Where its files are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a lesson holds beside its text: objectives, steps, questions."""

    objectives: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    exercises: tuple[Step, ...] = ()
    discussions: tuple[Discussion, ...] = ()
    figure: str = ""
    """What is drawn below the text that is read first: see `templates.figures`."""
    after: str = ""
    """Markdown to close with: where to read on."""

    @property
    def tasks(self) -> tuple[Step, ...]:
        """Steps, then exercises."""
        return self.steps + self.exercises


def read_lesson(folder: Path) -> tuple[Lesson, Course, list[Problem]]:
    """Everything that `lesson.toml` says, and what is wrong with it."""
    faults: list[Problem] = []
    head = Table(_content(folder / HEAD, faults), HEAD, faults)
    unread = list(faults)  # of what could not be read nothing else is to be said
    kind = head.text("kind", None)
    if kind not in _KINDS:
        head.say(f"“kind” is {kind!r}.", f"Take one of {', '.join(_KINDS)}.")
    lesson = Lesson(
        id=folder.name,
        title=head.text("title", None) or folder.name,
        kind=kind,
        summary=head.text("summary", None),
        folder=folder,
    )
    after = folder / AFTER
    course = Course(
        objectives=head.texts("objectives"),
        steps=tuple(_steps(head, "step", is_exercise=False)),
        exercises=tuple(_steps(head, "exercise", is_exercise=True)),
        discussions=tuple(
            read_discussion(table, number)
            for number, table in enumerate(head.tables("discussion"), start=1)
        ),
        figure=read_figure(head),
        after=after.read_text(encoding="utf-8") if after.is_file() else "",
    )
    head.close()
    _look_for_ids(course, head)
    return lesson, course, unread or faults


def _content(path: Path, faults: list[Problem]) -> dict[str, Any]:  # Any: TOML
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or "cannot be read"
        faults.append(fault(path.name, f"it cannot be read ({why})", "Write it."))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(fault(path.name, f"it is no TOML: {error}.", "Mend that line."))
    return {}


def _steps(head: Table, key: str, *, is_exercise: bool) -> list[Step]:
    return [
        read_step(table, f"{HEAD}, {key} {number}", is_exercise=is_exercise)
        for number, table in enumerate(head.tables(key), start=1)
    ]


def _look_for_ids(course: Course, head: Table) -> None:
    ids = [step.id for step in course.tasks]
    for name, count in Counter(ids).items():
        if count > 1:
            head.say(f"{count} steps have the id “{name}”.", "Give each its own.")
    for step in course.tasks:
        for part in parts_of(step.check):
            if isinstance(part, StepDone) and part.step not in ids:
                head.say(
                    f"step “{step.id}” waits for “{part.step}”, which is no step.",
                    f"There are {', '.join(ids)}.",
                )
