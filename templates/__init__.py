"""The lessons and architectures, as data: a folder each, and what reads them.

A folder holds `lesson.toml` (title, kind, place in the course, steps), `text.md` (what
the learner reads), `document.espalier` (the network it is about), and where wanted
`after.md` and pictures. `WRITING_LESSONS.md` says how they are written.

A lesson is known by its id. That of one in a folder of a teacher's own is the folder's
whole path.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from engine import storage
from engine.document import Document
from engine.problems import Refusal
from templates.lesson_files import HEAD, TEXT, Course, Lesson, read_lesson

_FOLDER = Path(__file__).parent / "lessons"
PREFIX = "lesson:"
"""What the command line puts before a lesson's id: `lesson:cnn-mnist`."""
GUIDE = Path(__file__).parent / "WRITING_LESSONS.md"
"""How a lesson is written, for teachers."""
EXAMPLE = "fnn-iris"
"""The lesson that is a good one to copy."""


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson and architecture, in the order of the course."""
    found = [read_lesson(each)[0] for each in _FOLDER.iterdir() if each.is_dir()]
    return tuple(sorted(found, key=lambda lesson: (lesson.place, lesson.id)))


def lesson(lesson_id: str) -> Lesson:
    """The lesson of that id; raises Refusal naming those there are when it is none."""
    own = Path(lesson_id)
    if own.is_absolute():
        if not (own / HEAD).is_file():
            raise Refusal(
                f"There is no lesson in the folder “{own}”: {HEAD} is not there.",
                "Choose a folder made as Help, Write a lesson, describes it.",
                code="no-lesson",
            )
        return replace(read_lesson(own)[0], id=lesson_id)
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
    path = lesson(lesson_id).folder / TEXT
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            f"The text of the lesson cannot be read from “{path}”.",
            "Write it there, in UTF-8.",
            code="no-lesson",
        ) from error


def course(lesson_id: str) -> Course:
    """A lesson's objectives, steps and questions; raises Refusal for no lesson.

    Those that come with Espalier are read once, one of a teacher's own each time.
    """
    if Path(lesson_id).is_absolute():
        return read_lesson(lesson(lesson_id).folder)[1]
    return _course(lesson_id)


@cache
def _course(lesson_id: str) -> Course:
    return read_lesson(lesson(lesson_id).folder)[1]


__all__ = [
    "EXAMPLE",
    "GUIDE",
    "PREFIX",
    "Course",
    "Lesson",
    "course",
    "lesson",
    "lessons",
    "open_lesson",
    "text",
]
