"""A lesson's steps: what is asked, how it is judged, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

# The modules that know the verbs of conditions register them as they are imported.
from templates import network_conditions as _network  # noqa: F401
from templates.actions import Action, Restore, read_actions
from templates.conditions import (
    AllOf,
    Condition,
    Never,
    read_inner,
    verb,
)
from templates.figures import read_figure
from templates.run_conditions import Answered, Predicted
from templates.situation import Situation
from templates.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the answers to choose from."""

    text: str
    says: str = ""
    """What is said to who chose it."""
    right_if: Condition | None = None
    """Of a prediction: what makes it the right one, once the runs are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a step asks: to choose, for a number, or to write."""

    text: str
    options: tuple[Option, ...] = ()
    answered: Answered
    """When it is answered well."""
    decided_by: Condition | None = None
    """Of a prediction: the runs that decide it. It is locked when a run begins."""
    says: str = ""
    """What is said once it is answered well."""

    @property
    def is_number(self) -> bool:
        """Whether a number is to be written."""
        return self.answered.value is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, which is judged on the learner's own work."""

    id: str
    title: str
    text: str
    """Markdown with formulas and pictures."""
    check: Condition
    hint: str = ""
    done: str = ""
    """What is said when it is done: what there was to see."""
    question: Question | None = None
    show: tuple[Action, ...] = ()
    figure: str = ""
    """What is drawn below the text: see `templates.figures`."""
    is_exercise: bool = False
    """Whether it is one to go on with after the lesson; it does not count as part."""

    @property
    def begins_anew(self) -> bool:
        """Whether it wants the lesson's network, and not what became of it."""
        return any(isinstance(action, Restore) for action in self.show[:1])

    def is_met(self, situation: Situation) -> bool:
        """Whether it is done in this situation."""
        return self.check.judge(situation).holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """A question to think about; what is written to it is only kept."""

    id: str
    text: str
    thought: str = ""
    """One possible answer, shown when asked for."""


def with_progress(
    steps: tuple[Step, ...], situation: Situation
) -> tuple[Situation, list[str]]:
    """What more is done in a situation: steps may wait for one another."""
    fresh: list[str] = []
    while True:
        more = [
            step.id
            for step in steps
            if step.id not in situation.done and step.is_met(situation)
        ]
        if not more:
            return situation, fresh
        fresh += more
        situation = replace(situation, done=situation.done | set(more))


# How they are written.


def read_step(table: Table, place: str, *, is_exercise: bool) -> Step:
    """A step of a table; what is wrong is noted with the step's title."""
    known = table.value("id") or table.value("title")
    table.place = f"{place} “{known}”" if known else place
    title = table.text("title", None)
    name = table.text("id", None)
    inner = table.table("question")
    question = _read_question(inner, name) if inner is not None else None
    step = Step(
        id=name,
        title=title,
        text=table.text("text", None),
        check=_read_check(table, name, question),
        hint=table.text("hint", None if not is_exercise else ""),
        done=table.text("done"),
        question=question,
        show=read_actions(table.tables("show")),
        figure=read_figure(table),
        is_exercise=is_exercise,
    )
    if not step.show:
        table.say("there is no “show”.", "Say what performs the step, or answers it.")
    table.close()
    return step


def _read_check(table: Table, name: str, question: Question | None) -> Condition:
    parts: list[Condition] = []
    check = read_inner(table, "check")
    if check is not None:
        parts.append(check)
    if question is not None and question.decided_by is not None:
        parts.append(Predicted(name, question.decided_by))
    elif question is not None:
        parts.append(question.answered)
    if not parts:
        table.say("nothing says when it is done.", "Add “check” or “question”.")
        return Never()
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _read_question(table: Table, step: str) -> Question:
    decided_by = read_inner(table, "decided_by")
    options, right = [], set()
    for place, each in enumerate(table.tables("options")):
        if each.flag("right", False):
            right.add(place)
        options.append(
            Option(
                text=each.text("text", None),
                says=each.text("says"),
                right_if=read_inner(each, "right_if"),
            )
        )
        each.close()
    value = table.number("number")
    tolerance = table.number("tolerance") or 0.0
    if options and value is not None:
        table.say("it has both options and a number.", "Take one of them away.")
    if decided_by is not None and not all(option.right_if for option in options):
        table.say(
            "a prediction is decided by runs, and an option does not say when it is "
            "the right one.",
            "Give each option “right_if”.",
        )
    if options and decided_by is None and not right:
        table.say("no option is the right one.", "Give one right = true.")
    is_judged = bool(options) and decided_by is None
    question = Question(
        text=table.text("text", None),
        options=tuple(options),
        answered=Answered(
            step, frozenset(right) if is_judged else None, value, tolerance
        ),
        decided_by=decided_by,
        says=table.text("says"),
    )
    table.close()
    return question


@verb("answer")
def _read_answer(table: Table) -> Condition:
    return Answered(table.text("answer", None))


def read_discussion(table: Table, number: int) -> Discussion:
    """A question to think about."""
    found = Discussion(
        id=f"discussion-{number}",
        text=table.text("text", None),
        thought=table.text("thought"),
    )
    table.close()
    return found


__all__ = [
    "Discussion",
    "Option",
    "Question",
    "Step",
    "read_discussion",
    "read_step",
    "with_progress",
]
