"""The lessons and architectures, as data: a folder each, and what reads them.

A folder holds `lesson.toml` (title, kind, place in the course), `text.md` (what the
learner reads) and `document.espalier` (the network it is about).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine import storage
from engine.document import Document
from engine.problems import Refusal

_FOLDER = Path(__file__).parent / "lessons"
PREFIX = "lesson:"
"""What the command line puts before a lesson's id: `lesson:cnn-mnist`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson or architecture: what a list shows of it."""

    id: str
    title: str
    kind: str
    """`lesson` or `architecture`."""
    summary: str
    """One sentence: what one learns, or what the network is for."""
    place: int
    """Its place in the course, from 1."""


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson and architecture, in the order of the course."""
    found = [_read(folder) for folder in _FOLDER.iterdir() if folder.is_dir()]
    return tuple(sorted(found, key=lambda lesson: (lesson.place, lesson.id)))


def _read(folder: Path) -> Lesson:
    content = tomllib.loads((folder / "lesson.toml").read_text(encoding="utf-8"))
    return Lesson(
        id=folder.name,
        title=content["title"],
        kind=content["kind"],
        summary=content["summary"],
        place=content["place"],
    )


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
    return storage.load(_FOLDER / lesson(lesson_id).id / f"document{storage.SUFFIX}")


def text(lesson_id: str) -> str:
    """What the learner reads, as markdown; raises Refusal when there is none."""
    path = _FOLDER / lesson(lesson_id).id / "text.md"
    return path.read_text(encoding="utf-8")
