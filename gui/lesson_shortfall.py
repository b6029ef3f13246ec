"""What is said under a step whose check the newest run did not meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.figures import figure, is_share, loss_figure
from gui.texts import Texts

if TYPE_CHECKING:  # lessons are read after the first frame
    from engine.document import Document
    from templates.conditions import Condition, Range
    from templates.situation import Situation
    from templates.steps import Step

tr = Texts("lessons")

_AT_LEAST, _AT_MOST = tr.mark("at least"), tr.mark("at most")
_ABOVE, _BELOW = tr.mark("more than"), tr.mark("less than")


def shortfall_text(step: Step, situation: Situation) -> str:
    """One sentence with the number that was found and the one that is wanted."""
    from templates.shortfalls import shortfall

    found = shortfall(step.check, situation)
    if found is None:
        return ""
    kind = found.name if not found.over else ""  # of two shares: a plain number
    wanted = _wanted(found.wanted, kind)
    if not wanted:
        return ""
    name, over = _words(found.name), _words(found.over)
    value = _number(found.value, kind)
    if found.node:
        return tr(
            "In your newest run {node} had {name} {value}. Wanted: {wanted}.",
            node=found.node,
            name=name,
            value=value,
            wanted=wanted,
        )
    if found.is_of_recipe:
        return tr(
            "Your newest run was made with {name} {value}. Wanted: {wanted}.",
            name=name,
            value=value,
            wanted=wanted,
        )
    if over:
        return tr(
            "In your newest run the {name} was {value} times the {over}. Wanted: "
            "{wanted}.",
            name=name,
            value=value,
            over=over,
            wanted=wanted,
        )
    return tr(
        "Your newest run came to a {name} of {value}. Wanted: {wanted}.",
        name=name,
        value=value,
        wanted=wanted,
    )


def misplaced_text(step: Step, situation: Situation, start: Document | None) -> str:
    """Where a layer is wanted that was put elsewhere; empty where none was."""
    from templates.shortfalls import misplaced

    found = misplaced(step.check, situation, start) if start is not None else None
    if found is None:
        return ""
    return tr(
        "There is one more now, but no {layer} on the way from {after} to {before}.",
        layer=tr(" or ").join(found.types),
        after=situation.network.node(found.after) or found.after,
        before=situation.network.node(found.before) or found.before,
    )


def unfinished_text(step: Step) -> str:
    """Why a run that did not come to its end is not enough; empty where none is."""
    from templates.shortfalls import asks_for_a_run

    if not asks_for_a_run(step.check):
        return ""
    return tr(
        "Your newest run did not come to its end, and only finished runs count. Go on "
        "with it, or train for fewer epochs."
    )


def unlike_text(check: Condition, situation: Situation) -> str:
    """Why two runs cannot be compared yet, and what to run; empty where they can."""
    from templates.shortfalls import unlike

    found = unlike(check, situation)
    if not found:
        return ""
    return tr(
        "Only runs that were made alike are compared, and yours differ: {what}. Train "
        "one of the two networks again, with the values of the other.",
        what="; ".join(
            tr(
                "{name} {one} and {other}",
                name=_words(each.name),
                one=_value(each.values[0]),
                other=_value(each.values[1]),
            )
            for each in found
        ),
    )


def measured_text(conditions: Iterable[Condition], situation: Situation) -> str:
    """The numbers of the runs that conditions judge, in the order they were made."""
    from templates.measured import measured

    return " ".join(
        tr(
            "{metric}: {first} in the earlier run, {second} in the later.",
            metric=_capital(_words(each.metric)),
            first=_number(each.values[0], each.metric),
            second=_number(each.values[1], each.metric),
        )
        if len(each.values) > 1
        else tr(
            "{metric}: {value}.",
            metric=_capital(_words(each.metric)),
            value=_number(each.values[0], each.metric),
        )
        for each in measured(conditions, situation)
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _value(value: object) -> str:
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return figure(float(value)) if is_plain else str(value)  # type: ignore[arg-type]


def _words(name: str) -> str:
    return name.replace("val_", "validation_").replace("_", " ")


def _wanted(values: Range, name: str) -> str:
    said = []
    for mark, bound in (
        (_AT_LEAST, values.at_least),
        (_AT_MOST, values.at_most),
        (_ABOVE, values.above),
        (_BELOW, values.below),
        ("", values.equals),
    ):
        if isinstance(bound, int | float):
            said.append(f"{tr.of(mark) if mark else ''} {_number(bound, name)}".strip())
    return ", ".join(said)


def _number(value: float, name: str) -> str:
    """A share in percent, anything else in four digits."""
    return f"{100 * value:.4g} %" if is_share(name) else loss_figure(value)
