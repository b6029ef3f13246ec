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
    parts_of,
    read_inner,
    verb,
)
from templates.figures import read_figure
from templates.run_conditions import Answered, Predicted, RunsCompare
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
class Mistake:
    """A wrong number that was to be expected, and what is said to who gave it."""

    number: float
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a step asks: to choose, for a number, or to write."""

    text: str
    options: tuple[Option, ...] = ()
    answered: Answered
    """When it is answered well."""
    prediction: Predicted | None = None
    """Of a prediction: when it is decided. It is locked when a run begins."""
    says: str = ""
    """What is said once it is answered well."""
    mistakes: tuple[Mistake, ...] = ()

    @property
    def decided_by(self) -> Condition | None:
        """The runs that decide a prediction; None where it is none."""
        return self.prediction.decided_by if self.prediction is not None else None

    def mistake(self, value: float | str) -> Mistake | None:
        """The expected mistake that a wrong number is, or None."""
        near = (
            each
            for each in self.mistakes
            if not isinstance(value, str)
            and abs(value - each.number) <= self.answered.tolerance
        )
        return next(near, None)

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
    if question is not None and question.prediction is not None:
        parts.append(question.prediction)
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
        prediction=_prediction(step, decided_by, options),
        says=table.text("says"),
        mistakes=_read_mistakes(table, value),
    )
    table.close()
    return question


def _prediction(
    step: str, decided_by: Condition | None, options: list[Option]
) -> Predicted | None:
    if decided_by is None:
        return None
    parts = (p for o in options if o.right_if is not None for p in parts_of(o.right_if))
    compares = (part for part in parts if isinstance(part, RunsCompare))
    return Predicted(step, decided_by, tuple(compares))


def _read_mistakes(table: Table, number: float | None) -> tuple[Mistake, ...]:
    found = []
    for each in table.tables("mistakes"):
        wrong = each.number("number")
        says = each.text("says", None)
        if wrong is None or number is None:
            each.say(
                "a mistake is a wrong number to a question for a number.",
                'Write mistakes = [{ number = 4608, says = "..." }].',
            )
        elif wrong == number:
            each.say(f"{wrong:g} is the right answer, and no mistake.", "Change it.")
        else:
            found.append(Mistake(number=wrong, says=says))
        each.close()
    return tuple(found)


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
    "Mistake",
    "Option",
    "Question",
    "Step",
    "read_discussion",
    "read_step",
    "with_progress",
]
