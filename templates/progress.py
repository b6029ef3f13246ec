"""How far a learner is in each lesson, kept in a small file for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import templates
from engine.problems import Refusal
from engine.storage import write_whole
from templates.situation import Answer


@dataclass(slots=True, kw_only=True)
class Progress:
    """What was done in one lesson."""

    done: list[str] = field(default_factory=list)
    """The ids of the steps and exercises that were done, in that order."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """By the id of their step or question."""
    runs: list[str] = field(default_factory=list)
    """The folders of the runs made in it, the oldest first."""


class ProgressBook:
    """The progress in every lesson; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is Espalier's folder of state; files go to `lessons` in it."""
        self._folder = folder / "lessons" if folder is not None else None

    def read(self, lesson_id: str) -> Progress:
        """The progress in a lesson: none where none was kept, or it is damaged."""
        if self._folder is None:
            return Progress()
        try:
            path = self._folder / _file_of(lesson_id)
            text = path.read_text(encoding="utf-8")
            return _progress(json.loads(text))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Progress()

    def write(self, lesson_id: str, progress: Progress) -> None:
        """Keep the progress in a lesson. Raises Refusal where that cannot be."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(
                f"Your progress in the lesson cannot be kept in {self._folder}: "
                f"{error.strerror}.",
                "See that the folder may be written and that the disk is not full.",
            ) from error
        content = json.dumps(_record(progress), ensure_ascii=False, indent=1)
        write_whole(self._folder / _file_of(lesson_id), content.encode())

    def progress_of(self, lesson_id: str) -> tuple[int, int]:
        """How many of a lesson's steps are done, and how many it has."""
        steps = templates.course(lesson_id).steps
        done = set(self.read(lesson_id).done) if steps else set()
        return sum(step.id in done for step in steps), len(steps)


def _file_of(lesson_id: str) -> str:
    """The name of a lesson's file; of one in a folder of its own, by the whole path."""
    own = Path(lesson_id)
    if not own.is_absolute():
        return f"{lesson_id}.json"
    mark = hashlib.sha256(lesson_id.encode()).hexdigest()[:12]
    return f"own-{own.name}-{mark}.json"


def _record(progress: Progress) -> dict[str, Any]:  # JSON
    return {
        "done": progress.done,
        "answers": {
            name: {"value": answer.value, "runs_before": answer.runs_before}
            for name, answer in progress.answers.items()
        },
        "runs": progress.runs,
    }


def _progress(record: Mapping[str, Any]) -> Progress:  # JSON
    return Progress(
        done=[str(each) for each in record["done"]],
        answers={
            name: Answer(value=each["value"], runs_before=int(each["runs_before"]))
            for name, each in record["answers"].items()
        },
        runs=[str(each) for each in record["runs"]],
    )
