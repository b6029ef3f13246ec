"""How "show me" is done on whatever the learner has before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.document import Document
from engine.problems import Refusal
from templates.actions import Action, GiveAnswer, Restore, Train, changed
from templates.lesson_files import Course
from templates.situation import Network, Situation, Study
from templates.steps import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What a step's "show me" will do to a document."""

    actions: tuple[Action, ...]
    begins_anew: bool
    """Whether the lesson's own network takes the place of the learner's first."""


def plan(
    course: Course, step: Step, situation: Situation, start: Document, study: Study
) -> Showing:
    """How to show a step: on the learner's own network where that leads to the goal.

    Where it does not, the lesson's network is taken, with the edits of the steps
    before. `start` is that network as the lesson begins.
    """
    if _leads_there(step, situation, start, study):
        return Showing(actions=step.show, begins_anew=False)
    earlier: list[Action] = [Restore()]
    for each in course.tasks[: course.tasks.index(step)]:
        earlier += [a for a in each.show if not isinstance(a, (Train, GiveAnswer))]
    return Showing(actions=(*earlier, *step.show), begins_anew=True)


def _leads_there(
    step: Step, situation: Situation, start: Document, study: Study
) -> bool:
    try:
        document = changed(situation.network.document, step.show, start)
    except Refusal:
        return False
    network = Network(document, study)
    if any(isinstance(action, Train) for action in step.show):
        return network.findings.is_valid
    if step.question is not None:
        return True
    return step.is_met(replace(situation, network=network))


def trains(actions: Sequence[Action]) -> bool:
    """Whether a training is among the actions."""
    return any(isinstance(action, Train) for action in actions)
