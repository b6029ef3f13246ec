"""Exercises done another way than "show me" does them, as a learner well may."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import templates
from engine.document import Document
from engine.problems import Problem
from templates.actions import GiveAnswer, Train, changed, read_actions, stretches
from templates.lesson_runs import result
from templates.situation import Answer, Network, Situation
from templates.steps import Step, with_progress
from templates.tables import Table
from tests.templates.course import EVERY_WITH_STEPS, analysis_of

WAYS = tomllib.loads(
    (Path(__file__).parent / "other_ways.toml").read_text(encoding="utf-8")
)
"""By lesson and exercise: what is done, written as in a lesson's `show`."""
EXERCISES = [
    (lesson, step.id)
    for lesson in EVERY_WITH_STEPS
    for step in templates.course(lesson).exercises
]


class Learner:
    """Works on a lesson's network from its start; trainings come to what is told."""

    def __init__(self, lesson: str, exercise: str, folder: Path) -> None:
        self.course = templates.course(lesson)
        self.step = next(each for each in self.course.tasks if each.id == exercise)
        self.start = templates.open_lesson(lesson)
        self._folder = folder
        self._now = Situation(network=Network(self.start.copy(), self.study))

    def study(self, document: Document) -> Any:
        return analysis_of(document, self._folder)

    @property
    def is_done(self) -> bool:
        """Whether the exercise is done by now."""
        self._now, _ = with_progress(self.course.tasks, self._now)
        return self.step.id in self._now.done

    def do(self, tables: list[Mapping[str, Any]], step: Step) -> None:
        faults: list[Problem] = []
        actions = read_actions([Table(dict(each), "a way", faults) for each in tables])
        assert faults == []
        for stretch in stretches(actions):
            document = changed(self._now.network.document, stretch, self.start)
            now = replace(self._now, network=Network(document, self.study))
            for action in stretch:
                if isinstance(action, GiveAnswer):
                    answer = Answer(value=action.value, runs_before=len(now.runs))
                    now = replace(now, answers={**now.answers, step.id: answer})
                elif isinstance(action, Train):
                    assert now.network.findings.is_valid
                    run = result(document.copy(), action.expect, self.study)
                    now = replace(now, runs=(*now.runs, run))
            self._now = now


def test_every_exercise_has_another_way() -> None:
    written = {(lesson, each) for lesson, ways in WAYS.items() for each in ways}
    assert written == set(EXERCISES)


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES)
def test_an_exercise_is_done_in_another_way_too(
    lesson: str, exercise: str, tmp_path: Path
) -> None:
    learner = Learner(lesson, exercise, tmp_path)
    *before, last = WAYS[lesson][exercise]
    learner.do(before, learner.step)
    assert not learner.is_done, "it is done before the last thing was done"
    learner.do([last], learner.step)
    assert learner.is_done
