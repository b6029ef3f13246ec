"""The lessons and architectures, as data: a folder each, and what reads them.

A folder holds `lesson.toml` (title, kind, steps), `text.md` (what the learner reads),
`document.espalier` (the network it is about), and where wanted `after.md` and pictures.
`course.toml` says in what order they are met, `WRITING_LESSONS.md` how one is written.

A lesson is known by its id. That of one in a folder of a teacher's own is the folder's
whole path.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine import storage
from engine.document import Document
from engine.problems import Refusal

if TYPE_CHECKING:  # what reads a lesson is imported where one is read
    from templates.lesson_files import Course, Lesson

_FOLDER = Path(__file__).parent / "lessons"
_COURSE = Path(__file__).parent / "course.toml"
HEAD, TEXT = "lesson.toml", "text.md"
PREFIX = "lesson:"
"""What the command line puts before a lesson's id: `lesson:cnn-mnist`."""
GUIDE = Path(__file__).parent / "WRITING_LESSONS.md"
"""How a lesson is written, for teachers."""
EXAMPLE = "fnn-iris"
"""The lesson that is a good one to copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Lessons, or architectures, that belong together, in their order."""

    title: str
    lessons: tuple[Lesson, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """The course; what no chapter of `course.toml` names stands in a last one."""
    found = {folder.name: _read_once(folder)[0] for folder in _folders()}
    told = tomllib.loads(_COURSE.read_text(encoding="utf-8"))["chapter"]
    course = [
        Chapter(
            title=each["title"],
            lessons=tuple(found.pop(name) for name in each["lessons"]),
        )
        for each in told
    ]
    if found:
        rest = tuple(found[name] for name in sorted(found))
        course.append(Chapter(title="More", lessons=rest))
    return tuple(course)


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson and architecture, in the order of the course."""
    return tuple(lesson for chapter in chapters() for lesson in chapter.lessons)


def _folders() -> list[Path]:
    return [each for each in _FOLDER.iterdir() if (each / HEAD).is_file()]


def _read(folder: Path) -> tuple[Lesson, Course]:
    from templates.lesson_files import read_lesson

    lesson, course, _ = read_lesson(folder)
    return lesson, course


_read_once = cache(_read)


def folder_of(lesson_id: str) -> Path:
    """Where a lesson's files are; raises Refusal naming the lessons when there is none.

    Of a lesson nothing is read.
    """
    own = Path(lesson_id)
    if own.is_absolute():
        if not (own / HEAD).is_file():
            raise Refusal(
                f"There is no lesson in the folder “{own}”: {HEAD} is not there.",
                "Choose a folder made as Help, Write a lesson, describes it.",
                code="no-lesson",
            )
        return own
    folder = _FOLDER / lesson_id
    # A name and no path; found by asking for it, not by looking through all of them.
    if own.name == lesson_id and (folder / HEAD).is_file():
        return folder
    known = ", ".join(each.id for each in lessons())
    raise Refusal(
        f"There is no lesson {lesson_id!r}.", f"Take one of: {known}.", code="no-lesson"
    )


def lesson(lesson_id: str) -> Lesson:
    """The lesson of that id; raises Refusal naming those there are when it is none."""
    return _lesson_and_course(lesson_id)[0]


def course(lesson_id: str) -> Course:
    """A lesson's objectives, steps and questions; raises Refusal for no lesson."""
    return _lesson_and_course(lesson_id)[1]


def following(lesson_id: str) -> Lesson | None:
    """The lesson that the course has after one; None after the last, or another's."""
    order = [each for each in lessons() if each.kind == "lesson"]
    places = {each.id: place for place, each in enumerate(order)}
    place = places.get(lesson_id, len(order)) + 1
    return order[place] if place < len(order) else None


def _lesson_and_course(lesson_id: str) -> tuple[Lesson, Course]:
    """Those that come with Espalier are read once, one of a teacher's own each time."""
    folder = folder_of(lesson_id)
    if not Path(lesson_id).is_absolute():
        return _read_once(folder)
    lesson, course = _read(folder)
    return replace(lesson, id=lesson_id), course


def open_lesson(lesson_id: str) -> Document:
    """A fresh copy of a lesson's document; raises Refusal when there is none."""
    return storage.load(folder_of(lesson_id) / f"document{storage.SUFFIX}")


def text(lesson_id: str) -> str:
    """What the learner reads, as markdown; raises Refusal when there is none."""
    path = folder_of(lesson_id) / TEXT
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            f"The text of the lesson cannot be read from “{path}”.",
            "Write it there, in UTF-8.",
            code="no-lesson",
        ) from error
