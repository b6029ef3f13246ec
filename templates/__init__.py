"""The lessons and architectures, as data: a folder each, and what reads them.

A folder holds `lesson.toml` (title, kind, place in the course, steps), `text.md` (what
the learner reads), `document.espalier` (the network it is about), and where wanted
`after.md` and pictures. `WRITING_LESSONS.md` says how they are written.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from engine import storage
from engine.document import Document
from engine.problems import Refusal
from templates.lesson_files import TEXT, Course, Lesson, read_lesson

_FOLDER = Path(__file__).parent / "lessons"
PREFIX = "lesson:"
"""What the command line puts before a lesson's id: `lesson:cnn-mnist`."""


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson and architecture, in the order of the course."""
    found = [read_lesson(each)[0] for each in _FOLDER.iterdir() if each.is_dir()]
    return tuple(sorted(found, key=lambda lesson: (lesson.place, lesson.id)))


def lesson(lesson_id: str) -> Lesson:
    """The lesson of that id; raises Refusal naming the near ones when there is none."""
    for each in lessons():
        if each.id == lesson_id:
            return each
    known = ", ".join(each.id for each in lessons())
    raise Refusal(
        f"There is no lesson {lesson_id!r}.", f"Take one of: {known}.", code="no-lesson"
    )


def open_lesson(lesson_id: str) -> Document:
    """A fresh copy of a lesson's document; raises Refusal when there is none."""
    return storage.load(lesson(lesson_id).folder / f"document{storage.SUFFIX}")


def text(lesson_id: str) -> str:
    """What the learner reads, as markdown; raises Refusal when there is none."""
    return (lesson(lesson_id).folder / TEXT).read_text(encoding="utf-8")


@cache
def course(lesson_id: str) -> Course:
    """A lesson's objectives, steps and questions; raises Refusal for no lesson."""
    return read_lesson(lesson(lesson_id).folder)[1]


__all__ = [
    "PREFIX",
    "Course",
    "Lesson",
    "course",
    "lesson",
    "lessons",
    "open_lesson",
    "text",
]
