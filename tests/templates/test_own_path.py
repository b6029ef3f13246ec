"""Whatever a learner makes of the network, a lesson goes on: it judges and shows."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import templates
from engine.analysis import Analysis, analyse
from engine.document import Document
from engine.problems import Refusal
from templates.actions import Train, changed, stretches
from templates.showing import plan
from templates.situation import Network, Situation
from templates.steps import with_progress
from tests.engine.random_edits import random_edit

LESSONS = ["digits-cnn", "lstm-forecast", "cnn-or-transformer", "dcgan"]


def study(document: Document) -> Analysis:
    return analyse(document)


@pytest.mark.parametrize("lesson", LESSONS)
@given(data=st.data())
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_any_edits_are_judged_and_every_step_can_be_shown(
    lesson: str, data: st.DataObject
) -> None:
    start, course = templates.open_lesson(lesson), templates.course(lesson)
    own = templates.open_lesson(lesson)
    for _ in range(data.draw(st.integers(1, 5))):
        try:
            data.draw(random_edit(own)).apply(own)
        except (Refusal, ValueError, KeyError):
            continue  # the window would have refused it as well
    situation = Situation(network=Network(own, study))
    situation, _ = with_progress(course.tasks, situation)
    step = data.draw(st.sampled_from(course.tasks))
    showing = plan(course, step, situation, start, study)
    document = own
    for stretch in stretches(showing.actions):
        document = changed(document, stretch, start)
        if any(isinstance(action, Train) for action in stretch):
            assert study(document).is_valid, step.id
